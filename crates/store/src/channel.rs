//! What all workers know of a channel: its webhook, its parent, and what it refuses.

use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, WebhookMarker},
};

use crate::{
    Error, Store,
    item::Fresh,
    keep::{place_item, put},
    window::partition,
};

/// The sort key of the row.
pub(crate) const SORT: &str = "ROW";

/// What is known of a channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelRow {
    /// Its guild; none in a direct message.
    pub guild_id: Option<Id<GuildMarker>>,
    /// What it is; unknown until it was fetched once.
    pub kind: Option<Kind>,
    /// Of a thread: the channel it hangs on, whose webhook speaks in it.
    pub parent_id: Option<Id<ChannelMarker>>,
    /// Whether only adults may read it.
    pub age_restricted: bool,
    /// Whether everybody in its guild may read it; nobody knows until it was looked at.
    pub is_public: bool,
    /// When that was looked at, in milliseconds since the Unix epoch.
    pub looked_at_ms: u64,
    /// The den's webhook there.
    pub webhook: Option<WebhookRow>,
    /// Why webhooks cannot be used there, and until when that is believed (ms since the epoch).
    pub no_webhook_until_ms: u64,
    /// Discord refused to let us post there; believed until then (ms since the epoch).
    pub closed_until_ms: u64,
    /// Discord's code for the refusal.
    pub closed_code: u64,
}

/// What a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A guild's channel.
    Guild,
    /// A thread.
    Thread,
    /// A direct message.
    Direct,
}

/// The den's webhook in a channel. The token is a credential: whoever has it can post there.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookRow {
    /// Its id.
    pub id: Id<WebhookMarker>,
    /// Its token.
    pub token: String,
}

impl std::fmt::Debug for WebhookRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookRow").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Store {
    /// The channel's row, if anything is known.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn channel(&self, channel: Id<ChannelMarker>) -> Result<Option<ChannelRow>, Error> {
        let operation = format!("read the row of channel {channel}");
        self.read_item(partition(channel), SORT.to_owned(), Fresh::Perhaps, &operation).await
    }

    /// The threads of a guild's channel in which anything was said, as far as it is known that they are its.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn threads_of(
        &self,
        guild: Id<GuildMarker>,
        channel: Id<ChannelMarker>,
    ) -> Result<Vec<Id<ChannelMarker>>, Error> {
        let mut threads = Vec::new();
        for place in self.places(guild).await? {
            let row = self.channel(place).await?;
            threads.extend(row.filter(|row| row.parent_id == Some(channel)).map(|_| place));
        }
        Ok(threads)
    }

    /// Keeps the channel's row. Workers that write at once overwrite each other with facts of the same
    /// kind, learned from the same Discord: the last one wins.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn keep_channel(
        &self,
        channel: Id<ChannelMarker>,
        row: &ChannelRow,
    ) -> Result<(), Error> {
        let operation = || format!("keep the row of channel {channel}");
        if let Some(guild) = row.guild_id {
            // Whatever is kept there is found when the guild leaves.
            self.write_all(vec![put(place_item(guild, channel))], operation).await?;
        }
        self.write_item(partition(channel), SORT.to_owned(), row, None, &operation()).await
    }
}
