//! Correcting and deleting one memory.
//!
//! Who presses looks at a page that may be minutes old. So whatever is done is done to the memory as it was
//! shown: where somebody changed it since, nothing is done, and the person is shown how it is now.
//!
//! The words a memory came from would be recalled all the same, by whoever asks. So they go with it, and before
//! it: killed in between, the memory is still there to be found when the press is delivered again.

use store::{About, Book, Fact, Origin};

use super::{
    entry::{Entry, Right},
    keeping::{Statement, keep, refusal},
    page::{self, View},
    standing::{QUOTED, Stopped, standing, with_earlier},
};
use crate::{
    steward::{Asked, Told, Trouble},
    told::TOLD_WEIGHT,
};

/// Puts what was typed into the form in the place of a memory.
pub(super) async fn fix(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let Some(entry) = Entry::read(asked) else { return Ok(unknown()) };
    let typed = Statement::of(asked.option("text").unwrap_or_default(), &[]);
    if typed.is_empty() {
        return back(asked, &entry, Stopped::Empty.in_words()).await;
    }
    let book = asked.worker.store.book(&entry.scope, entry.about).await?;
    let new = Fact {
        id: asked.id().to_string(),
        text: typed.text,
        by: asked.who().id,
        by_name: chat::clean_name(&asked.who().name),
        to: book.open().find(|known| known.id == entry.id).and_then(|known| known.to),
        channel_id: asked.channel(),
        message_id: None,
        at_ms: asked.asked_ms(),
        until_ms: None,
        origin: Origin::Told,
        weight: TOLD_WEIGHT,
    };
    let is_done = |book: &Book| book.open().any(|known| known.id == new.id);
    if !is_done(&book) {
        let (old, right) = match standing(asked, &entry, &book) {
            Ok(standing) => standing,
            Err(stopped) => return back(asked, &entry, stopped.in_words()).await,
        };
        if right == Right::Moderator {
            let act = format!("correct memory {} of {}", entry.id, entry.personality());
            asked.audit(act).await?;
        }
        if let Some(why) = objection(asked, &entry, &book).await? {
            return back(asked, &entry, why).await;
        }
        forget_sources(asked, &entry, std::slice::from_ref(old), right).await?;
    }
    let correct = |book: &mut Book| {
        if is_done(book) {
            return Ok(());
        }
        standing(asked, &entry, book)?;
        Ok(book.correct(&entry.id, new.clone())?)
    };
    let happened = match keep(asked, &entry.scope, entry.about, &new, correct).await? {
        Ok(Some(())) => format!("Corrected: “{}”", chat::plain(&new.text, QUOTED)),
        Ok(None) => Stopped::Gone.in_words(),
        Err(stopped) => Stopped::in_words(&stopped),
    };
    back(asked, &entry, happened).await
}

/// Why no new words about its subject are kept.
async fn objection(
    asked: &Asked<'_>,
    entry: &Entry,
    book: &Book,
) -> Result<Option<String>, Trouble> {
    let about = match entry.about {
        About::Person(id) => Some(queue::Person { id, name: book.name.clone() }),
        About::Place => None,
    };
    let said_ms = asked.event.received_at_ms;
    refusal(asked, &entry.scope, asked.who(), about.as_ref(), said_ms).await
}

/// Deletes a memory, and the earlier ones it was put in the place of.
pub(super) async fn drop(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let Some(entry) = Entry::read(asked) else { return Ok(unknown()) };
    let store = &asked.worker.store;
    let book = store.book(&entry.scope, entry.about).await?;
    let (fact, right) = match standing(asked, &entry, &book) {
        Ok(standing) => standing,
        Err(stopped) => return back(asked, &entry, stopped.in_words()).await,
    };
    if right == Right::Moderator {
        let act = format!("delete memory {} of {}", entry.id, entry.personality());
        asked.audit(act).await?;
    }
    forget_sources(asked, &entry, &with_earlier(&book, fact), right).await?;
    let delete = |book: &mut Book| {
        let (fact, _) = standing(asked, &entry, book)?;
        let gone = with_earlier(book, fact);
        book.facts.retain(|known| !gone.contains(known));
        Ok::<_, Stopped>(())
    };
    let happened = match store.change_book(&entry.scope, entry.about, delete).await? {
        // Somebody else deleted it, or what it came from, in this moment: so it is gone, as was asked.
        Ok(()) | Err(Stopped::Gone) => format!("Forgotten: “{}”", chat::plain(&fact.text, QUOTED)),
        Err(stopped) => stopped.in_words(),
    };
    back(asked, &entry, happened).await
}

/// Takes the messages that memories came from out of what the personality has of the talk. An answer to somebody
/// else stays: who had it remembered takes back no more than that.
async fn forget_sources(
    asked: &Asked<'_>,
    entry: &Entry,
    memories: &[Fact],
    right: Right,
) -> Result<(), Trouble> {
    let me = asked.who().id;
    let is_theirs = |fact: &&Fact| right == Right::Moderator || fact.to.is_none_or(|to| to == me);
    for message in memories.iter().filter(is_theirs).filter_map(|fact| fact.message_id) {
        asked.worker.store.forget_words(entry.personality(), message, asked.now_ms).await?;
    }
    Ok(())
}

/// The page it was pressed on, with what happened.
async fn back(asked: &Asked<'_>, entry: &Entry, happened: String) -> Result<Told, Trouble> {
    let view = View { page: entry.page, only: entry.is_narrow.then_some(entry.about) };
    page::show(asked, entry.personality(), view, Some(happened)).await
}

fn unknown() -> Told {
    Told::line("That memory is not to be found from here. Use `/memories` again.")
}
