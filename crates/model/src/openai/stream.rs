//! Server-sent events, or one document, as chunks.

use eventsource_stream::{EventStreamError, Eventsource};
use futures_util::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};
use reqwest::Response;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout;

use super::{failure, thinking::Thoughts};
use crate::{
    Answer, AskError, Cause, Chunk, Stop, Usage,
    answer::{AFTERWORD, Expected},
    error::Confidential,
};

/// What an answer is told apart by.
pub(super) struct Heard {
    pub(super) model: String,
    pub(super) expected: Expected,
    pub(super) confidential: Confidential,
}

/// A `data:` line, or a whole answer. Servers add fields of their own and leave out others.
#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Counts>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    /// In a stream.
    delta: Option<Delta>,
    /// In a whole answer.
    message: Option<Delta>,
    finish_reason: Option<String>,
}

/// Reasoning and tool calls have fields of their own, which are not read.
#[derive(Deserialize)]
struct Delta {
    content: Option<Content>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    /// Some servers answer in parts, reasoning beside text.
    Parts(Vec<ContentPart>),
}

#[derive(Deserialize)]
struct ContentPart {
    text: Option<String>,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    prompt_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u32>,
}

/// A line of the stream.
enum Line {
    Said(Document),
    Done,
}

struct Reader {
    lines: BoxStream<'static, Result<Line, Cause>>,
    heard: Heard,
    thoughts: Thoughts,
    n_chars: usize,
    stop: Option<Stop>,
    usage: Option<Usage>,
    is_done: bool,
    is_over: bool,
}

/// The answer in a stream of events.
pub(super) fn read(response: Response, heard: Heard) -> Answer {
    let reader = Reader {
        lines: lines(response).boxed(),
        heard,
        thoughts: Thoughts::default(),
        n_chars: 0,
        stop: None,
        usage: None,
        is_done: false,
        is_over: false,
    };
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

/// The answer of a server that does not stream.
pub(super) fn whole(body: &[u8], heard: &Heard) -> Result<Answer, AskError> {
    let document: Document =
        serde_json::from_slice(body).map_err(|error| failure::of_body(&error, &heard.model))?;
    if let Some(error) = &document.error {
        return Err(failure::of_error(error, &heard.model, &heard.confidential));
    }
    let mut thoughts = Thoughts::default();
    let mut text = thoughts.strip(&document.text());
    text.push_str(&thoughts.rest());
    let stop = document.stop().unwrap_or(Stop::EndTurn);
    let estimate = || heard.expected.usage(text.chars().count());
    let usage = document.usage.as_ref().map(Counts::usage).unwrap_or_else(estimate);
    let said = (!text.is_empty()).then_some(Chunk::Text(text));
    let chunks = said.into_iter().chain([Chunk::End { stop, usage }]).map(Ok);
    Ok(stream::iter(chunks.collect::<Vec<_>>()).boxed())
}

fn lines(response: Response) -> impl Stream<Item = Result<Line, Cause>> {
    response.bytes_stream().eventsource().map(|event| match event {
        Ok(event) if event.data.trim() == "[DONE]" => Ok(Line::Done),
        // An unreadable line would be part of an answer: its words are not named.
        Ok(event) => serde_json::from_str(&event.data)
            .map(Line::Said)
            .map_err(|error| Cause::new(format!("an unreadable line ({:?})", error.classify()))),
        Err(EventStreamError::Transport(error)) => Err(Cause::of(&error)),
        Err(EventStreamError::Utf8(_)) => Err(Cause::new("a line that is not UTF-8")),
        Err(EventStreamError::Parser(_)) => Err(Cause::new("a line that is no event")),
    })
}

impl Reader {
    async fn next(&mut self) -> Result<Chunk, AskError> {
        loop {
            if self.is_done || (self.stop.is_some() && self.usage.is_some()) {
                return self.end();
            }
            let line = if self.stop.is_some() {
                // The answer is whole; only its usage may follow.
                timeout(AFTERWORD, self.lines.next()).await.unwrap_or(None)
            } else {
                self.lines.next().await
            };
            match line {
                Some(Ok(Line::Said(document))) => {
                    if let Some(text) = self.hear(document)? {
                        return Ok(Chunk::Text(text));
                    }
                }
                Some(Ok(Line::Done)) => self.is_done = true,
                Some(Err(_)) | None if self.stop.is_some() => self.is_done = true,
                Some(Err(cause)) => return Err(self.broke_off(cause)),
                None => {
                    return Err(
                        self.broke_off(Cause::new("the stream ended before the answer did"))
                    );
                }
            }
        }
    }

    /// Takes in a line; visible text, if it brought any.
    fn hear(&mut self, document: Document) -> Result<Option<String>, AskError> {
        if let Some(error) = &document.error {
            return Err(failure::of_error(error, &self.heard.model, &self.heard.confidential));
        }
        if let Some(usage) = &document.usage {
            self.usage = Some(usage.usage());
        }
        if let Some(stop) = document.stop() {
            self.stop = Some(stop);
        }
        let said = document.text();
        self.n_chars += said.chars().count();
        let text = self.thoughts.strip(&said);
        Ok((!text.is_empty()).then_some(text))
    }

    fn end(&mut self) -> Result<Chunk, AskError> {
        let rest = self.thoughts.rest();
        if !rest.is_empty() {
            return Ok(Chunk::Text(rest));
        }
        let estimate = || self.heard.expected.usage(self.n_chars);
        let usage = self.usage.unwrap_or_else(estimate);
        Ok(Chunk::End { stop: self.stop.take().unwrap_or(Stop::EndTurn), usage })
    }

    fn broke_off(&self, cause: Cause) -> AskError {
        AskError::Unavailable { model: self.heard.model.clone(), cause }
    }
}

impl Document {
    fn text(&self) -> String {
        let choice = self.choices.first();
        let delta = choice.and_then(|choice| choice.delta.as_ref().or(choice.message.as_ref()));
        match delta.and_then(|delta| delta.content.as_ref()) {
            None => String::new(),
            Some(Content::Text(text)) => text.clone(),
            Some(Content::Parts(parts)) => {
                parts.iter().filter_map(|part| part.text.as_deref()).collect()
            }
        }
    }

    fn stop(&self) -> Option<Stop> {
        let reason = self.choices.first()?.finish_reason.as_deref()?;
        Some(match reason {
            "stop" => Stop::EndTurn,
            "length" => Stop::MaxTokens,
            "content_filter" => Stop::Filtered,
            other => Stop::Other(other.to_owned()),
        })
    }
}

impl Counts {
    /// Ours count the cached tokens apart.
    fn usage(&self) -> Usage {
        let details = self.prompt_tokens_details.as_ref();
        let cached = details.and_then(|details| details.cached_tokens).unwrap_or_default();
        Usage {
            input: self.prompt_tokens.saturating_sub(cached),
            output: self.completion_tokens,
            cache_read: cached,
            cache_write: 0,
            is_estimate: false,
        }
    }
}
