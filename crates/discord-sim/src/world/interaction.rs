//! Interactions: commands, menus, buttons and modals, from the click to the answer.
//! See Discord Docs/Receiving and Responding.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    event::{Asking, Place},
    message::Message,
    state::State,
};
use crate::{
    Change,
    id::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId, UserId, secret},
};

/// Milliseconds within which a bot must first respond.
pub(crate) const FIRST_RESPONSE_MS: u64 = 3_000;
/// Milliseconds for which an interaction's token is good.
pub(crate) const TOKEN_LIFETIME_MS: u64 = 15 * 60 * 1_000;
/// Interactions kept; the oldest go first.
const MOST_KEPT: usize = 10_000;

/// What a person did, as Discord numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractionKind {
    /// A slash command or a menu.
    Command,
    /// A button or a select menu.
    Component,
    /// Typing in an option that completes itself.
    Autocomplete,
    /// A filled-in form.
    Modal,
}

impl InteractionKind {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Autocomplete => 4,
            Self::Modal => 5,
        }
    }
}

/// An interaction, to be looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Interaction {
    /// Discord's id.
    pub id: InteractionId,
    /// What was done.
    pub kind: InteractionKind,
    /// The application it went to.
    pub application_id: ApplicationId,
    /// Who did it.
    pub person: UserId,
    /// Where.
    pub channel_id: ChannelId,
    /// The guild; `None` in a direct message.
    pub guild_id: Option<GuildId>,
    /// Name of the command, or custom id of the component or form.
    pub name: String,
    /// The message it was done on: of a menu, a button, or the button that opened a form.
    pub message_id: Option<MessageId>,
    /// When, in milliseconds since the Unix epoch.
    pub created_ms: u64,
    /// What became of it.
    pub state: InteractionState,
    /// When the first response came.
    pub responded_ms: Option<u64>,
    /// How many further messages it got.
    pub followups: u32,
}

/// What became of an interaction.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InteractionState {
    /// No response yet.
    Waiting,
    /// Three seconds went by without a response: the person reads "the application did not respond".
    Failed,
    /// The bot is thinking, and everybody or only the person sees so.
    Deferred {
        /// Whether only the person sees it.
        ephemeral: bool,
    },
    /// The bot will change the message the component is on, or not.
    DeferredUpdate,
    /// Answered by this message, or this message was updated.
    Answered {
        /// The message.
        message_id: MessageId,
    },
    /// Completions to choose from.
    Choices {
        /// As the bot gave them.
        choices: Vec<Choice>,
    },
    /// A form to fill in.
    Modal {
        /// Title, custom id and components, as the bot gave them.
        form: Value,
    },
}

/// A completion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What the person reads.
    pub name: String,
    /// What is sent when they choose it.
    pub value: Value,
}

/// An interaction with what only the simulator needs.
pub(crate) struct Live {
    pub(crate) view: Interaction,
    pub(crate) token: String,
    /// The first response, where it was a message: `@original`.
    pub(crate) original: Option<MessageId>,
    /// Whether the application is used by its user's own installation, not the guild's.
    pub(crate) by_user_install: bool,
    /// The interaction that began when the form this one was answered with was sent.
    pub(crate) submitted: Option<InteractionId>,
}

/// An interaction about to begin.
pub(crate) struct Opening<'a> {
    pub(crate) kind: InteractionKind,
    pub(crate) application: ApplicationId,
    pub(crate) person: UserId,
    pub(crate) channel: ChannelId,
    pub(crate) name: &'a str,
    /// Discord's `data`.
    pub(crate) data: Value,
    /// The message it is done on.
    pub(crate) message: Option<&'a Message>,
}

impl State {
    /// Begins an interaction and tells the application. Person and channel exist.
    pub(crate) fn interact(&mut self, opening: Opening<'_>) -> InteractionId {
        let id = InteractionId(self.next_id());
        let guild_id = self.channels[&opening.channel].guild_id;
        let bot = self.bot(opening.application);
        let is_installed = guild_id
            .and_then(|guild| self.guilds.get(&guild))
            .is_none_or(|guild| guild.members.contains_key(&bot));
        let live = Live {
            view: Interaction {
                id,
                kind: opening.kind,
                application_id: opening.application,
                person: opening.person,
                channel_id: opening.channel,
                guild_id,
                name: opening.name.to_owned(),
                message_id: opening.message.map(|message| message.id),
                created_ms: self.clock.now_ms(),
                state: InteractionState::Waiting,
                responded_ms: None,
                followups: 0,
            },
            token: secret(),
            original: None,
            by_user_install: !is_installed,
            submitted: None,
        };
        let body = self.interaction_json(&live, opening.data, opening.message);
        self.interaction_tokens.insert(live.token.clone(), id);
        let view = live.view.clone();
        self.interactions.insert(id, live);
        if self.interactions.len() > MOST_KEPT
            && let Some((_, oldest)) = self.interactions.pop_first()
        {
            self.interaction_tokens.remove(&oldest.token);
        }
        self.announce(Change::Interaction { interaction: view });
        let place = Place::Application(opening.application, guild_id);
        self.dispatch("INTERACTION_CREATE", place, Asking::ALWAYS, &body);
        id
    }

    /// Notes a response to an interaction that exists.
    pub(crate) fn responded(&mut self, id: InteractionId, to: InteractionState) {
        let now_ms = self.clock.now_ms();
        let Some(live) = self.interactions.get_mut(&id) else { return };
        live.view.state = to;
        live.view.responded_ms.get_or_insert(now_ms);
        let interaction = live.view.clone();
        self.announce(Change::Interaction { interaction });
    }

    /// The interaction as it is now: one nobody responded to in time has failed.
    pub(crate) fn interaction(&self, id: InteractionId) -> Option<Interaction> {
        let mut view = self.interactions.get(&id)?.view.clone();
        let is_late = self.clock.now_ms() > view.created_ms + FIRST_RESPONSE_MS;
        if view.state == InteractionState::Waiting && is_late {
            view.state = InteractionState::Failed;
        }
        Some(view)
    }
}
