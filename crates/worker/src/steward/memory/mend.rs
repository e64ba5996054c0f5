//! Correcting and deleting one memory.
//!
//! Who presses looks at a page that may be minutes old. So whatever is done is done to the memory as it was
//! shown: where somebody changed it since, nothing is done, and the person is shown how it is now.

use store::{About, Book, BookError, Fact, Origin};

use super::{
    entry::{Entry, Right, is_own, right},
    keeping::{Statement, keep, refusal},
    page::{self, View},
};
use crate::{
    steward::{Asked, Told, Trouble},
    told::TOLD_WEIGHT,
};

/// Characters of a memory quoted in a line about it.
const QUOTED: usize = 100;

/// Why a memory stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stopped {
    /// Nothing is kept under that id.
    Gone,
    /// Somebody corrected it, and this is how it is now; nothing where that is not to be shown.
    Changed(Option<String>),
    /// It is others', and they may not.
    NotTheirs,
    /// There is nothing to put in its place.
    Empty,
}

impl From<BookError> for Stopped {
    fn from(e: BookError) -> Self {
        match e {
            BookError::Empty => Stopped::Empty,
            BookError::Gone | BookError::Full => Stopped::Gone,
        }
    }
}

impl Stopped {
    fn in_words(&self) -> String {
        match self {
            Stopped::Gone => "That one is not kept any more.".to_owned(),
            Stopped::Changed(Some(now)) => {
                format!("Somebody changed it first. Here is how it is now: “{}”", chat::plain(now, QUOTED))
            }
            Stopped::Changed(None) => "Somebody changed it first.".to_owned(),
            Stopped::NotTheirs => {
                "Only who it is about, who said it, and people who may manage messages can change that."
                    .to_owned()
            }
            Stopped::Empty => "There was nothing in it, so it stays as it is.".to_owned(),
        }
    }
}

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
        channel_id: asked.channel(),
        message_id: None,
        at_ms: asked.event.received_at_ms,
        until_ms: None,
        origin: Origin::Told,
        weight: TOLD_WEIGHT,
    };
    let is_done = |book: &Book| book.open().any(|known| known.id == new.id);
    if !is_done(&book) {
        match standing(asked, &entry, &book) {
            Ok((_, Right::Moderator)) => {
                let act = format!("correct memory {} of {}", entry.id, entry.personality());
                asked.audit(act).await?;
            }
            Ok(_) => {}
            Err(stopped) => return back(asked, &entry, stopped.in_words()).await,
        }
        if let Some(why) = objection(asked, &entry, &book).await? {
            return back(asked, &entry, why).await;
        }
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
    refusal(asked, asked.who(), about.as_ref(), asked.event.received_at_ms).await
}

/// Deletes a memory, and the earlier ones it was put in the place of.
pub(super) async fn drop(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let Some(entry) = Entry::read(asked) else { return Ok(unknown()) };
    let store = &asked.worker.store;
    let book = store.book(&entry.scope, entry.about).await?;
    match standing(asked, &entry, &book) {
        Ok((_, Right::Moderator)) => {
            let act = format!("delete memory {} of {}", entry.id, entry.personality());
            asked.audit(act).await?;
        }
        Ok(_) => {}
        Err(stopped) => return back(asked, &entry, stopped.in_words()).await,
    }
    let delete = |book: &mut Book| {
        let (fact, _) = standing(asked, &entry, book)?;
        let words = fact.text.clone();
        let gone = with_earlier(book, fact);
        book.facts.retain(|known| !gone.contains(known));
        Ok::<_, Stopped>(words)
    };
    let happened = match store.change_book(&entry.scope, entry.about, delete).await? {
        Ok(words) => format!("Forgotten: “{}”", chat::plain(&words, QUOTED)),
        Err(stopped) => stopped.in_words(),
    };
    back(asked, &entry, happened).await
}

/// The memory as it was shown, and by what right the person who asks may change it.
fn standing<'b>(
    asked: &Asked<'_>,
    entry: &Entry,
    book: &'b Book,
) -> Result<(&'b Fact, Right), Stopped> {
    let of_id = |fact: &&Fact| fact.id == entry.id;
    if let Some(fact) = book.open().find(of_id) {
        return match right(asked, entry.about, fact) {
            Right::None => Err(Stopped::NotTheirs),
            right => Ok((fact, right)),
        };
    }
    let closed = book.facts.iter().find(of_id).ok_or(Stopped::Gone)?;
    if right(asked, entry.about, closed) == Right::None {
        return Err(Stopped::NotTheirs);
    }
    let newer = book.open().find(|fact| Some(fact.at_ms) == closed.until_ms);
    let newer =
        newer.filter(|fact| entry.about == About::Place || is_own(asked, entry.about, fact));
    Err(Stopped::Changed(newer.map(|fact| fact.text.clone())))
}

/// A memory with those it was put in the place of, one after the other: nobody sees these, so nobody could
/// delete them.
fn with_earlier(book: &Book, fact: &Fact) -> Vec<Fact> {
    let mut gone = vec![fact.clone()];
    let mut at_ms = fact.at_ms;
    while let Some(earlier) =
        book.facts.iter().find(|known| known.until_ms == Some(at_ms) && !gone.contains(known))
    {
        gone.push(earlier.clone());
        at_ms = earlier.at_ms;
    }
    gone
}

/// The page it was pressed on, with what happened.
async fn back(asked: &Asked<'_>, entry: &Entry, happened: String) -> Result<Told, Trouble> {
    let view = View { page: entry.page, only: entry.is_narrow.then_some(entry.about) };
    page::show(asked, entry.personality(), view, Some(happened)).await
}

fn unknown() -> Told {
    Told::line("That memory is not to be found from here. Use `/memories` again.")
}

#[cfg(test)]
mod tests {
    use twilight_model::id::Id;

    use super::*;

    #[test]
    fn a_deleted_memory_takes_along_what_it_replaced() {
        let fact = |id: &str, at_ms, until_ms| Fact {
            id: id.to_owned(),
            text: id.to_owned(),
            by: Id::new(7),
            by_name: "Ann".to_owned(),
            channel_id: Id::new(9),
            message_id: None,
            at_ms,
            until_ms,
            origin: Origin::Told,
            weight: TOLD_WEIGHT,
        };
        let facts = vec![
            fact("1", 10, Some(20)),
            fact("2", 20, Some(30)),
            fact("8", 15, Some(25)),
            fact("3", 30, None),
        ];
        let book = Book { facts, name: "Ann".to_owned() };
        let gone = with_earlier(&book, &book.facts[3]);
        assert_eq!(gone.iter().map(|fact| fact.id.as_str()).collect::<Vec<_>>(), ["3", "2", "1"]);
    }
}
