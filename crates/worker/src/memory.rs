//! What a worker has indexed of each scope, kept between turns.
//!
//! Indexing months of messages takes longer than a turn may think, so an index stays warm and takes in what
//! is newer. It is only a copy: where the table says that something in a scope was changed or erased, the
//! copy is thrown away.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chat::recall::{self, Index, TERMS_VERSION, Term};
use store::{Episode, Episodes, Older, Scope, ScopeMemory, Speaker, Store};
use tokio::time::Instant;
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};
use twilight_util::snowflake::Snowflake;

/// Messages kept indexed by one process, some 600 bytes each.
const MOST_MESSAGES: usize = 20_000;
/// Older messages that one more read brings, about.
const OLDER: usize = 7_200;
/// An index is made anew after this long. The store hands over nothing that has aged; what ages while it is indexed
/// can be found until then, and no longer.
const FRESH: Duration = Duration::from_secs(3_600);
/// The personality itself, among the speakers of an index.
pub(crate) const ME: &str = "me";

/// The indexes of a process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    shelves: Arc<Mutex<Shelves>>,
}

#[derive(Debug, Default)]
struct Shelves {
    /// The most recently used last.
    all: Vec<Arc<Shelf>>,
    /// When there was no room for all of them last.
    crowded: Option<Instant>,
}

/// The index of one scope.
#[derive(Debug)]
pub(crate) struct Shelf {
    scope: Scope,
    mark: u64,
    made: Instant,
    indexed: Mutex<Indexed>,
}

#[derive(Debug, Default)]
struct Indexed {
    index: Index,
    newest: u64,
    /// Of the personality's own messages: whom they answer, and of whose words they are made.
    told_to: HashMap<u64, Vec<Id<UserMarker>>>,
    /// Where it goes on with older ones that are not indexed yet.
    older: Option<Older>,
}

impl Memory {
    /// What is known already of each scope: only what is newer needs to be read, as long as its mark is the
    /// same.
    pub(crate) fn known(&self, scopes: &[Scope]) -> Vec<Option<(Id<MessageMarker>, u64)>> {
        let shelves = self.all();
        let known = |scope: &Scope| {
            let shelf = shelves.iter().find(|shelf| shelf.scope == *scope)?;
            let newest = Id::new_checked(shelf.lock().newest)?;
            (shelf.made.elapsed() < FRESH).then_some((newest, shelf.mark))
        };
        scopes.iter().map(known).collect()
    }

    /// The people a text names, of those who spoke in these scopes as far as this process knows them.
    pub(crate) fn named(&self, scopes: &[Scope], text: &str) -> Vec<Id<UserMarker>> {
        let shelves = self.all().into_iter().filter(|shelf| scopes.contains(&shelf.scope));
        let ids = |shelf: Arc<Shelf>| -> Vec<Id<UserMarker>> {
            let indexed = shelf.lock();
            let named = indexed.index.named_in(text).into_iter();
            named.filter_map(|id| Id::new_checked(id.parse().ok()?)).collect()
        };
        shelves.flat_map(ids).collect()
    }

    /// The index of a scope with everything that was read of it.
    pub(crate) fn take_in(&self, memory: &ScopeMemory, was_known: bool) -> Arc<Shelf> {
        let found = {
            let shelves = &mut self.lock().all;
            let place = shelves.iter().position(|shelf| shelf.scope == memory.scope);
            let found = place.map(|place| shelves.remove(place));
            let found = found.filter(|shelf| was_known && shelf.mark == memory.mark);
            // Only what is newer was read, and what it adds to is gone: it serves this turn alone.
            let is_whole = found.is_some() || !was_known;
            let shelf = found.unwrap_or_else(|| {
                Arc::new(Shelf {
                    scope: memory.scope.clone(),
                    mark: memory.mark,
                    made: Instant::now(),
                    indexed: Mutex::default(),
                })
            });
            if is_whole {
                shelves.push(shelf.clone());
            }
            shelf
        };
        found.take_in(&memory.episodes.messages);
        if !was_known {
            found.lock().older.clone_from(&memory.episodes.older);
        }
        self.make_room();
        found
    }

    /// Indexes one more part of what was said in a scope, where older messages lie there than those indexed and there
    /// is room. To be done after the answer. Given up or done twice at once, it is done the next time or once.
    ///
    /// # Errors
    /// The store's. What cannot be read for good is not asked for again until the index is made anew.
    pub(crate) async fn deepen(
        &self,
        store: &Store,
        scope: &Scope,
        now_ms: u64,
    ) -> Result<(), store::Error> {
        let is_crowded = self.lock().crowded.is_some_and(|crowded| crowded.elapsed() < FRESH);
        let shelves = self.all();
        let n: usize = shelves.iter().map(|shelf| shelf.len()).sum();
        // Where not even the newest of all scopes have room, depth would push them out in turn.
        if is_crowded || n + OLDER > MOST_MESSAGES {
            return Ok(());
        }
        let Some(shelf) = shelves.into_iter().find(|shelf| shelf.scope == *scope) else {
            return Ok(());
        };
        let Some(older) = shelf.lock().older.clone() else { return Ok(()) };
        match store.older_episodes(scope, &older, now_ms).await {
            Ok(read) => {
                shelf.take_in_older(&older, read);
                self.make_room();
                Ok(())
            }
            Err(e) => {
                if !e.is_passing() {
                    shelf.lock().older = None;
                }
                Err(e)
            }
        }
    }

    /// Lets the indexes go that were used least recently, where all together hold too much.
    fn make_room(&self) {
        let sizes: Vec<(Arc<Shelf>, usize)> =
            self.all().into_iter().map(|shelf| (shelf.clone(), shelf.len())).collect();
        let mut n: usize = sizes.iter().map(|(_, n)| n).sum();
        let mut gone = Vec::new();
        for (shelf, size) in &sizes[..sizes.len().saturating_sub(1)] {
            if n <= MOST_MESSAGES {
                break;
            }
            n -= size;
            gone.push(shelf);
        }
        if gone.is_empty() {
            return;
        }
        let mut shelves = self.lock();
        shelves.all.retain(|shelf| !gone.iter().any(|gone| Arc::ptr_eq(gone, shelf)));
        shelves.crowded = Some(Instant::now());
    }

    /// All indexes. Each is locked by itself, so that who waits for one holds up nobody else.
    fn all(&self) -> Vec<Arc<Shelf>> {
        self.lock().all.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// Whose a message is: whoever said it, or, where the personality did, those to whom it said it.
    pub(crate) fn whose(&self, id: u64) -> Vec<Id<UserMarker>> {
        let Indexed { index, told_to, .. } = &*self.lock();
        match index.get(id) {
            Some(message) if message.speaker == ME => told_to.get(&id).cloned().unwrap_or_default(),
            Some(message) => {
                message.speaker.parse().ok().and_then(Id::new_checked).into_iter().collect()
            }
            None => Vec::new(),
        }
    }

    /// Reads the index. What it is handed besides says whether a message is one of these people's: said by one of
    /// them, or by the personality to one of them.
    pub(crate) fn read<T>(
        &self,
        people: &[Id<UserMarker>],
        look: impl FnOnce(&Index, &dyn Fn(u64) -> bool) -> T,
    ) -> T {
        let Indexed { index, told_to, .. } = &*self.lock();
        let names: Vec<String> = people.iter().map(ToString::to_string).collect();
        let is_theirs = |id: u64| match index.get(id) {
            Some(message) if message.speaker == ME => {
                told_to.get(&id).is_some_and(|to| to.iter().any(|user| people.contains(user)))
            }
            Some(message) => names.contains(&message.speaker),
            None => false,
        };
        look(index, &is_theirs)
    }

    fn take_in(&self, episodes: &[Episode]) {
        let mut indexed = self.lock();
        for episode in episodes {
            indexed.newest = indexed.newest.max(episode.message_id.get());
            indexed.note_whom(episode);
            indexed.index.insert_with_terms(message(episode), &terms_of(episode));
        }
    }

    /// Takes in what was read from a place on, if nobody else has meanwhile.
    fn take_in_older(&self, from: &Older, read: Episodes) {
        let older: Vec<_> =
            read.messages.iter().map(|episode| (message(episode), terms_of(episode))).collect();
        let mut indexed = self.lock();
        if indexed.older.as_ref() != Some(from) {
            return;
        }
        read.messages.iter().for_each(|episode| indexed.note_whom(episode));
        indexed.index.insert_older(older);
        indexed.older = read.older;
    }

    fn len(&self) -> usize {
        self.lock().index.len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Indexed> {
        self.indexed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Indexed {
    fn note_whom(&mut self, episode: &Episode) {
        if episode.speaker == Speaker::Me {
            self.told_to.insert(episode.message_id.get(), episode.people().collect());
        }
    }
}

/// The terms a message is found by: those kept with it, where they are made as they are made now.
fn terms_of(episode: &Episode) -> Vec<Term> {
    match episode.terms_version == TERMS_VERSION {
        true => episode.terms.iter().copied().map(Term::from).collect(),
        false => recall::terms(&episode.text),
    }
}

/// The terms of a text as they are kept with it.
pub(crate) fn terms(text: &str) -> Vec<u32> {
    recall::terms(text).into_iter().map(u32::from).collect()
}

/// When a message was written, in milliseconds since the Unix epoch.
pub(crate) fn written_ms(message: Id<MessageMarker>) -> u64 {
    u64::try_from(message.timestamp()).unwrap_or(0)
}

fn message(episode: &Episode) -> recall::Message {
    let (speaker, name) = match &episode.speaker {
        Speaker::Person { id, name } => (id.to_string(), name.clone()),
        Speaker::Me => (ME.to_owned(), String::new()),
    };
    recall::Message {
        id: episode.message_id.get(),
        channel: episode.channel_id.get(),
        speaker,
        name,
        at_ms: written_ms(episode.message_id),
        text: episode.text.clone(),
        reply_to: episode.reply_to.map(Id::get),
    }
}

#[cfg(test)]
mod tests {
    use store::{Episodes, Space};

    use super::*;

    fn episodes(n: usize) -> Episodes {
        let episode = |n: usize| Episode {
            message_id: Id::new((n as u64 + 1) << 22),
            channel_id: Id::new(7),
            speaker: Speaker::Me,
            text: "soup".to_owned(),
            reply_to: None,
            to: vec![],
            terms: vec![],
            terms_version: 0,
            drawn: Vec::new(),
            expires_s: 0,
        };
        Episodes { messages: (0..n).map(episode).collect(), ..Episodes::default() }
    }

    fn read_in(place: u64, n: usize) -> ScopeMemory {
        ScopeMemory {
            scope: Scope::new(Space::Channel(Id::new(place)), "grim".parse().expect("an id")),
            books: vec![],
            episodes: episodes(n),
            mark: 0,
            unquoted: Default::default(),
        }
    }

    #[test]
    fn what_was_used_least_recently_makes_room_and_that_is_noted() {
        let memory = Memory::default();
        let places: Vec<ScopeMemory> = (1..=3).map(|place| read_in(place, 8_000)).collect();
        for read in &places[..2] {
            memory.take_in(read, false);
        }
        assert!(memory.lock().crowded.is_none());
        memory.take_in(&read_in(1, 0), true);
        memory.take_in(&places[2], false);
        let scopes: Vec<Scope> = places.into_iter().map(|read| read.scope).collect();
        let known: Vec<bool> = memory.known(&scopes).iter().map(Option::is_some).collect();
        assert_eq!(known, [true, false, true]);
        assert!(memory.lock().crowded.is_some(), "nothing is read deeper for a while");
    }
}
