//! Who does not want to be answered, roasted or quoted, and where nobody is to answer.

use chat::Silence;
use personality::Personality;
use queue::{Event, EventId, What};
use store::{GuildRow, MOST_PEOPLE, Preferences, Rows};
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

/// Everybody a turn is about: who spoke, who is replied to or mentioned, and who spoke just before.
pub(super) fn people(events: &[Event]) -> Vec<Id<UserMarker>> {
    let authors = events.iter().map(|event| event.author.id);
    let named = events.iter().flat_map(|event| match &event.what {
        What::Message(message) => {
            let quoted = message.reply_to.iter().filter(|quoted| !quoted.ours);
            let quoted = quoted.map(|quoted| quoted.author.id);
            quoted.chain(message.mentions.iter().map(|mention| mention.id)).collect()
        }
        What::Command(command) => command.people.iter().map(|person| person.id).collect(),
        _ => Vec::new(),
    });
    let before = events.iter().flat_map(|event| event.preceding.iter().map(|line| line.author.id));
    let mut people: Vec<Id<UserMarker>> = Vec::new();
    for id in authors.chain(named).chain(before) {
        if people.len() < MOST_PEOPLE && !people.contains(&id) {
            people.push(id);
        }
    }
    people
}

/// The messages that are answered.
pub(super) fn messages(events: &[Event]) -> Vec<Id<MessageMarker>> {
    let question = |event: &Event| match &event.what {
        What::Message(message) => Some(message.id),
        What::Again(again) => Some(again.question),
        _ => None,
    };
    events.iter().filter_map(question).collect()
}

/// Why nobody is to answer here, where somebody has decided so.
pub(crate) fn stopped(
    who: &Personality,
    last: &Event,
    rows: &Rows,
    now_ms: u64,
) -> Option<Silence> {
    let in_guild =
        |check: &dyn Fn(&GuildRow) -> bool| last.guild_id.is_some() && check(&rows.guild);
    if rows.den.paused.is_some() || rows.den.paused_personalities.contains(&who.id) {
        Some(Silence::Paused)
    } else if rows.den.allowlist && in_guild(&|guild| !guild.allowed) {
        Some(Silence::NotAllowed)
    } else if in_guild(&|guild| guild.paused.is_some()) {
        Some(Silence::GuildPaused)
    } else if in_guild(&|guild| guild.is_muted(&who.id, now_ms)) {
        Some(Silence::Muted)
    } else {
        unwelcome(who, preferences(rows, last.author.id))
    }
}

/// The events that are not to be heard, although others of the turn are.
pub(super) fn unheard(who: &Personality, events: &[Event], rows: &Rows) -> Vec<EventId> {
    let is_deleted = |event: &Event| {
        messages(std::slice::from_ref(event)).iter().any(|id| rows.deleted.contains(id))
    };
    let is_unheard = |event: &&Event| {
        unwelcome(who, preferences(rows, event.author.id)).is_some() || is_deleted(event)
    };
    events.iter().filter(is_unheard).map(|event| event.id.clone()).collect()
}

/// The people of a turn of whom something holds.
pub(super) fn those(rows: &Rows, holds: impl Fn(&Preferences) -> bool) -> Vec<Id<UserMarker>> {
    rows.people.iter().filter(|(_, wants)| holds(wants)).map(|(id, _)| *id).collect()
}

fn unwelcome(who: &Personality, wants: Option<&Preferences>) -> Option<Silence> {
    match wants? {
        wants if wants.blocked => Some(Silence::Blocked),
        wants if wants.silenced.contains(&who.id) => Some(Silence::Silenced),
        _ => None,
    }
}

fn preferences(rows: &Rows, user: Id<UserMarker>) -> Option<&Preferences> {
    rows.people.get(&user)
}
