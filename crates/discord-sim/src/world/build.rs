//! Building the world: guilds, the people in them, and direct messages.

use serde_json::Value;

use super::{
    Unknown, World,
    event::{Asking, Place},
    people::{Member, User},
};
use crate::{
    Change,
    id::{ApplicationId, ChannelId, GuildId, UserId},
};

impl World {
    /// Adds a guild with no channels, in which every application known so far is a member.
    pub fn add_guild(&self, name: &str) -> GuildId {
        let mut state = self.lock();
        let id = state.found_guild(name);
        let applications: Vec<_> = state.applications.keys().copied().collect();
        for application in applications {
            state.install(application, id);
        }
        state.announce(Change::Surroundings);
        id
    }

    /// Adds a guild with no channels and no bots; [`World::install`] invites one later.
    pub fn add_guild_without_bots(&self, name: &str) -> GuildId {
        let mut state = self.lock();
        let id = state.found_guild(name);
        state.announce(Change::Surroundings);
        id
    }

    /// Makes a member the owner of a guild, who may do everything there.
    ///
    /// # Errors
    /// [`Unknown::User`] where they are no member, [`Unknown::Guild`].
    pub fn set_owner(&self, guild: GuildId, person: UserId) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        if !found.members.contains_key(&person) {
            return Err(Unknown::User(person));
        }
        found.owner = person;
        state.guild_changed(guild);
        Ok(())
    }

    /// Chooses the channel for Discord's own notices, or none. A new guild has none.
    ///
    /// # Errors
    /// [`Unknown::Guild`], [`Unknown::Channel`] where the channel is not in the guild.
    pub fn set_system_channel(
        &self,
        guild: GuildId,
        channel: Option<ChannelId>,
    ) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        if let Some(channel) = channel.filter(|channel| !found.channels.contains(channel)) {
            return Err(Unknown::Channel(channel));
        }
        found.system_channel = channel;
        state.guild_changed(guild);
        Ok(())
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

    /// Sends `body` as the dispatch event `name` to every session, whatever its intents.
    pub fn dispatch(&self, name: &str, body: &Value) {
        self.lock().dispatch(name, Place::Everywhere, Asking::ALWAYS, body);
    }
}
