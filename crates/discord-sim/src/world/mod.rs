//! The world: guilds, channels, people, and what they say. [`World`] is the handle to build it, to act in it
//! and to look at it.

mod act;
mod apps;
mod build;
pub(crate) mod channel;
mod channels;
mod client;
pub(crate) mod command;
mod completion;
pub(crate) mod event;
mod forms;
pub(crate) mod guild;
mod interact;
pub(crate) mod interaction;
mod interaction_json;
mod look;
mod may;
pub(crate) mod mention;
pub(crate) mod message;
pub(crate) mod message_json;
mod option;
pub(crate) mod people;
pub(crate) mod permission;
mod place;
pub(crate) mod post;
mod reaction;
mod roles;
mod snapshot;
pub(crate) mod state;
mod wait;
pub(crate) mod webhook;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use self::{
    act::Saying,
    apps::App,
    channels::Whom,
    completion::NoChoices,
    interaction::{Choice, Interaction, InteractionKind, InteractionState},
    look::Typing,
    mention::Pings,
    message::{Answering, Attachment, Author, Edit, File, Message, Poster, Reaction},
    permission::Permissions,
    snapshot::{ChannelView, GuildView, PersonView, Snapshot},
    wait::TimedOut,
    webhook::Webhook,
};
use self::{client::Client, state::State};
use crate::id::{
    ApplicationId, ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId, WebhookId,
};

/// A handle to the world; clones are the same world. Everything takes effect at once: connected bots are
/// told before a call returns.
#[derive(Clone)]
pub struct World {
    state: Arc<Mutex<State>>,
    client: Client,
}

impl World {
    pub(crate) fn new(state: State) -> Self {
        Self { state: Arc::new(Mutex::new(state)), client: Client::Honest }
    }

    /// The state, for as long as the guard lives. Never held across an await.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not hide behind "poisoned": the state has no half-done parts that matter.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something a caller named is not there, or not for the person who is to act on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No person or bot has this id.
    #[error("no user {0}")]
    User(UserId),
    /// The person is not in the channel's guild, or not part of the direct message.
    #[error("user {0} is not in the place of channel {1}")]
    Member(UserId, ChannelId),
    /// No application has this id.
    #[error("no application {0}")]
    Application(ApplicationId),
    /// No guild has this id.
    #[error("no guild {0}")]
    Guild(GuildId),
    /// No channel has this id.
    #[error("no channel {0}")]
    Channel(ChannelId),
    /// No message has this id, or it was deleted, is too old to be kept, or is for somebody else's eyes.
    #[error("no message {0}")]
    Message(MessageId),
    /// The message was written by somebody else.
    #[error("message {0} was not written by user {1}")]
    NotTheirs(MessageId, UserId),
    /// The guild has no role with this id.
    #[error("no role {0}")]
    Role(RoleId),
    /// The person may not do this here.
    #[error("user {person} lacks permissions {} in channel {channel}", missing.bits())]
    NotAllowed {
        /// Who.
        person: UserId,
        /// Where.
        channel: ChannelId,
        /// What they lack; [`Permissions::VIEW_CHANNEL`] where they do not see the channel.
        missing: Permissions,
    },
    /// No webhook has this id.
    #[error("no webhook {0}")]
    Webhook(WebhookId),
    /// No interaction has this id, or it did not open a form.
    #[error("no interaction {0} that waits for a form")]
    Form(InteractionId),
    /// The form has no such field, or the value does not fit it, or a field it requires is empty.
    #[error("the form does not take `{value}` as field `{field}`")]
    Field {
        /// The field's custom id.
        field: String,
        /// What was given.
        value: String,
    },
    /// Nobody registered such a command, or it is not for this place.
    #[error("no command `{0}` is registered here")]
    Command(String),
    /// The command has no such option, or the value does not fit it.
    #[error("command `{command}` does not take `{value}` as option `{option}`")]
    Option {
        /// The command.
        command: String,
        /// The option.
        option: String,
        /// What was given.
        value: String,
    },
    /// The command needs an option that was not given.
    #[error("command `{command}` needs option `{option}`")]
    OptionMissing {
        /// The command.
        command: String,
        /// The option.
        option: String,
    },
    /// The message has no component with this custom id that can be used so.
    #[error("message {0} has no component `{1}` to use so")]
    Component(MessageId, String),
    /// The select menu does not offer these values, or not so many.
    #[error("select menu `{custom_id}` does not take these values")]
    Values {
        /// The menu's custom id.
        custom_id: String,
    },
}
