//! Polling SQS: the worker outside Lambda.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use aws_sdk_sqs::{
    Client,
    config::{Config, timeout::TimeoutConfig},
    types::{DeleteMessageBatchRequestEntry, MessageSystemAttributeName},
};
use futures_util::future::join_all;
use personality::PersonalityId;
use queue::{STEWARD, queue_name};
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    Deadline, Delivery, Worker,
    source::{Record, Source, groups},
};

/// SQS holds a receive open this long when a queue is empty.
const LONG_POLL_S: i32 = 20;
/// A deadline of the steward's own, who has no file.
const STEWARD_TIMEOUT: Duration = Duration::from_secs(30);
/// Batches the steward serves at once.
const STEWARD_CONCURRENCY: usize = 10;
/// After a failed receive.
const PAUSE: Duration = Duration::from_secs(2);
/// A queue that is not there is looked for again after so long.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How long started turns may take to finish at shutdown.
const GRACE: Duration = Duration::from_secs(25);

/// Serves the queues of `personalities` until `shutdown`; then finishes what was begun. One whose queue is missing is
/// complained about and waited for: the others go on.
///
/// # Errors
/// When none of the queues can be found.
pub async fn run(
    worker: Worker,
    client: Client,
    prefix: &str,
    personalities: Vec<PersonalityId>,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let names: Vec<String> = personalities.iter().map(|id| queue_name(prefix, id)).collect();
    let mut found = join_all(names.iter().map(|name| address(&client, name))).await;
    if !found.is_empty() && found.iter().all(Result::is_err) {
        return found.swap_remove(0).map(drop);
    }
    let mut queues = JoinSet::new();
    for ((personality, name), found) in personalities.into_iter().zip(names).zip(found) {
        let (worker, client, shutdown) = (worker.clone(), client.clone(), shutdown.clone());
        queues.spawn(async move {
            let url = tokio::select! {
                url = wait_for(&client, &name, found) => url,
                () = shutdown.cancelled() => return,
            };
            serve_queue(worker, Source { client, url, personality }, shutdown).await;
        });
    }
    while let Some(ended) = queues.join_next().await {
        ended.context("a queue's task broke")?;
    }
    Ok(())
}

/// The address of a queue that was looked for once, as soon as there is one.
async fn wait_for(client: &Client, name: &str, mut found: anyhow::Result<String>) -> String {
    loop {
        match found {
            Ok(url) => return url,
            Err(e) => tracing::error!(error = format!("{e:#}"), "a queue is not served"),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        found = address(client, name).await;
    }
}

async fn address(client: &Client, name: &str) -> anyhow::Result<String> {
    let found = client.get_queue_url().queue_name(name).send().await;
    found
        .with_context(|| format!("find the queue {name}; make it, or set DEN_QUEUE_PREFIX"))?
        .queue_url
        .with_context(|| format!("find the queue {name}: no address came back"))
}

async fn serve_queue(worker: Worker, source: Source, shutdown: CancellationToken) {
    let who = worker.roster.get(&source.personality);
    debug_assert!(who.is_some() || source.personality.as_str() == STEWARD);
    let timeout =
        who.map_or(STEWARD_TIMEOUT, |who| Duration::from_secs(who.scaling.timeout_s.into()));
    let at_once = who.map_or(STEWARD_CONCURRENCY, |who| who.scaling.max_concurrency as usize);
    let room = Arc::new(Semaphore::new(at_once));
    let mut turns = JoinSet::new();
    loop {
        let permit = tokio::select! {
            () = shutdown.cancelled() => break,
            permit = Arc::clone(&room).acquire_owned() => permit.expect("the semaphore is never closed"),
        };
        let received = tokio::select! {
            () = shutdown.cancelled() => break,
            received = source.receive() => received,
        };
        match received {
            Ok(batch) if batch.is_empty() => {}
            Ok(batch) => {
                let (deadline, permit) = (Deadline::after(timeout), Arc::new(permit));
                // Each group by itself: a channel that is done need not wait for a slow one to be deleted.
                for group in groups(batch) {
                    let (worker, source, permit) =
                        (worker.clone(), source.clone(), Arc::clone(&permit));
                    turns.spawn(async move {
                        let _permit = permit;
                        source.serve_and_delete(&worker, group, deadline).await;
                    });
                }
            }
            Err(e) => {
                tracing::warn!(personality = %source.personality, error = format!("{e:#}"), "receive failed");
                tokio::time::sleep(PAUSE).await;
            }
        }
        while turns.try_join_next().is_some() {}
    }
    let finishing = async { while turns.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finishing).await.is_err() {
        tracing::warn!(personality = %source.personality, "turns were cut off at shutdown; their records return");
    }
}

impl Source {
    async fn receive(&self) -> anyhow::Result<Vec<Record>> {
        let patience = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(25))
            .operation_timeout(Duration::from_secs(30))
            .build();
        let received = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            .wait_time_seconds(LONG_POLL_S)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .customize()
            .config_override(Config::builder().timeout_config(patience))
            .send()
            .await
            .with_context(|| format!("receive for {}", self.personality))?;
        Ok(received.messages.unwrap_or_default().into_iter().filter_map(record).collect())
    }

    async fn serve_and_delete(&self, worker: &Worker, group: Vec<Record>, deadline: Deadline) {
        let all = group.clone();
        let unfinished = self.serve(worker, group, deadline).await;
        let done = all
            .iter()
            .filter(|record| !unfinished.iter().any(|other| other.message_id == record.message_id))
            .enumerate()
            .map(|(at, record)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(at.to_string())
                    .receipt_handle(&record.receipt)
                    .build()
                    .expect("id and receipt are set")
            })
            .collect::<Vec<_>>();
        if done.is_empty() {
            return;
        }
        let deleted = self
            .client
            .delete_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(done))
            .send()
            .await;
        // What was not deleted comes again, and its closed claim acknowledges it.
        match deleted {
            Ok(output) if output.failed().is_empty() => {}
            Ok(output) => {
                tracing::warn!(personality = %self.personality, failed = output.failed().len(), "some records were not deleted");
            }
            Err(e) => {
                tracing::warn!(personality = %self.personality, error = %aws_sdk_sqs::error::DisplayErrorContext(&e), "records were not deleted");
            }
        }
    }
}

fn record(message: aws_sdk_sqs::types::Message) -> Option<Record> {
    let attributes = message.attributes.unwrap_or_default();
    let receives = attributes
        .get(&MessageSystemAttributeName::ApproximateReceiveCount)
        .and_then(|count| count.parse().ok())
        .unwrap_or(1);
    Some(Record {
        message_id: message.message_id?,
        receipt: message.receipt_handle?,
        group: attributes
            .get(&MessageSystemAttributeName::MessageGroupId)
            .cloned()
            .unwrap_or_default(),
        delivery: Delivery { body: message.body.unwrap_or_default(), receives },
    })
}
