//! Building roles: who may do what in a whole guild.

use serde_json::json;

use super::{
    Unknown, World,
    event::{Asking, Place},
    guild::Role,
    permission::Permissions,
    state::State,
};
use crate::{
    Change,
    id::{ApplicationId, GuildId, RoleId, UserId},
};

impl World {
    /// Adds a role to a guild; nobody has it yet.
    ///
    /// # Errors
    /// [`Unknown::Guild`].
    pub fn add_role(
        &self,
        guild: GuildId,
        name: &str,
        permissions: Permissions,
    ) -> Result<RoleId, Unknown> {
        let mut state = self.lock();
        let id = RoleId(state.next_place_id());
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        let role = Role { name: name.to_owned(), permissions, application_id: None };
        found.roles.insert(id, role);
        state.role_changed("GUILD_ROLE_CREATE", guild, id);
        Ok(id)
    }

    /// Sets what a role allows in its guild.
    ///
    /// # Errors
    /// [`Unknown::Guild`], [`Unknown::Role`].
    pub fn set_role(
        &self,
        guild: GuildId,
        role: RoleId,
        permissions: Permissions,
    ) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        found.roles.get_mut(&role).ok_or(Unknown::Role(role))?.permissions = permissions;
        state.role_changed("GUILD_ROLE_UPDATE", guild, role);
        Ok(())
    }

    /// Gives a role to a member, or takes it away. Bots are not told: that is for the privileged members
    /// intent.
    ///
    /// # Errors
    /// [`Unknown::Guild`], [`Unknown::Role`], [`Unknown::User`] where they are no member.
    pub fn give_role(
        &self,
        person: UserId,
        guild: GuildId,
        role: RoleId,
        given: bool,
    ) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?;
        if !found.roles.contains_key(&role) {
            return Err(Unknown::Role(role));
        }
        let member = found.members.get_mut(&person).ok_or(Unknown::User(person))?;
        member.roles.retain(|had| *had != role);
        if given {
            member.roles.push(role);
        }
        state.announce(Change::Surroundings);
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
        let found = self.lock().guilds.get(&guild).map(|guild| guild.role_of(application));
        let role = found.ok_or(Unknown::Guild(guild))?;
        self.set_role(guild, role.ok_or(Unknown::Application(application))?, permissions)
    }

    /// Sets what everyone may do in a guild.
    ///
    /// # Errors
    /// [`Unknown::Guild`].
    pub fn set_everyone(&self, guild: GuildId, permissions: Permissions) -> Result<(), Unknown> {
        let mut state = self.lock();
        state.guilds.get_mut(&guild).ok_or(Unknown::Guild(guild))?.everyone = permissions;
        state.role_changed("GUILD_ROLE_UPDATE", guild, RoleId(guild.get()));
        Ok(())
    }
}

impl State {
    /// Tells everyone of a role that is new or not what it was.
    fn role_changed(&mut self, event: &str, guild: GuildId, role: RoleId) {
        let Some(found) = self.guilds.get(&guild) else { return };
        let body = json!({"guild_id": guild, "role": found.role_json(role)});
        self.dispatch(event, Place::Guild(guild), Asking::GUILDS, &body);
        self.announce(Change::Surroundings);
    }
}
