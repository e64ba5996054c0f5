//! Counters: added to unconditionally, compared with their caps by the caller.

use aws_sdk_dynamodb::types::ReturnValue;
use personality::PersonalityId;
use serde::Deserialize;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, UserMarker},
};

use crate::{Error, ITEM_VERSION, Store, error::failed, item::Fresh, n, retention, s, ttl};

/// A count of turns within a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Whose turns.
    pub subject: Subject,
    /// With which personality.
    pub personality: PersonalityId,
    /// The span's length in seconds: spans begin at multiples of it.
    pub span_s: u64,
}

/// Whose turns are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person's.
    Person(Id<UserMarker>),
    /// A channel's.
    Channel(Id<ChannelMarker>),
    /// A guild's.
    Guild(Id<GuildMarker>),
}

impl Counter {
    /// The count's name, unlike that of any other count and span.
    pub fn name(&self, now_ms: u64) -> String {
        let (pk, sk) = self.key(now_ms);
        format!("{pk}#{sk}")
    }

    fn key(&self, now_ms: u64) -> (String, String) {
        let pk = match self.subject {
            Subject::Person(id) => format!("U#{id}"),
            Subject::Channel(id) => format!("C#{id}"),
            Subject::Guild(id) => format!("G#{id}"),
        };
        let span = now_ms / 1000 / self.span_s;
        (pk, format!("N#{}#{}#{span}", self.personality, self.span_s))
    }

    /// Milliseconds from `now_ms` until the span ends and the count begins anew.
    pub fn ends_in_ms(&self, now_ms: u64) -> u64 {
        let span_ms = self.span_s * 1000;
        span_ms - now_ms % span_ms
    }
}

impl Store {
    /// The count as it is.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn counted(&self, counter: &Counter, now_ms: u64) -> Result<u64, Error> {
        #[derive(Deserialize)]
        struct Row {
            n: i64,
        }
        let (pk, sk) = counter.key(now_ms);
        let found: Option<Row> = self.read_item(pk, sk, Fresh::Surely, "read a count").await?;
        Ok(found.map_or(0, |row| row.n.max(0).unsigned_abs()))
    }

    /// Adds `by` (−1 takes back a turn that did not happen) and returns the new count.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn count(&self, counter: &Counter, by: i64, now_ms: u64) -> Result<u64, Error> {
        let (pk, sk) = counter.key(now_ms);
        let span_days = counter.span_s / 86_400;
        let counted = self
            .db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("ADD #n :by SET #v = :v, #ttl = :ttl")
            .expression_attribute_names("#n", "n")
            .expression_attribute_names("#v", "v")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":by", n(by))
            .expression_attribute_values(":v", n(ITEM_VERSION))
            .expression_attribute_values(":ttl", n(ttl(now_ms, span_days + retention::COUNTER)))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(failed("count a turn"))?;
        let count = counted
            .attributes()
            .and_then(|new| new.get("n"))
            .and_then(|value| value.as_n().ok())
            .and_then(|digits| digits.parse::<i64>().ok())
            .unwrap_or(0);
        // A turn taken back after its span's item aged out leaves −1; nobody is owed a turn for that.
        Ok(count.max(0).unsigned_abs())
    }
}
