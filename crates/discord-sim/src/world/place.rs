//! Guilds and channels as they come, change and go, and what bots are told of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Unknown,
    channel::{Channel, ChannelKind},
    event::{Asking, Place},
    guild::{Guild, Role},
    people::Member,
    permission::Permissions,
    state::State,
};
use crate::{
    Change,
    id::{ApplicationId, ChannelId, GuildId, RoleId, UserId, secret},
};

impl State {
    pub(crate) fn check_guild(&self, guild: GuildId) -> Result<(), Unknown> {
        if self.guilds.contains_key(&guild) { Ok(()) } else { Err(Unknown::Guild(guild)) }
    }

    /// Gives an application a new token and ends its sessions.
    pub(crate) fn reset_token(&mut self, application: ApplicationId) -> Option<String> {
        let token = secret();
        self.applications.get_mut(&application)?.token.clone_from(&token);
        self.end_sessions_of(application);
        Some(token)
    }

    /// A new guild, owned by the landlord, in which nobody is yet.
    pub(super) fn found_guild(&mut self, name: &str) -> GuildId {
        let id = GuildId(self.next_place_id());
        let guild = Guild {
            id,
            name: name.to_owned(),
            owner: self.landlord,
            everyone: Permissions::EVERYONE,
            roles: BTreeMap::new(),
            members: BTreeMap::new(),
            channels: BTreeSet::new(),
            system_channel: None,
        };
        self.guilds.insert(id, guild);
        id
    }

    /// Tells everyone that a guild that exists is not what it was.
    pub(super) fn guild_changed(&mut self, id: GuildId) {
        let body = self.guilds[&id].json();
        self.dispatch("GUILD_UPDATE", Place::Guild(id), Asking::GUILDS, &body);
        self.announce(Change::Surroundings);
    }

    pub(super) fn install(&mut self, application: ApplicationId, guild_id: GuildId) {
        let bot = self.bot(application);
        let joined_ms = self.clock.now_ms();
        let role = RoleId(self.next_place_id());
        let name = self.applications[&application].name.clone();
        let guild = self.guilds.get_mut(&guild_id).expect("the caller looked it up");
        if guild.members.contains_key(&bot) {
            return;
        }
        let made = Role { name, permissions: Permissions::BOT, application_id: Some(application) };
        guild.roles.insert(role, made);
        guild.members.insert(bot, Member { nick: None, roles: vec![role], joined_ms });
        let body = self.guild_create_json(guild_id, application);
        let place = Place::Application(application, Some(guild_id));
        self.dispatch("GUILD_CREATE", place, Asking::GUILDS, &body);
    }

    pub(super) fn bots_in(&self, guild: GuildId) -> Vec<UserId> {
        let Some(guild) = self.guilds.get(&guild) else { return Vec::new() };
        let is_bot = |user: &&UserId| self.users.get(user).is_some_and(|u| u.bot_of.is_some());
        guild.members.keys().filter(is_bot).copied().collect()
    }

    pub(super) fn new_channel(&mut self, kind: ChannelKind, name: &str) -> Channel {
        let id = ChannelId(self.next_place_id());
        Channel::new(id, kind, name, self.clock.now_ms())
    }

    pub(super) fn open_channel(
        &mut self,
        mut channel: Channel,
        guild_id: GuildId,
        event: &str,
    ) -> ChannelId {
        let id = channel.id;
        let guild = self.guilds.get_mut(&guild_id).expect("the caller looked it up");
        channel.guild_id = Some(guild_id);
        channel.position = guild.channels.len();
        guild.channels.insert(id);
        self.channels.insert(id, channel);
        let body = self.channel_json(id);
        self.dispatch(event, Place::Channel(id), Asking::GUILDS, &body);
        self.announce(Change::Surroundings);
        id
    }

    /// Tells everyone that a guild's channel is not what it was.
    pub(super) fn channel_changed(&mut self, id: ChannelId) {
        if let Some(guild) = self.channels.get(&id).and_then(|channel| channel.guild_id) {
            let body = self.channel_json(id);
            self.dispatch("CHANNEL_UPDATE", Place::Guild(guild), Asking::GUILDS, &body);
        }
        self.announce(Change::Surroundings);
    }

    /// Removes a channel with everything in it; whether it was there.
    pub(crate) fn delete_channel(&mut self, id: ChannelId) -> bool {
        if !self.channels.contains_key(&id) {
            return false;
        }
        let body = self.channel_json(id);
        let threads = self.channels.values().filter(|one| one.thread_parent() == Some(id));
        for thread in threads.map(|thread| thread.id).collect::<Vec<_>>() {
            self.delete_channel(thread);
        }
        let channel = self.channels.remove(&id).expect("it was just looked up");
        for (message, said) in &channel.messages {
            self.message_channels.remove(message);
            for attachment in &said.attachments {
                self.files.remove(&attachment.id);
            }
        }
        self.webhooks.retain(|_, webhook| webhook.channel_id != id);
        if let Some(guild_id) = channel.guild_id {
            if let Some(guild) = self.guilds.get_mut(&guild_id) {
                guild.channels.remove(&id);
                guild.system_channel = guild.system_channel.filter(|system| *system != id);
            }
            let is_thread = channel.thread_parent().is_some();
            let event = if is_thread { "THREAD_DELETE" } else { "CHANNEL_DELETE" };
            self.dispatch(event, Place::Guild(guild_id), Asking::GUILDS, &body);
        }
        self.announce(Change::Surroundings);
        true
    }

    /// The direct message of a person and a bot, both of which exist.
    pub(crate) fn direct_message(
        &mut self,
        person: UserId,
        application: ApplicationId,
    ) -> ChannelId {
        let recipients = vec![person, self.bot(application)];
        let mut open = self.channels.values().filter(|one| one.kind == ChannelKind::DirectMessage);
        if let Some(channel) = open.find(|channel| channel.recipients == recipients) {
            return channel.id;
        }
        let mut channel = self.new_channel(ChannelKind::DirectMessage, "");
        channel.recipients = recipients;
        let id = channel.id;
        self.channels.insert(id, channel);
        let body = self.channel_json(id);
        let place = Place::Application(application, None);
        self.dispatch("CHANNEL_CREATE", place, Asking::ALWAYS, &body);
        self.announce(Change::Surroundings);
        id
    }
}
