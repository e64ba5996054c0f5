//! Asking with patience that ends: quick retries, a fallback, a limit on every silence and on the whole.
//!
//! Before the first visible word a failure costs only time, so it is answered with another try, or with the
//! fallback. After it nothing is retried: people have seen the words, and what came is kept.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    Answer, AskError, Attempt, Cause, Chain, Chunk, Limits, Model, Outcome, Progress, Prompt,
    Report, Stop, TimeLimit, Usage,
};

/// The pause before another try at the same model, in milliseconds: long enough for a burst to pass, short
/// enough that nobody notices. Drawn at random, so that many workers throttled together come back apart.
const PAUSE_MS: std::ops::RangeInclusive<u64> = 50..=250;
/// Characters a token may have before an answer counts as endless. Few languages reach five.
const CHARS_PER_TOKEN: usize = 8;

/// An answer on its way: a stream of [`Progress`] whose last item is always [`Progress::Done`].
pub struct Asking<'a>(BoxStream<'a, Progress>);

impl<'a> Asking<'a> {
    pub(crate) fn new(
        chain: &'a Chain,
        prompt: &'a Prompt,
        limits: Limits,
        deadline: Instant,
    ) -> Self {
        let question = Question { chain, prompt, limits, deadline };
        let progress = stream::unfold(State::Begin(question), |state| async {
            match state {
                State::Begin(question) => Some(begin(question).await),
                State::Talk(talk) => Some(talk.next().await),
                State::Over => None,
            }
        });
        Self(progress.boxed())
    }

    /// Reads to the end, for callers that show nothing before.
    pub async fn finish(mut self) -> Report {
        loop {
            match self.0.next().await {
                Some(Progress::Text(_)) => {}
                Some(Progress::Done(report)) => return report,
                None => unreachable!("an asking ends with a report, and is consumed by reading it"),
            }
        }
    }
}

impl Stream for Asking<'_> {
    type Item = Progress;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Progress>> {
        self.0.poll_next_unpin(cx)
    }
}

enum State<'a> {
    Begin(Question<'a>),
    Talk(Talk<'a>),
    Over,
}

struct Question<'a> {
    chain: &'a Chain,
    prompt: &'a Prompt,
    limits: Limits,
    deadline: Instant,
}

/// The clock and the record of an asking.
struct Log {
    started: Instant,
    ends: Instant,
    attempts: Vec<Attempt>,
    first_chunk: Option<Duration>,
}

/// An answer that has begun.
struct Talk<'a> {
    question: Question<'a>,
    log: Log,
    model: &'a dyn Model,
    asked: Instant,
    answer: Answer,
    said: String,
    n_chars: usize,
}

/// What a try came to.
enum Tried {
    /// Visible text; the rest follows.
    Began(Answer, String),
    /// A guardrail or filter kept the whole answer.
    Kept(Stop, Usage),
    /// Nothing, with what was used for it.
    Failed(AskError, Usage),
}

/// Tries until a model speaks, all have failed or the time is over.
async fn begin(question: Question<'_>) -> (Progress, State<'_>) {
    let started = Instant::now();
    let ends = (started + question.limits.total).min(question.deadline);
    let mut log = Log { started, ends, attempts: Vec::new(), first_chunk: None };
    let n_models = question.chain.models().count();
    let tries = question.limits.tries.max(1);
    for (place, model) in question.chain.models().enumerate() {
        let has_fallback = place + 1 < n_models;
        for n in 1..=tries {
            if n > 1 {
                sleep(log.left().min(Duration::from_millis(fastrand::u64(PAUSE_MS)))).await;
            }
            if log.left().is_zero() && !log.attempts.is_empty() {
                return log.fail();
            }
            let asked = Instant::now();
            let error = match try_once(model, &question, &log).await {
                Tried::Began(answer, text) => {
                    log.first_chunk = Some(started.elapsed());
                    let said = String::new();
                    return Talk { question, log, model, asked, answer, said, n_chars: 0 }
                        .said(text);
                }
                Tried::Kept(stop, usage) => {
                    log.note(model, asked, usage, None);
                    return log.done(Outcome::Kept { stop });
                }
                Tried::Failed(error, usage) => {
                    log.note(model, asked, usage, Some(error.clone()));
                    error
                }
            };
            let is_last = !is_worth_another(&error, has_fallback) || n == tries;
            let next = match (is_last, has_fallback) {
                (false, _) => "try again",
                (true, true) => "ask the fallback",
                (true, false) => "give up",
            };
            tracing::warn!(
                model = model.id(),
                kind = error.kind(),
                next,
                "model {}: {}",
                model.id(),
                error.chain()
            );
            if is_last {
                break;
            }
        }
    }
    log.fail()
}

/// A model that was too slow is likely to be slow again: then the fallback is the quicker hope.
fn is_worth_another(error: &AskError, has_fallback: bool) -> bool {
    error.is_retryable() && !(has_fallback && matches!(error, AskError::TimedOut { .. }))
}

async fn try_once(model: &dyn Model, question: &Question<'_>, log: &Log) -> Tried {
    let Question { prompt, limits, .. } = question;
    let (limit, passed) = log.limit(TimeLimit::FirstChunk, limits.first_chunk, limits.total);
    let mut has_begun = false;
    let mut usage = None;
    let speak = async {
        let mut answer = model.ask(prompt).await?;
        has_begun = true;
        let mut held = String::new();
        while let Some(chunk) = answer.next().await {
            match chunk? {
                Chunk::Text(text) => {
                    held.push_str(&text);
                    let visible = held.trim_start();
                    if !visible.is_empty() {
                        return Ok(Tried::Began(answer, visible.to_owned()));
                    }
                }
                Chunk::End { stop, usage } if stop.is_refusal() => {
                    return Ok(Tried::Kept(stop, usage));
                }
                Chunk::End { usage: used, .. } => {
                    usage = Some(used);
                    return Err(AskError::Empty { model: model.id().to_owned() });
                }
            }
        }
        Err(broke_off(model))
    };
    let tried = timeout(limit, speak).await;
    let error = match tried {
        Ok(Ok(tried)) => return tried,
        Ok(Err(error)) => error,
        Err(_) => AskError::TimedOut { model: model.id().to_owned(), limit: passed },
    };
    // An answer that began had read the prompt, and that is paid for; so may be one that was too slow to begin.
    let was_read = has_begun || matches!(error, AskError::TimedOut { .. });
    let estimate = || if was_read { prompt.estimate(0) } else { Usage::default() };
    Tried::Failed(error, usage.unwrap_or_else(estimate))
}

impl<'a> Talk<'a> {
    async fn next(mut self) -> (Progress, State<'a>) {
        let Question { prompt, limits, .. } = self.question;
        let (limit, passed) = self.log.limit(TimeLimit::Chunk, limits.chunk, limits.total);
        let error = match timeout(limit, self.answer.next()).await {
            Ok(Some(Ok(Chunk::Text(text)))) => return self.said(text),
            Ok(Some(Ok(Chunk::End { stop, usage }))) => return self.end(stop, usage),
            Ok(Some(Err(error))) => error,
            Ok(None) => broke_off(self.model),
            Err(_) => AskError::TimedOut { model: self.model.id().to_owned(), limit: passed },
        };
        let model = self.model.id();
        tracing::warn!(
            model,
            kind = error.kind(),
            next = "keep what was said",
            "model {model}: {}",
            error.chain()
        );
        let usage = prompt.estimate(self.n_chars);
        self.log.note(self.model, self.asked, usage, Some(error.clone()));
        self.log.done(Outcome::CutOff { text: self.said, error })
    }

    /// Passes text on, up to the length at which an answer counts as endless.
    fn said(mut self, mut text: String) -> (Progress, State<'a>) {
        let prompt = self.question.prompt;
        let longest = (prompt.max_tokens.max(1) as usize).saturating_mul(CHARS_PER_TOKEN);
        if let Some((end, _)) = text.char_indices().nth(longest - self.n_chars) {
            text.truncate(end);
            let usage = prompt.estimate(longest);
            if text.is_empty() {
                return self.end(Stop::MaxTokens, usage);
            }
            let end = Chunk::End { stop: Stop::MaxTokens, usage };
            // Replacing the answer hangs up.
            self.answer = stream::iter([Ok(end)]).boxed();
        }
        self.n_chars += text.chars().count();
        self.said.push_str(&text);
        (Progress::Text(text), State::Talk(self))
    }

    fn end(mut self, stop: Stop, usage: Usage) -> (Progress, State<'a>) {
        self.log.note(self.model, self.asked, usage, None);
        if stop.is_refusal() {
            return self.log.done(Outcome::Kept { stop });
        }
        self.log.done(Outcome::Complete { text: self.said, stop })
    }
}

impl Log {
    fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    /// The shorter of `limit` and the time left, and which of the two it is.
    fn limit(
        &self,
        of: fn(Duration) -> TimeLimit,
        limit: Duration,
        total: Duration,
    ) -> (Duration, TimeLimit) {
        let left = self.left();
        let whole = total.min(self.ends.saturating_duration_since(self.started));
        if left < limit { (left, TimeLimit::Total(whole)) } else { (limit, of(limit)) }
    }

    fn note(&mut self, model: &dyn Model, asked: Instant, usage: Usage, error: Option<AskError>) {
        let attempt = Attempt { model: model.id().to_owned(), took: asked.elapsed(), usage, error };
        self.attempts.push(attempt);
    }

    fn done<'a>(self, outcome: Outcome) -> (Progress, State<'a>) {
        let Self { started, attempts, first_chunk, .. } = self;
        let report = Report { outcome, attempts, first_chunk, total: started.elapsed() };
        (Progress::Done(report), State::Over)
    }

    fn fail<'a>(self) -> (Progress, State<'a>) {
        let last = self.attempts.last().and_then(|attempt| attempt.error.clone());
        let error = last.expect("giving up follows a failed try");
        self.done(Outcome::Failed(error))
    }
}

fn broke_off(model: &dyn Model) -> AskError {
    let cause = Cause::new("the answer broke off");
    AskError::Unavailable { model: model.id().to_owned(), cause }
}
