//! Where bodies go that nobody can deal with.

use anyhow::Context;
use aws_sdk_sqs::types::MessageAttributeValue;
use personality::PersonalityId;
use queue::dead_letter_queue_name;
use store::Store;

use crate::clock::now_ms;

/// Where bodies go that nobody can deal with, each with its reason.
#[derive(Clone)]
pub enum DeadLetters {
    /// The personality's dead-letter queue.
    Sqs {
        /// The client.
        client: aws_sdk_sqs::Client,
        /// What the names of this deployment's queues begin with.
        prefix: String,
    },
    /// The table, on one machine.
    Table(Store),
}

impl DeadLetters {
    /// Puts `body` aside. `id` deduplicates it.
    ///
    /// # Errors
    /// When it could not be kept; then it must not be acknowledged.
    pub async fn put(
        &self,
        queue: &PersonalityId,
        id: &str,
        body: &str,
        reason: &str,
    ) -> anyhow::Result<()> {
        tracing::error!(personality = %queue, id, reason, "an event was put aside");
        match self {
            DeadLetters::Table(store) => store.put_aside(id, body, reason, now_ms()).await?,
            DeadLetters::Sqs { client, prefix } => {
                let name = dead_letter_queue_name(prefix, queue);
                let found = client.get_queue_url().queue_name(&name).send().await;
                let url = found
                    .with_context(|| format!("find the queue {name}"))?
                    .queue_url
                    .with_context(|| format!("find the queue {name}: no address came back"))?;
                let reason = MessageAttributeValue::builder()
                    .data_type("String")
                    .string_value(reason)
                    .build()
                    .context("write the reason")?;
                client
                    .send_message()
                    .queue_url(url)
                    .message_body(body)
                    .message_group_id(id)
                    .message_deduplication_id(id)
                    .message_attributes("reason", reason)
                    .send()
                    .await
                    .with_context(|| format!("send {id} to {name}"))?;
            }
        }
        Ok(())
    }
}
