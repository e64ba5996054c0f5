//! How asking is bounded, and how it went.

use std::time::Duration;

use crate::{AskError, Stop, Usage};

/// How long to wait, and how often to try.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From a request to its first visible text, reasoning included.
    pub first_chunk: Duration,
    /// Between one piece of text and the next.
    pub chunk: Duration,
    /// All tries and the whole answer together. A deadline may end it earlier.
    pub total: Duration,
    /// How often each model is asked, at least once.
    pub tries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first_chunk: Duration::from_secs(10),
            chunk: Duration::from_secs(6),
            total: Duration::from_secs(45),
            tries: 2,
        }
    }
}

/// What happened next.
#[derive(Debug)]
pub enum Progress {
    /// More text. The first begins with a visible character.
    Text(String),
    /// Nothing follows.
    Done(Report),
}

/// How it went.
#[derive(Clone, Debug)]
pub struct Report {
    /// The result.
    pub outcome: Outcome,
    /// Every try, in order; the last one gave the outcome.
    pub attempts: Vec<Attempt>,
    /// From the start to the first text, failed tries included; `None` if there was none.
    pub first_chunk: Option<Duration>,
    /// From the start to the end.
    pub total: Duration,
}

/// The result of asking.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The whole answer.
    Complete {
        /// Everything said.
        text: String,
        /// Why it ended.
        stop: Stop,
    },
    /// A guardrail or filter kept the answer, which is not to be shown: not its beginning either, which people
    /// may have seen.
    Kept {
        /// Which of the two.
        stop: Stop,
    },
    /// The answer broke off after people may have seen its beginning.
    CutOff {
        /// What was said until then.
        text: String,
        /// Why it broke off.
        error: AskError,
    },
    /// Nothing was said. The error is the last try's.
    Failed(AskError),
}

/// One try at one model.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The model's id.
    pub model: String,
    /// How long the try took.
    pub took: Duration,
    /// What it used; estimated where an answer began and broke off.
    pub usage: Usage,
    /// Why it failed, if it did.
    pub error: Option<AskError>,
}

impl Report {
    /// The model that spoke, if one did.
    pub fn model(&self) -> Option<&str> {
        match self.outcome {
            Outcome::Failed(_) => None,
            _ => self.attempts.last().map(|attempt| attempt.model.as_str()),
        }
    }

    /// How many requests were sent.
    pub fn tries(&self) -> usize {
        self.attempts.len()
    }

    /// What all tries used together. Models have different prices: [`crate::Chain::cost`]
    /// counts money.
    pub fn usage(&self) -> Usage {
        self.attempts.iter().map(|attempt| attempt.usage).sum()
    }
}

impl Outcome {
    /// Everything that was said and may stand.
    pub fn text(&self) -> &str {
        match self {
            Outcome::Complete { text, .. } | Outcome::CutOff { text, .. } => text,
            Outcome::Kept { .. } | Outcome::Failed(_) => "",
        }
    }
}
