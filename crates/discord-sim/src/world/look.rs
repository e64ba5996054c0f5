//! Looking at the world.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast;

use super::{Interaction, Message, Permissions, Webhook, World, state::State};
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

impl World {
    /// What stands in a channel for everybody, oldest first. Empty where there is no such channel.
    pub fn messages(&self, channel: ChannelId) -> Vec<Arc<Message>> {
        self.lock().messages_where(channel, Message::is_public)
    }

    /// What stands in a channel for `person`, their ephemeral messages included. Empty where they do not
    /// see the channel.
    pub fn messages_seen_by(&self, person: UserId, channel: ChannelId) -> Vec<Arc<Message>> {
        let state = self.lock();
        if !state.permissions(person, channel).contains(Permissions::VIEW_CHANNEL) {
            return Vec::new();
        }
        state.messages_where(channel, |message| {
            message.is_visible() && message.ephemeral_for.is_none_or(|only| only == person)
        })
    }

    /// What somebody may do in a channel; nothing where they do not see it.
    pub fn permissions(&self, user: UserId, channel: ChannelId) -> Permissions {
        self.lock().permissions(user, channel)
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
}
