//! The deliveries of one message group, dealt with in order.

use std::time::Duration;

use personality::PersonalityId;
use queue::{Event, ReadError, STEWARD, What};

use crate::{Deadline, Delivery, Verdict, Worker, steward, turn};

/// A turn is not begun with less time than this: it could not even say that it failed.
const A_TURNS_WORTH: Duration = Duration::from_secs(8);
/// How long a body of a newer version is held back, for the deploy that can read it.
const HOLD_NEWER: Duration = Duration::from_secs(300);
/// After this many deliveries a body of a newer version counts as unreadable: about an hour.
const PATIENCE_FOR_NEWER: u32 = 12;
/// The most messages answered by one turn.
const BURST: usize = 10;

impl Worker {
    /// Deals with the deliveries of one message group, in order, and answers for each of them in the same
    /// order. After the first that must be retried, all later ones are retried too: order survives.
    pub async fn serve(&self, deliveries: &[Delivery], deadline: Deadline) -> Vec<Verdict> {
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(deliveries.len());
        while let Some(next) = deliveries.get(verdicts.len()) {
            if deadline.left() < A_TURNS_WORTH && !verdicts.is_empty() {
                verdicts.resize(deliveries.len(), Verdict::Retry { after: Duration::ZERO });
                break;
            }
            let (covered, verdict) = match self.read(next) {
                Ok(first) => {
                    let burst = self.burst(first, &deliveries[verdicts.len() + 1..]);
                    self.deal_with(&burst, next.receives, deadline).await
                }
                Err(verdict) => (1, verdict),
            };
            if matches!(verdict, Verdict::Retry { .. }) {
                verdicts.resize(deliveries.len(), verdict);
                break;
            }
            verdicts.extend(std::iter::repeat_n(verdict, covered));
        }
        verdicts
    }

    fn read(&self, delivery: &Delivery) -> Result<Event, Verdict> {
        let event = match Event::read(&delivery.body) {
            Ok(event) => event,
            Err(ReadError::Newer { version }) if delivery.receives < PATIENCE_FOR_NEWER => {
                tracing::warn!(version, "an event of a newer version is held back");
                return Err(Verdict::Retry { after: HOLD_NEWER });
            }
            Err(e) => return Err(Verdict::Dead { reason: e.to_string() }),
        };
        if event.personality.as_str() != STEWARD && self.roster.get(&event.personality).is_none() {
            return Err(Verdict::Dead {
                reason: format!("no personality is called {}", event.personality),
            });
        }
        Ok(event)
    }

    /// The messages to answer together: `first`, and those right behind it that say more to the same
    /// personality. A queue without a batching window makes a burst "the first line, then the rest
    /// together".
    fn burst(&self, first: Event, behind: &[Delivery]) -> Vec<Event> {
        let personality: PersonalityId = first.personality.clone();
        let is_talk = |event: &Event| {
            matches!(event.what, What::Message(_)) && event.personality == personality
        };
        let goes_on = is_talk(&first);
        let mut burst = vec![first];
        if goes_on {
            let more =
                behind.iter().map_while(|delivery| self.read(delivery).ok()).take_while(is_talk);
            burst.extend(more.take(BURST - 1));
        }
        burst
    }

    /// How many of the events were dealt with, and how.
    async fn deal_with(
        &self,
        events: &[Event],
        receives: u32,
        deadline: Deadline,
    ) -> (usize, Verdict) {
        let first = &events[0];
        if first.personality.as_str() == STEWARD {
            return (1, steward::serve(self, first, deadline).await);
        }
        let Some(who) = self.roster.get(&first.personality) else {
            return (
                1,
                Verdict::Dead { reason: format!("no personality is called {}", first.personality) },
            );
        };
        turn::turn(self, who, events, receives, deadline).await
    }
}
