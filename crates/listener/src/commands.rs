//! The commands, as one table: what is registered with Discord, and what the listener does with a use.
//!
//! A further command is a further row, and whoever it goes to answers it. Names of commands and options are a
//! contract with the workers.

mod registration;
mod table;

use twilight_model::guild::Permissions;

pub use registration::registration;
use table::COMMANDS;

/// The option that names a personality.
pub const PERSONALITY: &str = "personality";

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name, as registered and as used.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Whether it can be used in servers only.
    pub is_for_guilds: bool,
    /// Whether it is passed on out of servers that are not let in, too: whoever answers looks again.
    pub is_for_all: bool,
    /// What Discord asks of people before it shows them the command, unless a server sets something else.
    /// Whoever answers looks again.
    pub needs: Permissions,
}

/// What kind of command it is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Typed: `/name option: …`.
    Slash(Usage),
    /// Typed: `/name subcommand option: …`.
    Group {
        /// What people read beside it.
        description: &'static str,
        /// What can be typed after its name.
        subcommands: &'static [(&'static str, Usage)],
    },
    /// In the menu of a message, under Apps.
    MessageMenu {
        /// Who answers.
        to: To,
        /// Whether it is about a personality, which a menu cannot ask for.
        is_about_someone: bool,
    },
}

/// How a command or subcommand is used.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// What people read beside it.
    pub description: &'static str,
    /// Who answers.
    pub to: To,
    /// What it asks for, in order, required ones first.
    pub options: &'static [Opt],
}

/// An option.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Its name.
    pub name: &'static str,
    /// What people read beside it.
    pub description: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether Discord insists on it.
    pub is_required: bool,
}

/// What an option takes. It reaches the worker as text: an id, a number in digits, `true` or `false`.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// A personality's name or id; the listener suggests some while it is typed, and passes the id on: of who is
    /// meant in the channel, where it is left out.
    Personality,
    /// The same, where leaving it out means nobody in particular. It is passed on as it was typed.
    PersonalityOrNone,
    /// A text of at most so many characters.
    Text(u16),
    /// One of these: what people read, and what is sent.
    Choice(&'static [(&'static str, &'static str)]),
    /// A person.
    Person,
    /// A channel in which people write.
    Channel,
    /// A whole number from the first to the second.
    Integer(i64, i64),
    /// Yes or no.
    Boolean,
}

/// Who answers, and who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The personality it is about, in public.
    Personality,
    /// The steward, for the eyes of the one who asks.
    Steward,
}

/// What the listener has to know of a command or subcommand that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Who answers.
    pub to: To,
    /// Whether a personality has to be found for it, named or not.
    pub is_about_someone: bool,
    /// Whether it can be used in servers only.
    pub is_for_guilds: bool,
    /// Whether it is passed on out of servers that are not let in, too.
    pub is_for_all: bool,
}

impl Row {
    fn used(&self, to: To, is_about_someone: bool) -> Use {
        let Self { is_for_guilds, is_for_all, .. } = *self;
        Use { to, is_about_someone, is_for_guilds, is_for_all }
    }
}

/// The command of this name, with its subcommand if it has any: `den limits`.
pub fn find(used: &str) -> Option<Use> {
    let (name, subcommand) = match used.split_once(' ') {
        // The name of a menu may have spaces, too.
        Some((name, subcommand)) if !COMMANDS.iter().any(|row| row.name == used) => {
            (name, Some(subcommand))
        }
        _ => (used, None),
    };
    let row = COMMANDS.iter().find(|row| row.name == name)?;
    let usage = match (row.kind, subcommand) {
        (Kind::Slash(usage), None) => usage,
        (Kind::Group { subcommands, .. }, Some(wanted)) => {
            subcommands.iter().find(|(name, _)| *name == wanted)?.1
        }
        (Kind::MessageMenu { to, is_about_someone }, None) => {
            return Some(row.used(to, is_about_someone));
        }
        _ => return None,
    };
    let is_whom = |option: &Opt| matches!(option.takes, Takes::Personality);
    Some(row.used(usage.to, usage.options.iter().any(is_whom)))
}
