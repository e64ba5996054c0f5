//! "Remember that …", said in talk: a fact, made without a model.

use crate::{
    Worker,
    clock::now_ms,
    memory::written_ms,
    turn::{asked, question},
};
use queue::Event;
use store::{About, Book, BookError, Fact, Origin, Preferences, Rows, Scope};
use twilight_model::id::{Id, marker::UserMarker};

/// How much a fact matters that somebody asked for.
pub(crate) const TOLD_WEIGHT: u8 = 8;

/// Puts a statement into a book: in the place of an older one of the same person, where there can be only one, and
/// beside the others else. The same again changes nothing.
///
/// # Errors
/// As [`Book::add`] has.
pub(crate) fn put(book: &mut Book, fact: Fact) -> Result<(), BookError> {
    let is_there = book.open().any(|known| known.id == fact.id);
    let is_older = |known: &&Fact| {
        known.by == fact.by
            && known.at_ms <= fact.at_ms
            && chat::supersedes(&fact.text, &known.text)
    };
    let old = book.open().find(is_older).map(|old| old.id.clone());
    match old {
        Some(old) if !is_there => book.correct(&old, fact),
        _ => book.add(fact),
    }
}

/// Keeps what an event asks to be remembered, where it does, and returns whom it is about. What it says about
/// somebody who was mentioned is about them, unless they do not want to be remembered, or have had what was known
/// of them forgotten since; what else it says is about who says it.
///
/// # Errors
/// The store's. A book that is full stays as it is.
pub(crate) async fn remember(
    worker: &Worker,
    event: &Event,
    scope: &Scope,
    rows: &Rows,
) -> Result<Option<Id<UserMarker>>, store::Error> {
    let Some(message) = event.message() else { return Ok(None) };
    let Some(request) = chat::remembered(&asked(event)) else { return Ok(None) };
    let author = (event.author.id, event.author.name.as_str());
    let mentioned = message.mentions.iter().map(|mention| (mention.id, mention.name.as_str()));
    let mentioned = mentioned.filter(|(_, name)| request.what.contains(&chat::clean_name(name)));
    let (about, name) = match request.about_self {
        true => author,
        false => mentioned.into_iter().next().unwrap_or(author),
    };
    // Of whom nothing is known, nothing is kept either: a turn asks about so many people only.
    let said_ms = written_ms(message.id);
    let is_unwanted = |wants: &Preferences| wants.no_memory || said_ms <= wants.erased_at_ms;
    if rows.people.get(&about).is_none_or(is_unwanted) || rows.forgotten.covers(about, said_ms) {
        return Ok(None);
    }
    let fact = Fact {
        id: question(event).to_string(),
        text: request.what,
        by: event.author.id,
        by_name: chat::clean_name(&event.author.name),
        to: None,
        channel_id: event.channel_id,
        message_id: Some(message.id),
        at_ms: said_ms,
        until_ms: None,
        origin: Origin::Told,
        weight: TOLD_WEIGHT,
    };
    let added = worker.store.change_book(scope, About::Person(about), |book| {
        book.name = chat::clean_name(name);
        put(book, fact.clone())
    });
    match added.await? {
        Ok(()) => {
            worker.store.trace(about, scope, event.channel_id, now_ms()).await?;
            Ok(Some(about))
        }
        Err(e) => {
            tracing::info!(event = %event.id, reason = %e, "a fact was not kept");
            Ok(None)
        }
    }
}
