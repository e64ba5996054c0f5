//! DynamoDB's part: the embedded engine, or what it answered before, said again at once.
//!
//! What is said again is what the engine said to the same kind of request a moment ago, so that nobody has to
//! write items down here: the table's layout stays the business of the store.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use anyhow::{Context, Result};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    door::Door,
    http::{self, Message},
};

/// The table's name, which the programs are told.
pub const NAME: &str = "bench";

/// A table, and the door to it.
pub struct Table {
    pub door: Door,
    learned: Arc<Learned>,
    engine: JoinHandle<()>,
}

#[derive(Default)]
struct Learned {
    answers: Mutex<HashMap<String, Arc<Vec<u8>>>>,
    repeats: AtomicBool,
}

impl Table {
    /// An empty table in memory.
    ///
    /// # Errors
    /// When the engine does not start.
    pub async fn open() -> Result<Self> {
        let engine = dynoxide::Database::memory().context("start the embedded table")?;
        let (key, text) = (|name, kind| json!({"AttributeName": name, "KeyType": kind}), "S");
        let request = json!({
            "TableName": NAME, "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": text}, {"AttributeName": "sk", "AttributeType": text},
            ],
        });
        let request = serde_json::from_value(request).context("describe the table")?;
        engine.create_table(request).context("make the table")?;
        let listener = TcpListener::bind("127.0.0.1:0").await.context("find a free port")?;
        let address = listener.local_addr().context("find a free port")?.to_string();
        let engine = tokio::spawn(dynoxide::server::serve_on(listener, engine));

        let learned = Arc::new(Learned::default());
        let known = Arc::clone(&learned);
        let answer = move |request: Message| {
            let (known, address) = (Arc::clone(&known), address.clone());
            async move { known.answer(&address, &request).await }
        };
        Ok(Self { door: Door::open(answer).await?, learned, engine })
    }

    /// From now on the engine is not asked where it answered a request of the same kind before.
    pub fn repeat(&self) {
        self.learned.repeats.store(true, Relaxed);
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        self.engine.abort();
    }
}

impl Learned {
    async fn answer(&self, engine: &str, request: &Message) -> Result<Vec<u8>> {
        let kind = kind(request);
        if self.repeats.load(Relaxed)
            && let Some(answer) = self.lock().get(&kind)
        {
            return Ok(answer.to_vec());
        }
        let answer = http::ask(engine, &request.raw).await.context("ask the embedded table")?;
        self.lock().insert(kind, Arc::new(answer.raw.clone()));
        Ok(answer.raw)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Vec<u8>>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Requests of a kind are answered alike, but for keys and values.
fn kind(request: &Message) -> String {
    let body = request.json();
    let expressions = ["UpdateExpression", "KeyConditionExpression", "ReturnValues"];
    let expressions = expressions.map(|name| body[name].as_str().unwrap_or_default());
    format!("{} {}", request.header("x-amz-target").unwrap_or_default(), expressions.join(" "))
}
