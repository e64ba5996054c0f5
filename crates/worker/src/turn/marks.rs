//! Who does not want to be answered, roasted or quoted, and where nobody is to answer.

use chat::Silence;
use personality::Personality;
use queue::{Event, EventId, Line, What};
use store::{Gathered, GuildRow, MOST_PEOPLE, Preferences, Rows};
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

use super::remembering::corrected;
use crate::memory::written_ms;

/// Everybody a turn is about: who spoke, who is replied to or mentioned, who spoke just before, and, as far as there is
/// room, who is `named` without being mentioned.
pub(super) fn people(events: &[Event], named: Vec<Id<UserMarker>>) -> Vec<Id<UserMarker>> {
    let authors = events.iter().map(|event| event.author.id);
    let mentioned = events.iter().flat_map(|event| match &event.what {
        What::Message(message) => {
            let quoted = message.reply_to.iter().filter(|quoted| !quoted.ours);
            let quoted = quoted.map(|quoted| quoted.author.id);
            quoted.chain(message.mentions.iter().map(|mention| mention.id)).collect()
        }
        What::Command(command) => {
            let target = command.target.iter().filter(|target| !target.ours);
            let target = target.map(|target| target.author.id);
            target.chain(command.people.iter().map(|person| person.id)).collect()
        }
        What::Again(again) => again.mentions.clone(),
        _ => Vec::new(),
    });
    let before = events.iter().flat_map(|event| event.preceding.iter().map(|line| line.author.id));
    let mut people: Vec<Id<UserMarker>> = Vec::new();
    for id in authors.chain(mentioned).chain(before).chain(named) {
        if people.len() < MOST_PEOPLE && !people.contains(&id) {
            people.push(id);
        }
    }
    people
}

/// The lines said before that are not handed over: they stand in the window already, or somebody has corrected
/// since what they say, or their author has had everything erased. The listener that kept them does not know.
pub(super) fn left_out(last: &Event, gathered: &Gathered) -> Vec<Id<MessageMarker>> {
    let corrected = corrected(gathered);
    let is_gone = |line: &&Line| {
        let wants = gathered.rows.people.get(&line.author.id);
        let said_ms = written_ms(line.message_id);
        wants.is_some_and(|wants| wants.erased_at_ms >= said_ms)
            || corrected.contains(&line.message_id.get())
            || gathered.rows.forgotten.covers(line.author.id, said_ms)
    };
    let gone = last.preceding.iter().filter(is_gone).map(|line| line.message_id);
    gathered.window.iter().map(|turn| turn.message_id).chain(gone).collect()
}

/// Messages that came along with those that are answered, as far as a turn asks whether they are gone: with
/// everything else it asks, no more than one request takes.
const MOST_ALONG: usize = 16;

/// The messages that a turn is about: those that are answered, what they reply to, and the lines said before them.
pub(super) fn messages(events: &[Event]) -> Vec<Id<MessageMarker>> {
    let quoted = events.iter().filter_map(Event::message).filter_map(|m| m.reply_to.as_ref());
    let quoted = quoted.map(|quoted| quoted.message_id);
    // Those of the last are asked for first: it is the likeliest to be answered.
    let before = events.iter().rev().flat_map(|event| &event.preceding);
    let mut along: Vec<Id<MessageMarker>> = Vec::new();
    for id in quoted.chain(before.map(|line| line.message_id)) {
        if along.len() < MOST_ALONG && !along.contains(&id) {
            along.push(id);
        }
    }
    events.iter().filter_map(answered).chain(along).collect()
}

/// The message that is answered, or spoken about: where it is gone, nothing is said.
fn answered(event: &Event) -> Option<Id<MessageMarker>> {
    match &event.what {
        What::Message(message) => Some(message.id),
        What::Again(again) => Some(again.question),
        What::Command(command) => command.target.as_ref().map(|target| target.message_id),
        _ => None,
    }
}

/// Takes out of events what came along with them and is gone meanwhile, or was not among the `asked`.
pub(super) fn drop_deleted(events: &mut [Event], asked: &[Id<MessageMarker>], rows: &Rows) {
    let stands = |id: &Id<MessageMarker>| asked.contains(id) && !rows.deleted.contains(id);
    for event in events {
        event.preceding.retain(|line| stands(&line.message_id));
        if let What::Message(message) = &mut event.what {
            message.reply_to = message.reply_to.take().filter(|quoted| stands(&quoted.message_id));
        }
    }
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
        None
    }
}

/// The events that are not to be heard, and why: whoever speaks right behind a person does not speak for them.
pub(super) fn unheard(
    who: &Personality,
    events: &[Event],
    rows: &Rows,
    now_ms: u64,
) -> Vec<(EventId, Silence)> {
    let is_deleted = |event: &Event| answered(event).is_some_and(|id| rows.deleted.contains(&id));
    let because = |event: &Event| match unwelcome(who, rows.people.get(&event.author.id), now_ms) {
        Some(because) => Some((event.id.clone(), because)),
        None => is_deleted(event).then(|| (event.id.clone(), Silence::Deleted)),
    };
    events.iter().filter_map(because).collect()
}

/// The people who are not to be roasted: those who do not want it, and those who are mentioned and of whom it is not
/// known, because a turn asks about so many only.
pub(super) fn not_to_roast(events: &[Event], rows: &Rows) -> Vec<Id<UserMarker>> {
    let mentioned = events.iter().flat_map(|event| match &event.what {
        What::Message(message) => message.mentions.iter().map(|mention| mention.id).collect(),
        What::Again(again) => again.mentions.clone(),
        _ => Vec::new(),
    });
    let unknown = mentioned.filter(|id| !rows.people.contains_key(id));
    those(rows, |wants| wants.no_roast).into_iter().chain(unknown).collect()
}

/// The people whose words of before are not handed over: those who do not want it, and those of whom it is not
/// known, because a turn asks about so many only.
pub(super) fn not_to_quote(events: &[Event], rows: &Rows) -> Vec<Id<UserMarker>> {
    let before = events.iter().flat_map(|event| event.preceding.iter().map(|line| line.author.id));
    let quoted = events.iter().filter_map(Event::message).filter_map(|message| {
        message.reply_to.as_ref().filter(|quoted| !quoted.ours).map(|quoted| quoted.author.id)
    });
    let unknown = before.chain(quoted).filter(|id| !rows.people.contains_key(id));
    those(rows, |wants| wants.no_quote || wants.no_memory || wants.blocked)
        .into_iter()
        .chain(unknown)
        .collect()
}

/// The people of a turn of whom something holds.
pub(super) fn those(rows: &Rows, holds: impl Fn(&Preferences) -> bool) -> Vec<Id<UserMarker>> {
    rows.people.iter().filter(|(_, wants)| holds(wants)).map(|(id, _)| *id).collect()
}

/// Why a person is not to be answered, where they or the people who run the den want that.
pub(crate) fn unwelcome(
    who: &Personality,
    wants: Option<&Preferences>,
    now_ms: u64,
) -> Option<Silence> {
    match wants? {
        wants if wants.blocked => Some(Silence::Blocked),
        wants if wants.is_silenced(&who.id, now_ms) => Some(Silence::Silenced),
        _ => None,
    }
}
