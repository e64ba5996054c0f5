//! Applications and their bots: what their operator does in Discord's developer portal, and where they are.

use std::{collections::VecDeque, fmt};

use serde_json::json;

use super::{
    Unknown, World,
    event::{Asking, Place},
    people::User,
    state::Application,
};
use crate::{
    Change,
    gateway::identify::Budget,
    id::{ApplicationId, GuildId, UserId},
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
        found.roles.retain(|_, role| role.application_id != Some(application));
        let place = Place::Application(application, Some(guild));
        state.dispatch("GUILD_DELETE", place, Asking::GUILDS, &json!({"id": guild}));
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
}
