//! What to answer an interaction with at once. Pure: the interaction, the den and the house in.

use std::collections::BTreeMap;

use personality::PersonalityId;
use queue::{Command, Event, EventId, Mention, Person, Press, Target, VERSION, What};
use twilight_model::{
    application::command::{CommandOptionChoice, CommandOptionChoiceValue},
    http::interaction::InteractionResponse,
};

use crate::{
    commands::{self, PERSONALITY, To},
    event::{self, CREDIT},
    forms,
    frame::{Interaction, InteractionData, InteractionOption, Submitted},
    house::House,
    ring::shortened,
    routing::{Den, Ears},
    steward,
};

/// Kinds of interaction. See Discord Docs/Interaction Type.
const COMMAND: u8 = 2;
const COMPONENT: u8 = 3;
pub const AUTOCOMPLETE: u8 = 4;
const FORM: u8 = 5;

/// Suggestions Discord shows.
const SUGGESTIONS: usize = 25;
/// Characters passed on of a menu's target: all that a person can write without paying Discord for more.
const TARGET: usize = 2_000;
/// Characters repeated of a name that is nobody's.
const NAME: usize = 80;

const UNKNOWN: &str =
    "I do not know that one. It may have been renamed; type / to see what there is.";
const FOR_GUILDS: &str = "That one is about a server: use it in one of its channels.";
const NOT_SPOKEN: &str = "No personality says anything in that message. Open the menu on what one of them, or one of you, said.";
const CLOSED: &str = "This den is only open to servers its operator has let in, and this one is not among \
    them yet.";

/// An interaction, and what is needed to answer it.
pub struct Asked<'a> {
    pub interaction: &'a Interaction,
    pub den: &'a Den,
    pub house: &'a House,
    /// Who of us spoke last in its channel.
    pub last_speaker: Option<&'a PersonalityId>,
    pub received_at_ms: u64,
}

/// What an interaction is answered with.
#[derive(Debug)]
pub enum Answer {
    /// Suggestions for what is being typed.
    Suggest(Vec<CommandOptionChoice>),
    /// A line for the person's eyes.
    Say(String),
    /// A form.
    Open(Box<InteractionResponse>),
    /// Somebody else's answer, later.
    Queue(Box<Event>, Deferral),
}

/// How an interaction is acknowledged whose answer comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferral {
    /// Everybody sees that somebody is thinking.
    Public,
    /// Only the person sees it.
    Private,
    /// Nothing is seen; the message with the button may change later.
    Update,
}

impl Asked<'_> {
    /// What to answer.
    pub fn answer(&self) -> Answer {
        let Some(data) = &self.interaction.data else { return say(UNKNOWN) };
        match self.interaction.kind {
            AUTOCOMPLETE => Answer::Suggest(self.suggestions(data)),
            _ if self.is_turned_away() => say(CLOSED),
            COMMAND => self.command(data),
            COMPONENT => match forms::opened_by(&data.custom_id) {
                Some(form) => Answer::Open(Box::new(form)),
                None => self.press(data),
            },
            FORM => self.press(data),
            _ => say(UNKNOWN),
        }
    }

    /// Whether it is answered with no more than that the server is not let in. People reach what is theirs out
    /// of it all the same, and who runs the den lets it in from there: the steward knows who that is.
    pub fn is_turned_away(&self) -> bool {
        let Some(data) = self.interaction.data.as_ref().filter(|_| !self.house.is_open()) else {
            return false;
        };
        match self.interaction.kind {
            COMMAND => !commands::find(&data.used().0).is_some_and(|usage| usage.is_for_all),
            // A button may be part of one of these; whose it is the steward knows, too.
            COMPONENT => forms::opened_by(&data.custom_id).is_some(),
            _ => false,
        }
    }

    fn command(&self, data: &InteractionData) -> Answer {
        let (name, given) = data.used();
        let Some(usage) = commands::find(&name) else { return say(UNKNOWN) };
        if usage.is_for_guilds && self.interaction.guild_id.is_none() {
            return say(FOR_GUILDS);
        }
        let mut options = texts(given);
        let mut to = steward::id();
        if usage.is_about_someone {
            let wanted = options.get(PERSONALITY).map(|wanted| wanted.trim()).unwrap_or_default();
            let Some(ears) = self.whom(wanted) else {
                return Answer::Say(self.nobody_called(wanted));
            };
            if usage.to == To::Personality {
                to = ears.id.clone();
            }
            options.insert(PERSONALITY.to_owned(), ears.id.to_string());
        }
        let target = match data.target_id {
            None => None,
            Some(_) => match self.target(data) {
                // It is about what one of us says there, and none of us says anything.
                Some(target) if target.ours && target.text.is_empty() && usage.is_about_someone => {
                    return say(NOT_SPOKEN);
                }
                Some(target) => Some(target),
                None => return say(UNKNOWN),
            },
        };
        let command = Command {
            id: self.interaction.id,
            token: self.interaction.token.clone(),
            name,
            options,
            target,
            people: people(data),
            permissions: self.interaction.permissions(),
        };
        let deferral = match usage.to {
            To::Personality => Deferral::Public,
            To::Steward => Deferral::Private,
        };
        self.queue(to, What::Command(command), deferral)
    }

    /// A button, a choice, or a form that was sent.
    fn press(&self, data: &InteractionData) -> Answer {
        let message_id = self.interaction.message.as_ref().map(|message| message.id);
        let fields = data.components.iter().flat_map(Submitted::fields);
        let press = Press {
            id: self.interaction.id,
            token: self.interaction.token.clone(),
            custom_id: data.custom_id.clone(),
            values: data.values.clone(),
            fields: fields.map(|(field, text)| (field.to_owned(), text.to_owned())).collect(),
            message_id,
            permissions: self.interaction.permissions(),
        };
        // A form that a command opened is on no message that could change.
        let deferral = if message_id.is_some() { Deferral::Update } else { Deferral::Private };
        self.queue(steward::id(), What::Press(press), deferral)
    }

    fn queue(&self, personality: PersonalityId, what: What, deferral: Deferral) -> Answer {
        let interaction = self.interaction;
        let (Some((user, nick)), Some(channel_id)) = (interaction.person(), interaction.channel_id)
        else {
            return say(UNKNOWN);
        };
        let name = nick.map_or_else(|| user.display_name(None), str::to_owned);
        let event = Event {
            v: VERSION,
            id: EventId::new(interaction.id.get(), &personality),
            personality,
            application_id: self.den.application_id,
            guild_id: interaction.guild_id,
            channel_id,
            author: Person { id: user.id, name },
            what,
            preceding: Vec::new(),
            credit: CREDIT,
            trace: None,
            received_at_ms: self.received_at_ms,
            audience_changed_ms: 0,
        };
        Answer::Queue(Box::new(event), deferral)
    }

    /// The message a menu was opened on: of one of ours, what a personality says in it.
    fn target(&self, data: &InteractionData) -> Option<Target> {
        let message_id = data.target_id?;
        let message = data.resolved.messages.get(&message_id)?;
        let ours = self.den.is_ours(message);
        let (author, text) = match ours {
            true => event::said(self.den, message),
            false => {
                let author = &message.author;
                let name = author.display_name(data.resolved.members.get(&author.id));
                (Person { id: author.id, name }, message.content.clone())
            }
        };
        Some(Target { message_id, ours, author, text: shortened(&text, TARGET) })
    }

    /// The personality of that name or id; without one, who is meant in the channel.
    fn whom(&self, wanted: &str) -> Option<&Ears> {
        if !wanted.is_empty() {
            return self.den.named(wanted);
        }
        self.den.meant(self.house, self.interaction.channel_id?, self.last_speaker)
    }

    /// The personalities whose name contains what is typed, those that begin with it first.
    fn suggestions(&self, data: &InteractionData) -> Vec<CommandOptionChoice> {
        let (_, options) = data.used();
        let typed = options.iter().find(|option| option.focused).map(InteractionOption::text);
        let typed = typed.unwrap_or_default().trim().to_lowercase();
        let contains =
            |ears: &&Ears| ears.names.iter().any(|name| name.to_lowercase().contains(&typed));
        let mut found: Vec<&Ears> = self.den.personalities.iter().filter(contains).collect();
        found.sort_by_key(|ears| !ears.name.to_lowercase().starts_with(&typed));
        found.truncate(SUGGESTIONS);
        let choice = |ears: &Ears| CommandOptionChoice {
            name: ears.name.clone(),
            name_localizations: None,
            value: CommandOptionChoiceValue::String(ears.id.to_string()),
        };
        found.into_iter().map(choice).collect()
    }

    fn nobody_called(&self, wanted: &str) -> String {
        let personalities = self.den.personalities.iter().take(SUGGESTIONS);
        let names: Vec<_> = personalities.map(|ears| ears.name.as_str()).collect();
        format!(
            "Nobody here is called `{}`. Try one of: {}.",
            shortened(wanted, NAME).replace('`', "'"),
            names.join(", ")
        )
    }
}

fn say(line: &str) -> Answer {
    Answer::Say(line.to_owned())
}

fn texts(options: &[InteractionOption]) -> BTreeMap<String, String> {
    options.iter().map(|option| (option.name.clone(), option.text())).collect()
}

/// The people the options name, in the order of their ids.
fn people(data: &InteractionData) -> Vec<Mention> {
    let resolved = &data.resolved;
    let person = |user: &crate::frame::User| Mention {
        id: user.id,
        name: user.display_name(resolved.members.get(&user.id)),
    };
    let mut people: Vec<_> = resolved.users.values().map(person).collect();
    people.sort_by_key(|person| person.id);
    people
}
