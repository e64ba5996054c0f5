//! The prices of all models: a table that comes with the crate, and an operator's own.

mod file;

use std::{
    collections::BTreeSet,
    sync::{Mutex, OnceLock, PoisonError},
};

pub use file::PricesError;
use file::{Entry, Table};

use crate::{Model, Price, capabilities::bedrock_id};

/// The table that comes with the crate.
const TABLE: &str = include_str!("../prices.toml");

/// What models cost.
///
/// Where a price is looked for, in this order: the operator's own; the table's; nothing for a model that runs
/// on this machine or its network, and for the understudy; and for every other model *the dearest price known*,
/// rate by rate. A budget is a promise: it may refuse too early, never too late. That is said in the log, as a
/// warning, once for each such model.
///
/// A known name is charged for even at a local address: what listens there may pass the request on.
#[derive(Debug)]
pub struct Prices {
    /// The operator's own come first.
    entries: Vec<Entry>,
    n_own: usize,
    /// Of a guardrail, in microdollars per thousand text units.
    guardrail: u64,
    /// Models that were warned of.
    unknown: Mutex<BTreeSet<String>>,
}

impl Prices {
    /// The table that comes with the crate, read once.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Prices> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let Table { entries, guardrail } =
                file::read(TABLE).expect("the table is read by this crate's tests");
            let guardrail = guardrail.expect("the table has it, as its test shows");
            Self { entries, n_own: 0, guardrail, unknown: Mutex::default() }
        })
    }

    /// The table, and before it an operator's own prices: a text of the same form as `prices.toml`.
    ///
    /// # Errors
    /// When `own` is no such text.
    pub fn with(own: &str) -> Result<Self, PricesError> {
        let Table { mut entries, guardrail } = file::read(own)?;
        let n_own = entries.len();
        entries.extend_from_slice(&Self::built_in().entries);
        let guardrail = guardrail.unwrap_or(Self::built_in().guardrail);
        Ok(Self { entries, n_own, guardrail, unknown: Mutex::default() })
    }

    /// The price of a model by its id, where it is known.
    pub fn get(&self, model_id: &str) -> Option<Price> {
        let (own, table) = self.entries.split_at(self.n_own);
        let id = Id::of(model_id);
        let entry = find(own, &id).or_else(|| find(table, &id))?;
        let is_regional = id.bedrock.is_some() && !id.bare.starts_with("global.");
        Some(if is_regional { entry.price.scaled(entry.regional) } else { entry.price })
    }

    /// What `model` is charged at, with the guardrail that reads along: see [`Prices`] for one that is not known.
    pub fn of(&self, model: &dyn Model) -> Price {
        if model.is_understudy() {
            return Price::FREE;
        }
        let price = match self.get(model.id()) {
            Some(price) => price,
            None if model.is_local() => Price::FREE,
            None => self.unknown(model.id()),
        };
        if model.is_guarded() { price.guarded(self.guardrail) } else { price }
    }

    /// The dearest price there is, rate by rate; the first time for a model, that is said.
    pub fn unknown(&self, model_id: &str) -> Price {
        let known = self.entries.iter().map(|entry| entry.price.scaled(entry.regional));
        let dearest = known.fold(Price::FREE, Price::dearest);
        let mut unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        if unknown.insert(model_id.to_owned()) {
            tracing::warn!(
                model = model_id,
                next = "count it as the dearest model known",
                "the price of {model_id} is not known: give it in a prices file"
            );
        }
        dearest
    }

    /// Every name of the table with its dearest price.
    #[cfg(test)]
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, Price)> {
        self.entries.iter().map(|entry| (entry.name.as_str(), entry.price.scaled(entry.regional)))
    }
}

/// The price of a model by its id, as the table that comes with the crate has it; `None` where it has none.
/// [`Prices::of`] says what an unknown model is charged at.
pub fn price(model_id: &str) -> Option<Price> {
    Prices::built_in().get(model_id)
}

/// The names under which a model may stand in the table.
struct Id<'a> {
    /// As it was configured: an ARN of one's own can be given a price.
    whole: &'a str,
    /// Without an ARN or an aggregator's path around it, as in `openai/gpt-4.1-mini`.
    bare: &'a str,
    /// Without an inference profile's prefix.
    bedrock: Option<&'a str>,
}

impl<'a> Id<'a> {
    fn of(model_id: &'a str) -> Self {
        let bare = model_id.rsplit('/').next().unwrap_or(model_id);
        Self { whole: model_id, bare, bedrock: bedrock_id(model_id) }
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        [Some(self.whole), Some(self.bare), self.bedrock].into_iter().flatten()
    }
}

/// The entry with the longest name that fits.
fn find<'a>(entries: &'a [Entry], id: &Id<'_>) -> Option<&'a Entry> {
    let fitting = entries.iter().filter(|entry| id.names().any(|name| entry.fits(name)));
    fitting.max_by_key(|entry| entry.name.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Microdollars, Understudy, Usage};

    const MILLION: Usage =
        Usage { input: 1_000_000, output: 0, cache_read: 0, cache_write: 0, is_estimate: false };

    fn per_million(id: &str) -> Option<String> {
        price(id).map(|price| Microdollars(price.rates.input).to_string())
    }

    #[test]
    fn a_model_is_found_under_every_name_it_goes_by() {
        for (id, input) in [
            ("global.anthropic.claude-haiku-5-5", "$0.1000"),
            ("us.anthropic.claude-haiku-5-5", "$0.1100"),
            ("eu.anthropic.claude-haiku-4-5-20251001-v1:0", "$1.10"),
            ("apac.amazon.nova-micro-v1:0", "$0.0350"),
            ("amazon.nova-2-lite-v1:0:256k", "$0.3300"),
            ("global.amazon.nova-2-lite-v1:0", "$0.3000"),
            (
                "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-5-5",
                "$2.20",
            ),
            ("anthropic.claude-opus-4-6-v1", "$5.50"),
            ("anthropic.claude-opus-4-20250514-v1:0", "$15.00"),
            ("openai.gpt-oss-20b-1:0", "$0.0700"),
            ("gpt-4.1-mini", "$0.4000"),
            ("gpt-4.1-mini-2025-04-14", "$0.4000"),
            ("openai/gpt-4o-mini", "$0.1500"),
            ("anthropic/claude-haiku-4.5", "$1.00"),
        ] {
            assert_eq!(per_million(id).as_deref(), Some(input), "{id}");
        }
    }

    #[test]
    fn a_name_that_only_begins_like_a_known_one_is_another_model() {
        for id in [
            "us.anthropic.claude-haiku-5-6",
            "anthropic.claude-opus-4-9-v1:0",
            "anthropic.claude-sonnet-55",
            "gpt-5-pro",
            "gpt-4o-audio-preview",
            "llama3.2:3b",
            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
        ] {
            assert_eq!(price(id), None, "{id}");
        }
    }

    #[test]
    fn an_operators_own_price_wins_and_the_rest_stays() {
        let own = r#"
            [[price]]
            models = ["anthropic.claude-haiku-5-5", "acme-*"]
            input = 0.05
            output = 0.25

            [[price]]
            models = ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"]
            input = 1
            output = 2
        "#;
        let prices = Prices::with(own).unwrap();
        let input = |id: &str| prices.get(id).map(|price| price.rates.input);
        assert_eq!(input("us.anthropic.claude-haiku-5-5"), Some(50_000));
        assert_eq!(input("acme-large-7"), Some(50_000));
        let arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
        assert_eq!(input(arn), Some(1_000_000));
        assert_eq!(prices.get("amazon.nova-pro-v1:0"), price("amazon.nova-pro-v1:0"));
    }

    #[test]
    fn an_unknown_model_is_counted_as_the_dearest_known() {
        let unknown = Prices::with("").unwrap().unknown("us.newcomer.chat-1");
        for (id, known) in Prices::built_in().all() {
            assert!(known.cost(&MILLION) <= unknown.cost(&MILLION), "{id}");
            assert!(known.ceiling(200_000, 500) <= unknown.ceiling(200_000, 500), "{id}");
        }
    }

    #[test]
    fn the_understudy_costs_nothing() {
        assert_eq!(Prices::built_in().of(&Understudy::new()), Price::FREE);
    }
}
