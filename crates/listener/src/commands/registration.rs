//! The commands as Discord wants them registered.

use twilight_model::{
    application::{
        command::{Command, CommandOption, CommandType},
        interaction::InteractionContextType,
    },
    channel::ChannelType,
    oauth::ApplicationIntegrationType,
};
use twilight_util::builder::command::{
    BooleanBuilder, ChannelBuilder, CommandBuilder, IntegerBuilder, StringBuilder,
    SubCommandBuilder, UserBuilder,
};

use super::{COMMANDS, Kind, Opt, Row, Takes};

/// The longest name of a personality, in characters: as webhooks have them.
const NAME: u16 = 80;

/// Channels in which people write.
const WRITTEN_IN: [ChannelType; 6] = [
    ChannelType::GuildText,
    ChannelType::GuildAnnouncement,
    ChannelType::GuildVoice,
    ChannelType::AnnouncementThread,
    ChannelType::PublicThread,
    ChannelType::PrivateThread,
];

/// The commands as Discord wants them registered.
pub fn registration() -> Vec<Command> {
    COMMANDS.iter().map(Row::registered).collect()
}

impl Row {
    fn registered(&self) -> Command {
        let (kind, description, options) = match self.kind {
            Kind::Slash(usage) => {
                (CommandType::ChatInput, usage.description, options(usage.options))
            }
            Kind::Group { description, subcommands } => {
                let subcommands = subcommands.iter().map(|(name, usage)| {
                    let subcommand = SubCommandBuilder::new(*name, usage.description);
                    let options = options(usage.options).into_iter();
                    options.fold(subcommand, SubCommandBuilder::option).build()
                });
                (CommandType::ChatInput, description, subcommands.collect())
            }
            Kind::MessageMenu { .. } => (CommandType::Message, "", Vec::new()),
        };
        let everywhere = [InteractionContextType::Guild, InteractionContextType::BotDm];
        let contexts = if self.is_for_guilds { &everywhere[..1] } else { &everywhere };
        let mut command = CommandBuilder::new(self.name, description, kind)
            .contexts(contexts.iter().copied())
            .integration_types([ApplicationIntegrationType::GuildInstall]);
        if !self.needs.is_empty() {
            command = command.default_member_permissions(self.needs);
        }
        options.into_iter().fold(command, CommandBuilder::option).build()
    }
}

fn options(options: &[Opt]) -> Vec<CommandOption> {
    options.iter().map(Opt::registered).collect()
}

impl Opt {
    fn registered(&self) -> CommandOption {
        let Self { name, description, is_required, .. } = *self;
        let text = || StringBuilder::new(name, description).required(is_required);
        match self.takes {
            Takes::Personality | Takes::PersonalityOrNone => {
                text().autocomplete(true).max_length(NAME).into()
            }
            Takes::Text(most) => text().max_length(most).into(),
            Takes::Choice(choices) => text().choices(choices.iter().copied()).into(),
            Takes::Person => UserBuilder::new(name, description).required(is_required).into(),
            Takes::Channel => {
                let channel = ChannelBuilder::new(name, description).required(is_required);
                channel.channel_types(WRITTEN_IN).into()
            }
            Takes::Integer(least, most) => {
                let number = IntegerBuilder::new(name, description).required(is_required);
                number.min_value(least).max_value(most).into()
            }
            Takes::Boolean => BooleanBuilder::new(name, description).required(is_required).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use twilight_model::application::command::CommandOptionType;

    use super::*;
    use crate::commands::{PERSONALITY, To, find};

    /// What a person can type or choose, a line each; `*` marks what is required.
    fn told() -> Vec<String> {
        let option = |option: &CommandOption| {
            let must = if option.required == Some(true) { "*" } else { "" };
            format!(" {}{must}:{}", option.name, option.kind.kind().to_lowercase())
        };
        let options = |all: &[CommandOption]| all.iter().map(option).collect::<String>();
        let mut lines = Vec::new();
        for command in registration() {
            let is_group = |option: &&CommandOption| option.kind == CommandOptionType::SubCommand;
            let subcommands: Vec<_> = command.options.iter().filter(is_group).collect();
            if subcommands.is_empty() {
                lines.push(format!("{}{}", command.name, options(&command.options)));
            }
            for subcommand in subcommands {
                let inner = subcommand.options.as_deref().unwrap_or_default();
                lines.push(format!("{} {}{}", command.name, subcommand.name, options(inner)));
            }
        }
        lines
    }

    #[test]
    fn the_reference_names_every_command_with_its_options() {
        let page = include_str!("../../../../docs/reference/commands.md");
        for line in told() {
            // `mute personality*:string minutes:integer` is `/mute personality [minutes]` there.
            let words: Vec<String> = line
                .split(' ')
                .map(|word| match word.split_once(':') {
                    Some((name, _)) if name.ends_with('*') => name.trim_end_matches('*').to_owned(),
                    Some((name, _)) => format!("[{name}]"),
                    None => word.to_owned(),
                })
                .collect();
            let typed = words.join(" ");
            let is_told =
                page.contains(&format!("`/{typed}`")) || page.contains(&format!("*{typed}*"));
            assert!(is_told, "docs/reference/commands.md does not tell of `/{typed}`");
        }
    }

    #[test]
    fn these_are_the_commands() {
        assert_eq!(
            told(),
            [
                "ask personality*:string question*:string",
                "roast person*:user personality:string",
                "higherself ask personality*:string question*:string",
                "higherself on personality*:string",
                "higherself off personality*:string",
                "remember what*:string about:user personality:string",
                "forget thing what*:string personality:string",
                "forget me",
                "forget here",
                "memories personality:string about:user",
                "mute personality*:string minutes:integer for:string",
                "unmute personality*:string for:string",
                "personalities",
                "bind personality*:string channel:channel",
                "unbind channel:channel",
                "persona chance percent:integer channel:channel",
                "persona default personality:string channel:channel everywhere:boolean",
                "persona show",
                "privacy show",
                "privacy roasts allow*:boolean",
                "privacy memory allow*:boolean",
                "privacy quoting allow*:boolean",
                "privacy export",
                "privacy erase",
                "den spend guild:string",
                "den limits person:integer channel:integer guild:integer",
                "den budget dollars:string guild:string",
                "den retention days:integer guild:string",
                "den pause personality:string everywhere:boolean guild:string",
                "den resume personality:string everywhere:boolean guild:string",
                "den block person*:user",
                "den unblock person*:user",
                "den allow guild:string",
                "den disallow guild:string",
                "den allowlist on*:boolean",
                "den audit guild:string",
                "den reports",
                "Why did it say that?",
                "Remember this",
                "Roast this",
                "Answer again",
                "Delete",
            ]
        );
    }

    #[test]
    fn discord_would_register_every_command() {
        use twilight_validate::command;
        let all = registration();
        for registered in &all {
            let name = &registered.name;
            command::command(registered).unwrap_or_else(|error| panic!("{name}: {error}"));
            command::options(&registered.options).unwrap_or_else(|e| panic!("{name}: {e}"));
            // What has options of its own is not looked at by the line above.
            for option in &registered.options {
                command::option(option).unwrap_or_else(|e| panic!("{name} {}: {e}", option.name));
            }
        }
        let menus = all.iter().filter(|command| command.kind == CommandType::Message).count();
        assert_eq!(menus, 5, "Discord shows no more");
    }

    #[test]
    fn whatever_is_registered_is_found_when_it_is_used() {
        let used = |line: &String| {
            let words = line.split(' ').take_while(|word| !word.contains(':'));
            words.collect::<Vec<_>>().join(" ")
        };
        for line in told() {
            let used = used(&line);
            let found = find(&used).unwrap_or_else(|| panic!("{used} is not found"));
            // Left out, these mean nobody in particular.
            let may_mean_none = ["persona default", "den pause", "den resume"];
            let names_someone =
                line.contains(" personality") && !may_mean_none.contains(&used.as_str());
            let is_menu_about = matches!(used.as_str(), "Remember this" | "Roast this");
            assert_eq!(found.is_about_someone, names_someone || is_menu_about, "{used}");
            let is_public =
                matches!(used.as_str(), "ask" | "roast" | "higherself ask" | "Roast this");
            assert_eq!(found.to == To::Personality, is_public, "{used}");
            assert!(found.to == To::Steward || found.is_about_someone, "{used} names nobody");
        }
        for unknown in ["", "den", "den what", "ask me", "Why did it", "dance"] {
            assert_eq!(find(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn every_option_that_names_a_personality_is_suggested() {
        let all: Vec<_> = registration().into_iter().flat_map(|command| command.options).collect();
        let inner = all.iter().flat_map(|option| option.options.iter().flatten());
        let named = all.iter().chain(inner).filter(|option| option.name == PERSONALITY);
        assert!(named.clone().count() > 10);
        assert!(named.clone().all(|option| option.autocomplete == Some(true)));
    }

    #[test]
    fn what_changes_a_server_is_offered_to_those_who_manage_it() {
        // Who runs the den uses it in a direct message, too.
        let is_private = |name: &str| !matches!(name, "bind" | "unbind" | "persona");
        for command in registration() {
            let needs = command.default_member_permissions;
            let expected = match command.name.as_str() {
                "bind" | "unbind" | "persona" => {
                    Some(twilight_model::guild::Permissions::MANAGE_CHANNELS)
                }
                "den" => Some(twilight_model::guild::Permissions::MANAGE_GUILD),
                _ => None,
            };
            assert_eq!(needs, expected, "{}", command.name);
            let n_contexts = command.contexts.map_or(0, |contexts| contexts.len());
            let expected = if is_private(&command.name) { 2 } else { 1 };
            assert_eq!(n_contexts, expected, "{}", command.name);
        }
    }
}
