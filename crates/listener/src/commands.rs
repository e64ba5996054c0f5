//! The commands, as one table: what is registered with Discord, and what the listener does with a use.
//!
//! A further command is a further row, and whoever it goes to answers it.

use twilight_model::{
    application::{
        command::{Command, CommandType},
        interaction::InteractionContextType,
    },
    oauth::ApplicationIntegrationType,
};
use twilight_util::builder::command::{CommandBuilder, StringBuilder};

/// The option that names a personality.
pub const PERSONALITY: &str = "personality";

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name, as registered and as used.
    pub name: &'static str,
    /// What kind of command it is.
    pub kind: Kind,
    /// Whether only the person who used it sees the answer.
    pub is_private: bool,
    /// Who answers.
    pub to: To,
}

/// What kind of command it is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Typed: `/name option: …`.
    Slash {
        /// What people read beside it.
        description: &'static str,
        /// What it asks for, in order.
        options: &'static [Text],
    },
    /// In the menu of a message, under Apps.
    MessageMenu,
}

/// A required text option.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Its name.
    pub name: &'static str,
    /// What people read beside it.
    pub description: &'static str,
    /// Whether the listener suggests values while it is typed.
    pub is_suggested: bool,
    /// The most characters Discord lets through.
    pub max_length: u16,
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The personality its option `personality` names.
    Personality,
    /// The steward.
    Steward,
}

/// Every command.
pub const COMMANDS: &[Row] = &[
    Row {
        name: "ask",
        kind: Kind::Slash {
            description: "Ask one of the den something",
            options: &[
                Text { name: PERSONALITY, description: "Whom", is_suggested: true, max_length: 80 },
                Text {
                    name: "question",
                    description: "What",
                    is_suggested: false,
                    max_length: 2_000,
                },
            ],
        },
        is_private: false,
        to: To::Personality,
    },
    Row {
        name: "personalities",
        kind: Kind::Slash { description: "Who lives in this den", options: &[] },
        is_private: true,
        to: To::Steward,
    },
    Row {
        name: "Why did it say that?",
        kind: Kind::MessageMenu,
        is_private: true,
        to: To::Steward,
    },
];

/// The command of this name.
pub fn find(name: &str) -> Option<&'static Row> {
    COMMANDS.iter().find(|row| row.name == name)
}

/// The commands as Discord wants them registered.
pub fn registration() -> Vec<Command> {
    COMMANDS.iter().map(Row::registered).collect()
}

impl Row {
    fn registered(&self) -> Command {
        let (kind, description, options) = match self.kind {
            Kind::Slash { description, options } => (CommandType::ChatInput, description, options),
            Kind::MessageMenu => (CommandType::Message, "", &[][..]),
        };
        let command = CommandBuilder::new(self.name, description, kind)
            .contexts([InteractionContextType::Guild, InteractionContextType::BotDm])
            .integration_types([ApplicationIntegrationType::GuildInstall]);
        let command = options.iter().fold(command, |command, text| {
            let option = StringBuilder::new(text.name, text.description)
                .required(true)
                .autocomplete(text.is_suggested)
                .max_length(text.max_length);
            command.option(option)
        });
        command.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discord_would_register_every_command() {
        let listed: Vec<_> = registration()
            .iter()
            .map(|command| {
                let options: Vec<_> =
                    command.options.iter().map(|option| option.name.as_str()).collect();
                format!("{} {:?} {options:?}", command.name, command.kind)
            })
            .collect();
        assert_eq!(
            listed,
            [
                r#"ask ChatInput ["personality", "question"]"#,
                "personalities ChatInput []",
                "Why did it say that? Message []",
            ]
        );
        for row in COMMANDS.iter().filter(|row| row.to == To::Personality) {
            let Kind::Slash { options, .. } = row.kind else {
                panic!("{} cannot name a personality", row.name)
            };
            assert!(
                options.iter().any(|option| option.name == PERSONALITY),
                "{} names nobody",
                row.name
            );
        }
    }
}
