//! The checkpoint: up to which place of the gateway's log everything is settled.
//!
//! An event is settled when the queue has accepted all it caused, or when it was rightly dropped. Senders
//! settle in any order; the checkpoint moves only when everything before it is settled. A process that
//! resumes from the checkpoint therefore misses nothing, and hears again only what may not have arrived.

use std::collections::BTreeMap;

/// Follows one shard's log. Its size is that of what is unsettled, however much is received.
#[derive(Debug, Default)]
pub struct Tracker {
    session: u64,
    session_id: Option<String>,
    received: u64,
    unsettled: BTreeMap<u64, Unsettled>,
}

#[derive(Debug)]
struct Unsettled {
    /// What was received right before: the checkpoint while this one is the first unsettled.
    previous: u64,
    parts: usize,
}

/// One place in one session's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    session: u64,
    sequence: u64,
}

/// A session and a place in its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Discord's id of the session.
    pub session_id: String,
    /// The last sequence number that need not be sent again.
    pub sequence: u64,
}

impl Tracker {
    /// Begins a session: a fresh one whose READY had this number, or a stored one after whose checkpoint
    /// the log goes on. What older sessions left unsettled no longer counts, as it cannot be replayed.
    pub fn begin(&mut self, session_id: String, sequence: u64) {
        self.session += 1;
        self.session_id = Some(session_id);
        self.received = sequence;
        self.unsettled.clear();
    }

    /// Forgets the session: Discord has.
    pub fn end(&mut self) {
        self.session += 1;
        self.session_id = None;
        self.unsettled.clear();
    }

    /// Notes an event as received and in `parts` parts unsettled; 0 drops it. A number that was received
    /// before changes nothing: Discord repeats itself when it resumes.
    pub fn receive(&mut self, sequence: u64, parts: usize) -> Place {
        let place = Place { session: self.session, sequence };
        if sequence > self.received {
            if parts > 0 {
                self.unsettled.insert(sequence, Unsettled { previous: self.received, parts });
            }
            self.received = sequence;
        }
        place
    }

    /// Settles one part of what was received at `place`.
    pub fn settle(&mut self, place: Place) {
        self.split(place, 0);
    }

    /// Makes `parts` parts of one part of what was received at `place`; 0 settles it.
    pub fn split(&mut self, place: Place, parts: usize) {
        if place.session != self.session {
            return;
        }
        if let Some(unsettled) = self.unsettled.get_mut(&place.sequence) {
            unsettled.parts = unsettled.parts + parts - 1;
            if unsettled.parts == 0 {
                self.unsettled.remove(&place.sequence);
            }
        }
    }

    /// Where a new process has to resume; `None` without a session.
    pub fn checkpoint(&self) -> Option<Position> {
        let first = self.unsettled.first_key_value();
        self.position(first.map_or(self.received, |(_, unsettled)| unsettled.previous))
    }

    /// Where this process has to resume: what lies between the checkpoint and here is in its hands.
    pub fn received(&self) -> Option<Position> {
        self.position(self.received)
    }

    fn position(&self, sequence: u64) -> Option<Position> {
        let session_id = self.session_id.clone()?;
        Some(Position { session_id, sequence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracker() -> Tracker {
        let mut tracker = Tracker::default();
        tracker.begin("first".to_owned(), 1);
        tracker
    }

    fn checkpoint(tracker: &Tracker) -> u64 {
        tracker.checkpoint().unwrap().sequence
    }

    #[test]
    fn the_checkpoint_waits_for_the_slowest() {
        let mut tracker = tracker();
        let slow = tracker.receive(2, 1);
        let fast = tracker.receive(3, 1);
        tracker.receive(4, 0);
        tracker.settle(fast);
        assert_eq!(checkpoint(&tracker), 1);
        tracker.settle(slow);
        assert_eq!(checkpoint(&tracker), 4);
    }

    #[test]
    fn a_message_for_three_is_settled_when_all_three_are_accepted() {
        let mut tracker = tracker();
        let place = tracker.receive(2, 3);
        tracker.settle(place);
        tracker.settle(place);
        assert_eq!(checkpoint(&tracker), 1);
        tracker.settle(place);
        assert_eq!(checkpoint(&tracker), 2);
    }

    #[test]
    fn one_that_turns_out_to_be_several_is_settled_when_all_are_accepted() {
        let mut tracker = tracker();
        let place = tracker.receive(2, 1);
        tracker.split(place, 3);
        tracker.settle(place);
        tracker.settle(place);
        assert_eq!(checkpoint(&tracker), 1);
        tracker.settle(place);
        assert_eq!(checkpoint(&tracker), 2);
        let place = tracker.receive(3, 1);
        tracker.split(place, 0);
        assert_eq!(checkpoint(&tracker), 3);
    }

    #[test]
    fn numbers_that_discord_skipped_do_not_hold_it_back() {
        let mut tracker = tracker();
        tracker.receive(5, 0);
        let place = tracker.receive(9, 1);
        assert_eq!(checkpoint(&tracker), 5);
        tracker.settle(place);
        assert_eq!(checkpoint(&tracker), 9);
    }

    #[test]
    fn a_new_session_starts_anew_and_ignores_late_answers_of_the_old() {
        let mut tracker = tracker();
        let old = tracker.receive(2, 1);
        tracker.begin("second".to_owned(), 1);
        let new = tracker.receive(2, 1);
        tracker.settle(old);
        assert_eq!(
            tracker.checkpoint(),
            Some(Position { session_id: "second".to_owned(), sequence: 1 })
        );
        tracker.settle(new);
        assert_eq!(checkpoint(&tracker), 2);
        tracker.end();
        assert_eq!(tracker.checkpoint(), None);
    }

    #[test]
    fn a_repeated_number_neither_moves_nor_holds_the_checkpoint() {
        let mut tracker = tracker();
        let place = tracker.receive(2, 1);
        let again = tracker.receive(2, 1);
        tracker.settle(place);
        tracker.settle(again);
        assert_eq!(checkpoint(&tracker), 2);
        tracker.receive(1, 1);
        assert_eq!(checkpoint(&tracker), 2);
    }

    /// Whatever the order of answers, the checkpoint never passes something unsettled and ends at the end.
    #[test]
    fn any_order_of_answers_keeps_the_promise() {
        let mut random = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = move |below: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % below
        };
        for _ in 0..200 {
            let mut tracker = tracker();
            let mut open = Vec::new();
            let (mut sequence, mut before) = (1, 1);
            for _ in 0..60 {
                if next(3) > 0 || open.is_empty() {
                    sequence += 1 + next(2);
                    let parts = next(4) as usize;
                    let place = tracker.receive(sequence, parts);
                    open.extend(std::iter::repeat_n(place, parts));
                } else {
                    let place = open.swap_remove(next(open.len() as u64) as usize);
                    tracker.settle(place);
                }
                let now = checkpoint(&tracker);
                assert!(now >= before, "the checkpoint went back from {before} to {now}");
                assert!(
                    open.iter().all(|place| place.sequence > now),
                    "{now} passed one of {open:?}"
                );
                before = now;
            }
            open.into_iter().for_each(|place| tracker.settle(place));
            assert_eq!(checkpoint(&tracker), sequence);
        }
    }
}
