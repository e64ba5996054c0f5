//! The index: messages by the terms in them, and by the place they have in their channel.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use super::{
    people::People,
    term::{Term, terms},
};

/// A message to be recalled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which one it is. Ids grow with time: of two messages of one millisecond, the greater id is the later.
    pub id: u64,
    /// Where it was said; a thread is a channel of its own.
    pub channel: u64,
    /// Who said it, as an opaque id.
    pub speaker: String,
    /// What they are called.
    pub name: String,
    /// When it was said, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What was said, mentions as names.
    pub text: String,
    /// The message it replies to.
    pub reply_to: Option<u64>,
}

/// Messages of one space, and what finds them again.
///
/// Everything in it is one person's to see as much as another's: one index must never hold two spaces.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) entries: Vec<Option<Entry>>,
    /// What scoring reads of each entry, side by side.
    pub(super) places: Vec<Place>,
    pub(super) channels: Vec<Vec<u32>>,
    pub(super) people: People,
    pub(super) postings: HashMap<Term, Vec<Posting>, BuildHasherDefault<TermHasher>>,
    /// Replies by the id of what they reply to, as that may come later.
    pub(super) replies: HashMap<u64, Vec<u32>>,
    by_id: HashMap<u64, u32>,
    channel_numbers: HashMap<u64, u32>,
    n: usize,
    n_terms: u64,
}

/// A message and its terms.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) message: Message,
    /// As they came, without marks.
    pub(super) terms: Box<[Term]>,
}

/// Where a message stands, and what it is like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) at_ms: u64,
    pub(super) channel: u32,
    /// Its place in the channel.
    pub(super) position: u32,
    /// The first message of the talk it is part of.
    pub(super) talk: u32,
    pub(super) speaker: u32,
    /// A bit per mark.
    pub(super) marks: u32,
    pub(super) n_terms: u32,
}

/// A message that has a term.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub(super) entry: u32,
    pub(super) n: u32,
}

/// Terms are hashes already.
#[derive(Debug, Default)]
pub(super) struct TermHasher(u64);

impl Hasher for TermHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_u32(&mut self, hash: u32) {
        // Spread over the upper bits too, which the table looks at first.
        self.0 = u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A pause that ends a talk: four hours.
const TALK_PAUSE_MS: u64 = 4 * 3_600_000;
/// No talk is longer than a day.
const TALK_MS: u64 = 24 * 3_600_000;

impl Index {
    /// An index without messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many messages it holds.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The message of an id.
    pub fn get(&self, id: u64) -> Option<&Message> {
        self.entry(*self.by_id.get(&id)?).map(|entry| &entry.message)
    }

    /// All messages, in no order.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.entries.iter().flatten().map(|entry| &entry.message)
    }

    /// Takes a message in. The same id again is an edit: it says something else, in the same place.
    pub fn insert(&mut self, message: Message) {
        let terms = terms(&message.text);
        self.insert_with_terms(message, &terms);
    }

    /// Takes a message in whose [`terms`] are known.
    pub fn insert_with_terms(&mut self, message: Message, terms: &[Term]) {
        if let Some(number) = self.by_id.get(&message.id) {
            self.edit(*number, message, terms);
            return;
        }
        let number =
            u32::try_from(self.entries.len()).expect("four billion messages fill no index");
        let n_channels = u32::try_from(self.channels.len()).expect("fewer channels than messages");
        let channel = *self.channel_numbers.entry(message.channel).or_insert(n_channels);
        if channel == n_channels {
            self.channels.push(Vec::new());
        }
        self.by_id.insert(message.id, number);
        self.places.push(Place { at_ms: message.at_ms, channel, ..Place::default() });
        self.entries.push(None);
        self.n += 1;
        let (at_ms, id) = (message.at_ms, message.id);
        self.fill(number, message, terms);
        self.line_up(number, at_ms, id);
    }

    /// Takes in what was said before most of what it holds. It is built anew, in order: squeezed in one by one, each
    /// would move all that follow. What it holds already stays as it is.
    pub fn insert_older(&mut self, older: Vec<(Message, Vec<Term>)>) {
        let held = std::mem::take(self).into_messages();
        let mut all: Vec<_> = older.into_iter().chain(held).collect();
        all.sort_by_key(|(message, _)| (message.at_ms, message.id));
        for (message, terms) in all {
            self.insert_with_terms(message, &terms);
        }
    }

    /// Forgets a message. Returns whether it was there.
    pub fn remove(&mut self, id: u64) -> bool {
        let Some(number) = self.by_id.remove(&id) else { return false };
        self.empty(number);
        self.n -= 1;
        let Place { channel, position, .. } = self.places[number as usize];
        let line = &mut self.channels[channel as usize];
        line.remove(position as usize);
        self.count_off(channel, position);
        self.close_gaps();
        true
    }

    pub(super) fn entry(&self, number: u32) -> Option<&Entry> {
        self.entries[number as usize].as_ref()
    }

    pub(super) fn number(&self, id: u64) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    /// How many messages have a term.
    pub(super) fn n_with(&self, term: Term) -> usize {
        self.postings.get(&term).map_or(0, Vec::len)
    }

    /// How much a term says that `n` messages have, as BM25 counts it.
    pub(super) fn rarity(&self, n: usize) -> f32 {
        let (all, n) = (self.len() as f32, n as f32);
        (1.0 + (all - n + 0.5) / (n + 0.5)).ln()
    }

    /// When the first and the last message were said.
    pub(super) fn times(&self) -> Option<(u64, u64)> {
        let at_ms = |number: &u32| self.places[*number as usize].at_ms;
        let first = self.channels.iter().filter_map(|line| line.first()).map(at_ms).min()?;
        let last = self.channels.iter().filter_map(|line| line.last()).map(at_ms).max()?;
        Some((first, last))
    }

    /// How many terms a message has on average; at least one.
    pub(super) fn average_length(&self) -> f32 {
        (self.n_terms as f32 / self.n.max(1) as f32).max(1.0)
    }

    fn edit(&mut self, number: u32, message: Message, terms: &[Term]) {
        let Some(old) = self.empty(number) else { return };
        let message = Message {
            channel: old.channel,
            at_ms: old.at_ms,
            reply_to: message.reply_to.or(old.reply_to),
            ..message
        };
        self.fill(number, message, terms);
    }

    /// Puts a message where there is none.
    fn fill(&mut self, number: u32, message: Message, terms: &[Term]) {
        let place = &mut self.places[number as usize];
        place.speaker = self.people.enter(&message.speaker, &message.name);
        place.marks =
            terms.iter().filter_map(|term| term.as_mark()).fold(0, |bits, mark| bits | 1 << mark);
        let terms: Box<[Term]> =
            terms.iter().copied().filter(|term| term.as_mark().is_none()).collect();
        place.n_terms = terms.len() as u32;
        self.n_terms += terms.len() as u64;
        for term in &terms {
            let postings = self.postings.entry(*term).or_default();
            match postings.last_mut() {
                Some(last) if last.entry == number => last.n += 1,
                _ => postings.push(Posting { entry: number, n: 1 }),
            }
        }
        if let Some(parent) = message.reply_to {
            self.replies.entry(parent).or_default().push(number);
        }
        self.entries[number as usize] = Some(Entry { message, terms });
    }

    /// Takes a message out of everything but its channel's line.
    fn empty(&mut self, number: u32) -> Option<Message> {
        let Entry { message, terms } = self.entries[number as usize].take()?;
        self.people.leave(self.places[number as usize].speaker, &message.name);
        self.n_terms -= terms.len() as u64;
        for term in &terms {
            if let Some(postings) = self.postings.get_mut(term) {
                postings.retain(|posting| posting.entry != number);
                if postings.is_empty() {
                    self.postings.remove(term);
                }
            }
        }
        if let Some(parent) = message.reply_to
            && let Some(replies) = self.replies.get_mut(&parent)
        {
            replies.retain(|reply| *reply != number);
            if replies.is_empty() {
                self.replies.remove(&parent);
            }
        }
        Some(message)
    }

    /// Gives a new message its place in its channel, which nearly always is the last.
    fn line_up(&mut self, number: u32, at_ms: u64, id: u64) {
        let channel = self.places[number as usize].channel;
        let line = &self.channels[channel as usize];
        let is_before = |other: &u32| {
            let entry = self.entries[*other as usize].as_ref();
            let message = &entry.expect("only messages that are there stand in line").message;
            (message.at_ms, message.id) < (at_ms, id)
        };
        let position = match line.last() {
            Some(last) if !is_before(last) => line.partition_point(is_before),
            _ => line.len(),
        };
        self.channels[channel as usize].insert(position, number);
        self.count_off(channel, position as u32);
    }

    /// Numbers a channel's line anew from `position`, and its talks from the one that begins there or before.
    fn count_off(&mut self, channel: u32, position: u32) {
        let line = &self.channels[channel as usize];
        for position in position as usize..line.len() {
            let number = line[position];
            let at_ms = self.places[number as usize].at_ms;
            let goes_on = position
                .checked_sub(1)
                .map(|before| self.places[line[before] as usize])
                .filter(|before| {
                    let began_ms = self.places[before.talk as usize].at_ms;
                    at_ms - before.at_ms <= TALK_PAUSE_MS && at_ms - began_ms <= TALK_MS
                });
            let place = &mut self.places[number as usize];
            place.position = position as u32;
            place.talk = goes_on.map_or(number, |before| before.talk);
        }
    }

    /// Builds it anew once most of it is holes.
    fn close_gaps(&mut self) {
        if self.entries.len() < 64 || self.n * 2 > self.entries.len() {
            return;
        }
        for (message, terms) in std::mem::take(self).into_messages() {
            self.insert_with_terms(message, &terms);
        }
    }

    /// All messages, with everything they were taken in with.
    fn into_messages(self) -> impl Iterator<Item = (Message, Vec<Term>)> {
        self.entries.into_iter().zip(self.places).filter_map(|(entry, place)| {
            let Entry { message, terms } = entry?;
            let marks = (0..32).filter(|bit| place.marks & (1 << bit) != 0).map(Term::from);
            Some((message, terms.iter().copied().chain(marks).collect()))
        })
    }
}
