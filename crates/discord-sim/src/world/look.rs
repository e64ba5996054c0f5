//! Looking at the world.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast;

use super::{Interaction, Message, Webhook, World, state::State};
use crate::{
    Change, GatewayEvent, Request, SessionView, Violation,
    id::{ApplicationId, AttachmentId, ChannelId, GuildId, InteractionId, MessageId, UserId},
};

/// How long somebody is seen typing. See Discord Docs/Channel, "Trigger Typing Indicator".
const TYPING_MS: u64 = 10_000;

/// Somebody who is typing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Typing {
    /// Who.
    pub user_id: UserId,
    /// Since when, in milliseconds since the Unix epoch.
    pub at_ms: u64,
}

/// Who and what there is.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// Guilds with their channels.
    pub guilds: Vec<GuildView>,
    /// Direct messages.
    pub direct_messages: Vec<ChannelView>,
    /// People and bots.
    pub people: Vec<PersonView>,
}

/// A guild.
#[derive(Clone, Debug, Serialize)]
pub struct GuildView {
    /// Discord's id.
    pub id: GuildId,
    /// Its name.
    pub name: String,
    /// Its channels and threads in order of creation.
    pub channels: Vec<ChannelView>,
    /// Its members.
    pub members: Vec<UserId>,
}

/// A channel, a thread or a direct message.
#[derive(Clone, Debug, Serialize)]
pub struct ChannelView {
    /// Discord's id.
    pub id: ChannelId,
    /// Its name; empty for a direct message.
    pub name: String,
    /// Discord's number: 0 text, 1 direct message, 11 thread.
    pub kind: u8,
    /// The channel a thread hangs under.
    pub parent_id: Option<ChannelId>,
    /// Whether it is age-restricted.
    pub age_restricted: bool,
    /// The two of a direct message.
    pub recipients: Vec<UserId>,
}

/// A person or a bot.
#[derive(Clone, Debug, Serialize)]
pub struct PersonView {
    /// Discord's id.
    pub id: UserId,
    /// The name others see.
    pub name: String,
    /// The application, for a bot.
    pub bot_of: Option<ApplicationId>,
}

impl World {
    /// What stands in a channel for everybody, oldest first. Empty where there is no such channel.
    pub fn messages(&self, channel: ChannelId) -> Vec<Arc<Message>> {
        self.lock().messages_where(channel, Message::is_public)
    }

    /// What stands in a channel for `person`, their ephemeral messages included.
    pub fn messages_seen_by(&self, person: UserId, channel: ChannelId) -> Vec<Arc<Message>> {
        self.lock().messages_where(channel, |message| {
            message.is_visible() && message.ephemeral_for.is_none_or(|only| only == person)
        })
    }

    /// The last message that stands in a channel for everybody.
    pub fn last_message(&self, channel: ChannelId) -> Option<Arc<Message>> {
        let state = self.lock();
        let mut messages = state.channels.get(&channel)?.messages.values().rev();
        messages.find(|message| message.is_public()).cloned()
    }

    /// A message, also a deleted or an ephemeral one, as long as it is kept.
    pub fn message(&self, id: MessageId) -> Option<Arc<Message>> {
        self.lock().message(id)
    }

    /// What is in an attached file, as long as its message is kept.
    pub fn file(&self, id: AttachmentId) -> Option<Bytes> {
        self.lock().file(id).map(|(bytes, _)| bytes)
    }

    /// Who is typing in a channel now.
    pub fn typing(&self, channel: ChannelId) -> Vec<Typing> {
        let state = self.lock();
        let now_ms = state.clock.now_ms();
        let Some(channel) = state.channels.get(&channel) else { return Vec::new() };
        let typing = channel.typing.iter().map(|(user, at)| Typing { user_id: *user, at_ms: *at });
        let mut typing: Vec<_> = typing.filter(|one| one.at_ms + TYPING_MS > now_ms).collect();
        typing.sort_by_key(|one| one.at_ms);
        typing
    }

    /// An interaction as it is now.
    pub fn interaction(&self, id: InteractionId) -> Option<Interaction> {
        self.lock().interaction(id)
    }

    /// The webhooks of a channel.
    pub fn webhooks(&self, channel: ChannelId) -> Vec<Webhook> {
        self.lock().webhooks_in(channel).cloned().collect()
    }

    /// The global commands of an application, as Discord would list them.
    pub fn commands(&self, application: ApplicationId) -> Vec<Value> {
        let state = self.lock();
        state.commands.list((application, None)).iter().map(|one| one.body.clone()).collect()
    }

    /// The commands of an application in one guild.
    pub fn guild_commands(&self, application: ApplicationId, guild: GuildId) -> Vec<Value> {
        let state = self.lock();
        let commands = state.commands.list((application, Some(guild)));
        commands.iter().map(|one| one.body.clone()).collect()
    }

    /// The REST requests that came, oldest first, up to the bound.
    pub fn requests(&self) -> Vec<Arc<Request>> {
        self.lock().requests.all()
    }

    /// How many REST requests came since the start.
    pub fn request_count(&self) -> u64 {
        self.lock().requests.count
    }

    /// How many requests were invalid (401, 403 and 429, the shared ones not counted) since the start.
    pub fn invalid_requests(&self) -> u64 {
        self.lock().requests.invalid
    }

    /// The requests Discord's own specification does not allow. Always empty without `Settings::openapi`.
    pub fn violations(&self) -> Vec<Violation> {
        self.lock().requests.violations.clone()
    }

    /// The gateway sessions there are, connected or waiting to be resumed.
    pub fn sessions(&self) -> Vec<SessionView> {
        let mut state = self.lock();
        state.expire_sessions();
        state.sessions.values().map(SessionView::from).collect()
    }

    /// How many gateway connections are open.
    pub fn connections(&self) -> usize {
        self.lock().links.len()
    }

    /// What happened on the gateway, oldest first, up to the bound.
    pub fn gateway_log(&self) -> Vec<GatewayEvent> {
        self.lock().gateway_log.all()
    }

    /// Who and what there is.
    pub fn snapshot(&self) -> Snapshot {
        let state = self.lock();
        let guilds = state.guilds.values().map(|guild| GuildView {
            id: guild.id,
            name: guild.name.clone(),
            channels: guild.channels.iter().filter_map(|id| state.channel_view(*id)).collect(),
            members: guild.members.keys().copied().collect(),
        });
        let direct = state.channels.values().filter(|channel| channel.guild_id.is_none());
        let people = state.users.values().filter(|user| user.id != state.landlord);
        Snapshot {
            guilds: guilds.collect(),
            direct_messages: direct.filter_map(|one| state.channel_view(one.id)).collect(),
            people: people
                .map(|user| PersonView {
                    id: user.id,
                    name: user.name().to_owned(),
                    bot_of: user.bot_of,
                })
                .collect(),
        }
    }

    /// Everything that happens from now on. A receiver that falls more than 4096 changes behind is told
    /// that it missed some.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.lock().changes.subscribe()
    }
}

impl State {
    fn messages_where(
        &self,
        channel: ChannelId,
        wanted: impl Fn(&Message) -> bool,
    ) -> Vec<Arc<Message>> {
        let Some(channel) = self.channels.get(&channel) else { return Vec::new() };
        channel.messages.values().filter(|message| wanted(message)).cloned().collect()
    }

    fn channel_view(&self, id: ChannelId) -> Option<ChannelView> {
        self.channels.get(&id).map(|channel| ChannelView {
            id,
            name: channel.name.clone(),
            kind: channel.kind.number(),
            parent_id: channel.parent,
            age_restricted: channel.age_restricted,
            recipients: channel.recipients.clone(),
        })
    }
}
