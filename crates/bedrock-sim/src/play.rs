//! What the simulator does with a call.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

/// How one call is answered. Chunks are what one `contentBlockDelta` (or one `data:` line) carries.
#[derive(Clone, Debug, Default)]
pub enum Play {
    /// `You said: …`, with the last user text: the answer when nothing is scripted.
    #[default]
    Echo,
    /// These chunks, `pace` apart, then a clean end.
    Say {
        /// What is said.
        chunks: Vec<String>,
        /// The pause before each chunk.
        pace: Duration,
    },
    /// A reasoning block, then these chunks: readers must pick text by type, not by position.
    Think {
        /// The reasoning nobody may see.
        thoughts: String,
        /// The answer.
        chunks: Vec<String>,
    },
    /// 429 `ThrottlingException`.
    Throttle,
    /// 500 `InternalServerException`, 503 `ServiceUnavailableException`, or another 5xx.
    ServerError(u16),
    /// 403 `AccessDeniedException`.
    AccessDenied,
    /// 400 `ValidationException` with this message.
    Validation(String),
    /// 404 `ResourceNotFoundException`.
    NotFound,
    /// The echo's first chunks, then the connection drops in the middle of the body.
    CutAfter(usize),
    /// The echo's first chunks, then a clean end of the body without `messageStop`.
    EndAfter(usize),
    /// The echo's first chunks, then an exception inside the stream.
    ExceptionAfter(usize, Exception),
    /// The echo's first chunks, then silence on an open connection.
    StallAfter(usize),
    /// Answers like the inner play, but only after this long: not even headers come before.
    Slow(Duration, Box<Play>),
    /// The guardrail's own message, then `guardrail_intervened`.
    GuardrailStop(String),
    /// These words, then a stop reason of this name.
    Stop(String, &'static str),
    /// A clean end without a single text block.
    Empty,
    /// Never stops talking.
    Endless,
    /// Text of control, invisible, right-to-left and replacement characters, then a clean end.
    Garbage,
    /// Bytes that are no frame at all, after this many chunks of the echo.
    NoiseAfter(usize),
    /// Answers like the inner play, once the gate is opened.
    WaitFor(Gate, Box<Play>),
}

impl Play {
    /// Says `text` word by word, without pauses.
    pub fn say(text: &str) -> Self {
        Play::Say { chunks: words(text), pace: Duration::ZERO }
    }

    /// This play, but only after `delay`.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        Play::Slow(delay, Box::new(self))
    }

    /// This play, but only once `gate` is opened.
    #[must_use]
    pub fn behind(self, gate: &Gate) -> Self {
        Play::WaitFor(gate.clone(), Box::new(self))
    }
}

/// The exceptions a stream can carry once it has begun. See Amazon Bedrock Runtime/ConverseStreamOutput.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// `throttlingException`
    Throttling,
    /// `modelStreamErrorException`
    ModelStreamError,
    /// `internalServerException`
    InternalServer,
    /// `serviceUnavailableException`
    ServiceUnavailable,
    /// `validationException`
    Validation,
}

impl Exception {
    /// The name in the `:exception-type` header.
    pub fn name(self) -> &'static str {
        match self {
            Exception::Throttling => "throttlingException",
            Exception::ModelStreamError => "modelStreamErrorException",
            Exception::InternalServer => "internalServerException",
            Exception::ServiceUnavailable => "serviceUnavailableException",
            Exception::Validation => "validationException",
        }
    }
}

/// Holds an answer until a test has seen what it wants to see.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<Hinges>);

#[derive(Debug, Default)]
struct Hinges {
    is_open: watch::Sender<bool>,
    n_waiting: watch::Sender<usize>,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets everything through, now and later.
    pub fn open(&self) {
        self.0.is_open.send_replace(true);
    }

    /// Waits until a call has come to the gate, open or not.
    pub async fn reached(&self) {
        let mut waiting = self.0.n_waiting.subscribe();
        // The sender lives as long as this gate, so the wait ends only with the condition.
        let _ = waiting.wait_for(|n| *n > 0).await;
    }

    pub(crate) async fn pass(&self) {
        self.0.n_waiting.send_modify(|n| *n += 1);
        let mut open = self.0.is_open.subscribe();
        let _ = open.wait_for(|open| *open).await;
    }
}

/// Splits a text into words, each with the space before it, so that the chunks join to the text again.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut start = 0;
    for (at, _) in text.char_indices().filter(|(at, c)| *at > 0 && *c == ' ') {
        words.push(text[start..at].to_owned());
        start = at;
    }
    if start < text.len() {
        words.push(text[start..].to_owned());
    }
    words
}
