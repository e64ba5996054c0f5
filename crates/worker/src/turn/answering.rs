//! Which events of a group one turn answers.

use queue::Event;
use store::{Claimed, Gathered, Progress};

/// Which of the events this turn answers.
pub(super) enum Answering {
    /// All of them are dealt with.
    Nothing,
    /// Another attempt is at one of them.
    Later { until_ms: u64 },
    /// These, going on from there; `covered` of the events are then dealt with.
    Now { covered: usize, events: Vec<Event>, progress: Progress },
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
        let mut open =
            events.iter().zip(&gathered.claims).enumerate().filter_map(|(at, (event, claim))| {
                match claim {
                    Claimed::Won(progress) => Some((at, event, progress)),
                    _ => None,
                }
            });
        let Some((first, leader, progress)) = open.next() else {
            return Answering::Nothing;
        };
        let has_shown = !progress.shown.is_empty() || progress.text.is_some();
        let mut covered = first + 1;
        let mut answered = vec![leader.clone()];
        for (at, event, _) in open {
            // What was shown answers those that were its members then; after a crash before that, the
            // leader is tried alone, so that a poisonous message takes no neighbour with it.
            let goes_along = if has_shown {
                progress.members.contains(&event.id)
            } else {
                progress.crashed == 0
            };
            if !goes_along || at != covered {
                break;
            }
            covered = at + 1;
            answered.push(event.clone());
        }
        Answering::Now { covered, events: answered, progress: progress.clone() }
    }
}
