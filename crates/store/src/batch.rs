//! Many writes at once.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::types::{AttributeValue, WriteRequest};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{Error, Store, error::failed};

/// Writes DynamoDB takes in one request.
pub(crate) const BATCH: usize = 25;
/// Requests under way at once: enough to hide their way there and back.
const LANES: usize = 4;
/// Rounds in which DynamoDB may leave something over before it counts as throttled.
const ROUNDS: u32 = 6;

impl Store {
    /// Writes everything, in batches, asking again for what a batch left over. Of several writes of one key the
    /// last holds.
    ///
    /// # Errors
    /// [`Error::Failed`]; some of it may then be written.
    pub(crate) async fn write_all(
        &self,
        writes: Vec<WriteRequest>,
        operation: impl Fn() -> String,
    ) -> Result<(), Error> {
        let writes = last_of_each(writes);
        let batches =
            writes.chunks(BATCH).map(|batch| self.write_batch(batch.to_vec(), &operation));
        stream::iter(batches.collect::<Vec<_>>()).buffer_unordered(LANES).try_collect().await
    }

    async fn write_batch(
        &self,
        mut writes: Vec<WriteRequest>,
        operation: &impl Fn() -> String,
    ) -> Result<(), Error> {
        for round in 0..ROUNDS {
            let left = self
                .db
                .batch_write_item()
                .request_items(&self.table, std::mem::take(&mut writes))
                .send()
                .await
                .map_err(failed(operation()))?
                .unprocessed_items
                .unwrap_or_default();
            writes = left.into_values().flatten().collect();
            if writes.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20 << round)).await;
        }
        Err(Error::Failed {
            operation: operation(),
            code: Some("ProvisionedThroughputExceededException".to_owned()),
            source: format!("{} writes were left over {ROUNDS} times", writes.len()).into(),
        })
    }
}

/// DynamoDB refuses a batch that names a key twice.
fn last_of_each(writes: Vec<WriteRequest>) -> Vec<WriteRequest> {
    let mut places = HashMap::with_capacity(writes.len());
    let mut kept: Vec<WriteRequest> = Vec::with_capacity(writes.len());
    for write in writes {
        match places.get(&key(&write)) {
            Some(place) => {
                let place: usize = *place;
                kept[place] = write;
            }
            None => {
                places.insert(key(&write), kept.len());
                kept.push(write);
            }
        }
    }
    kept
}

fn key(write: &WriteRequest) -> Option<(String, String)> {
    let item = match (write.put_request(), write.delete_request()) {
        (Some(put), _) => put.item(),
        (None, Some(delete)) => delete.key(),
        (None, None) => return None,
    };
    match (item.get("pk"), item.get("sk")) {
        (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) => {
            Some((pk.clone(), sk.clone()))
        }
        _ => None,
    }
}
