//! A deployment's AWS: an account of its own in the ministack all stories share, with its queues and its table.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    config::{Credentials, Region},
    types::AttributeValue,
};
use aws_sdk_sqs::types::QueueAttributeName;
use futures_util::future::join_all;
use queue::{STEWARD, dead_letter_queue_name, queue_name};
use store::Store;
use tests::Ministack;

use crate::patience;

pub const REGION: &str = "us-east-1";
pub const TABLE: &str = "roast-den";
pub const PREFIX: &str = "roast-den-";

/// The account, and the clients a test looks at it with.
pub struct Account {
    pub ministack: &'static Ministack,
    /// Its number, which is its access key as well.
    pub id: String,
    pub store: Store,
    db: aws_sdk_dynamodb::Client,
    sqs: aws_sdk_sqs::Client,
    /// Addresses by the queues' names.
    queues: BTreeMap<String, String>,
}

/// Messages of a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// That a worker would receive now, or once the one before them in their channel is done.
    pub waiting: usize,
    /// That a worker has, or that rest until their next delivery.
    pub hidden: usize,
}

/// A body nobody could deal with, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    pub body: String,
    pub reason: String,
}

impl Account {
    /// Opens an account with a table, and queues for these personalities and the steward. A message that is
    /// not dealt with stays hidden for `visibility_s` seconds.
    pub async fn open(ministack: &'static Ministack, ids: &[String], visibility_s: u32) -> Self {
        let account = ministack.account();
        let credentials = Credentials::new(&account, "test", None, None, "ministack");
        let aws = aws::local_config().await;
        let db = aws_sdk_dynamodb::config::Builder::from(&aws)
            .endpoint_url(ministack.url())
            .region(Region::new(REGION))
            .credentials_provider(credentials.clone())
            .build();
        let db = aws_sdk_dynamodb::Client::from_conf(db);
        let sqs = aws_sdk_sqs::config::Builder::from(&aws)
            .endpoint_url(ministack.url())
            .region(Region::new(REGION))
            .credentials_provider(credentials)
            .build();
        let sqs = aws_sdk_sqs::Client::from_conf(sqs);
        let store = Store::new(db.clone(), TABLE);
        let mut account = Self { ministack, id: account, store, db, sqs, queues: BTreeMap::new() };
        let ids = ids.iter().map(String::as_str).chain([STEWARD]);
        let made = join_all(ids.map(|id| account.make_queues(id, visibility_s)));
        let (made, table) = tokio::join!(made, account.store.init());
        table.expect("a table");
        account.queues = made.into_iter().flatten().collect();
        account
    }

    /// A personality's queue and its dead-letter queue, as infrastructure would make them.
    async fn make_queues(&self, id: &str, visibility_s: u32) -> [(String, String); 2] {
        use QueueAttributeName::{
            ContentBasedDeduplication, DeduplicationScope, FifoQueue, FifoThroughputLimit,
            RedrivePolicy, VisibilityTimeout,
        };
        let id = id.parse().expect("an id");
        let (name, dead) = (queue_name(PREFIX, &id), dead_letter_queue_name(PREFIX, &id));
        let made = self.sqs.create_queue().queue_name(&dead).attributes(FifoQueue, "true");
        let dead_url = made.send().await.expect("a dead-letter queue").queue_url;
        let arn = self.arn(&dead);
        // High on purpose: an outage must not fill the dead letters.
        let redrive = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":100}}"#);
        let made = self
            .sqs
            .create_queue()
            .queue_name(&name)
            .attributes(FifoQueue, "true")
            .attributes(ContentBasedDeduplication, "false")
            .attributes(DeduplicationScope, "messageGroup")
            .attributes(FifoThroughputLimit, "perMessageGroupId")
            .attributes(VisibilityTimeout, visibility_s.to_string())
            .attributes(RedrivePolicy, redrive)
            .send()
            .await;
        let url = made.expect("a queue").queue_url;
        [(name, url.expect("an address")), (dead, dead_url.expect("an address"))]
    }

    /// The ARN of a queue.
    pub fn arn(&self, queue: &str) -> String {
        format!("arn:aws:sqs:{REGION}:{}:{queue}", self.id)
    }

    /// What a process needs to be in this account.
    pub fn environment(&self) -> Vec<(String, String)> {
        let variables = [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", &self.id),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_ENDPOINT_URL", &self.ministack.url()),
        ];
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    /// Puts any body onto a personality's queue, as a listener of another build might.
    pub async fn send(&self, personality: &str, group: &str, id: &str, body: &str) {
        let sent = self
            .sqs
            .send_message()
            .queue_url(self.queue(personality))
            .message_group_id(group)
            .message_deduplication_id(id)
            .message_body(body);
        sent.send().await.expect("the queue takes it");
    }

    /// What is on a personality's queue.
    pub async fn depth(&self, personality: &str) -> Depth {
        use QueueAttributeName::{
            ApproximateNumberOfMessages as Waiting, ApproximateNumberOfMessagesNotVisible as Hidden,
        };
        let asked = self
            .sqs
            .get_queue_attributes()
            .queue_url(self.queue(personality))
            .attribute_names(Waiting)
            .attribute_names(Hidden);
        let attributes = asked.send().await.expect("the queue's depth").attributes;
        let number = |name| attributes.as_ref()?.get(&name)?.parse().ok();
        Depth {
            waiting: number(Waiting).unwrap_or_default(),
            hidden: number(Hidden).unwrap_or_default(),
        }
    }

    /// Waits until a personality's queue is this deep.
    pub async fn until_depth(&self, personality: &str, is_so: impl Fn(Depth) -> bool) {
        let what = format!("the right depth of {personality}'s queue");
        patience::until(&what, async || {
            let depth = self.depth(personality).await;
            if is_so(depth) { Ok(()) } else { Err(format!("{depth:?}")) }
        })
        .await;
    }

    /// Waits until so many dead letters of a personality are there, and returns them as they came.
    pub async fn dead_letters(&self, personality: &str, n: usize) -> Vec<DeadLetter> {
        let what = format!("{n} dead letters of {personality}");
        patience::until(&what, async || {
            let letters = self.look_at_dead_letters(personality).await;
            if letters.len() >= n { Ok(letters) } else { Err(format!("{letters:?}")) }
        })
        .await
    }

    /// The dead letters of a personality; they stay there.
    pub async fn look_at_dead_letters(&self, personality: &str) -> Vec<DeadLetter> {
        let name = dead_letter_queue_name(PREFIX, &personality.parse().expect("an id"));
        let received = self
            .sqs
            .receive_message()
            .queue_url(&self.queues[&name])
            .max_number_of_messages(10)
            .visibility_timeout(0)
            .message_attribute_names("reason");
        let received = received.send().await.expect("the dead letters").messages;
        let letter = |message: aws_sdk_sqs::types::Message| {
            let reason = message.message_attributes.and_then(|mut all| all.remove("reason"));
            DeadLetter {
                body: message.body.unwrap_or_default(),
                reason: reason.and_then(|reason| reason.string_value).unwrap_or_default(),
            }
        };
        received.unwrap_or_default().into_iter().map(letter).collect()
    }

    /// Waits until the claim of an event is in `state`.
    pub async fn until_claim(&self, cause: u64, personality: &str, state: &str) {
        let what = format!("claim of {cause}:{personality} in state {state}");
        patience::until(&what, async || {
            let read = self
                .db
                .get_item()
                .table_name(TABLE)
                .key("pk", AttributeValue::S(format!("E#{cause}")))
                .key("sk", AttributeValue::S(format!("P#{personality}")));
            let item = read.send().await.expect("the claim").item;
            let is = item.as_ref().and_then(|item| item.get("state")?.as_s().ok());
            if is.is_some_and(|is| is == state) { Ok(()) } else { Err(format!("{is:?}")) }
        })
        .await;
    }

    fn queue(&self, personality: &str) -> &str {
        &self.queues[&queue_name(PREFIX, &personality.parse().expect("an id"))]
    }
}
