//! Building the world: applications, guilds, channels, people and what they may do.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use serde_json::{Value, json};

use super::{
    Unknown, World,
    event::{Asking, Place},
    guild::{Channel, ChannelKind, Guild, Role},
    people::{Member, User},
    permission::Permissions,
    state::{Application, State},
};
use crate::{
    Change,
    gateway::identify::Budget,
    id::{ApplicationId, ChannelId, GuildId, RoleId, UserId, WebhookId, secret},
};

/// A bot: what its operator is told by Discord's developer portal.
#[derive(Clone)]
pub struct App {
    /// The application's id.
    pub application_id: ApplicationId,
    /// The id of its bot's user; deliberately another one.
    pub user_id: UserId,
    /// The bot token.
    pub token: String,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("application_id", &self.application_id)
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

impl World {
    /// Adds an application with a bot called `name`, which logs in with `token`. It is in no guild yet;
    /// guilds added later have it.
    pub fn add_application(&self, name: &str, token: &str) -> App {
        let mut state = self.lock();
        let application_id = ApplicationId(state.next_place_id());
        let user_id = UserId(state.next_place_id());
        let user = User {
            id: user_id,
            username: name.to_owned(),
            display_name: None,
            bot_of: Some(application_id),
            dms_open: false,
        };
        state.users.insert(user_id, user);
        let application = Application {
            id: application_id,
            name: name.to_owned(),
            user_id,
            token: token.to_owned(),
            message_content: true,
            budget: Budget::new(&state.settings.gateway),
            nonces: VecDeque::new(),
        };
        state.applications.insert(application_id, application);
        state.announce(Change::Surroundings);
        App { application_id, user_id, token: token.to_owned() }
    }

    /// Turns the portal's switch for the privileged message content intent. It is on at first.
    ///
    /// # Errors
    /// [`Unknown::Application`].
    pub fn set_message_content(&self, application: ApplicationId, on: bool) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.applications.get_mut(&application);
        found.ok_or(Unknown::Application(application))?.message_content = on;
        Ok(())
    }

    /// Replaces an application's token, as the portal's button does; its sessions end.
    ///
    /// # Errors
    /// [`Unknown::Application`].
    pub fn reset_token(&self, application: ApplicationId) -> Result<String, Unknown> {
        let mut state = self.lock();
        let token = state.reset_token(application).ok_or(Unknown::Application(application))?;
        state.touch();
        Ok(token)
    }

    /// An application's token as it is now.
    pub fn token(&self, application: ApplicationId) -> Option<String> {
        self.lock().applications.get(&application).map(|app| app.token.clone())
    }

    /// Adds a guild with no channels, in which every application known so far is a member.
    pub fn add_guild(&self, name: &str) -> GuildId {
        let mut state = self.lock();
        let id = GuildId(state.next_place_id());
        let guild = Guild {
            id,
            name: name.to_owned(),
            owner: state.landlord,
            everyone: Permissions::EVERYONE,
            roles: BTreeMap::new(),
            members: BTreeMap::new(),
            channels: BTreeSet::new(),
        };
        state.guilds.insert(id, guild);
        let applications: Vec<_> = state.applications.keys().copied().collect();
        for application in applications {
            state.install(application, id);
        }
        state.announce(Change::Surroundings);
        id
    }

    /// Adds an application's bot to a guild.
    ///
    /// # Errors
    /// [`Unknown::Application`], [`Unknown::Guild`].
    pub fn install(&self, application: ApplicationId, guild: GuildId) -> Result<(), Unknown> {
        let mut state = self.lock();
        state.check_guild(guild)?;
        if !state.applications.contains_key(&application) {
            return Err(Unknown::Application(application));
        }
        state.install(application, guild);
        state.announce(Change::Surroundings);
        Ok(())
    }

    /// Throws an application's bot out of a guild.
    ///
    /// # Errors
    /// [`Unknown::Application`], [`Unknown::Guild`].
    pub fn uninstall(&self, application: ApplicationId, guild: GuildId) -> Result<(), Unknown> {
        let mut state = self.lock();
        let bot = state.applications.get(&application).map(|app| app.user_id);
        let bot = bot.ok_or(Unknown::Application(application))?;
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        found.members.remove(&bot);
        found.roles.retain(|_, role| role.application_id != application);
        let place = Place::Application(application, Some(guild));
        state.dispatch("GUILD_DELETE", place, Asking::GUILDS, &json!({"id": guild}));
        state.announce(Change::Surroundings);
        Ok(())
    }

    /// Adds a text channel everybody in the guild sees.
    ///
    /// # Errors
    /// [`Unknown::Guild`].
    pub fn add_text_channel(&self, guild: GuildId, name: &str) -> Result<ChannelId, Unknown> {
        let mut state = self.lock();
        state.check_guild(guild)?;
        let channel = state.new_channel(ChannelKind::Text, name);
        Ok(state.open_channel(channel, guild, "CHANNEL_CREATE"))
    }

    /// Adds a text channel that only `people` and the guild's bots see.
    ///
    /// # Errors
    /// [`Unknown::Guild`].
    pub fn add_private_channel(
        &self,
        guild: GuildId,
        name: &str,
        people: &[UserId],
    ) -> Result<ChannelId, Unknown> {
        let mut state = self.lock();
        state.check_guild(guild)?;
        let bots = state.bots_in(guild);
        let mut channel = state.new_channel(ChannelKind::Text, name);
        let overwrites = &mut channel.overwrites;
        overwrites.roles.entry(guild.get()).or_default().set(Permissions::VIEW_CHANNEL, false);
        for user in bots.iter().chain(people) {
            overwrites.members.entry(*user).or_default().set(Permissions::VIEW_CHANNEL, true);
        }
        Ok(state.open_channel(channel, guild, "CHANNEL_CREATE"))
    }

    /// Adds a public thread under a text channel.
    ///
    /// # Errors
    /// [`Unknown::Channel`] when `parent` is no text channel.
    pub fn add_thread(&self, parent: ChannelId, name: &str) -> Result<ChannelId, Unknown> {
        let mut state = self.lock();
        let found = state.channels.get(&parent).filter(|found| found.kind == ChannelKind::Text);
        let guild = found.and_then(|found| found.guild_id).ok_or(Unknown::Channel(parent))?;
        let mut thread = state.new_channel(ChannelKind::PublicThread, name);
        thread.parent = Some(parent);
        Ok(state.open_channel(thread, guild, "THREAD_CREATE"))
    }

    /// Marks a channel as age-restricted, or not.
    ///
    /// # Errors
    /// [`Unknown::Channel`].
    pub fn set_age_restricted(&self, channel: ChannelId, restricted: bool) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.channels.get_mut(&channel).ok_or(Unknown::Channel(channel))?;
        found.age_restricted = restricted;
        state.channel_changed(channel);
        Ok(())
    }

    /// Deletes a channel with its threads, messages and webhooks.
    ///
    /// # Errors
    /// [`Unknown::Channel`].
    pub fn delete_channel(&self, channel: ChannelId) -> Result<(), Unknown> {
        let mut state = self.lock();
        if state.delete_channel(channel) { Ok(()) } else { Err(Unknown::Channel(channel)) }
    }

    /// Deletes a webhook, as somebody does in the channel's settings.
    ///
    /// # Errors
    /// [`Unknown::Webhook`].
    pub fn delete_webhook(&self, webhook: WebhookId) -> Result<(), Unknown> {
        let deleted = self.lock().delete_webhook(webhook);
        if deleted { Ok(()) } else { Err(Unknown::Webhook(webhook)) }
    }

    /// Adds a person, who is in no guild yet.
    pub fn add_person(&self, name: &str) -> UserId {
        let mut state = self.lock();
        let id = UserId(state.next_place_id());
        state.users.insert(id, User::person(id, name));
        state.announce(Change::Surroundings);
        id
    }

    /// Lets a person join a guild.
    ///
    /// # Errors
    /// [`Unknown::User`], [`Unknown::Guild`].
    pub fn join(&self, person: UserId, guild: GuildId) -> Result<(), Unknown> {
        let mut state = self.lock();
        if !state.users.contains_key(&person) {
            return Err(Unknown::User(person));
        }
        let joined_ms = state.clock.now_ms();
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        found.members.insert(person, Member { nick: None, roles: Vec::new(), joined_ms });
        state.announce(Change::Surroundings);
        Ok(())
    }

    /// Lets a person leave a guild.
    ///
    /// # Errors
    /// [`Unknown::User`] where they are no member, [`Unknown::Guild`].
    pub fn leave(&self, person: UserId, guild: GuildId) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        found.members.remove(&person).ok_or(Unknown::User(person))?;
        state.announce(Change::Surroundings);
        Ok(())
    }

    /// Sets the name a person has in one guild.
    ///
    /// # Errors
    /// [`Unknown::User`] where they are no member, [`Unknown::Guild`].
    pub fn set_nick(&self, person: UserId, guild: GuildId, nick: &str) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        let member = found.members.get_mut(&person).ok_or(Unknown::User(person))?;
        member.nick = Some(nick.to_owned());
        state.announce(Change::Surroundings);
        Ok(())
    }

    /// Says whether a person lets bots write to them directly. They do at first.
    ///
    /// # Errors
    /// [`Unknown::User`].
    pub fn set_dms_open(&self, person: UserId, open: bool) -> Result<(), Unknown> {
        let mut state = self.lock();
        state.users.get_mut(&person).ok_or(Unknown::User(person))?.dms_open = open;
        Ok(())
    }

    /// The direct message of a person and a bot, opened now if it was not before.
    ///
    /// # Errors
    /// [`Unknown::User`], [`Unknown::Application`].
    pub fn open_dm(
        &self,
        person: UserId,
        application: ApplicationId,
    ) -> Result<ChannelId, Unknown> {
        let mut state = self.lock();
        if !state.users.contains_key(&person) {
            return Err(Unknown::User(person));
        }
        if !state.applications.contains_key(&application) {
            return Err(Unknown::Application(application));
        }
        Ok(state.direct_message(person, application))
    }

    /// Allows or denies `permissions` to every bot of the guild in one channel.
    ///
    /// # Errors
    /// [`Unknown::Channel`], also for a thread or a direct message: those have no rules of their own.
    pub fn set_bot_permission(
        &self,
        channel: ChannelId,
        permissions: Permissions,
        allow: bool,
    ) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.channels.get(&channel).filter(|found| found.kind == ChannelKind::Text);
        let guild = found.and_then(|found| found.guild_id).ok_or(Unknown::Channel(channel))?;
        let bots = state.bots_in(guild);
        let found = state.channels.get_mut(&channel).expect("it was just looked up");
        for bot in bots {
            found.overwrites.members.entry(bot).or_default().set(permissions, allow);
        }
        state.channel_changed(channel);
        Ok(())
    }

    /// Sets what the role of an application's bot allows in a guild, beside what everyone may do.
    ///
    /// # Errors
    /// [`Unknown::Guild`], [`Unknown::Application`] where it is not installed.
    pub fn set_bot_role(
        &self,
        application: ApplicationId,
        guild: GuildId,
        permissions: Permissions,
    ) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        let role = found.role_of(application).and_then(|role| found.roles.get_mut(&role));
        role.ok_or(Unknown::Application(application))?.permissions = permissions;
        state.announce(Change::Surroundings);
        Ok(())
    }

    /// Sets what everyone may do in a guild.
    ///
    /// # Errors
    /// [`Unknown::Guild`].
    pub fn set_everyone(&self, guild: GuildId, permissions: Permissions) -> Result<(), Unknown> {
        let mut state = self.lock();
        state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?.everyone = permissions;
        state.announce(Change::Surroundings);
        Ok(())
    }

    /// How many IDENTIFYs an application has left today.
    pub fn identifies_left(&self, application: ApplicationId) -> Option<u32> {
        self.lock().applications.get(&application).map(|app| app.budget.remaining)
    }

    /// Sets how many IDENTIFYs an application has left today.
    ///
    /// # Errors
    /// [`Unknown::Application`].
    pub fn set_identifies_left(
        &self,
        application: ApplicationId,
        left: u32,
    ) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.applications.get_mut(&application);
        found.ok_or(Unknown::Application(application))?.budget.remaining = left;
        Ok(())
    }

    /// Sends `body` as the dispatch event `name` to every session, whatever its intents.
    pub fn dispatch(&self, name: &str, body: &Value) {
        self.lock().dispatch(name, Place::Everywhere, Asking::ALWAYS, body);
    }
}

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

    fn install(&mut self, application: ApplicationId, guild_id: GuildId) {
        let bot = self.bot(application);
        let joined_ms = self.clock.now_ms();
        let role = RoleId(self.next_place_id());
        let name = self.applications[&application].name.clone();
        let guild = self.guilds.get_mut(&guild_id).expect("the caller looked it up");
        if guild.members.contains_key(&bot) {
            return;
        }
        let made = Role { name, permissions: Permissions::BOT, application_id: application };
        guild.roles.insert(role, made);
        guild.members.insert(bot, Member { nick: None, roles: vec![role], joined_ms });
        let body = self.guild_create_json(guild_id, application);
        let place = Place::Application(application, Some(guild_id));
        self.dispatch("GUILD_CREATE", place, Asking::GUILDS, &body);
    }

    fn bots_in(&self, guild: GuildId) -> Vec<UserId> {
        let Some(guild) = self.guilds.get(&guild) else { return Vec::new() };
        let is_bot = |user: &&UserId| self.users.get(user).is_some_and(|u| u.bot_of.is_some());
        guild.members.keys().filter(is_bot).copied().collect()
    }

    fn new_channel(&mut self, kind: ChannelKind, name: &str) -> Channel {
        let id = ChannelId(self.next_place_id());
        Channel::new(id, kind, name, self.clock.now_ms())
    }

    fn open_channel(&mut self, mut channel: Channel, guild_id: GuildId, event: &str) -> ChannelId {
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
    fn channel_changed(&mut self, id: ChannelId) {
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
