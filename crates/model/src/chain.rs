//! The models of a deployment, in the order in which they are asked.

use std::{fmt, sync::Arc};

use tokio::time::Instant;

use crate::{Asking, Capabilities, Limits, Model, Prompt};

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
