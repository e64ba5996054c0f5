//! Sealing: the oldest open messages of a scope become a page, and the oldest pages go.

use aws_sdk_dynamodb::{
    error::{BuildError, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{Delete, Put, TransactWriteItem},
};

use crate::{
    Episode, Error, Scope, Store,
    episode::MOST_READ,
    error::failed,
    has_aged,
    keep::{delete, keeper_sort, message_partition},
    leaf::{Leaf, Seal, is_fitting, is_mark, leaf, number, page_item, page_sort, sort},
    s, window,
};

/// Open messages of a scope beyond which the oldest are folded.
pub const MOST_OPEN: usize = 64;
/// Messages folded into one page.
const PAGE: usize = 32;
/// Pages of a scope; the oldest goes when there is one more. With the open ones about 16,500 messages: more
/// than a guild says to one personality in a year, and some 3 MB of pages.
pub const MOST_PAGES: u64 = 512;
/// Old pages that go at once when one is sealed: more than one, so that what was imported shrinks as well.
const TRIM: i32 = 4;

impl Store {
    /// Folds the oldest open messages of a scope into a page, where more than 64 lie open. Several may try at
    /// once: one succeeds. What is edited or deleted meanwhile is in no page; the next try takes it as it is
    /// then. What has aged goes, and is in no page either. Returns whether a page was made.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`].
    pub async fn seal(&self, scope: &Scope, now_ms: u64) -> Result<bool, Error> {
        let operation = format!("seal a page of {}", scope.space);
        let (open, newest) = self.open_leaves(scope, &operation).await?;
        let (aged, open): (Vec<Leaf>, Vec<Leaf>) =
            open.into_iter().partition(|leaf| has_aged(leaf.ttl, now_ms));
        let aged = aged.into_iter().map(|leaf| delete(scope.partition(), leaf.sk));
        self.write_all(aged.collect(), || operation.clone()).await?;
        if open.len() <= MOST_OPEN {
            return Ok(false);
        }
        let oldest: Vec<&Leaf> = open.iter().rev().take(PAGE).collect();
        let mut messages: Vec<Episode> =
            oldest.iter().flat_map(|leaf| leaf.messages.clone()).collect();
        while messages.len() > 1 && !is_fitting(&messages) {
            messages.truncate(messages.len() / 2);
        }
        let oldest = &oldest[..messages.len()];
        let sk = page_sort(scope, &messages);
        let seal = Seal { revision: 1, number: newest + 1 };
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(page_item(scope, &sk, &messages, seal)))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(|e| built(&operation, e))?;
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        for leaf in oldest {
            let delete = Delete::builder()
                .table_name(&self.table)
                .key("pk", s(scope.partition()))
                .key("sk", s(&leaf.sk))
                // As it was read: an edit in between is not lost.
                .condition_expression("#text = :text")
                .expression_attribute_names("#text", "text")
                .expression_attribute_values(":text", s(&leaf.messages[0].text))
                .build()
                .map_err(|e| built(&operation, e))?;
            writes.push(TransactWriteItem::builder().delete(delete).build());
        }
        let sealed = self.db.transact_write_items().set_transact_items(Some(writes)).send().await;
        match sealed {
            Ok(_) => {
                self.trim(scope, seal.number).await?;
                Ok(true)
            }
            Err(e) if is_there_already(&e) => self.drop_sealed(scope, &sk, oldest).await,
            Err(e) => match failed(operation)(e) {
                e if e.code() == Some("TransactionCanceledException") => Ok(false),
                e => Err(e),
            },
        }
    }

    /// The open messages of a scope, newest first, and the number of its newest page.
    async fn open_leaves(&self, scope: &Scope, operation: &str) -> Result<(Vec<Leaf>, u64), Error> {
        let mut pages = self
            .scope_query(scope, &sort(scope, 0))
            .scan_index_forward(false)
            .limit(MOST_READ)
            .consistent_read(true)
            .into_paginator()
            .send();
        let (mut open, mut newest, mut n_read) = (Vec::new(), 0, 0);
        // A request ends at a megabyte; long messages with all their terms take several.
        while n_read < MOST_READ
            && let Some(page) = pages.next().await
        {
            for item in page.map_err(failed(operation))?.items.unwrap_or_default() {
                n_read += 1;
                if item.contains_key("body") {
                    newest = newest.max(number(&item, "page"));
                } else if !is_mark(&item) {
                    open.push(leaf(item, || operation.to_owned())?);
                }
            }
        }
        Ok((open, newest))
    }

    /// The page is there already, from another sealer or an import: what it holds need not lie open.
    async fn drop_sealed(&self, scope: &Scope, sk: &str, open: &[&Leaf]) -> Result<bool, Error> {
        let operation = format!("look at a page of {}", scope.space);
        let found = self
            .db
            .get_item()
            .table_name(&self.table)
            .key("pk", s(scope.partition()))
            .key("sk", s(sk))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed(&operation))?;
        let Some(item) = found.item else { return Ok(false) };
        let page = leaf(item, || operation.clone())?;
        // Kept once more, it may age later than what was sealed, and is the same.
        let is_same =
            |a: &Episode, b: &Episode| Episode { expires_s: a.expires_s, ..b.clone() } == *a;
        let is_in_page = |m: &Episode| page.messages.iter().any(|sealed| is_same(sealed, m));
        let is_sealed = |open: &&&Leaf| open.messages.iter().all(is_in_page);
        let gone = open.iter().filter(is_sealed);
        let gone = gone.map(|open| delete(scope.partition(), open.sk.clone())).collect();
        self.write_all(gone, || operation.clone()).await?;
        Ok(false)
    }

    /// Drops the oldest pages beyond the most a scope holds, with everything that leads to their messages.
    async fn trim(&self, scope: &Scope, newest: u64) -> Result<(), Error> {
        if newest <= MOST_PAGES {
            return Ok(());
        }
        let operation = || format!("drop the oldest page of {}", scope.space);
        let oldest = self.scope_query(scope, &sort(scope, 0)).limit(TRIM).send().await;
        let oldest = oldest.map_err(failed(operation()))?.items.unwrap_or_default();
        let mut gone = Vec::new();
        for item in oldest.into_iter().filter(|item| item.contains_key("body")) {
            let page = leaf(item, operation)?;
            if page.page.is_some_and(|seal| seal.number + MOST_PAGES <= newest) {
                gone.push(delete(scope.partition(), page.sk));
                for message in page.messages {
                    let id = message.message_id;
                    gone.push(delete(message_partition(id), keeper_sort(&scope.personality)));
                    gone.push(delete(
                        window::partition(message.channel_id),
                        window::sort(&scope.personality, id.get()),
                    ));
                }
            }
        }
        self.write_all(gone, operation).await
    }
}

/// Whether a transaction was cancelled because what its first write puts is there.
fn is_there_already(error: &SdkError<TransactWriteItemsError>) -> bool {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled
            .cancellation_reasons()
            .first()
            .is_some_and(|reason| reason.code() == Some("ConditionalCheckFailed")),
        _ => false,
    }
}

/// A request that was not complete, which is a mistake of ours.
fn built(operation: &str, source: BuildError) -> Error {
    Error::Failed { operation: operation.to_owned(), code: None, source: Box::new(source) }
}
