//! Messages: what was said, by whom, what became of it, and whom it really notified.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::mention::Pings;
use crate::id::{
    ApplicationId, AttachmentId, ChannelId, GuildId, InteractionId, MessageId, UserId, WebhookId,
};

/// A message, with everything that happened to it.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Discord's id.
    pub id: MessageId,
    /// Where it stands.
    pub channel_id: ChannelId,
    /// The guild; `None` in a direct message.
    pub guild_id: Option<GuildId>,
    /// Whose name stands above it.
    pub author: Author,
    /// By which means it was posted.
    pub posted_by: Poster,
    /// Discord's message type: 0 plain, 19 reply, 20 answer to a slash command, 23 to a menu.
    pub kind: u8,
    /// The text as it is now.
    pub content: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Embeds as they were sent.
    pub embeds: Vec<Value>,
    /// Buttons and the like as they were sent.
    pub components: Vec<Value>,
    /// Discord's message flags: 64 ephemeral, 128 still thinking.
    pub flags: u64,
    /// The message it replies to.
    pub reply_to: Option<MessageId>,
    /// The interaction it answers.
    pub interaction: Option<Answering>,
    /// The only person who sees it, for an ephemeral one.
    pub ephemeral_for: Option<UserId>,
    /// Whom it notified.
    pub pings: Pings,
    /// Reactions, in the order they first appeared.
    pub reactions: Vec<Reaction>,
    /// What the bot gave to recognise it by.
    pub nonce: Option<Value>,
    /// When it was posted, in milliseconds since the Unix epoch.
    pub created_ms: u64,
    /// Every edit, oldest first, with what stood there before.
    pub edits: Vec<Edit>,
    /// When it was deleted, where it was.
    pub deleted_ms: Option<u64>,
}

/// Whose name stands above a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Author {
    /// The user's id; for a webhook's message the webhook's id, as at Discord.
    pub id: UserId,
    /// The name shown.
    pub name: String,
    /// The picture, where a webhook gave one.
    pub avatar_url: Option<String>,
    /// Whether Discord marks it as an app.
    pub bot: bool,
}

/// By which means a message was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Poster {
    /// A person wrote it.
    Person,
    /// The bot's user posted it, or an interaction was answered.
    Bot {
        /// The bot's application.
        application_id: ApplicationId,
    },
    /// A webhook posted it.
    Webhook {
        /// Which.
        webhook_id: WebhookId,
        /// The application that owns the webhook.
        application_id: ApplicationId,
    },
}

/// What an answer answers.
#[derive(Clone, Debug, Serialize)]
pub struct Answering {
    /// The interaction.
    pub id: InteractionId,
    /// Its type: 2 a command, 3 a component, 5 a modal.
    pub kind: u8,
    /// Who caused it.
    pub person: UserId,
    /// Name of the command, or custom id.
    pub name: String,
}

/// A file on a message.
#[derive(Clone, Debug, Serialize)]
pub struct Attachment {
    /// Discord's id.
    pub id: AttachmentId,
    /// Its name.
    pub filename: String,
    /// Media type, where it was told.
    pub content_type: Option<String>,
    /// Size in bytes.
    pub size: usize,
    /// Where it is served.
    pub url: String,
}

/// A file to attach.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Media type.
    pub content_type: Option<String>,
    /// What is in it.
    pub bytes: Bytes,
}

/// One kind of reaction.
#[derive(Clone, Debug, Serialize)]
pub struct Reaction {
    /// The emoji itself, or `name:id`.
    pub emoji: String,
    /// Who reacted with it.
    pub users: Vec<UserId>,
}

/// An edit.
#[derive(Clone, Debug, Serialize)]
pub struct Edit {
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// The text before it.
    pub content: String,
}

/// Message flags. See Discord Docs/Message, "Message Flags".
pub(crate) mod flag {
    pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
    pub(crate) const EPHEMERAL: u64 = 1 << 6;
    pub(crate) const LOADING: u64 = 1 << 7;
    pub(crate) const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
    pub(crate) const IS_COMPONENTS_V2: u64 = 1 << 15;
}

impl Message {
    /// The webhook that posted it.
    pub fn webhook_id(&self) -> Option<WebhookId> {
        match self.posted_by {
            Poster::Webhook { webhook_id, .. } => Some(webhook_id),
            Poster::Person | Poster::Bot { .. } => None,
        }
    }

    /// The application behind it.
    pub fn application_id(&self) -> Option<ApplicationId> {
        match self.posted_by {
            Poster::Bot { application_id } | Poster::Webhook { application_id, .. } => {
                Some(application_id)
            }
            Poster::Person => None,
        }
    }

    /// Whether it can still be seen, by the right person.
    pub fn is_visible(&self) -> bool {
        self.deleted_ms.is_none()
    }

    /// Whether it stands in the channel for everybody.
    pub(crate) fn is_public(&self) -> bool {
        self.is_visible() && self.ephemeral_for.is_none()
    }
}
