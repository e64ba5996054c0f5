//! The tables of a personality's file that say how it runs rather than who it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Snowflake, pattern};

/// Fixed lines, said as they stand when no model is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lines {
    /// The model cannot be reached.
    #[schemars(length(min = 1, max = 300))]
    pub unavailable: String,
    /// The question waited so long that an answer would come out of the blue.
    #[schemars(length(min = 1, max = 300))]
    pub late: String,
    /// Someone asks too often. `{when}` becomes the time it listens again, as in `in 40 seconds`.
    #[schemars(length(min = 1, max = 300))]
    pub over_limit: String,
    /// The budget is spent. `{when}` becomes the time it returns, as in `tomorrow`.
    #[schemars(length(min = 1, max = 300))]
    pub over_budget: String,
    /// There is nothing to answer: an empty or garbled message.
    #[schemars(length(min = 1, max = 300))]
    pub puzzled: String,
}

impl Lines {
    /// What `over_limit` and `over_budget` hold where the time goes.
    pub const WHEN: &str = "{when}";

    /// `over_limit` with the time filled in.
    pub fn over_limit(&self, when: &str) -> String {
        self.over_limit.replace(Self::WHEN, when)
    }

    /// `over_budget` with the time filled in.
    pub fn over_budget(&self, when: &str) -> String {
        self.over_budget.replace(Self::WHEN, when)
    }
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            unavailable: "I have lost my train of thought. Ask me again in a minute?".to_owned(),
            late: "Sorry, I was away and only saw this now. Ask me again if it still matters."
                .to_owned(),
            over_limit: "One thing at a time! I am all yours again {when}.".to_owned(),
            over_budget: "I have talked enough for now. I am back {when}.".to_owned(),
            puzzled: "I heard something, but no words in it. Say that again?".to_owned(),
        }
    }
}

/// How a personality answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    /// The model's id. Left out, the deployment's model is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub model: Option<String>,
    /// The model asked when the first one fails. Left out, the deployment's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub fallback_model: Option<String>,
    /// The longest answer, in tokens: about three quarters of a word each.
    #[schemars(range(min = 16, max = 4096))]
    pub max_tokens: u32,
    /// How daring the choice of words is. Only for models that allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: Option<f32>,
    /// The share of likely words that are considered. Only for models that allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub top_p: Option<f32>,
    /// Texts at which an answer ends. Only for models that allow it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 4), inner(length(min = 1, max = 64), regex(pattern = pattern::STOP)))]
    pub stop: Vec<String>,
}

impl Default for Reply {
    fn default() -> Self {
        Self {
            model: None,
            fallback_model: None,
            max_tokens: 400,
            temperature: None,
            top_p: None,
            stop: Vec::new(),
        }
    }
}

/// Where a personality listens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Presence {
    /// Further names it answers to at the start of a message.
    #[schemars(length(max = 10), inner(length(min = 2, max = 32), regex(pattern = pattern::NAME)))]
    pub names: Vec<String>,
    /// Ids of channels, in quotes, where it answers every message.
    #[schemars(length(max = 100))]
    pub channels: Vec<Snowflake>,
    /// The chance that it says something unasked, per message it hears: 0 never, 1 always.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub chime_in: f64,
}

/// How much a personality may be asked before it says its `over_limit` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Answers to one person within a minute.
    #[schemars(range(min = 1, max = 120))]
    pub per_person_per_minute: u32,
    /// Answers in one channel within a minute.
    #[schemars(range(min = 1, max = 600))]
    pub per_channel_per_minute: u32,
    /// Answers in one guild within a day.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub per_guild_per_day: u32,
    /// Answers to one person in direct messages within a day.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub per_direct_message_per_day: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_person_per_minute: 6,
            per_channel_per_minute: 20,
            per_guild_per_day: 2_000,
            per_direct_message_per_day: 300,
        }
    }
}

/// The size of a personality's worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scaling {
    /// How many channels it serves at the same moment. See AWS Lambda/Maximum concurrency of event sources.
    #[schemars(range(min = 2, max = 1000))]
    pub max_concurrency: u32,
    /// Memory of one worker in MiB; processor time grows with it.
    #[schemars(range(min = 128, max = 10_240))]
    pub memory_mb: u32,
    /// The longest a batch of turns may take, in seconds.
    #[schemars(range(min = 10, max = 900))]
    pub timeout_s: u32,
}

impl Default for Scaling {
    fn default() -> Self {
        Self { max_concurrency: 10, memory_mb: 256, timeout_s: 60 }
    }
}
