//! What is remembered for a turn: a pure choice over what the one round trip returned.

use std::{collections::HashSet, sync::Arc};

use chat::{
    MEMORY_TOKENS, Memory, Statement, Used, choose,
    recall::{Query, handed_over, query_text},
};
use personality::Personality;
use queue::{Event, What};
use store::{About, Episode, Gathered, Speaker};
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

use crate::{
    Worker,
    memory::{ME, Shelf},
};

/// Tokens of facts; the rest is for what was said.
const FACT_TOKENS: usize = 400;
/// Messages that recall may find; each comes with the neighbour that gives it sense.
const MOST_HITS: usize = 8;

/// What is handed over, and where it comes from.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    pub(super) memories: Vec<Memory>,
    pub(super) used: Vec<Used>,
    pub(super) sources: Vec<Source>,
}

/// Words of before that are handed over, and whose they are.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) people: Vec<Id<UserMarker>>,
    pub(crate) text: String,
}

/// Chooses what matters for what was said last.
pub(super) fn remember(
    worker: &Worker,
    who: &Personality,
    last: &Event,
    events: &[Event],
    gathered: &Gathered,
    was_known: &[bool],
    now_ms: u64,
) -> Remembered {
    let before: Vec<&str> = gathered.window.iter().map(|turn| turn.text.as_str()).collect();
    let said = asked(last);
    let query = query_text(&said, &before[before.len().saturating_sub(2)..]);
    let mut remembered = facts(who, last, gathered, &query, now_ms);
    let asker = last.author.id.to_string();
    let own: Vec<u64> = events.iter().map(question).collect();
    let in_sight =
        |id: u64| own.contains(&id) || gathered.window.iter().any(|turn| turn.message_id == id);
    let corrected = corrected(gathered);
    for (memory, was_known) in gathered.memory.iter().zip(was_known) {
        let shelf: Arc<Shelf> = worker.memory.take_in(memory, *was_known);
        let unquoted: Vec<_> =
            memory.unquoted.iter().copied().filter(|id| *id != last.author.id).collect();
        let found = shelf.read(&unquoted, |index, is_theirs| {
            let hidden = |id: u64| in_sight(id) || corrected.contains(&id) || is_theirs(id);
            let query = Query {
                asker: Some(&asker),
                you: Some(ME),
                k: MOST_HITS,
                exclude: &hidden,
                ..Query::new(&query, now_ms)
            };
            let hits = index.recall(&query);
            let room = MEMORY_TOKENS.saturating_sub(remembered.tokens());
            handed_over(index, &hits, room, &hidden)
        });
        for found in found {
            remembered
                .sources
                .push(Source { people: shelf.whose(found.id), text: found.text.clone() });
            remembered.used.push(Used {
                kind: "words".to_owned(),
                on: chat::day(found.at_ms),
                channel: Some(found.channel.to_string()),
                message: Some(found.id.to_string()),
            });
            remembered.memories.push(Memory {
                by: (found.speaker != ME).then_some(found.name),
                about: None,
                on: chat::day(found.at_ms),
                text: found.text,
            });
        }
    }
    remembered
}

/// The messages whose statements somebody has corrected since: what is right now is among the facts.
pub(super) fn corrected(gathered: &Gathered) -> HashSet<u64> {
    let books = gathered.memory.iter().flat_map(|memory| &memory.books);
    let closed = books.flat_map(|(_, book)| &book.facts).filter(|fact| fact.until_ms.is_some());
    closed.filter_map(|fact| fact.message_id).map(Id::get).collect()
}

impl Remembered {
    fn tokens(&self) -> usize {
        self.memories.iter().map(|memory| chat::estimate(&memory.text)).sum()
    }
}

/// The facts about the people of the turn and the place that have room.
fn facts(
    who: &Personality,
    last: &Event,
    gathered: &Gathered,
    query: &str,
    now_ms: u64,
) -> Remembered {
    let mut statements = Vec::new();
    let mut facts = Vec::new();
    for memory in &gathered.memory {
        for (about, book) in &memory.books {
            let is_asker = *about == About::Person(last.author.id);
            for fact in book.open() {
                let is_unquoted = |user| memory.unquoted.contains(&user) && user != last.author.id;
                if is_unquoted(fact.by) || fact.to.is_some_and(is_unquoted) {
                    continue;
                }
                statements.push(Statement {
                    text: &fact.text,
                    at_ms: fact.at_ms,
                    weight: fact.weight,
                    is_told: fact.origin == store::Origin::Told,
                    is_about_asker: is_asker,
                    is_own: *about == About::Person(fact.by),
                });
                facts.push((*about, book, fact));
            }
        }
    }
    let hints: Vec<&str> =
        who.memory_triggers.iter().chain(&who.interests).map(String::as_str).collect();
    let mut remembered = Remembered::default();
    for place in choose(&statements, query, &hints, now_ms, FACT_TOKENS) {
        let (about, book, fact) = facts[place];
        let subject = match about {
            About::Person(user) => Some(user),
            About::Place => None,
        };
        let people = [Some(fact.by), fact.to, subject].into_iter().flatten().collect();
        remembered.sources.push(Source { people, text: fact.text.clone() });
        remembered.memories.push(Memory {
            by: Some(fact.by_name.clone()),
            about: (!book.name.is_empty()).then(|| book.name.clone()),
            on: chat::day(fact.at_ms),
            text: fact.text.clone(),
        });
        remembered.used.push(Used {
            kind: "fact".to_owned(),
            on: chat::day(fact.at_ms),
            channel: Some(fact.channel_id.to_string()),
            message: fact.message_id.map(|id| id.to_string()),
        });
    }
    remembered
}

/// What an event asks, cleaned.
pub(crate) fn asked(event: &Event) -> String {
    match &event.what {
        What::Message(message) => chat::clean(&message.text, &message.mentions),
        What::Command(command) => chat::clean(command.option("question").unwrap_or_default(), &[]),
        What::Again(again) => chat::clean(&again.text, &[]),
        _ => String::new(),
    }
}

/// The id under which an event's words are kept.
pub(crate) fn question(event: &Event) -> u64 {
    match &event.what {
        What::Message(message) => message.id.get(),
        What::Command(command) => command.id.get(),
        What::Again(again) => again.question.get(),
        _ => 0,
    }
}

/// What was said before the window, in short; nothing where it is made of words of somebody who does not want to
/// be quoted to others. It is made anew without them.
pub(super) fn summary<'g>(last: &Event, gathered: &'g Gathered) -> &'g str {
    let summary = &gathered.rows.summary;
    let is_unquoted = |id: &&Id<UserMarker>| {
        **id != last.author.id && gathered.memory.iter().any(|memory| memory.unquoted.contains(*id))
    };
    match summary.speakers.iter().find(is_unquoted) {
        None => &summary.text,
        Some(_) => "",
    }
}

/// The words of before that are handed over beside what is remembered, those of one person first: the lines said just
/// before, the window, and the summary.
pub(super) fn sources(
    last: &Event,
    gathered: &Gathered,
    not_to_quote: &[Id<UserMarker>],
    left_out: &[Id<MessageMarker>],
) -> Vec<Source> {
    let before = last.preceding.iter().filter(|line| {
        !line.ours
            && !not_to_quote.contains(&line.author.id)
            && !left_out.contains(&line.message_id)
    });
    let before =
        before.map(|line| Source { people: vec![line.author.id], text: line.text.clone() });
    let source =
        |turn: &Episode| Source { people: turn.people().collect(), text: turn.text.clone() };
    let (own, theirs): (Vec<&Episode>, _) =
        quoted(last, gathered).partition(|turn| turn.speaker == Speaker::Me);
    let summary = Source {
        people: gathered.rows.summary.speakers.clone(),
        text: summary(last, gathered).to_owned(),
    };
    before
        .chain(theirs.into_iter().map(source))
        .chain(own.into_iter().map(source))
        .chain([summary])
        .collect()
}

/// The window as it is handed over: without the words of people who do not want to be quoted to others, and
/// without what they were answered.
pub(super) fn talk(last: &Event, gathered: &Gathered) -> Vec<chat::Said> {
    quoted(last, gathered).map(said).collect()
}

fn quoted<'g>(last: &Event, gathered: &'g Gathered) -> impl Iterator<Item = &'g Episode> {
    let (asker, memory) = (last.author.id, &gathered.memory);
    let is_unquoted =
        |id: &Id<UserMarker>| memory.iter().any(|memory| memory.unquoted.contains(id));
    let is_quoted = move |turn: &&Episode| turn.people().all(|id| id == asker || !is_unquoted(&id));
    gathered.window.iter().filter(is_quoted)
}

/// A person's or the personality's own words, as earlier talk.
fn said(turn: &Episode) -> chat::Said {
    let by = match &turn.speaker {
        Speaker::Person { name, .. } => Some(name.clone()),
        Speaker::Me => None,
    };
    chat::Said { by, text: turn.text.clone() }
}
