//! A memory as it was shown to somebody, and why it may not be changed any more.

use store::{About, Book, BookError, Fact};

use super::entry::{Entry, Right, is_own, right};
use crate::steward::Asked;

/// Characters of a memory quoted in a line about it.
pub(super) const QUOTED: usize = 100;

/// Why a memory stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
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
    /// For the person who asked.
    pub(super) fn in_words(&self) -> String {
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

/// The memory as it was shown, and by what right the person who asks may change it.
pub(super) fn standing<'b>(
    asked: &Asked<'_>,
    entry: &Entry,
    book: &'b Book,
) -> Result<(&'b Fact, Right), Stopped> {
    let of_id = |fact: &&Fact| fact.id == entry.id;
    if let Some(fact) = book.open().find(of_id) {
        return match right(asked, entry.scope.space, entry.about, fact) {
            Right::None => Err(Stopped::NotTheirs),
            right => Ok((fact, right)),
        };
    }
    let closed = book.facts.iter().find(of_id).ok_or(Stopped::Gone)?;
    if right(asked, entry.scope.space, entry.about, closed) == Right::None {
        return Err(Stopped::NotTheirs);
    }
    let newer = book.open().find(|fact| Some(fact.at_ms) == closed.until_ms);
    let newer =
        newer.filter(|fact| entry.about == About::Place || is_own(asked, entry.about, fact));
    Err(Stopped::Changed(newer.map(|fact| fact.text.clone())))
}

/// A memory with those it was put in the place of, one after the other: nobody sees these, so nobody could
/// delete them.
pub(super) fn with_earlier(book: &Book, fact: &Fact) -> Vec<Fact> {
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

#[cfg(test)]
mod tests {
    use store::Origin;
    use twilight_model::id::Id;

    use super::*;

    #[test]
    fn a_deleted_memory_takes_along_what_it_replaced() {
        let fact = |id: &str, at_ms, until_ms| Fact {
            id: id.to_owned(),
            text: id.to_owned(),
            by: Id::new(7),
            by_name: "Ann".to_owned(),
            to: None,
            channel_id: Id::new(9),
            message_id: None,
            at_ms,
            until_ms,
            origin: Origin::Told,
            weight: 8,
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
