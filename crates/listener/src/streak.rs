//! What to make of a connection that ended, and how long to wait for the next. Pure.
//!
//! A connection that held for a while was a good one, and the next may come at once. Twilight alone would
//! come at once always: a server that accepts and closes would see thousands of connections a second.

use std::time::Duration;

use twilight_model::gateway::CloseCode;

use crate::{
    backoff::backoff,
    connection::{Ended, Ending},
};

/// The first pause after a connection that came to nothing.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// RESUMEs that may stay unanswered before the session is given up.
const RESUMES: u32 = 2;

/// Connections in a row that did not hold.
#[derive(Default)]
pub struct Streak {
    failures: u32,
    /// RESUMEs that nobody answered.
    unanswered: u32,
    was_unreachable: bool,
}

/// What comes after a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: we were asked to stop.
    Stop,
    /// Nothing: Discord closed for good, with this code.
    GiveUp(u16),
    /// The session goes on once the queue takes events.
    MakeRoom,
    /// The session, if there is one, goes on.
    Resume,
    /// The session is lost, for this reason.
    Identify(&'static str),
}

impl Streak {
    /// Judges a connection that ended.
    pub fn judge(&mut self, ending: &Ending, was_steady: bool) -> Verdict {
        self.failures = match ending.was_established {
            true if was_steady => 0,
            true if self.failures == 0 && !matches!(ending.ended, Ended::Invalid { .. }) => 1,
            // What comes to nothing once gets a pause at once.
            _ => self.failures.max(1) + 1,
        };
        self.was_unreachable = matches!(ending.ended, Ended::Unreachable(_));
        let is_silent = matches!(ending.ended, Ended::Unanswered) && !ending.was_established;
        self.unanswered = if is_silent { self.unanswered + 1 } else { 0 };
        match ending.ended {
            Ended::Stopped => Verdict::Stop,
            Ended::Full => {
                self.failures = 0;
                Verdict::MakeRoom
            }
            Ended::Closed(Some(code)) if is_final(code) => Verdict::GiveUp(code),
            Ended::Closed(Some(code)) if ends_session(code) => {
                Verdict::Identify("discord closed it")
            }
            Ended::Invalid { is_resumable: false } => {
                Verdict::Identify("discord does not know it any more")
            }
            Ended::Unanswered if self.unanswered >= RESUMES => {
                self.unanswered = 0;
                Verdict::Identify("discord does not answer when it is resumed")
            }
            Ended::Closed(_)
            | Ended::Unreachable(_)
            | Ended::Reconnect
            | Ended::Invalid { is_resumable: true }
            | Ended::Unanswered => Verdict::Resume,
        }
    }

    /// How long to wait now: not at all after a good connection, or one bad one.
    pub fn pause(&self, longest: Duration) -> Duration {
        match self.failures {
            0 | 1 => Duration::ZERO,
            failures => backoff(FIRST_PAUSE, longest, failures - 1),
        }
    }

    /// Whether to go where the session said; where that was not reached, the next try goes to the
    /// gateway's own address.
    pub fn use_resume_url(&self) -> bool {
        !self.was_unreachable
    }
}

/// Close codes after which asking again cannot help.
fn is_final(code: u16) -> bool {
    CloseCode::try_from(code).is_ok_and(|code| !code.can_reconnect())
}

/// Close codes after which a session cannot be resumed: 4007, invalid sequence, and 4009, timed out. See
/// Discord Docs/Gateway Close Event Codes.
fn ends_session(code: u16) -> bool {
    matches!(code, 4007 | 4009)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(30);

    fn ending(ended: Ended, was_established: bool) -> Ending {
        Ending { ended, was_established }
    }

    #[test]
    fn connections_that_come_to_nothing_are_paced() {
        let mut streak = Streak::default();
        let mut pauses = Vec::new();
        for _ in 0..10 {
            assert_eq!(streak.judge(&ending(Ended::Closed(None), false), false), Verdict::Resume);
            pauses.push(streak.pause(LONGEST));
        }
        assert!(pauses[0] > Duration::from_millis(300), "{pauses:?}");
        assert!(pauses[9] > Duration::from_secs(20) && pauses[9] <= LONGEST, "{pauses:?}");
        streak.judge(&ending(Ended::Reconnect, true), true);
        assert_eq!(streak.pause(LONGEST), Duration::ZERO);
    }

    #[test]
    fn one_short_connection_is_no_storm_and_two_are_paced() {
        let mut streak = Streak::default();
        streak.judge(&ending(Ended::Reconnect, true), false);
        assert_eq!(streak.pause(LONGEST), Duration::ZERO);
        streak.judge(&ending(Ended::Reconnect, true), false);
        assert!(streak.pause(LONGEST) > Duration::ZERO);
    }

    #[test]
    fn each_end_has_its_consequence() {
        let table = [
            (Ended::Stopped, Verdict::Stop),
            (Ended::Full, Verdict::MakeRoom),
            (Ended::Closed(Some(4014)), Verdict::GiveUp(4014)),
            (Ended::Closed(Some(4009)), Verdict::Identify("discord closed it")),
            (Ended::Closed(Some(4000)), Verdict::Resume),
            (Ended::Closed(Some(1006)), Verdict::Resume),
            (Ended::Reconnect, Verdict::Resume),
            (Ended::Invalid { is_resumable: true }, Verdict::Resume),
        ];
        for (ended, expected) in table {
            let said = ended.to_string();
            assert_eq!(Streak::default().judge(&ending(ended, true), false), expected, "{said}");
        }
        let mut streak = Streak::default();
        let silence = || ending(Ended::Unanswered, false);
        assert_eq!(streak.judge(&silence(), false), Verdict::Resume);
        assert!(matches!(streak.judge(&silence(), false), Verdict::Identify(_)));
    }
}
