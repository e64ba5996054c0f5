//! The models of a deployment, in the order in which they are asked.

use std::{fmt, sync::Arc};

use tokio::time::Instant;

use crate::{
    Asking, Attempt, Capabilities, Limits, Microdollars, Model, Prices, Prompt, Report, Usage,
};

/// One model, or a model and its fallback.
///
/// The understudy is chosen only when no model is configured, out loud, and never as a silent fallback: a
/// chain that holds it holds nothing else, and every other one cannot be made.
#[derive(Clone)]
pub struct Chain {
    primary: Arc<dyn Model>,
    fallback: Option<Arc<dyn Model>>,
}

/// The understudy was to stand beside a configured model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the understudy may not stand in for the configured model {configured}")]
pub struct UnderstudyRefused {
    /// The model that is configured.
    pub configured: String,
}

impl Chain {
    /// Asks `primary`, and `fallback` where that fails before its first word. Best is a fallback of another
    /// family: it has a quota of its own.
    ///
    /// # Errors
    /// When there is a fallback and either of them is the understudy.
    pub fn new(
        primary: Arc<dyn Model>,
        fallback: Option<Arc<dyn Model>>,
    ) -> Result<Self, UnderstudyRefused> {
        if let Some(fallback) = &fallback {
            let refused = |configured: &Arc<dyn Model>| {
                Err(UnderstudyRefused { configured: configured.id().to_owned() })
            };
            if fallback.is_understudy() {
                return refused(&primary);
            }
            if primary.is_understudy() {
                return refused(fallback);
            }
        }
        Ok(Self { primary, fallback })
    }

    /// The id of the model that is asked first.
    pub fn id(&self) -> &str {
        self.primary.id()
    }

    /// What the model that is asked first takes. A fallback that takes less is sent less.
    pub fn capabilities(&self) -> Capabilities {
        self.primary.capabilities()
    }

    /// Whether the understudy speaks.
    pub fn is_understudy(&self) -> bool {
        self.primary.is_understudy()
    }

    /// Asks, within `limits` and before `deadline`. Nothing is sent until the result is polled, and dropping
    /// it hangs up.
    pub fn ask<'a>(&'a self, prompt: &'a Prompt, limits: Limits, deadline: Instant) -> Asking<'a> {
        Asking::new(self, prompt, limits, deadline)
    }

    /// The most that asking can come to, tries that break off and the fallback included: what to reserve
    /// before. [`Chain::cost`] does not exceed it, where servers keep to the prompt's `max_tokens`.
    pub fn ceiling(&self, prompt: &Prompt, limits: Limits, prices: &Prices) -> Microdollars {
        let (input, output) = (prompt.at_most_tokens(), prompt.max_tokens.max(1));
        let each = self.models().map(|model| prices.of(model).ceiling(input, output));
        each.sum::<Microdollars>().times(limits.tries.max(1))
    }

    /// The most that one try comes to with so many tokens read and written, whichever model answers.
    pub fn most(&self, input_tokens: u32, output_tokens: u32, prices: &Prices) -> Microdollars {
        let each = self.models().map(|model| prices.of(model).ceiling(input_tokens, output_tokens));
        each.max().unwrap_or(Microdollars::ZERO)
    }

    /// What one try probably came to where nobody told what it used: at the price of the dearest of the models.
    pub fn probable_cost(&self, usage: &Usage, prices: &Prices) -> Microdollars {
        let each = self.models().map(|model| prices.of(model).cost(usage));
        each.max().unwrap_or(Microdollars::ZERO)
    }

    /// What asking came to: every try at the price of its model, as far as it used something.
    pub fn cost(&self, report: &Report, prices: &Prices) -> Microdollars {
        report.attempts.iter().map(|attempt| self.cost_of(attempt, prices)).sum()
    }

    fn cost_of(&self, attempt: &Attempt, prices: &Prices) -> Microdollars {
        if attempt.usage == Usage::default() {
            return Microdollars::ZERO;
        }
        let price = match self.models().find(|model| model.id() == attempt.model) {
            Some(model) => prices.of(model),
            None => prices.get(&attempt.model).unwrap_or_else(|| prices.unknown(&attempt.model)),
        };
        price.cost(&attempt.usage)
    }

    /// The models in the order in which they are asked.
    pub(crate) fn models(&self) -> impl Iterator<Item = &dyn Model> {
        [Some(&self.primary), self.fallback.as_ref()].into_iter().flatten().map(AsRef::as_ref)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.models().map(Model::id)).finish()
    }
}
