//! What a model is, and what it answers with.

use std::{iter::Sum, ops::Add, time::Duration};

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use crate::{AskError, Capabilities, Prompt};

/// How long a finished answer may take to send what follows its stop reason (the usage). Some servers keep
/// the connection open and send nothing more; the answer is whole without it.
pub(crate) const AFTERWORD: Duration = Duration::from_secs(2);

/// Something that answers prompts.
#[async_trait]
pub trait Model: Send + Sync {
    /// The model's id, as in logs, explanations and prices.
    fn id(&self) -> &str;

    /// What it takes and what it does not.
    fn capabilities(&self) -> Capabilities;

    /// Asks once: no retries, and no time limit but the transport's. [`crate::Chain::ask`] adds both.
    ///
    /// # Errors
    /// When no answer begins. Errors of an answer that has begun are items of its stream.
    async fn ask(&self, prompt: &Prompt) -> Result<Answer, AskError>;

    /// Whether this only stands in for a model. Such a one may never be a fallback, see [`crate::Chain`].
    fn is_understudy(&self) -> bool {
        false
    }

    /// Whether a guardrail reads along, which is charged for beside it.
    fn is_guarded(&self) -> bool {
        false
    }

    /// Whether it runs on this machine or its network, where nobody sends a bill.
    fn is_local(&self) -> bool {
        self.is_understudy()
    }
}

/// The chunks of an answer as they come. It ends with [`Chunk::End`] or an error; dropping it hangs up.
pub type Answer = BoxStream<'static, Result<Chunk, AskError>>;

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// More text, never empty.
    Text(String),
    /// The answer is whole; nothing follows.
    End {
        /// Why it ended.
        stop: Stop,
        /// What it cost in tokens.
        usage: Usage,
    },
}

/// Why an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The model had said what it had to say.
    EndTurn,
    /// The answer reached its greatest length, or the model's context was full.
    MaxTokens,
    /// A stop sequence came.
    StopSequence,
    /// The configured guardrail stepped in.
    Guardrail,
    /// The model's provider held the answer back.
    Filtered,
    /// Something else, by its name.
    Other(String),
}

impl Stop {
    /// Whether somebody decided that this must not be said: asking again would be asking to break a rule.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Stop::Guardrail | Stop::Filtered)
    }
}

/// Tokens used. `input` counts neither what was read from nor what was written to the prompt cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt, at the full price.
    pub input: u32,
    /// Tokens of the answer, reasoning included.
    pub output: u32,
    /// Tokens read from the prompt cache.
    pub cache_read: u32,
    /// Tokens written to the prompt cache.
    pub cache_write: u32,
    /// Whether these are our estimate: the answer broke off, or the server does not count.
    pub is_estimate: bool,
}

/// What is known before an answer, to estimate what it used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// Tokens of the prompt, about.
    pub(crate) input: u32,
    /// Tokens the answer may have.
    pub(crate) max_output: u32,
}

impl Expected {
    /// What an answer of `n_chars` characters probably used: never more than it was allowed to.
    pub(crate) fn usage(self, n_chars: usize) -> Usage {
        let output = tokens(n_chars).min(self.max_output);
        Usage { input: self.input, output, is_estimate: true, ..Usage::default() }
    }
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            cache_read: self.cache_read.saturating_add(other.cache_read),
            cache_write: self.cache_write.saturating_add(other.cache_write),
            is_estimate: self.is_estimate || other.is_estimate,
        }
    }
}

impl Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(usages: I) -> Self {
        usages.fold(Self::default(), Add::add)
    }
}

/// Tokens of a text of `n_chars` characters: a quarter, which is about right for English and too few for
/// most other languages.
pub(crate) fn tokens(n_chars: usize) -> u32 {
    u32::try_from(n_chars.div_ceil(4)).unwrap_or(u32::MAX)
}
