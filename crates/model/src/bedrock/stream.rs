//! The event stream as chunks.

use aws_sdk_bedrockruntime::{
    primitives::event_stream::EventReceiver,
    types::{
        ContentBlockDelta, ConverseStreamOutput as Event, StopReason, TokenUsage,
        error::ConverseStreamOutputError,
    },
};
use futures_util::{StreamExt, stream};
use tokio::time::timeout;

use super::failure;
use crate::{
    Answer, AskError, Cause, Chunk, Stop, Usage,
    answer::{AFTERWORD, Expected},
    error::Confidential,
};

type Events = EventReceiver<Event, ConverseStreamOutputError>;

/// What an answer is told apart by.
pub(super) struct Heard {
    pub(super) model: String,
    pub(super) expected: Expected,
    pub(super) confidential: Confidential,
    /// Whether a guardrail reads along.
    pub(super) is_guarded: bool,
}

struct Reader {
    events: Events,
    heard: Heard,
    /// The last text of a guarded answer, until what follows shows whose it is: where the guardrail steps in,
    /// its own message comes as one more piece of text, and only then the reason.
    held: Option<String>,
    n_chars: usize,
    stop: Option<Stop>,
    is_over: bool,
}

/// The answer in `events`. Text is picked by type: reasoning may come first.
pub(super) fn read(events: Events, heard: Heard) -> Answer {
    let reader = Reader { events, heard, held: None, n_chars: 0, stop: None, is_over: false };
    stream::unfold(reader, |mut reader| async {
        if reader.is_over {
            return None;
        }
        let chunk = reader.next().await;
        reader.is_over = !matches!(chunk, Ok(Chunk::Text(_)));
        Some((chunk, reader))
    })
    .boxed()
}

impl Reader {
    async fn next(&mut self) -> Result<Chunk, AskError> {
        loop {
            if let Some(stop) = self.stop.clone() {
                // A guardrail's own message is not what the model said.
                if let Some(text) = self.held.take().filter(|_| stop != Stop::Guardrail) {
                    return Ok(Chunk::Text(text));
                }
                return Ok(Chunk::End { stop, usage: self.usage().await });
            }
            match self.events.recv().await {
                Ok(Some(Event::ContentBlockDelta(event))) => match event.delta {
                    Some(ContentBlockDelta::Text(text)) if !text.is_empty() => {
                        self.n_chars += text.chars().count();
                        let ready = match self.heard.is_guarded {
                            true => self.held.replace(text),
                            false => Some(text),
                        };
                        if let Some(text) = ready {
                            return Ok(Chunk::Text(text));
                        }
                    }
                    _ => {}
                },
                Ok(Some(Event::MessageStop(event))) => self.stop = Some(stop(&event.stop_reason)),
                Ok(Some(_)) => {}
                Ok(None) => {
                    let cause = Cause::new("the stream ended before the answer did");
                    return Err(AskError::Unavailable { model: self.heard.model.clone(), cause });
                }
                Err(error) => {
                    let Heard { model, confidential, .. } = &self.heard;
                    return Err(failure::of_stream(error, model, confidential));
                }
            }
        }
    }

    /// The usage, which follows the stop reason; our estimate if it does not.
    async fn usage(&mut self) -> Usage {
        let follows = async {
            while let Ok(Some(event)) = self.events.recv().await {
                if let Event::Metadata(metadata) = event {
                    return metadata.usage.as_ref().map(usage);
                }
            }
            None
        };
        let said = timeout(AFTERWORD, follows).await.ok().flatten();
        said.unwrap_or_else(|| self.heard.expected.usage(self.n_chars))
    }
}

fn usage(usage: &TokenUsage) -> Usage {
    let count = |n: i32| u32::try_from(n).unwrap_or_default();
    Usage {
        input: count(usage.input_tokens),
        output: count(usage.output_tokens),
        cache_read: count(usage.cache_read_input_tokens.unwrap_or_default()),
        cache_write: count(usage.cache_write_input_tokens.unwrap_or_default()),
        is_estimate: false,
    }
}

fn stop(reason: &StopReason) -> Stop {
    match reason {
        StopReason::EndTurn => Stop::EndTurn,
        StopReason::MaxTokens | StopReason::ModelContextWindowExceeded => Stop::MaxTokens,
        StopReason::StopSequence => Stop::StopSequence,
        StopReason::GuardrailIntervened => Stop::Guardrail,
        StopReason::ContentFiltered => Stop::Filtered,
        // Claude's own name for an answer its classifiers held back.
        other if other.as_str() == "refusal" => Stop::Filtered,
        other => Stop::Other(other.as_str().to_owned()),
    }
}
