//! What Discord's own client checks before it sends anything, and the client that does not.

use serde_json::Value;

use super::{Unknown, World, command::Command, permission::Permissions, state::State};
use crate::id::{ApplicationId, ChannelId, UserId};

/// What a person holds in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    /// Discord's own.
    Honest,
    /// One that was tampered with.
    Hostile,
}

impl World {
    /// The same world, acted in with a client that was tampered with. Discord's own client offers people
    /// only what is meant for them: it looks at a command's `default_member_permissions`, `contexts` and
    /// age restriction, at the bounds and choices of options, at disabled components, at what a form
    /// requires. This one does not, so a bot meets what it must refuse by itself. Who sees what is
    /// Discord's to say and holds for it as well.
    pub fn as_hostile_client(&self) -> World {
        World { client: Client::Hostile, ..self.clone() }
    }
}

impl State {
    /// The command of this type and name an installed application has in `channel`, which exists: its bot
    /// is there, or (in a guild) its users may have installed it for themselves.
    pub(super) fn find_command(
        &self,
        channel: ChannelId,
        kind: u64,
        name: &str,
    ) -> Option<(ApplicationId, &Command)> {
        let channel = &self.channels[&channel];
        let is_there = |application: ApplicationId| {
            let bot = self.bot(application);
            match channel.guild_id.and_then(|guild| self.guilds.get(&guild)) {
                Some(guild) => guild.members.contains_key(&bot),
                None => channel.recipients.contains(&bot),
            }
        };
        self.commands.find(channel.guild_id, |application, command| {
            let by_user = channel.guild_id.is_some()
                && lists(&command.body["integration_types"], USER_INSTALL);
            command.kind == kind && command.name == name && (is_there(application) || by_user)
        })
    }

    /// Whether Discord's client offers `command` to somebody who is present in `channel`.
    /// See Discord Docs/Application Commands, "Permissions" and "Contexts".
    pub(super) fn check_offered(
        &self,
        person: UserId,
        channel: ChannelId,
        command: &Command,
    ) -> Result<(), Unknown> {
        let found = &self.channels[&channel];
        let (contexts, is_guild) = (&command.body["contexts"], found.guild_id.is_some());
        let context = if is_guild { IN_GUILD } else { IN_DIRECT_MESSAGE };
        if contexts.is_array() && !lists(contexts, context) {
            return Err(Unknown::Command(command.name.clone()));
        }
        if !is_guild {
            return Ok(());
        }
        let ruling = found.thread_parent().and_then(|parent| self.channels.get(&parent));
        if command.body["nsfw"] == true && !ruling.unwrap_or(found).age_restricted {
            return Err(Unknown::Command(command.name.clone()));
        }
        let wanted = match command.body["default_member_permissions"].as_str() {
            None => Permissions::empty(),
            // Nobody but administrators, who may do everything.
            Some("0") => Permissions::ADMINISTRATOR,
            Some(bits) => bits.parse().map_or(Permissions::ADMINISTRATOR, Permissions::from_bits),
        };
        self.check_may(person, channel, wanted | Permissions::USE_APPLICATION_COMMANDS)
    }
}

/// See Discord Docs/Application, "Application Integration Types".
const USER_INSTALL: u64 = 1;
/// See Discord Docs/Receiving and Responding, "Interaction Context Types".
const IN_GUILD: u64 = 0;
const IN_DIRECT_MESSAGE: u64 = 1;

fn lists(list: &Value, wanted: u64) -> bool {
    list.as_array().into_iter().flatten().any(|listed| *listed == wanted)
}
