//! The application's commands, as registered with Discord.

use twilight_http::{request::Request, routing::Route};
use twilight_model::{
    application::command::Command,
    id::{Id, marker::ApplicationMarker},
};

use crate::{Call, Discord, Error, messages::json};

impl Discord {
    /// Registers exactly these global commands: others are removed, equal ones stay as they are.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Build`] names the command Discord would refuse.
    pub async fn put_commands(
        &self,
        application: Id<ApplicationMarker>,
        commands: &[Command],
    ) -> Result<Vec<Command>, Error> {
        for command in commands {
            twilight_validate::command::command(command)
                .and_then(|()| twilight_validate::command::options(&command.options))
                .map_err(|source| Error::build(format!("command `{}`: {source}", command.name)))?;
        }
        let route = Route::SetGlobalCommands { application_id: application.get() };
        self.send(Call::new(json(&route, &commands)?)).await?.json()
    }

    /// The global commands registered now.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn commands(
        &self,
        application: Id<ApplicationMarker>,
    ) -> Result<Vec<Command>, Error> {
        let route = Route::GetGlobalCommands {
            application_id: application.get(),
            with_localizations: Some(true),
        };
        self.send(Call::new(Request::from_route(&route))).await?.json()
    }
}
