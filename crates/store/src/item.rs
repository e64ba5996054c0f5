//! One item, read or written.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error, ITEM_VERSION, Store,
    error::{failed, unreadable},
    n, s,
};

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// How fresh a read must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fresh {
    /// What was written a moment ago may be missing; costs half.
    Perhaps,
    /// Everything acknowledged is there.
    Surely,
}

impl Store {
    /// The item under a key, if there is one.
    pub(crate) async fn read_item<T: DeserializeOwned>(
        &self,
        pk: String,
        sk: String,
        fresh: Fresh,
        operation: &str,
    ) -> Result<Option<T>, Error> {
        self.db
            .get_item()
            .table_name(&self.table)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .consistent_read(fresh == Fresh::Surely)
            .send()
            .await
            .map_err(failed(operation))?
            .item
            .map(|item| serde_dynamo::from_item(item).map_err(unreadable(operation)))
            .transpose()
    }

    /// Writes an item under a key, over whatever is there. `ttl` is in seconds since the Unix epoch.
    pub(crate) async fn write_item(
        &self,
        pk: String,
        sk: String,
        item: &impl Serialize,
        ttl: Option<u64>,
        operation: &str,
    ) -> Result<(), Error> {
        let mut put = self
            .db
            .put_item()
            .table_name(&self.table)
            .set_item(Some(serde_dynamo::to_item(item).map_err(unreadable(operation))?))
            .item("pk", s(pk))
            .item("sk", s(sk))
            .item("v", n(ITEM_VERSION));
        if let Some(ttl) = ttl {
            put = put.item("ttl", n(ttl));
        }
        put.send().await.map(drop).map_err(failed(operation))
    }
}
