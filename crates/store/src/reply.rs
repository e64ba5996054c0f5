//! A row per posted message: whose it is, and why it was said. *Delete*, *again* and *why* need it.

use personality::PersonalityId;
use queue::EventId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, UserMarker},
};

use crate::{
    Error, Shown, Store,
    error::{failed, unreadable},
    item::Fresh,
    keep::message_partition as partition,
    retention, s, ttl,
};

/// The sort key of the row.
pub(crate) const SORT: &str = "R";

/// A message a personality posted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplyRow {
    /// The message.
    pub message_id: Id<MessageMarker>,
    /// Where it stands.
    pub channel_id: Id<ChannelMarker>,
    /// Who said it.
    pub personality: PersonalityId,
    /// What it answers.
    pub event: EventId,
    /// Who asked.
    pub asker: Id<UserMarker>,
    /// The explanation as JSON: ids and figures, never words.
    pub why: String,
    /// All messages of the reply, in order.
    #[serde(default)]
    pub messages: Vec<Shown>,
    /// The message or interaction that asked; the last one where several did.
    #[serde(default)]
    pub question: Option<Id<MessageMarker>>,
    /// Others who asked and were answered with it: whom and what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Asker>,
    /// The people the question mentions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Id<UserMarker>>,
    /// The command that asked, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<AskedBy>,
}

/// Somebody who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// Who.
    pub id: Id<UserMarker>,
    /// The message or interaction that asked.
    pub question: Id<MessageMarker>,
}

impl ReplyRow {
    /// Whether somebody asked for it.
    pub fn was_asked_by(&self, user: Id<UserMarker>) -> bool {
        self.asker == user || self.others.iter().any(|other| other.id == user)
    }
}

/// A command as far as it can be used again: ids, no words and no names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskedBy {
    /// The command's name as registered, with its subcommand.
    pub name: String,
    /// The person it named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Id<UserMarker>>,
    /// The message its menu was opened on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Id<MessageMarker>>,
}

#[derive(Deserialize)]
struct Why {
    why: Option<String>,
}

impl Store {
    /// Keeps the row of a posted message.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn keep_reply(&self, row: &ReplyRow, now_ms: u64) -> Result<(), Error> {
        let operation = format!("keep the row of message {}", row.message_id);
        let ttl = Some(ttl(now_ms, retention::REPLY));
        self.write_item(partition(row.message_id), SORT.to_owned(), row, ttl, &operation).await
    }

    /// The row of a posted message. Read fresh: a retake asks whether a message has its row, and a stale no
    /// would adopt somebody else's.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn reply(&self, message: Id<MessageMarker>) -> Result<Option<ReplyRow>, Error> {
        let operation = format!("read the row of message {message}");
        self.read_item(partition(message), SORT.to_owned(), Fresh::Surely, &operation).await
    }

    /// Explanations, as JSON, of `message`: of the reply it is, or of every personality it reached.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn why(&self, message: Id<MessageMarker>) -> Result<Vec<String>, Error> {
        if let Some(reply) = self.reply(message).await? {
            return Ok(vec![reply.why]);
        }
        let operation = || format!("read the claims of message {message}");
        let claims = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(format!("E#{message}")))
            .send()
            .await
            .map_err(failed(operation()))?;
        let claims: Vec<Why> = serde_dynamo::from_items(claims.items.unwrap_or_default())
            .map_err(unreadable(operation()))?;
        Ok(claims.into_iter().filter_map(|claim| claim.why).collect())
    }
}
