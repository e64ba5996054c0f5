//! What just happened in the world, for whoever watches: the page of `den up`, a script, a test.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    id::{ApplicationId, ChannelId, MessageId, UserId, WebhookId},
    world::{Interaction, Message},
};

/// One thing that happened. In JSON, `type` says which.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Change {
    /// A message was posted; an ephemeral one says for whom.
    MessageCreated {
        /// The message.
        message: Arc<Message>,
    },
    /// A message was edited, or somebody reacted to it.
    MessageEdited {
        /// The message as it is now.
        message: Arc<Message>,
    },
    /// A message was deleted.
    MessageDeleted {
        /// Where it was.
        channel_id: ChannelId,
        /// Which.
        message_id: MessageId,
    },
    /// Somebody started typing; it lasts ten seconds or until they post.
    Typing {
        /// Where.
        channel_id: ChannelId,
        /// Who.
        user_id: UserId,
    },
    /// An interaction began or was answered.
    Interaction {
        /// The interaction as it is now.
        interaction: Interaction,
    },
    /// Guilds, channels, people, bots or permissions are no longer what they were: look at the snapshot again.
    Surroundings,
    /// A webhook was created.
    WebhookCreated {
        /// Where.
        channel_id: ChannelId,
        /// Which.
        webhook_id: WebhookId,
    },
    /// A bot's gateway session began, resumed or lost its connection.
    Session {
        /// Whose.
        application_id: ApplicationId,
        /// Whether it is connected now.
        connected: bool,
    },
}
