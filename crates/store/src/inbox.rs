//! The inbox of a den on one machine: events accepted and not yet dealt with.
//!
//! All of it lies in one partition, which is right for one machine and would be wrong for a queue in the
//! cloud; there SQS does this.

use aws_sdk_dynamodb::types::AttributeValue;
use queue::Event;

use crate::{Error, ITEM_VERSION, Store, error::failed, n, retention, s, ttl};

impl Store {
    /// Accepts an event. The same event again is the same row.
    ///
    /// # Errors
    /// [`Error::Failed`]; then it is not accepted.
    pub async fn put_in_inbox(&self, event: &Event) -> Result<(), Error> {
        self.put_body_in_inbox(event.id.as_str(), &event.write(), event.received_at_ms).await
    }

    /// Accepts a body under an id, as it is.
    ///
    /// # Errors
    /// [`Error::Failed`]; then it is not accepted.
    pub async fn put_body_in_inbox(&self, id: &str, body: &str, at_ms: u64) -> Result<(), Error> {
        self.db
            .put_item()
            .table_name(&self.table)
            .item("pk", s(INBOX))
            .item("sk", s(id))
            .item("body", s(body))
            .item("at", n(at_ms))
            .item("v", n(ITEM_VERSION))
            .send()
            .await
            .map(|_| ())
            .map_err(failed(format!("accept event {id}")))
    }

    /// Removes an event that was dealt with.
    ///
    /// # Errors
    /// [`Error::Failed`]; then it comes again, and its claim knows it.
    pub async fn remove_from_inbox(&self, event: &str) -> Result<(), Error> {
        self.db
            .delete_item()
            .table_name(&self.table)
            .key("pk", s(INBOX))
            .key("sk", s(event))
            .send()
            .await
            .map(|_| ())
            .map_err(failed(format!("remove event {}", event)))
    }

    /// The ids and bodies that lie in the inbox, in the order in which they were received.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn inbox(&self) -> Result<Vec<(String, String)>, Error> {
        let mut pages = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(INBOX))
            .into_paginator()
            .send();
        let mut rows = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed("read the inbox"))?;
            for mut item in page.items.unwrap_or_default() {
                let at: u64 = item
                    .get("at")
                    .and_then(|at| at.as_n().ok())
                    .and_then(|digits| digits.parse().ok())
                    .unwrap_or(0);
                let mut text = |name: &str| match item.remove(name) {
                    Some(AttributeValue::S(text)) => text,
                    _ => String::new(),
                };
                rows.push((at, text("sk"), text("body")));
            }
        }
        rows.sort_by_key(|(at, _, _)| *at);
        Ok(rows.into_iter().map(|(_, id, body)| (id, body)).collect())
    }

    /// Keeps a body that nobody can deal with, and why, for a fortnight: the dead-letter queue of one machine.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn put_aside(
        &self,
        id: &str,
        body: &str,
        reason: &str,
        now_ms: u64,
    ) -> Result<(), Error> {
        self.db
            .put_item()
            .table_name(&self.table)
            .item("pk", s(DEAD))
            .item("sk", s(id))
            .item("body", s(body))
            .item("reason", s(reason))
            .item("ttl", n(ttl(now_ms, retention::DEAD_LETTER)))
            .item("v", n(ITEM_VERSION))
            .send()
            .await
            .map(|_| ())
            .map_err(failed(format!("put event {id} aside")))
    }
}

/// The partition of what waits.
pub(crate) const INBOX: &str = "INBOX";
/// The partition of what was put aside.
pub(crate) const DEAD: &str = "DEAD";
