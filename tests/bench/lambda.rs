//! Lambda's part: the Runtime API, and an event source that delivers one event at a time.
//! See AWS Lambda/Using the Lambda runtime API.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    door::{Door, PATIENCE},
    http::{self, Message},
    queue,
};

/// The path a function asks for its next event.
pub const NEXT: &str = "/2018-06-01/runtime/invocation/next";

/// The time a function has for an event.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

/// The Runtime API, and the door to it.
pub struct Lambda {
    pub door: Door,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    inner: Mutex<Inner>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<(usize, Value)>,
    n_invoked: usize,
    /// The last answer: to which invocation, when, what.
    answered: Option<(usize, Instant, Value)>,
    /// What the function said when it gave up.
    error: Option<Value>,
}

/// An event that was dealt with.
pub struct Invocation {
    /// Before the event was given out.
    pub begun: Instant,
    /// When the function's answer had come.
    pub ended: Instant,
}

impl Lambda {
    /// A Runtime API that nobody asks yet.
    ///
    /// # Errors
    /// When the machine has no port left.
    pub async fn open() -> Result<Self> {
        let state = Arc::new(State::default());
        let inner = Arc::clone(&state);
        let answer = move |request: Message| {
            let inner = Arc::clone(&inner);
            async move { Ok(inner.answer(&request).await) }
        };
        Ok(Self { door: Door::open(answer).await?, state })
    }

    /// What Lambda tells a function of itself.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let told = [
            ("AWS_LAMBDA_RUNTIME_API", self.door.address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ];
        told.map(|(name, value)| (name, value.to_owned())).into()
    }

    /// Gives the function this event of `personality` and waits until it has dealt with it.
    ///
    /// # Errors
    /// When the function returns it, fails, or does not answer.
    pub async fn invoke(&self, personality: &str, body: &str) -> Result<Invocation> {
        let mut changed = self.state.changed.subscribe();
        let begun = Instant::now();
        let id = {
            let mut inner = self.state.lock();
            inner.n_invoked += 1;
            let id = inner.n_invoked;
            inner.waiting.push_back((id, event(personality, id, body)));
            id
        };
        self.state.changed.send_replace(());
        let answered = tokio::time::timeout(PATIENCE, async {
            loop {
                let (answer, error) = {
                    let inner = self.state.lock();
                    let answer = inner.answered.clone().filter(|(answered, ..)| *answered == id);
                    (answer, inner.error.clone())
                };
                match (answer, error) {
                    (_, Some(error)) => bail!("the function gave up: {error}"),
                    (Some((_, ended, answer)), None) => return Ok((ended, answer)),
                    // The sender is held here.
                    (None, None) => drop(changed.changed().await),
                }
            }
        });
        let (ended, answer) = answered.await.context("the function does not answer")??;
        let failed = answer["batchItemFailures"].as_array().map_or(0, Vec::len);
        if failed > 0 {
            bail!("the function did not deal with its event: {answer}");
        }
        Ok(Invocation { begun, ended })
    }
}

impl State {
    async fn answer(&self, request: &Message) -> Vec<u8> {
        let path = request.word(1);
        if path == NEXT {
            return self.next().await;
        }
        let id = path.strip_suffix("/response").and_then(|path| path.rsplit('/').next());
        {
            let mut inner = self.lock();
            match id.and_then(|id| id.parse().ok()) {
                Some(id) => inner.answered = Some((id, Instant::now(), request.json())),
                // Of an invocation, or of the start of it all.
                None => inner.error = Some(request.json()),
            }
        }
        self.changed.send_replace(());
        http::json("202 Accepted", &json!({"status": "OK"}), "")
    }

    async fn next(&self) -> Vec<u8> {
        let mut changed = self.changed.subscribe();
        loop {
            let next = self.lock().waiting.pop_front();
            if let Some((id, event)) = next {
                let deadline = SystemTime::now() + TIMEOUT;
                let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
                let headers = format!(
                    "lambda-runtime-aws-request-id: {id}\r\nlambda-runtime-deadline-ms: {deadline}\r\n\
                     lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:000000000000:function:bench\r\n\
                     lambda-runtime-trace-id: Root=1-00000000-000000000000000000000000;Sampled=0\r\n"
                );
                return http::json("200 OK", &event, &headers);
            }
            // The sender is held here.
            let _ = changed.changed().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A batch of one record. See AWS Lambda/Using Lambda with Amazon SQS.
fn event(personality: &str, id: usize, body: &str) -> Value {
    let queue = format!("arn:aws:sqs:us-east-1:000000000000:{}{personality}.fifo", queue::PREFIX);
    json!({"Records": [{
        "messageId": format!("message-{id}"),
        "receiptHandle": format!("receipt-{id}"),
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "a-channel"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": queue,
        "awsRegion": "us-east-1",
    }]})
}
