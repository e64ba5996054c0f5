//! Why a personality spoke, or stayed silent.

use queue::{Addressed, EventId};
use serde::{Deserialize, Serialize};

/// Why: ids and figures, never words, so that deleting a message leaves nothing of it here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Explanation {
    /// Version of this layout.
    pub v: u16,
    /// Who spoke or stayed silent.
    pub personality: String,
    /// How it was addressed; `command` for a slash command.
    pub addressed: String,
    /// Whether it spoke.
    pub outcome: Outcome,
    /// Why it said no more than a fixed line, or nothing.
    pub reason: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// Whether that was the fallback.
    pub fallback: bool,
    /// Tries it took.
    pub tries: u32,
    /// Tokens read and written.
    pub tokens: Tokens,
    /// What it cost, in US dollars; none where no model was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// What was remembered for it.
    pub memories: Vec<Used>,
    /// What the turn was made of.
    pub context: Context,
    /// Milliseconds from the turn's start to the end of each step.
    pub ms: Milliseconds,
    /// The user id of who asked.
    pub asker: String,
    /// The events answered together.
    pub members: Vec<EventId>,
}

/// A memory that was handed over: where it is, not what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// `fact`, `words` or `summary`.
    pub kind: String,
    /// The day it was said.
    pub on: String,
    /// The channel it was said in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The message it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Whether a personality spoke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With words of its own.
    Spoke,
    /// With a fixed line.
    Line,
    /// Not at all.
    #[default]
    Silent,
}

/// Tokens of a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Read by the model, cached ones not included.
    pub r#in: u64,
    /// Written by it.
    pub out: u64,
    /// Read from its prompt cache.
    pub cache_read: u64,
}

/// What a turn was made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Turns of earlier talk.
    pub window: usize,
    /// Lines said just before by others.
    pub preceding: usize,
    /// Files read.
    pub files: usize,
    /// Images seen.
    pub images: usize,
}

/// Milliseconds from the turn's start to the end of each step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milliseconds {
    /// Everything was gathered.
    pub gather: u64,
    /// It was decided what to do.
    pub decide: u64,
    /// The first words stood in the channel.
    pub first_text: u64,
    /// The model was done.
    pub model: u64,
    /// The whole answer stood in the channel.
    pub reply: u64,
}

impl Explanation {
    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an explanation has string keys and no failing parts")
    }
}

/// The word an explanation uses for how a personality was addressed.
pub(crate) fn word(addressed: Addressed) -> &'static str {
    match addressed {
        Addressed::Mention => "mention",
        Addressed::Name => "name",
        Addressed::Reply => "reply",
        Addressed::DirectMessage => "direct_message",
        Addressed::Channel => "channel",
        Addressed::Chance => "chance",
        Addressed::Personality => "personality",
    }
}

impl Explanation {
    /// The word for how `event` addressed its personality.
    pub fn addressed_by(event: &queue::Event) -> String {
        match &event.what {
            queue::What::Message(message) => word(message.addressed),
            queue::What::Again(_) => "again",
            _ => "command",
        }
        .to_owned()
    }
}
