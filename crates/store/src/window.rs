//! The window: the recent turns of one personality in one channel.

use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, UserMarker},
};

use crate::{
    Episode, Error, Store,
    error::{failed, unreadable},
    item::Fresh,
    padded, s,
};

/// The most turns one read returns: about 8,000 tokens of common chat, more than any window's budget.
const NEWEST: i32 = 40;

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
    /// The newest turns, oldest first, at most 40.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn window(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        now_ms: u64,
    ) -> Result<Vec<Episode>, Error> {
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
        let mut turns: Vec<Episode> = serde_dynamo::from_items(found.items.unwrap_or_default())
            .map_err(unreadable(operation()))?;
        turns.retain(|turn| !turn.has_aged(now_ms));
        turns.reverse();
        Ok(turns)
    }

    /// A turn that is still in the window.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn turn(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        message: Id<MessageMarker>,
        now_ms: u64,
    ) -> Result<Option<Episode>, Error> {
        let sk = sort(personality, message.get());
        let found: Option<Episode> =
            self.read_item(partition(channel), sk, Fresh::Surely, "read a turn").await?;
        Ok(found.filter(|turn| !turn.has_aged(now_ms)))
    }
}

/// Everything of a channel lies in one partition.
pub(crate) fn partition(channel: Id<ChannelMarker>) -> String {
    format!("C#{channel}")
}

/// What the sort keys of a personality's turns begin with.
pub(crate) fn prefix(personality: &PersonalityId) -> String {
    format!("T#{personality}#")
}

/// The sort key of a turn.
pub(crate) fn sort(personality: &PersonalityId, message: u64) -> String {
    format!("{}{}", prefix(personality), padded(message))
}
