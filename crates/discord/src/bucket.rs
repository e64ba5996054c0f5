//! One bucket of Discord's limits, as far as its responses let us know it.

use std::time::Duration;

use tokio::time::Instant;

use crate::{Lane, Room, Scope};

/// For so long after a 429 only final messages go to the bucket: longer than any turn, so that a message
/// that met one is not streamed any further.
const EDITS_REST: Duration = Duration::from_secs(300);
/// Two responses of one window differ by their travel time in when they say it ends; more is a new window.
const SAME_WINDOW: Duration = Duration::from_millis(250);

/// What a request finds when it comes to the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// So many requests may go now.
    Free(u32),
    /// Everything there is room for is under way: wait for an answer, or for this instant.
    Busy(Option<Instant>),
    /// Nothing may go before this instant.
    Closed(Instant, Scope),
}

/// A bucket.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    learnt: Learnt,
    in_flight: u32,
    closed: Option<(Instant, Scope)>,
    edits_rest_until: Option<Instant>,
}

/// What a 429 left behind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest {
    closed: (Instant, Scope),
    edits_rest_until: Option<Instant>,
}

#[derive(Debug, Default)]
enum Learnt {
    /// No response yet: one request goes ahead to find out.
    #[default]
    Nothing,
    /// Discord answered without a word on limits.
    NoLimit,
    Window {
        limit: u32,
        /// The least that a response of this window reported.
        remaining: u32,
        resets_at: Instant,
    },
}

impl Bucket {
    pub(crate) fn standing(&self, now: Instant) -> Standing {
        if let Some((until, scope)) = self.closed.filter(|(until, _)| *until > now) {
            return Standing::Closed(until, scope);
        }
        match self.learnt {
            Learnt::NoLimit => Standing::Free(u32::MAX),
            Learnt::Nothing if self.in_flight == 0 => Standing::Free(1),
            Learnt::Nothing => Standing::Busy(None),
            Learnt::Window { limit, remaining, resets_at } => {
                // What is under way may or may not be part of `remaining` already. Taking it off errs on
                // the careful side, and its answer sets it right.
                let is_over = now >= resets_at;
                let room = if is_over { limit.max(1) } else { remaining };
                match room.saturating_sub(self.in_flight) {
                    0 if room == 0 => Standing::Closed(resets_at, Scope::User),
                    0 => Standing::Busy((!is_over).then_some(resets_at)),
                    free => Standing::Free(free),
                }
            }
        }
    }

    /// Whether a request of a lane that may be dropped finds room to spare: one place is kept for what
    /// must arrive. The very first request may be one of these, as it takes nobody's place.
    pub(crate) fn can_spare(&self, lane: Lane, now: Instant) -> bool {
        let rests = lane == Lane::Edit && self.edits_rest_until.is_some_and(|until| until > now);
        let is_first = matches!(self.learnt, Learnt::Nothing);
        !rests && matches!(self.standing(now), Standing::Free(free) if free > 1 || is_first)
    }

    pub(crate) fn start(&mut self) {
        self.in_flight += 1;
    }

    /// A request ended without an answer: it may have been counted.
    pub(crate) fn lost(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Learnt::Window { remaining, .. } = &mut self.learnt {
            *remaining = remaining.saturating_sub(1);
        }
    }

    /// A request was answered.
    pub(crate) fn end(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// What an answer said. `None` on a success means that there is no limit to know.
    pub(crate) fn learn(&mut self, room: Option<Room>, is_success: bool, now: Instant) {
        let Some(room) = room else {
            if is_success && matches!(self.learnt, Learnt::Nothing) {
                self.learnt = Learnt::NoLimit;
            }
            return;
        };
        let resets_at = now + room.reset_after;
        let remaining = match self.learnt {
            // Answers overtake each other: within a window the least is the latest.
            Learnt::Window { remaining, resets_at: known, .. }
                if now < known && resets_at < known + SAME_WINDOW =>
            {
                remaining.min(room.remaining)
            }
            _ => room.remaining,
        };
        self.learnt = Learnt::Window { limit: room.limit, remaining, resets_at };
    }

    /// Discord answered 429.
    pub(crate) fn close(&mut self, until: Instant, scope: Scope, now: Instant) {
        self.closed = Some((until, scope));
        self.edits_rest_until = Some(now + EDITS_REST);
    }

    /// Until when it rests after a 429. A bucket that turns out to be part of another hands that over.
    pub(crate) fn rest(&self) -> Option<Rest> {
        Some(Rest { closed: self.closed?, edits_rest_until: self.edits_rest_until })
    }

    pub(crate) fn take_over(&mut self, rest: Rest) {
        if self.closed.is_none_or(|(until, _)| until < rest.closed.0) {
            self.closed = Some(rest.closed);
        }
        self.edits_rest_until = self.edits_rest_until.max(rest.edits_rest_until);
    }

    /// Whether forgetting it changes nothing.
    pub(crate) fn is_idle(&self, now: Instant) -> bool {
        let passed = |until: Option<Instant>| until.is_none_or(|until| until <= now);
        let window = match self.learnt {
            Learnt::Window { resets_at, .. } => resets_at <= now,
            Learnt::Nothing | Learnt::NoLimit => true,
        };
        self.in_flight == 0
            && window
            && passed(self.closed.map(|(until, _)| until))
            && passed(self.edits_rest_until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(limit: u32, remaining: u32) -> Option<Room> {
        Some(Room { limit, remaining, reset_after: Duration::from_secs(2) })
    }

    #[test]
    fn one_request_goes_ahead_then_as_many_as_there_is_room_for() {
        let now = Instant::now();
        let mut bucket = Bucket::default();
        assert_eq!(bucket.standing(now), Standing::Free(1));
        bucket.start();
        assert_eq!(bucket.standing(now), Standing::Busy(None));
        bucket.end();
        bucket.learn(room(5, 4), true, now);
        assert_eq!(bucket.standing(now), Standing::Free(4));
        for _ in 0..4 {
            bucket.start();
        }
        assert_eq!(bucket.standing(now), Standing::Busy(Some(now + Duration::from_secs(2))));
    }

    #[test]
    fn answers_that_overtake_each_other_do_not_give_room_back() {
        let now = Instant::now();
        let mut bucket = Bucket::default();
        bucket.learn(room(5, 1), true, now);
        bucket.learn(room(5, 3), true, now);
        assert_eq!(bucket.standing(now), Standing::Free(1));
        let later = now + Duration::from_secs(2);
        assert_eq!(bucket.standing(later), Standing::Free(5));
    }

    #[test]
    fn one_place_is_kept_for_the_final_message() {
        let now = Instant::now();
        let mut bucket = Bucket::default();
        assert!(bucket.can_spare(Lane::Edit, now), "someone has to be the first");
        bucket.learn(room(5, 2), true, now);
        assert!(bucket.can_spare(Lane::Edit, now));
        bucket.start();
        assert!(!bucket.can_spare(Lane::Edit, now));
        assert_eq!(bucket.standing(now), Standing::Free(1));
    }

    #[test]
    fn after_a_429_nothing_is_streamed_for_a_while() {
        let now = Instant::now();
        let mut bucket = Bucket::default();
        bucket.learn(room(5, 4), true, now);
        bucket.close(now + Duration::from_secs(1), Scope::User, now);
        let later = now + Duration::from_secs(10);
        assert_eq!(bucket.standing(later), Standing::Free(5));
        assert!(!bucket.can_spare(Lane::Edit, later));
        assert!(bucket.can_spare(Lane::Typing, later));
        assert!(bucket.can_spare(Lane::Edit, now + EDITS_REST));
        assert!(!bucket.is_idle(later) && bucket.is_idle(now + EDITS_REST));
    }
}
