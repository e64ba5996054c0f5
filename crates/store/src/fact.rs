//! Facts: small, sourced statements about a person or a guild, in one book per scope and subject.
//!
//! A book is one item, so that what is known of somebody comes with one key, and two people who correct it
//! at once do not overwrite each other. What is superseded is closed with a date, not overwritten.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::WriteRequest;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, UserMarker},
};

use crate::{
    Error, Keeper, Scope, Store,
    keep::{delete, keeper_item, message_partition, put, trace_item},
};

/// Open facts a book holds.
pub const MOST_OPEN: usize = 64;
/// Closed facts it holds beside them; the oldest goes first.
pub const MOST_CLOSED: usize = 32;
/// Characters of a fact: with the numbers above at most about 60 KB a person, personality and space, however
/// long they know each other.
pub const MOST_CHARS: usize = 400;

/// Whom a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A person.
    Person(Id<UserMarker>),
    /// The place and everybody in it.
    #[serde(rename = "place")]
    Place,
}

/// How a fact came to be known; the stronger comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A model found it in what was said.
    Distilled,
    /// Somebody asked for it to be remembered.
    Told,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its id within the book: the message or interaction it came from, and where one message brought several,
    /// their number: `1203` or `1203-1`.
    pub id: String,
    /// What is so, at most 400 characters.
    pub text: String,
    /// Who said so.
    pub by: Id<UserMarker>,
    /// The name they had then.
    pub by_name: String,
    /// Where a personality's own words are remembered: to whom they were said, with whose words they go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Id<UserMarker>>,
    /// Where it was said.
    pub channel_id: Id<ChannelMarker>,
    /// The message it came from; none where it came by command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<Id<MessageMarker>>,
    /// When it was said, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// Since when it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<u64>,
    /// How it came to be known.
    pub origin: Origin,
    /// How much it matters, from 1 to 10.
    pub weight: u8,
}

/// What is known about one subject in one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Book {
    /// Everything known, oldest first.
    pub facts: Vec<Fact>,
    /// The subject's name as last heard; empty for a place.
    pub name: String,
}

/// Why a book did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// It holds 64 open facts that people asked for.
    #[error("{MOST_OPEN} things are kept already")]
    Full,
    /// There is no open fact of that id: somebody corrected or deleted it before.
    #[error("that is not kept any more")]
    Gone,
    /// Nothing was said.
    #[error("there is nothing to keep")]
    Empty,
}

impl Fact {
    /// Whether it is made of somebody's words, or of what was said to them.
    pub fn belongs_to(&self, user: Id<UserMarker>) -> bool {
        self.by == user || self.to == Some(user)
    }
}

impl Book {
    /// The facts that hold.
    pub fn open(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| fact.until_ms.is_none())
    }

    /// Adds a fact. The same id again changes nothing; words that are kept already are not kept twice. Where
    /// the book is full, the lightest distilled fact makes room.
    ///
    /// # Errors
    /// [`BookError::Full`], [`BookError::Empty`].
    pub fn add(&mut self, mut fact: Fact) -> Result<(), BookError> {
        fact.text = fact.text.trim().chars().take(MOST_CHARS).collect();
        if fact.text.is_empty() {
            return Err(BookError::Empty);
        }
        let same = |known: &&Fact| {
            known.id == fact.id || known.text.to_lowercase() == fact.text.to_lowercase()
        };
        if self.open().any(|known| same(&known)) {
            return Ok(());
        }
        if self.open().count() >= MOST_OPEN {
            let lightest = self
                .facts
                .iter()
                .enumerate()
                .filter(|(_, known)| known.until_ms.is_none() && known.origin == Origin::Distilled)
                .min_by_key(|(_, known)| (known.weight, known.at_ms))
                .map(|(place, _)| place)
                .ok_or(BookError::Full)?;
            self.facts.remove(lightest);
        }
        self.facts.push(fact);
        Ok(())
    }

    /// Puts a new statement in the place of an open one, which is closed with the new one's date.
    ///
    /// # Errors
    /// [`BookError::Gone`], [`BookError::Empty`].
    pub fn correct(&mut self, id: &str, new: Fact) -> Result<(), BookError> {
        if new.text.trim().is_empty() {
            return Err(BookError::Empty);
        }
        let old = self.facts.iter_mut().find(|fact| fact.id == id && fact.until_ms.is_none());
        old.ok_or(BookError::Gone)?.until_ms = Some(new.at_ms);
        self.forget_old();
        self.add(new)
    }

    /// Deletes a fact, and returns it.
    ///
    /// # Errors
    /// [`BookError::Gone`].
    pub fn delete(&mut self, id: &str) -> Result<Fact, BookError> {
        let place = self.facts.iter().position(|fact| fact.id == id).ok_or(BookError::Gone)?;
        Ok(self.facts.remove(place))
    }

    /// The facts that the other book has not, by their ids.
    fn beyond<'a>(&'a self, other: &'a Book) -> impl Iterator<Item = &'a Fact> {
        self.facts.iter().filter(|fact| !other.facts.iter().any(|known| known.id == fact.id))
    }

    fn forget_old(&mut self) {
        while self.facts.len() - self.open().count() > MOST_CLOSED {
            let oldest = self.facts.iter().position(|fact| fact.until_ms.is_some());
            self.facts.remove(oldest.expect("there are closed ones"));
        }
    }
}

impl Store {
    /// What is known about a subject; an empty book where nothing is.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn book(&self, scope: &Scope, about: About) -> Result<Book, Error> {
        let operation = format!("read what is known in {}", scope.space);
        Ok(self.revised(&scope.partition(), &sort(scope, about), &operation).await?.value)
    }

    /// Changes what is known about a subject. `change` may refuse: then nothing is written, and its reason is
    /// returned. It may be called several times.
    ///
    /// A fact is found by the people it concerns and by the message it came from: the rows that lead to it are
    /// written first.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub async fn change_book<R, E>(
        &self,
        scope: &Scope,
        about: About,
        mut change: impl FnMut(&mut Book) -> Result<R, E>,
    ) -> Result<Result<R, E>, Error> {
        let operation = format!("change what is known in {}", scope.space);
        let before = self.book(scope, about).await?;
        let mut preview = before.clone();
        if change(&mut preview).is_ok() {
            self.lead_to(scope, about, preview.beyond(&before)).await?;
        }
        let mut gone = Vec::new();
        let changed = self
            .change((scope.partition(), sort(scope, about)), None, &operation, |book: &mut Book| {
                let before = book.clone();
                let changed = change(book)?;
                gone = before.beyond(book).cloned().collect();
                Ok(changed)
            })
            .await?;
        if changed.is_ok() && gone.iter().any(|fact| fact.message_id.is_some()) {
            // One row leads from a message to all the facts of a scope that came from it, in whichever book.
            let books = self.books(scope).await?;
            let known: HashSet<Id<MessageMarker>> = books
                .iter()
                .flat_map(|(_, book)| &book.facts)
                .filter_map(|f| f.message_id)
                .collect();
            gone.retain(|fact| fact.message_id.is_some_and(|id| !known.contains(&id)));
            self.write_all(sources(scope, &gone), || operation.clone()).await?;
        }
        Ok(changed)
    }

    /// Writes the rows that lead to facts.
    async fn lead_to<'a>(
        &self,
        scope: &Scope,
        about: About,
        facts: impl Iterator<Item = &'a Fact>,
    ) -> Result<(), Error> {
        let mut rows = Vec::new();
        for fact in facts {
            let subject = match about {
                About::Person(user) => Some(user),
                About::Place => None,
            };
            for user in subject.into_iter().chain([fact.by]).chain(fact.to) {
                rows.push(put(trace_item(user, scope, fact.channel_id, fact.at_ms)?));
            }
            if let Some(message) = fact.message_id {
                let keeper = Keeper {
                    personality: scope.personality.clone(),
                    space: scope.space,
                    channel: fact.channel_id,
                    own: false,
                };
                rows.push(put(keeper_item(message, source_sort(scope), &keeper)?));
            }
        }
        self.write_all(rows, || format!("note where facts are known in {}", scope.space)).await
    }

    /// The scopes that know a fact from a message.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn fact_scopes(&self, message: Id<MessageMarker>) -> Result<Vec<Scope>, Error> {
        let operation = format!("read who knows a fact from message {message}");
        let rows: Vec<Keeper> = self.all_of(message_partition(message), SOURCE, &operation).await?;
        Ok(rows.iter().map(Keeper::scope).collect())
    }

    /// Everything known in a scope, by subject.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn books(&self, scope: &Scope) -> Result<Vec<(About, Book)>, Error> {
        #[derive(Deserialize)]
        struct Row {
            sk: String,
            #[serde(flatten)]
            book: Book,
        }
        let prefix = format!("F#{}#", scope.personality);
        let operation = format!("read what is known in {}", scope.space);
        let rows: Vec<Row> = self.all_of(scope.partition(), &prefix, &operation).await?;
        let about = |row: Row| Some((about(row.sk.strip_prefix(&prefix)?)?, row.book));
        Ok(rows.into_iter().filter_map(about).collect())
    }
}

/// What the sort key of the row begins with that leads from a message to the facts that came from it. It does
/// not age, because facts do not.
const SOURCE: &str = "F#";

/// Deletes the rows that lead from messages to these facts.
pub(crate) fn sources(scope: &Scope, facts: &[Fact]) -> Vec<WriteRequest> {
    let messages = facts.iter().filter_map(|fact| fact.message_id);
    messages.map(|id| delete(message_partition(id), source_sort(scope))).collect()
}

/// Whom the book with a sort key is about.
pub(crate) fn about_of(sk: &str) -> Option<About> {
    about(sk.splitn(3, '#').nth(2)?)
}

fn source_sort(scope: &Scope) -> String {
    format!("{SOURCE}{}#{}", scope.personality, scope.space)
}

/// The sort key of a book.
pub(crate) fn sort(scope: &Scope, about: About) -> String {
    match about {
        About::Person(user) => format!("F#{}#U{user}", scope.personality),
        About::Place => format!("F#{}#-", scope.personality),
    }
}

fn about(text: &str) -> Option<About> {
    match text.strip_prefix('U') {
        Some(id) => id.parse().ok().and_then(Id::new_checked).map(About::Person),
        None => (text == "-").then_some(About::Place),
    }
}
