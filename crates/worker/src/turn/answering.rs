//! Which events of a group one turn answers.

use queue::{Event, EventId};
use store::{Claimed, Gathered, Progress};

use crate::Verdict;

/// Which of the events this turn answers.
pub(super) enum Answering {
    /// All of them are dealt with.
    Nothing,
    /// Another attempt is at one of them.
    Later {
        /// Until then, in milliseconds since the epoch.
        until_ms: u64,
    },
    /// Some of them.
    Now(Share),
}

/// The events a turn answers, at the front of what was delivered.
pub(super) struct Share {
    /// Deliveries before the first answered event; they were dealt with earlier.
    pub(super) closed_before: usize,
    /// Deliveries this turn deals with, from the front; closed ones among them included.
    pub(super) covered: usize,
    /// What is answered, the leader first.
    pub(super) events: Vec<Event>,
    /// Events that the answer begun earlier covers as well, and that were not delivered with it this time.
    pub(super) absent: Vec<EventId>,
    /// How far the leader's earlier attempts came.
    pub(super) progress: Progress,
}

impl Answering {
    pub(super) fn from(events: &[Event], gathered: &Gathered) -> Self {
        let live = gathered.claims.iter().find_map(|claim| match claim {
            Claimed::Live { until_ms } => Some(*until_ms),
            _ => None,
        });
        if let Some(until_ms) = live {
            return Answering::Later { until_ms };
        }
        let mut claimed = events.iter().zip(&gathered.claims);
        let closed_before =
            gathered.claims.iter().take_while(|c| matches!(c, Claimed::Closed)).count();
        let Some((leader, Claimed::Won(progress))) = claimed.nth(closed_before) else {
            return Answering::Nothing;
        };
        let mut share = Share {
            closed_before,
            covered: closed_before + 1,
            events: vec![leader.clone()],
            absent: Vec::new(),
            progress: progress.clone(),
        };
        for (event, claim) in claimed {
            match claim {
                Claimed::Won(_) if share.goes_along(event) => share.events.push(event.clone()),
                // Dealt with already; what stands behind it may still belong to this turn.
                Claimed::Closed => {}
                _ => break,
            }
            share.covered += 1;
        }
        if progress.has_begun() {
            let delivered = |id: &EventId| events.iter().any(|event| event.id == *id);
            share.absent = progress.members.iter().filter(|id| !delivered(id)).cloned().collect();
        }
        Answering::Now(share)
    }
}

impl Share {
    /// The verdicts where the leader alone is dealt with: the others return.
    pub(super) fn of_the_leader(&self, verdict: Verdict) -> Vec<Verdict> {
        let mut verdicts = vec![Verdict::Done; self.closed_before];
        verdicts.push(verdict);
        verdicts
    }

    /// Whether the first of the delivered events leads: under its claim the turn's cost is reserved.
    pub(super) fn leads(&self, delivered: &[EventId]) -> bool {
        delivered.first() == self.events.first().map(|event| &event.id)
    }

    /// What was begun answers those that were its members then. After a crash before that, the leader is
    /// tried alone, so that a poisonous message takes no neighbour with it.
    fn goes_along(&self, event: &Event) -> bool {
        match self.progress.has_begun() {
            true => self.progress.members.contains(&event.id),
            false => self.progress.crashed == 0,
        }
    }
}
