//! The whole table as lines of JSON, so that a den can move.
//!
//! Everything goes along. The claims and the posted messages' rows: what was answered is not answered again. The
//! inbox: what waits is not lost. The gateway's session: Discord replays what was said during the move. The
//! counters: limits hold. Only what has aged is left behind. What is written a second time is the same again,
//! so a copy that broke off is simply begun anew.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    Error, ITEM_VERSION, Store,
    error::failed,
    has_aged,
    item::Item,
    keep::put,
    leaf::number,
    line::{self, LineError},
};

/// Why lines were not taken in.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A line is no item of ours; nothing of these lines was written.
    #[error("line {line}")]
    Line {
        /// Which of the lines, counted from 0.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: LineError,
    },
    /// The table did not take them.
    #[error("write {n} items")]
    Store {
        /// How many.
        n: usize,
        /// What the table said.
        #[source]
        source: Error,
    },
}

/// A table being read, page by page.
#[derive(Debug)]
pub struct Dump<'a> {
    store: &'a Store,
    now_ms: u64,
    place: Place,
}

/// How far a dump is.
#[derive(Debug)]
enum Place {
    Begin,
    After(HashMap<String, AttributeValue>),
    End,
}

impl Dump<'_> {
    /// The next items, one a line without its end, about a megabyte of them; none at the end of the table. What
    /// was written since the dump began may or may not be among them.
    ///
    /// # Errors
    /// [`Error::Failed`]; called again, it tries the same page again.
    pub async fn next(&mut self) -> Result<Option<Vec<String>>, Error> {
        let start = match &self.place {
            Place::Begin => None,
            Place::After(key) => Some(key.clone()),
            Place::End => return Ok(None),
        };
        let Store { db, table } = self.store;
        let scan = db.scan().table_name(table).consistent_read(true);
        let page = scan.set_exclusive_start_key(start).send().await;
        let page = page.map_err(failed(format!("read table {table}")))?;
        self.place = match page.last_evaluated_key {
            Some(key) if !key.is_empty() => Place::After(key),
            _ => Place::End,
        };
        let items = page.items.unwrap_or_default();
        let is_young = |item: &&Item| !has_aged(number(item, "ttl"), self.now_ms);
        Ok(Some(items.iter().filter(is_young).map(line::written).collect()))
    }
}

impl Store {
    /// Begins to read the whole table.
    pub fn dump(&self, now_ms: u64) -> Dump<'_> {
        Dump { store: self, now_ms, place: Place::Begin }
    }

    /// Writes items as [`Dump::next`] gave them, each over what is under its key.
    ///
    /// # Errors
    /// [`LoadError::Line`]: then nothing was written. [`LoadError::Store`]: then some of it may be; again, it
    /// goes on.
    pub async fn load(&self, lines: &[impl AsRef<str>]) -> Result<(), LoadError> {
        let mut writes = Vec::with_capacity(lines.len());
        for (n, text) in lines.iter().enumerate() {
            let item = checked(text.as_ref());
            writes.push(put(item.map_err(|source| LoadError::Line { line: n, source })?));
        }
        let operation = || format!("write {} items", lines.len());
        let written = self.write_all(writes, operation).await;
        written.map_err(|source| LoadError::Store { n: lines.len(), source })
    }

    /// About how many items the table holds; DynamoDB counts every six hours.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn n_items(&self) -> Result<u64, Error> {
        let described = self.db.describe_table().table_name(&self.table).send().await;
        let described = described.map_err(failed(format!("look at table {}", self.table)))?;
        let n = described.table().and_then(|table| table.item_count()).unwrap_or(0);
        Ok(n.max(0).unsigned_abs())
    }

    /// Whether the table holds nothing at all.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn is_empty(&self) -> Result<bool, Error> {
        let first = self.db.scan().table_name(&self.table).limit(1).send().await;
        let first = first.map_err(failed(format!("look into table {}", self.table)))?;
        Ok(first.items.is_none_or(|items| items.is_empty()))
    }
}

/// Whether a line is an item that [`Store::load`] takes.
///
/// # Errors
/// Why it is not.
pub fn check_item(line: &str) -> Result<(), LineError> {
    checked(line).map(drop)
}

fn checked(text: &str) -> Result<Item, LineError> {
    let item = line::read(text)?;
    let is_text =
        |name| matches!(item.get(name), Some(AttributeValue::S(text)) if !text.is_empty());
    if !is_text("pk") || !is_text("sk") {
        return Err(LineError::NoKey);
    }
    match number(&item, "v") {
        v if v > u64::from(ITEM_VERSION) => Err(LineError::Newer(v)),
        _ => Ok(item),
    }
}
