//! Why a model did not answer.

use std::{error::Error, fmt, time::Duration};

use crate::Prompt;

/// The longest message of a service that is kept, in characters.
const LONGEST: usize = 300;
/// A message that shares this many characters in a row with the prompt quotes it.
const QUOTE: usize = 24;

/// Why a model did not answer, or did not finish. It never holds words of the prompt or of the answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AskError {
    /// Too many requests or tokens: later, or another model.
    #[error("ask {model}: throttled")]
    Throttled {
        /// The model asked.
        model: String,
        /// What the service said.
        #[source]
        cause: Cause,
    },
    /// The service cannot be reached, broke off or failed: try again.
    #[error("ask {model}: not available")]
    Unavailable {
        /// The model asked.
        model: String,
        /// What happened.
        #[source]
        cause: Cause,
    },
    /// It took too long.
    #[error("ask {model}: {limit}")]
    TimedOut {
        /// The model asked.
        model: String,
        /// The limit it passed.
        limit: TimeLimit,
    },
    /// The service will never take this request of this model.
    #[error("ask {model}: refused")]
    Refused {
        /// The model asked.
        model: String,
        /// What the service said.
        #[source]
        cause: Cause,
    },
    /// We may not ask this model: somebody must do something about it.
    #[error("ask {model}: denied; to mend it, {mend}")]
    Denied {
        /// The model asked.
        model: String,
        /// What would help, as an instruction.
        mend: String,
        /// What the service said.
        #[source]
        cause: Cause,
    },
    /// The model ended its answer without a visible word.
    #[error("ask {model}: an empty answer")]
    Empty {
        /// The model asked.
        model: String,
    },
}

impl AskError {
    /// The model that was asked.
    pub fn model(&self) -> &str {
        match self {
            AskError::Throttled { model, .. }
            | AskError::Unavailable { model, .. }
            | AskError::TimedOut { model, .. }
            | AskError::Refused { model, .. }
            | AskError::Denied { model, .. }
            | AskError::Empty { model } => model,
        }
    }

    /// The kind in one word, for metrics and explanations.
    pub fn kind(&self) -> &'static str {
        match self {
            AskError::Throttled { .. } => "throttled",
            AskError::Unavailable { .. } => "unavailable",
            AskError::TimedOut { .. } => "timed_out",
            AskError::Refused { .. } => "refused",
            AskError::Denied { .. } => "denied",
            AskError::Empty { .. } => "empty",
        }
    }

    /// Whether the same request may succeed when it is sent again at once.
    pub fn is_retryable(&self) -> bool {
        !matches!(self, AskError::Refused { .. } | AskError::Denied { .. })
    }

    /// This error and its causes in one line, for the one place that logs it.
    pub fn chain(&self) -> String {
        self.source().map_or_else(|| self.to_string(), |cause| format!("{self}: {cause}"))
    }
}

/// The limit that was passed, with its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeLimit {
    /// From the request to the first visible text.
    FirstChunk(Duration),
    /// Between one piece of text and the next.
    Chunk(Duration),
    /// All tries together.
    Total(Duration),
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimeLimit::FirstChunk(limit) => write!(f, "no first word within {limit:.1?}"),
            TimeLimit::Chunk(limit) => write!(f, "silent for {limit:.1?}"),
            TimeLimit::Total(limit) => write!(f, "not done within {limit:.1?}"),
        }
    }
}

/// What a service or a transport said, bounded, and without the prompt's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause(String);

impl Cause {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The causes of a transport's error, outermost first. Transports do not quote what they carry.
    pub(crate) fn of(error: &dyn Error) -> Self {
        let causes = std::iter::successors(Some(error), |error| (*error).source());
        let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
        texts.dedup();
        Self(texts.join(": "))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Cause {}

/// Keeps the prompt's words out of errors: services like to quote the field they refuse.
#[derive(Clone, Default)]
pub(crate) struct Confidential(String);

impl Confidential {
    pub(crate) fn new(prompt: &Prompt) -> Self {
        Self(prompt.texts().collect::<Vec<_>>().join("\n"))
    }

    /// A cause from what a service said: its code, and its message unless that quotes the prompt.
    pub(crate) fn cause(&self, code: &str, message: &str) -> Cause {
        let message: String = message.chars().take(LONGEST).collect();
        Cause::new(match message.trim() {
            "" => code.to_owned(),
            quoting if self.is_quoted_in(quoting) => {
                format!("{code} (its message quotes the prompt)")
            }
            message if code.is_empty() => message.to_owned(),
            message => format!("{code}: {message}"),
        })
    }

    fn is_quoted_in(&self, message: &str) -> bool {
        let starts: Vec<usize> = message.char_indices().map(|(at, _)| at).collect();
        let ends = starts.iter().skip(QUOTE).copied().chain([message.len()]);
        starts.iter().zip(ends).any(|(start, end)| self.0.contains(&message[*start..end]))
            && starts.len() >= QUOTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Part, Role, Turn};

    fn confidential() -> Confidential {
        let text = "Psst, my locker combination is twelve thirty four".to_owned();
        let turns = vec![Turn { role: Role::User, parts: vec![Part::Text(text)] }];
        Confidential::new(&Prompt { turns, max_tokens: 10, ..Prompt::default() })
    }

    #[test]
    fn a_message_that_quotes_the_prompt_is_withheld() {
        let quoting = "1 validation error: input 'my locker combination is twelve' is too long";
        let cause = confidential().cause("ValidationException", quoting);
        assert_eq!(cause.to_string(), "ValidationException (its message quotes the prompt)");
    }

    #[test]
    fn a_message_about_the_request_is_kept_and_bounded() {
        let cause = confidential().cause("ValidationException", "maxTokens must be at least 1");
        assert_eq!(cause.to_string(), "ValidationException: maxTokens must be at least 1");
        let cause = confidential().cause("", &"x".repeat(5000));
        assert_eq!(cause.to_string().len(), LONGEST);
        assert_eq!(confidential().cause("Odd", "my").to_string(), "Odd: my");
    }
}
