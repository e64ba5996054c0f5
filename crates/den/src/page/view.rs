//! What the page is told, as JSON.

mod message;

use std::collections::BTreeMap;

use discord_sim::{ChannelId, GuildId, UserId};
use serde::Serialize;
use serde_json::Value;

pub(super) use self::message::Message;
use super::{Card, Shared};

/// Messages of a channel a page begins with; older ones stay in the world.
const RECENT: usize = 200;
/// Discord's channel type of a public thread. See Discord Docs/Channel, "Channel Types".
const THREAD: u8 = 11;

/// Everything a page begins with.
#[derive(Serialize)]
pub(super) struct World {
    guild: Guild,
    bot: Bot,
    model_note: String,
    people: Vec<Person>,
    personalities: Vec<Personality>,
    channels: Vec<Channel>,
    commands: Vec<Command>,
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct Guild {
    id: GuildId,
    name: String,
}

#[derive(Serialize)]
struct Bot {
    id: UserId,
    name: String,
    avatar: &'static str,
    online: bool,
}

#[derive(Serialize)]
struct Person {
    id: UserId,
    name: String,
}

#[derive(Serialize)]
struct Personality {
    id: String,
    name: String,
    summary: String,
    avatar: Option<String>,
    color: Option<String>,
    names: Vec<String>,
}

#[derive(Serialize)]
struct Channel {
    id: ChannelId,
    name: String,
    kind: ChannelKind,
    /// The channel a thread hangs under.
    parent: Option<ChannelId>,
    /// The person of a direct message.
    person: Option<UserId>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum ChannelKind {
    Text,
    Thread,
    Dm,
}

#[derive(Serialize)]
struct Command {
    name: String,
    description: String,
    kind: CommandKind,
    options: Vec<CommandOption>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum CommandKind {
    Slash,
    Message,
}

#[derive(Serialize)]
struct CommandOption {
    name: String,
    description: String,
    required: bool,
    autocomplete: bool,
    choices: Vec<Value>,
}

impl World {
    /// The world as it is now.
    pub(super) fn of(shared: &Shared) -> Self {
        let page = &shared.page;
        let snapshot = page.world.snapshot();
        let bot_name = snapshot
            .people
            .iter()
            .find(|one| one.id == page.bot.user_id)
            .map_or_else(|| "Roast Den".to_owned(), |bot| bot.name.clone());
        let guild = snapshot.guilds.into_iter().find(|guild| guild.id == page.guild);
        let (guild_name, guild_channels) =
            guild.map(|guild| (guild.name, guild.channels)).unwrap_or_default();
        let in_guild = guild_channels.into_iter().map(|channel| Channel {
            id: channel.id,
            kind: if channel.kind == THREAD { ChannelKind::Thread } else { ChannelKind::Text },
            name: channel.name,
            parent: channel.parent_id,
            person: None,
        });
        let direct = shared.direct_messages.iter().map(|&(person, id)| Channel {
            id,
            name: bot_name.clone(),
            kind: ChannelKind::Dm,
            parent: None,
            person: Some(person),
        });
        let channels: Vec<Channel> = in_guild.chain(direct).collect();
        let mut registered = page.world.commands(page.bot.application_id);
        registered.extend(page.world.guild_commands(page.bot.application_id, page.guild));
        Self {
            messages: channels.iter().flat_map(|channel| recent(shared, channel)).collect(),
            commands: registered.iter().flat_map(commands).collect(),
            channels,
            bot: Bot {
                id: page.bot.user_id,
                name: bot_name,
                avatar: "/icon.svg",
                online: is_online(shared),
            },
            guild: Guild { id: page.guild, name: guild_name },
            model_note: page.model_note.clone(),
            people: page
                .people
                .iter()
                .map(|one| Person { id: one.id, name: one.name.clone() })
                .collect(),
            personalities: page.personalities.iter().map(Personality::of).collect(),
        }
    }
}

/// Whether the den's bot is connected.
pub(super) fn is_online(shared: &Shared) -> bool {
    let ours = shared.page.bot.application_id;
    shared
        .page
        .world
        .sessions()
        .iter()
        .any(|session| session.application_id == ours && session.connected)
}

/// The newest messages of a channel that anybody on the page may see, oldest first.
fn recent(shared: &Shared, channel: &Channel) -> Vec<Message> {
    let page = &shared.page;
    let mut seen = BTreeMap::new();
    for person in &page.people {
        for message in page.world.messages_seen_by(person.id, channel.id) {
            seen.insert(message.id, message);
        }
    }
    let older = seen.len().saturating_sub(RECENT);
    seen.values().skip(older).map(|message| Message::of(shared, message)).collect()
}

impl Personality {
    fn of(card: &Card) -> Self {
        Self {
            id: card.id.clone(),
            name: card.name.clone(),
            summary: card.summary.clone(),
            avatar: picture(card),
            color: card.color.clone(),
            names: card.names.clone(),
        }
    }
}

fn picture(card: &Card) -> Option<String> {
    card.avatar.as_ref().map(|_| format!("/avatars/{}", card.id))
}

/// A registered command as what a person can choose: one entry, or one for each subcommand.
fn commands(registered: &Value) -> Vec<Command> {
    let kind = match registered["type"].as_u64().unwrap_or(1) {
        1 => CommandKind::Slash,
        3 => CommandKind::Message,
        _ => return Vec::new(),
    };
    let of = |name: String, described: &Value| Command {
        name,
        description: string(&described["description"]),
        kind,
        options: list(&described["options"]).map(CommandOption::of).collect(),
    };
    let name = string(&registered["name"]);
    let subcommands: Vec<Command> = list(&registered["options"])
        .filter(|option| option["type"] == 1)
        .map(|option| of(format!("{name} {}", string(&option["name"])), option))
        .collect();
    if subcommands.is_empty() { vec![of(name, registered)] } else { subcommands }
}

impl CommandOption {
    fn of(option: &Value) -> Self {
        Self {
            name: string(&option["name"]),
            description: string(&option["description"]),
            required: option["required"].as_bool().unwrap_or(false),
            autocomplete: option["autocomplete"].as_bool().unwrap_or(false),
            choices: list(&option["choices"]).cloned().collect(),
        }
    }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
