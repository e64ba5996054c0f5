//! Building the world: applications, guilds, channels, people and what they may do.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use serde_json::{Value, json};

use super::{
    Unknown, World,
    event::{Asking, Place},
    guild::{ChannelKind, Guild},
    people::{Member, User},
    permission::Permissions,
    state::Application,
};
use crate::{
    Change,
    gateway::identify::Budget,
    id::{ApplicationId, ChannelId, GuildId, UserId, WebhookId},
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
