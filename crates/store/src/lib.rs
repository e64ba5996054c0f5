//! What is kept: one DynamoDB table.
//!
//! Keys lead with the guild, channel, user, cause or message they concern, never with the personality
//! alone: a popular personality must not become a hot partition. Every item carries a version `v` and,
//! where it ages, a `ttl` in seconds since the Unix epoch. TTL deletes lag by days, so whoever reads words leaves out
//! what has aged; what holds none may be met a little longer. This crate reads no clock: callers pass the time in.

mod addition;
mod audit;
mod batch;
mod budget;
mod change;
mod channel;
mod claim;
mod counter;
mod den;
mod dump;
mod edited;
mod episode;
mod erase;
mod error;
mod export;
mod fact;
mod forget;
mod forgotten;
mod gateway;
mod gather;
mod guild;
mod inbox;
mod item;
mod keep;
mod leaf;
mod line;
mod meanwhile;
mod once;
mod person;
mod place;
mod quote;
mod reply;
mod report;
pub mod retention;
mod seal;
mod space;
mod summary;
mod table;
mod waiting;
mod window;

pub use audit::Act;
pub use budget::{Day, Entry, Held, Purse, Spending};
pub use channel::{ChannelRow, Kind, WebhookRow};
pub use claim::{Answer, Attempt, Claimed, Progress, Shown, Via};
pub use counter::{Counter, Subject};
pub use den::DenRow;
pub use dump::{Dump, LoadError, check_item};
pub use episode::{Episode, Episodes, Older};
pub use erase::Erased;
pub use error::Error;
pub use export::Record;
pub use fact::{About, Book, BookError, Fact, MOST_CHARS, MOST_CLOSED, MOST_OPEN, Origin};
pub use forget::Behind;
pub use forgotten::Forgotten;
pub use gateway::GatewaySession;
pub use gather::{Gathered, MOST_PEOPLE, Rows, ScopeMemory, Wanted};
pub use guild::{ChannelSettings, FOREVER, GuildLimits, GuildRow, MOST_CHANNELS, Pause};
pub use keep::{Keeper, Kept, Trace};
pub use line::LineError;
pub use meanwhile::Meanwhile;
pub use person::Preferences;
pub use reply::{AskedBy, Asker, ReplyRow};
pub use report::Report;
pub use seal::MOST_PAGES;
pub use space::{NoSpace, Scope, Space};
pub use summary::Summary;
pub use window::Speaker;

use aws_sdk_dynamodb::{Client, types::AttributeValue};

/// The version every stored item carries; raised when a reader of an older build would misread it.
const ITEM_VERSION: u32 = 1;

/// The table, and the client that reaches it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    db: Client,
    table: String,
}

impl Store {
    /// A store over `table`; makes no request.
    pub fn new(db: Client, table: impl Into<String>) -> Self {
        Self { db, table: table.into() }
    }

    /// The table's name.
    pub fn table(&self) -> &str {
        &self.table
    }
}

/// A string attribute.
fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number attribute.
fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Ids in sort keys are padded to 20 digits, so that they sort as numbers.
fn padded(id: u64) -> String {
    format!("{id:020}")
}

/// Seconds since the epoch, `days` after `now_ms`.
fn ttl(now_ms: u64, days: u64) -> u64 {
    now_ms / 1000 + days * 86_400
}

/// Whether what ages at `ttl` has. 0 is no time: it does not age.
fn has_aged(ttl: u64, now_ms: u64) -> bool {
    ttl != 0 && ttl <= now_ms / 1000
}
