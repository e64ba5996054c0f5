//! Budgets: what is reserved and what is spent, kept apart, per guild and day and for the whole den.
//!
//! Amounts are millionths of a US dollar. Reserving adds without asking and returns the sum: whoever finds it
//! above the cap releases what they reserved. So the sum of what is spent and reserved is never above the cap
//! for longer than a refusal takes, however many workers there are.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{Id, marker::GuildMarker};

use crate::{
    Error, ITEM_VERSION, Store,
    addition::{Update, at_most_once},
    error::{failed, unreadable},
    guild, n, retention, s, ttl,
};

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;
/// The day's spending lies in as many partitions, so that no busy day is a hot one.
const SHARDS: u64 = 16;

/// Whose money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purse {
    /// A guild's.
    Guild(Id<GuildMarker>),
    /// The whole den's.
    Den,
}

/// What a purse has given on a day, in millionths of a US dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spending {
    /// Promised to turns under way. Less than nothing only for a moment.
    pub reserved: i64,
    /// Gone.
    pub spent: i64,
}

impl Spending {
    /// Both together.
    pub fn total(&self) -> u64 {
        (self.reserved + self.spent).max(0).unsigned_abs()
    }
}

/// A day, counted from the Unix epoch, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub u64);

impl Day {
    /// The day of a time in milliseconds since the epoch.
    pub fn of(now_ms: u64) -> Self {
        Self(now_ms / DAY_MS)
    }

    /// Milliseconds from `now_ms` until the day ends.
    pub fn ends_in_ms(self, now_ms: u64) -> u64 {
        ((self.0 + 1) * DAY_MS).saturating_sub(now_ms)
    }
}

/// What a turn holds of the budgets until it is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// On which day it was reserved.
    pub day: Day,
    /// How much.
    pub amount: u64,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The day.
    pub day: Day,
    /// Where; none in direct messages.
    pub guild: Option<Id<GuildMarker>>,
    /// Who spoke.
    pub personality: PersonalityId,
    /// Which model was asked.
    pub model: String,
    /// How often.
    #[serde(rename = "n")]
    pub turns: u64,
    /// Tokens read, cached ones not included.
    pub tokens_in: u64,
    /// Tokens read from the model's cache.
    pub tokens_cached: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Cost in millionths of a US dollar.
    pub cost: u64,
}

impl Store {
    /// Adds to what is reserved and spent on a day, and returns the sums. Where an answer is lost on its way it is
    /// added once more: right for reserving, where too much is safe. What is given back is settled with
    /// [`Store::settle_purse`].
    ///
    /// # Errors
    /// [`Error::Failed`]; then it may have been added or not.
    pub async fn spend(
        &self,
        purse: Purse,
        day: Day,
        reserved: i64,
        spent: i64,
    ) -> Result<Spending, Error> {
        const OPERATION: &str = "count money";
        let counted = self.addition(purse, day, reserved, spent).send().await;
        let sums = counted.map_err(failed(OPERATION))?.attributes.unwrap_or_default();
        serde_dynamo::from_item(sums).map_err(unreadable(OPERATION))
    }

    /// Takes `released` out of what is reserved on a day, and adds to what is spent: at most once. Where nobody
    /// knows whether it was done it is not done again: too much stays reserved until the day ends, never too little.
    ///
    /// # Errors
    /// [`Error::Failed`]; then it was not done.
    pub async fn settle_purse(
        &self,
        purse: Purse,
        day: Day,
        released: i64,
        spent: i64,
    ) -> Result<(), Error> {
        if released <= 0 {
            // Nothing would be left reserved in its place.
            return self.spend(purse, day, -released, spent).await.map(drop);
        }
        at_most_once("settle money", || self.addition(purse, day, -released, spent)).await
    }

    fn addition(&self, purse: Purse, day: Day, reserved: i64, spent: i64) -> Update {
        let (pk, sk) = key(purse, day);
        self.db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("ADD reserved :reserved, spent :spent SET #v = :v, #ttl = :ttl")
            .expression_attribute_names("#v", "v")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":reserved", n(reserved))
            .expression_attribute_values(":spent", n(spent))
            .expression_attribute_values(":v", n(ITEM_VERSION))
            .expression_attribute_values(":ttl", n(ttl(day.0 * DAY_MS, retention::SPENDING)))
            .return_values(ReturnValue::AllNew)
    }

    /// What a purse has given on a day.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn spending(&self, purse: Purse, day: Day) -> Result<Spending, Error> {
        let (pk, sk) = key(purse, day);
        let found = self.read_item(pk, sk, crate::item::Fresh::Surely, "read a budget").await?;
        Ok(found.unwrap_or_default())
    }

    /// Adds a line to the ledger, at most once: where nobody knows whether it stands there it is not written again.
    ///
    /// # Errors
    /// [`Error::Failed`]; then it does not.
    pub async fn enter(&self, entry: &Entry) -> Result<(), Error> {
        at_most_once("enter a turn in the ledger", || self.entry(entry)).await
    }

    fn entry(&self, entry: &Entry) -> Update {
        let guild = entry.guild.map_or(0, Id::get);
        let values: [(&str, AttributeValue); 5] = [
            (":n", n(entry.turns)),
            (":in", n(entry.tokens_in)),
            (":cached", n(entry.tokens_cached)),
            (":out", n(entry.tokens_out)),
            (":cost", n(entry.cost)),
        ];
        let mut request = self
            .db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(ledger(entry.day, guild % SHARDS)))
            .key("sk", s(format!("{guild}#{}#{}", entry.personality, entry.model)))
            .update_expression(
                "ADD #n :n, tokens_in :in, tokens_cached :cached, tokens_out :out, cost :cost \
                 SET #day = :day, #guild = :guild, personality = :personality, #model = :model, #v = :v, #ttl = :ttl",
            )
            .expression_attribute_names("#n", "n")
            .expression_attribute_names("#day", "day")
            .expression_attribute_names("#guild", "guild")
            .expression_attribute_names("#model", "model")
            .expression_attribute_names("#v", "v")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":day", n(entry.day.0))
            .expression_attribute_values(
                ":guild",
                entry.guild.map_or(AttributeValue::Null(true), |id| s(id.to_string())),
            )
            .expression_attribute_values(":personality", s(entry.personality.as_str()))
            .expression_attribute_values(":model", s(&entry.model))
            .expression_attribute_values(":v", n(ITEM_VERSION))
            .expression_attribute_values(
                ":ttl",
                n(ttl(entry.day.0 * DAY_MS, retention::SPENDING)),
            );
        for (name, value) in values {
            request = request.expression_attribute_values(name, value);
        }
        request
    }

    /// The ledger of a day: of one guild, or of all.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn ledger(
        &self,
        day: Day,
        guild: Option<Id<GuildMarker>>,
    ) -> Result<Vec<Entry>, Error> {
        const OPERATION: &str = "read the ledger";
        let shards = match guild {
            Some(guild) => guild.get() % SHARDS..guild.get() % SHARDS + 1,
            None => 0..SHARDS,
        };
        let mut entries = Vec::new();
        for shard in shards {
            let query = self
                .db
                .query()
                .table_name(&self.table)
                .expression_attribute_values(":pk", s(ledger(day, shard)));
            let query = match guild {
                Some(guild) => query
                    .key_condition_expression("pk = :pk AND begins_with(sk, :guild)")
                    .expression_attribute_values(":guild", s(format!("{guild}#"))),
                None => query.key_condition_expression("pk = :pk"),
            };
            let mut pages = query.into_paginator().send();
            while let Some(page) = pages.next().await {
                let items = page.map_err(failed(OPERATION))?.items.unwrap_or_default();
                let read: Vec<Entry> =
                    serde_dynamo::from_items(items).map_err(unreadable(OPERATION))?;
                entries.extend(read);
            }
        }
        Ok(entries)
    }
}

/// The key of a purse's day.
pub(crate) fn key(purse: Purse, day: Day) -> (String, String) {
    let pk = match purse {
        Purse::Guild(id) => guild::partition(id),
        Purse::Den => "DEN".to_owned(),
    };
    (pk, format!("B#{}", day.0))
}

fn ledger(day: Day, shard: u64) -> String {
    format!("L#{}#{shard}", day.0)
}
