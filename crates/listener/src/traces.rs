//! Which messages the den may hold words of, so that edits and deletions of all others need not be queued.
//!
//! Words are held of messages that crossed the queue: what was asked, what it replied to, the lines before
//! it, what a menu was opened on; and of our own messages there are rows. All of these pass through here, so
//! that for messages made while this process listens, *not noted* means *not held*. Of older ones nothing is
//! known, so they always count as held; a message id says how old it is. When the set is full, its oldest ids
//! are dropped and messages as old as those count as held, too: forgetting costs traffic, never a deletion.

use std::collections::BTreeMap;

use twilight_model::id::{Id, marker::MessageMarker};

/// Ids kept: about a megabyte.
const MOST: usize = 50_000;
/// How far our clock may be behind Discord's. Messages made so soon after the start count as older than it.
const SKEW_MS: u64 = 60_000;
/// The time ids count from. See Discord Docs/Snowflakes.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// The messages.
#[derive(Debug)]
pub struct Traces {
    /// Nothing is known of messages with lower ids.
    known_from: u64,
    noted: BTreeMap<u64, Whose>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Ours,
    Theirs,
}

impl Traces {
    /// Nothing noted yet, by a process that began to listen at that time.
    pub fn since(now_ms: u64) -> Self {
        let age_ms = (now_ms + SKEW_MS).saturating_sub(DISCORD_EPOCH_MS);
        Self { known_from: age_ms << 22, noted: BTreeMap::new() }
    }

    /// Notes a message whose words cross the queue.
    pub fn note(&mut self, message_id: Id<MessageMarker>) {
        self.noted.entry(message_id.get()).or_insert(Whose::Theirs);
        self.make_room();
    }

    /// Notes a message we posted.
    pub fn note_ours(&mut self, message_id: Id<MessageMarker>) {
        self.noted.insert(message_id.get(), Whose::Ours);
        self.make_room();
    }

    /// Whether words of this message may be held, or a row about it.
    pub fn may_be_held(&self, message_id: Id<MessageMarker>) -> bool {
        let id = message_id.get();
        id < self.known_from || self.noted.contains_key(&id)
    }

    /// Whether this message may be ours.
    pub fn may_be_ours(&self, message_id: Id<MessageMarker>) -> bool {
        match self.noted.get(&message_id.get()) {
            Some(Whose::Ours) => true,
            // Whose an older message is was not heard; that its words crossed the queue says nothing.
            _ => message_id.get() < self.known_from,
        }
    }

    /// Whether this message is known to be ours.
    pub fn is_ours(&self, message_id: Id<MessageMarker>) -> bool {
        self.noted.get(&message_id.get()) == Some(&Whose::Ours)
    }

    fn make_room(&mut self) {
        while self.noted.len() > MOST {
            if let Some((oldest, _)) = self.noted.pop_first() {
                self.known_from = self.known_from.max(oldest + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_MS: u64 = 1_800_000_000_000;

    /// A message made so many seconds after the start.
    fn made(seconds: i64) -> Id<MessageMarker> {
        let at_ms = START_MS.checked_add_signed(seconds * 1_000).unwrap();
        Id::new((at_ms - DISCORD_EPOCH_MS) << 22)
    }

    #[test]
    fn what_is_older_than_the_process_may_always_be_held() {
        let mut traces = Traces::since(START_MS);
        assert!(traces.may_be_held(made(-1_000)) && traces.may_be_ours(made(-1_000)));
        assert!(traces.may_be_held(made(30)), "clocks differ");
        assert!(!traces.may_be_held(made(100)) && !traces.may_be_ours(made(100)));

        traces.note(made(-1_000));
        assert!(traces.may_be_ours(made(-1_000)), "a reply by the process before this one");

        traces.note(made(100));
        traces.note_ours(made(101));
        traces.note(made(101));
        assert!(traces.may_be_held(made(100)) && !traces.may_be_ours(made(100)));
        assert!(traces.may_be_held(made(101)) && traces.is_ours(made(101)));
    }

    #[test]
    fn what_is_dropped_for_room_counts_as_held() {
        let mut traces = Traces::since(START_MS);
        for n in 0..=MOST as i64 {
            traces.note(made(100 + n));
        }
        assert_eq!(traces.noted.len(), MOST);
        assert!(traces.may_be_held(made(100)), "it was noted once");
        assert!(traces.may_be_held(made(99)), "it is as old as what was dropped");
        assert!(!traces.may_be_held(made(1_000_000)));
    }
}
