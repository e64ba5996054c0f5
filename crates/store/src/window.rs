//! The window: the recent turns of one personality in one channel.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, UserMarker},
};

use crate::{
    Error, ITEM_VERSION, Store,
    error::{failed, unreadable},
    n, padded, s, ttl,
};

/// Days a turn of talk is kept.
const KEPT_DAYS: u64 = 30;
/// The most turns one read returns: about 8,000 tokens of common chat, more than any window's budget.
const NEWEST: i32 = 40;

/// A message of the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowTurn {
    /// The message, which also orders the window.
    pub message_id: Id<MessageMarker>,
    /// Who said it.
    pub speaker: Speaker,
    /// What was said.
    pub text: String,
}

/// Who said something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// A person.
    Person {
        /// Discord's user id.
        id: Id<UserMarker>,
        /// The name they had then.
        name: String,
    },
    /// The personality itself.
    Me,
}

impl Store {
    /// Adds turns to the window. The same turn again replaces itself.
    ///
    /// # Errors
    /// [`Error::Failed`]; some of the turns may then be kept.
    pub async fn remember_turns(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        turns: &[WindowTurn],
        now_ms: u64,
    ) -> Result<(), Error> {
        let operation = || format!("keep {} turns of channel {channel}", turns.len());
        let mut writes = Vec::with_capacity(turns.len());
        for turn in turns {
            let mut item: HashMap<String, AttributeValue> =
                serde_dynamo::to_item(turn).map_err(unreadable(operation()))?;
            item.insert("pk".to_owned(), s(partition(channel)));
            item.insert(
                "sk".to_owned(),
                s(format!("{}{}", prefix(personality), padded(turn.message_id.get()))),
            );
            item.insert("v".to_owned(), n(ITEM_VERSION));
            item.insert("ttl".to_owned(), n(ttl(now_ms, KEPT_DAYS)));
            let put = PutRequest::builder().set_item(Some(item)).build().expect("the item is set");
            writes.push(WriteRequest::builder().put_request(put).build());
        }
        self.write_all(writes, operation).await
    }

    /// The newest turns, oldest first, at most 40.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn window(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
    ) -> Result<Vec<WindowTurn>, Error> {
        let operation = || format!("read the window of channel {channel}");
        let found = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", s(partition(channel)))
            .expression_attribute_values(":prefix", s(prefix(personality)))
            // The turn before may have ended milliseconds ago.
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(NEWEST)
            .send()
            .await
            .map_err(failed(operation()))?;
        let mut turns: Vec<WindowTurn> = serde_dynamo::from_items(found.items.unwrap_or_default())
            .map_err(unreadable(operation()))?;
        turns.reverse();
        Ok(turns)
    }

    /// Writes everything, in batches of 25, asking again for what a batch left over.
    pub(crate) async fn write_all(
        &self,
        mut writes: Vec<WriteRequest>,
        operation: impl Fn() -> String,
    ) -> Result<(), Error> {
        /// Rounds in which DynamoDB may leave something over before it counts as throttled.
        const ROUNDS: u32 = 5;
        let mut round = 0;
        while !writes.is_empty() {
            let rest = writes.split_off(writes.len().min(25));
            let left = self
                .db
                .batch_write_item()
                .request_items(&self.table, std::mem::take(&mut writes))
                .send()
                .await
                .map_err(failed(operation()))?
                .unprocessed_items
                .unwrap_or_default();
            let left: Vec<WriteRequest> = left.into_values().flatten().collect();
            if !left.is_empty() {
                round += 1;
                if round == ROUNDS {
                    return Err(Error::Failed {
                        operation: operation(),
                        code: Some("ProvisionedThroughputExceededException".to_owned()),
                        source: format!("{} writes were left over {ROUNDS} times", left.len())
                            .into(),
                    });
                }
                tokio::time::sleep(std::time::Duration::from_millis(20 << round)).await;
            }
            writes = left.into_iter().chain(rest).collect();
        }
        Ok(())
    }
}

/// Everything of a channel lies in one partition.
pub(crate) fn partition(channel: Id<ChannelMarker>) -> String {
    format!("C#{channel}")
}

fn prefix(personality: &PersonalityId) -> String {
    format!("T#{personality}#")
}
