//! Looking what was posted: how a turn that was cut off finds its own messages again.

use std::fmt;

use serde::Deserialize;
use twilight_http::{request::Request, routing::Route};
use twilight_model::{
    id::{
        Id,
        marker::{ApplicationMarker, ChannelMarker, MessageMarker, UserMarker, WebhookMarker},
    },
    util::Timestamp,
};

use crate::{Call, Discord, Error};

/// The most messages one request returns.
const MAX_PAGE: u16 = 100;

/// A message as one looks for one's own.
#[derive(Clone, PartialEq)]
pub struct Seen {
    /// Its id.
    pub id: Id<MessageMarker>,
    /// Its author: a person, a bot, or a webhook under its own id.
    pub author_id: Id<UserMarker>,
    /// The author's name; of a webhook, the name it spoke under.
    pub author_name: String,
    /// Whether a bot or a webhook wrote it.
    pub author_is_bot: bool,
    /// The webhook that posted it.
    pub webhook_id: Option<Id<WebhookMarker>>,
    /// The application it belongs to.
    pub application_id: Option<Id<ApplicationMarker>>,
    /// Its text.
    pub content: String,
    /// When it was posted.
    pub timestamp: Timestamp,
}

/// Shows no text: messages are never logged.
impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("id", &self.id)
            .field("author_name", &self.author_name)
            .field("webhook_id", &self.webhook_id)
            .finish_non_exhaustive()
    }
}

impl Discord {
    /// The first messages of a channel after a message (or any snowflake: its time counts), oldest first,
    /// at most `limit` and never more than 100.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn messages_after(
        &self,
        channel_id: Id<ChannelMarker>,
        after: Id<MessageMarker>,
        limit: u16,
    ) -> Result<Vec<Seen>, Error> {
        let route = Route::GetMessages {
            channel_id: channel_id.get(),
            after: Some(after.get()),
            around: None,
            before: None,
            limit: Some(limit.clamp(1, MAX_PAGE)),
        };
        let reply = self.send(Call::new(Request::from_route(&route))).await?;
        let mut seen: Vec<Seen> =
            reply.json::<Vec<Listed>>()?.into_iter().map(Seen::from).collect();
        // Discord lists the newest first.
        seen.sort_by_key(|message| message.id);
        Ok(seen)
    }
}

/// A message as Discord lists it: the few fields we need, so that new ones do not disturb.
#[derive(Deserialize)]
struct Listed {
    id: Id<MessageMarker>,
    author: Author,
    webhook_id: Option<Id<WebhookMarker>>,
    application_id: Option<Id<ApplicationMarker>>,
    content: String,
    timestamp: Timestamp,
}

#[derive(Deserialize)]
struct Author {
    id: Id<UserMarker>,
    username: String,
    #[serde(default)]
    bot: bool,
}

impl From<Listed> for Seen {
    fn from(listed: Listed) -> Self {
        Self {
            id: listed.id,
            author_id: listed.author.id,
            author_name: listed.author.username,
            author_is_bot: listed.author.bot || listed.webhook_id.is_some(),
            webhook_id: listed.webhook_id,
            application_id: listed.application_id,
            content: listed.content,
            timestamp: listed.timestamp,
        }
    }
}
