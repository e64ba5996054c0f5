//! Commands, menus and suggestions, which arrive over the gateway and must be acknowledged within three
//! seconds. See Discord Docs/Receiving and Responding.
//!
//! All of this happens beside the poll loop. Suggestions are answered here, from memory; a known command is
//! deferred and queued for whoever answers it; anything else gets one plain line.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use discord::{Discord, code};
use personality::PersonalityId;
use queue::{Command, Event, EventId, Person, STEWARD, Target, VERSION, What};
use tokio::{task::JoinSet, time::Instant};
use twilight_model::{
    application::command::{CommandOptionChoice, CommandOptionChoiceValue},
    channel::message::MessageFlags,
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
};

use crate::{
    checkpoint::{Ticket, now_ms},
    commands::{self, PERSONALITY, Row, To},
    counts::Counts,
    error::chain,
    event::CREDIT,
    frame::{Interaction, InteractionData},
    lanes::Lanes,
    routing::{Den, Ears},
};

/// Interactions in work at once; each holds a request to Discord. Beyond that they would be too late.
const AT_ONCE: usize = 128;
/// The three seconds, less the way here.
const DUE: Duration = Duration::from_millis(2_500);
/// Suggestions Discord shows.
const SUGGESTIONS: usize = 25;

/// Kinds of interaction. See Discord Docs/Interaction Type.
const COMMAND: u8 = 2;
const AUTOCOMPLETE: u8 = 4;

/// Where interactions are handled. Dropping it abandons those in work; they are replayed to whoever
/// resumes, and found too late there, or acknowledged already.
pub struct Interactions {
    desk: Arc<Desk>,
    tasks: JoinSet<()>,
}

/// What handling one needs.
struct Desk {
    discord: Discord,
    den: Arc<Den>,
    lanes: Lanes,
    counts: Arc<Counts>,
}

impl Interactions {
    /// Interactions of `den`, answered through `discord`, queued on `lanes`.
    pub fn new(discord: Discord, den: Arc<Den>, lanes: Lanes, counts: Arc<Counts>) -> Self {
        Self { desk: Arc::new(Desk { discord, den, lanes, counts }), tasks: JoinSet::new() }
    }

    /// Takes one on and returns at once.
    pub fn take(&mut self, interaction: Interaction, ticket: Ticket) {
        while self.tasks.try_join_next().is_some() {}
        if self.tasks.len() >= AT_ONCE {
            self.desk.counts.unacknowledged.add();
            tracing::warn!(interaction = %interaction.id, "too many interactions at once: interaction {} dropped", interaction.id);
            ticket.settle();
            return;
        }
        let desk = self.desk.clone();
        self.tasks.spawn(async move { desk.handle(interaction, ticket).await });
    }

    /// Waits for those in work; each is bounded by its three seconds.
    pub async fn finish(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Desk {
    async fn handle(&self, interaction: Interaction, ticket: Ticket) {
        let discord = self.discord.by(Instant::now() + DUE);
        let (id, token) = (interaction.id, interaction.token.as_str());
        let answered = match self.answer(&interaction) {
            Answer::Suggest(choices) => discord.autocomplete(id, token, choices).await,
            Answer::Say(line) => discord.respond(id, token, privately(line)).await,
            Answer::Queue(row, event) => match discord.defer(id, token, row.is_private).await {
                Ok(()) => return self.lanes.put(*event, ticket),
                Err(error) => Err(error),
            },
        };
        match answered {
            Ok(()) => {}
            Err(error) if error.code() == Some(code::UNKNOWN_INTERACTION) => {
                self.counts.expired.add();
                tracing::info!(interaction = %id, "interaction {id} came too late to be answered");
            }
            Err(error) => {
                self.counts.unacknowledged.add();
                tracing::warn!(interaction = %id, error = %chain(&error), "interaction {id} is not acknowledged");
            }
        }
        ticket.settle();
    }

    /// What to answer; pure.
    fn answer(&self, interaction: &Interaction) -> Answer {
        let Some(data) = &interaction.data else { return Answer::Say(UNKNOWN.to_owned()) };
        match (interaction.kind, commands::find(&data.name)) {
            (AUTOCOMPLETE, _) => Answer::Suggest(self.suggestions(data)),
            (COMMAND, Some(row)) => self.command(row, interaction, data),
            _ => Answer::Say(UNKNOWN.to_owned()),
        }
    }

    fn command(
        &self,
        row: &'static Row,
        interaction: &Interaction,
        data: &InteractionData,
    ) -> Answer {
        let personality = match row.to {
            To::Steward => STEWARD.parse().expect("the steward's id is an id"),
            To::Personality => {
                let wanted = text_of(data, PERSONALITY);
                match self.den.named(&wanted) {
                    Some(ears) => ears.id.clone(),
                    None => return Answer::Say(self.nobody_of_that_name(&wanted)),
                }
            }
        };
        match self.event(personality, interaction, data) {
            Some(event) => Answer::Queue(row, Box::new(event)),
            None => Answer::Say(UNKNOWN.to_owned()),
        }
    }

    fn event(
        &self,
        personality: PersonalityId,
        interaction: &Interaction,
        data: &InteractionData,
    ) -> Option<Event> {
        let (user, nick) = match (&interaction.member, &interaction.user) {
            (Some(member), _) => (&member.user, member.nick.clone()),
            (None, Some(user)) => (user, None),
            (None, None) => return None,
        };
        let target = data.target_id.map(|message_id| {
            let ours = data.resolved.messages.get(&message_id).is_some_and(|message| {
                message.author.id == self.den.user_id
                    || message.application_id == Some(self.den.application_id)
            });
            Target { message_id, ours }
        });
        Some(Event {
            v: VERSION,
            id: EventId::new(interaction.id.get(), &personality),
            personality,
            application_id: self.den.application_id,
            guild_id: interaction.guild_id,
            channel_id: interaction.channel_id?,
            author: Person { id: user.id, name: nick.unwrap_or_else(|| user.display_name(None)) },
            what: What::Command(Command {
                id: interaction.id,
                token: interaction.token.clone(),
                name: data.name.clone(),
                options: options(data),
                target,
            }),
            preceding: Vec::new(),
            credit: CREDIT,
            trace: None,
            received_at_ms: now_ms(),
        })
    }

    /// The personalities whose name contains what is typed, those that begin with it first.
    fn suggestions(&self, data: &InteractionData) -> Vec<CommandOptionChoice> {
        let typed =
            data.options.iter().find(|option| option.focused).map(|option| option.name.as_str());
        let typed = typed.map(|name| text_of(data, name)).unwrap_or_default().trim().to_lowercase();
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

    fn nobody_of_that_name(&self, wanted: &str) -> String {
        let names: Vec<_> = self
            .den
            .personalities
            .iter()
            .take(SUGGESTIONS)
            .map(|ears| ears.name.as_str())
            .collect();
        format!(
            "Nobody here is called `{}`. Try one of: {}.",
            wanted.replace('`', "'"),
            names.join(", ")
        )
    }
}

/// What an interaction is answered with.
enum Answer {
    Suggest(Vec<CommandOptionChoice>),
    Say(String),
    Queue(&'static Row, Box<Event>),
}

const UNKNOWN: &str =
    "I do not know that one. It may have been renamed; type / to see what there is.";

fn privately(line: String) -> InteractionResponse {
    let data = InteractionResponseData {
        content: Some(line),
        flags: Some(MessageFlags::EPHEMERAL),
        ..InteractionResponseData::default()
    };
    InteractionResponse {
        kind: InteractionResponseType::ChannelMessageWithSource,
        data: Some(data),
    }
}

fn options(data: &InteractionData) -> BTreeMap<String, String> {
    data.options.iter().map(|option| (option.name.clone(), text_of(data, &option.name))).collect()
}

/// An option's value as text; empty where it is not there.
fn text_of(data: &InteractionData, name: &str) -> String {
    let value = data
        .options
        .iter()
        .find(|option| option.name == name)
        .and_then(|option| option.value.as_ref());
    match value {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    }
}
