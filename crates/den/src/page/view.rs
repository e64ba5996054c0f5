//! What the page is told, as JSON.

mod channel;
mod command;
mod message;

use std::collections::BTreeMap;

use discord_sim::{GuildId, UserId};
use serde::Serialize;

pub(super) use self::message::Message;
use self::{
    channel::Channel,
    command::{Command, commands},
};
use super::{Card, Shared};

/// Messages of a channel a page begins with; older ones stay in the world.
const RECENT: usize = 200;

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
        let in_guild = guild_channels.into_iter().map(|one| Channel::in_guild(shared, one));
        let direct = shared
            .direct_messages
            .iter()
            .map(|&(person, id)| Channel::direct(shared, person, id, &bot_name));
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
