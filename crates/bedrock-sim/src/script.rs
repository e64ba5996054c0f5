//! From a play to the steps on the wire.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;

use crate::{
    play::{Exception, Gate, Play, words},
    prompt::last_user_text,
};

/// How much of what it was told the echo repeats, in characters.
const ECHO: usize = 400;

/// What happens before an answer's headers are sent, and then the answer or the refusal.
pub(crate) struct Script {
    pub(crate) before: Vec<Step>,
    pub(crate) then: Result<Steps, Refusal>,
}

pub(crate) type Steps = Box<dyn Iterator<Item = Step> + Send>;

/// An answer that is an error from the start.
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

pub(crate) enum Step {
    Text(String),
    Thought(String),
    Stop(&'static str),
    Exception(Exception),
    Noise(Bytes),
    Wait(Duration),
    Hold(Gate),
    Stall,
    Cut,
}

impl Script {
    pub(crate) fn new(play: Play, request: &Value) -> Self {
        let mut before = Vec::new();
        let mut play = play;
        loop {
            play = match play {
                Play::Slow(delay, inner) => {
                    before.push(Step::Wait(delay));
                    *inner
                }
                Play::WaitFor(gate, inner) => {
                    before.push(Step::Hold(gate));
                    *inner
                }
                play => return Self { before, then: answer(play, request) },
            };
        }
    }

    /// Lives through what comes before the headers.
    pub(crate) async fn wait(&mut self) {
        for step in self.before.drain(..) {
            match step {
                Step::Wait(delay) => tokio::time::sleep(delay).await,
                Step::Hold(gate) => gate.pass().await,
                _ => {}
            }
        }
    }
}

fn answer(play: Play, request: &Value) -> Result<Steps, Refusal> {
    let refuse =
        |status, code, message: &str| Err(Refusal { status, code, message: message.to_owned() });
    let echo = || format!("You said: {}", first(&last_user_text(request), ECHO));
    let first_of_echo = |n| {
        let chunks = words(&echo());
        chunks.into_iter().cycle().take(n).map(Step::Text).collect::<Vec<_>>()
    };
    let followed_by = |mut steps: Vec<Step>, last: Step| {
        steps.push(last);
        Ok(Box::new(steps.into_iter()) as Steps)
    };
    let text = |chunks: Vec<String>| chunks.into_iter().map(Step::Text).collect::<Vec<_>>();
    match play {
        Play::Echo => followed_by(text(words(&echo())), Step::Stop("end_turn")),
        Play::Say { chunks, pace } => {
            let paced = chunks.into_iter().flat_map(|chunk| [Step::Wait(pace), Step::Text(chunk)]);
            let unpaused = move |step: &Step| !matches!(step, Step::Wait(pause) if pause.is_zero());
            followed_by(paced.filter(unpaused).collect(), Step::Stop("end_turn"))
        }
        Play::Think { thoughts, chunks } => {
            let mut steps = vec![Step::Thought(thoughts)];
            steps.extend(text(chunks));
            followed_by(steps, Step::Stop("end_turn"))
        }
        Play::Throttle => refuse(
            429,
            "ThrottlingException",
            "Too many requests, please wait before trying again.",
        ),
        Play::ServerError(503) => {
            refuse(503, "ServiceUnavailableException", "Bedrock is unable to process your request.")
        }
        Play::ServerError(status) => {
            refuse(status, "InternalServerException", "The system encountered an unexpected error.")
        }
        Play::AccessDenied => refuse(
            403,
            "AccessDeniedException",
            "You don't have access to the model with the specified model ID.",
        ),
        Play::Validation(message) => refuse(400, "ValidationException", &message),
        Play::NotFound => refuse(404, "ResourceNotFoundException", "Could not resolve the model."),
        Play::CutAfter(n) => followed_by(first_of_echo(n), Step::Cut),
        Play::EndAfter(n) => Ok(Box::new(first_of_echo(n).into_iter())),
        Play::ExceptionAfter(n, exception) => {
            followed_by(first_of_echo(n), Step::Exception(exception))
        }
        Play::StallAfter(n) => followed_by(first_of_echo(n), Step::Stall),
        Play::GuardrailStop(message) => {
            followed_by(text(vec![message]), Step::Stop("guardrail_intervened"))
        }
        Play::Stop(said, reason) => followed_by(text(words(&said)), Step::Stop(reason)),
        Play::Empty => followed_by(Vec::new(), Step::Stop("end_turn")),
        Play::Endless => {
            Ok(Box::new((1_u64..).map(|n| Step::Text(format!("and another {n} things. ")))))
        }
        Play::Garbage => {
            let noise = "\u{0}\u{7}\u{1b}[31m\u{200b}\u{202e}\u{feff}\u{fffd}\u{e000}\u{fffe}\u{301}\u{301}";
            followed_by(text(vec![noise.to_owned(); 8]), Step::Stop("end_turn"))
        }
        Play::NoiseAfter(n) => {
            let noise = Bytes::from_static(
                b"\xff\xfe\x00\x80 data: {\"choices\": \xc3\x28 }\n\n\xff\xff\xff\xff",
            );
            followed_by(first_of_echo(n), Step::Noise(noise))
        }
        // Unwrapped by `Script::new` before it comes here.
        Play::Slow(_, inner) | Play::WaitFor(_, inner) => answer(*inner, request),
    }
}

fn first(text: &str, n_chars: usize) -> String {
    text.chars().take(n_chars).collect()
}

/// How steps look on one of the wires. A wire is asked once to open, then for every step that is seen.
pub(crate) trait Wire: Send + 'static {
    fn open(&mut self) -> Bytes;
    fn text(&mut self, text: &str) -> Bytes;
    fn thought(&mut self, text: &str) -> Bytes;
    fn stop(&mut self, reason: &'static str) -> Bytes;
    fn exception(&mut self, exception: Exception) -> Bytes;
}

/// The streamed body that plays `steps`.
pub(crate) fn body<W: Wire>(steps: Steps, mut wire: W) -> Body {
    let opening = Some(wire.open());
    Body::from_stream(stream::unfold(
        (opening, steps, wire),
        |(opening, mut steps, mut wire)| async {
            if let Some(opening) = opening {
                return Some((Ok(opening), (None, steps, wire)));
            }
            loop {
                // Every piece goes out by itself: an error in the body would drop what is not yet sent, and
                // an endless body would leave nobody else a turn.
                tokio::task::yield_now().await;
                let bytes = match steps.next()? {
                    Step::Wait(delay) => {
                        tokio::time::sleep(delay).await;
                        continue;
                    }
                    Step::Hold(gate) => {
                        gate.pass().await;
                        continue;
                    }
                    Step::Stall => std::future::pending().await,
                    // An error in the body makes the server drop the connection.
                    Step::Cut => return Some((Err(cut()), (None, steps, wire))),
                    Step::Text(text) => wire.text(&text),
                    Step::Thought(text) => wire.thought(&text),
                    Step::Stop(reason) => wire.stop(reason),
                    Step::Exception(exception) => wire.exception(exception),
                    Step::Noise(noise) => noise,
                };
                return Some((Ok(bytes), (None, steps, wire)));
            }
        },
    ))
}

/// Everything a script says, for answers that are not streamed: text and stop reason, or why there is none.
pub(crate) async fn whole(steps: Steps, limit: usize) -> Result<(String, &'static str), Unsaid> {
    let mut said = String::new();
    for step in steps {
        match step {
            Step::Text(text) => said.push_str(&text),
            Step::Thought(_) => {}
            Step::Stop(reason) => return Ok((said, reason)),
            Step::Wait(delay) => tokio::time::sleep(delay).await,
            Step::Hold(gate) => gate.pass().await,
            Step::Stall => std::future::pending().await,
            Step::Exception(exception) => return Err(Unsaid::Exception(exception)),
            Step::Noise(_) | Step::Cut => return Err(Unsaid::Cut),
        }
        if said.chars().count() >= limit {
            return Ok((said.chars().take(limit).collect(), "max_tokens"));
        }
    }
    Err(Unsaid::Cut)
}

/// Why a whole answer could not be given.
pub(crate) enum Unsaid {
    Exception(Exception),
    Cut,
}

pub(crate) fn cut() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "cut, as scripted")
}
