//! SQS's part: accepts at once, delivers at once. Nothing is delivered twice, and no group waits, so it is
//! for one message at a time.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    door::{Door, PATIENCE},
    http::{self, Message},
};

/// What the queues' names begin with, which the programs are told.
pub const PREFIX: &str = "bench-";

/// All queues, and the door to them.
pub struct Queues {
    pub door: Door,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// Entries as they were sent, by queue.
    entries: Mutex<HashMap<String, VecDeque<Value>>>,
    changed: watch::Sender<()>,
}

impl Queues {
    /// Queues of every name there may be.
    ///
    /// # Errors
    /// When the machine has no port left.
    pub async fn open() -> Result<Self> {
        let waiting = Arc::new(Waiting::default());
        let entries = Arc::clone(&waiting);
        let answer = move |request: Message| {
            let entries = Arc::clone(&entries);
            async move {
                let answer = entries.answer(&request).await?;
                Ok(http::json("200 OK", &answer, ""))
            }
        };
        Ok(Self { door: Door::open(answer).await?, waiting })
    }

    /// How many messages wait.
    pub fn n_waiting(&self) -> usize {
        self.waiting.lock().values().map(VecDeque::len).sum()
    }

    /// Takes the bodies of `n` messages off the queues, as soon as there are so many.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn take(&self, n: usize) -> Result<Vec<String>> {
        let mut changed = self.waiting.changed.subscribe();
        let enough = tokio::time::timeout(PATIENCE, async {
            while self.n_waiting() < n {
                // The sender is held here.
                let _ = changed.changed().await;
            }
        });
        if enough.await.is_err() {
            bail!("{} of {n} events came to the queue", self.n_waiting());
        }
        let mut queues = self.waiting.lock();
        let entries = queues.values_mut().flat_map(|queue| queue.drain(..));
        Ok(entries.filter_map(|entry| Some(entry["MessageBody"].as_str()?.to_owned())).collect())
    }
}

impl Waiting {
    async fn answer(&self, request: &Message) -> Result<Value> {
        let body = request.json();
        let target = request.header("x-amz-target").unwrap_or_default();
        let name = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        match target.rsplit('.').next().unwrap_or_default() {
            "GetQueueUrl" => {
                let host = request.header("host").context("a request names its host")?;
                Ok(json!({"QueueUrl": format!("http://{host}/000000000000/{}", name("QueueName"))}))
            }
            "SendMessageBatch" => {
                let mut queues = self.lock();
                queues.entry(name("QueueUrl")).or_default().extend(entries(&body).cloned());
                self.changed.send_replace(());
                Ok(accepted(&body))
            }
            "ReceiveMessage" => Ok(json!({"Messages": self.receive(&name("QueueUrl")).await})),
            "DeleteMessageBatch" | "ChangeMessageVisibilityBatch" => Ok(accepted(&body)),
            other => bail!("nobody here knows what {other} means"),
        }
    }

    /// One message, or none after a while.
    async fn receive(&self, queue: &str) -> Vec<Value> {
        let mut changed = self.changed.subscribe();
        let next = tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                let next = self.lock().get_mut(queue).and_then(VecDeque::pop_front);
                if let Some(entry) = next {
                    return entry;
                }
                // The sender is held here.
                let _ = changed.changed().await;
            }
        });
        let Ok(entry) = next.await else { return Vec::new() };
        vec![json!({
            "MessageId": entry["MessageDeduplicationId"],
            "ReceiptHandle": entry["MessageDeduplicationId"],
            "Body": entry["MessageBody"],
            "MD5OfBody": "",
            "Attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": entry["MessageGroupId"]},
        })]
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, VecDeque<Value>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entries(body: &Value) -> impl Iterator<Item = &Value> {
    body["Entries"].as_array().into_iter().flatten()
}

fn accepted(body: &Value) -> Value {
    let accepted = entries(body)
        .map(|entry| json!({"Id": entry["Id"], "MessageId": entry["Id"], "MD5OfMessageBody": ""}));
    json!({"Successful": accepted.collect::<Vec<_>>(), "Failed": []})
}
