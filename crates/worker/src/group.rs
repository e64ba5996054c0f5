//! The deliveries of one message group, dealt with in order.

use std::time::Duration;

use personality::PersonalityId;
use queue::{Event, ReadError, STEWARD, What};

use crate::{Deadline, Delivery, Verdict, Worker, chores, reply::POST_TIMEOUT, steward, turn};

/// A further turn is not begun with less time than this: a model's first word may take ten seconds, and the
/// end of a turn keeps seven back. Where all of it is less, a further turn needs nearly all.
const A_TURNS_WORTH: Duration = Duration::from_secs(20);
const NEARLY: Duration = Duration::from_secs(1);
/// How long a body of a newer version is held back, for the deploy that can read it.
const HOLD_NEWER: Duration = Duration::from_secs(300);
/// After this many deliveries a body of a newer version counts as unreadable: about an hour.
const PATIENCE_FOR_NEWER: u32 = 12;
/// How long records wait for an operator, asking no model meanwhile.
const UNTIL_MENDED: Duration = Duration::from_secs(30);
/// The most messages answered by one turn.
const BURST: usize = 10;

impl Worker {
    /// Deals with the deliveries of one message group, in order, and answers for each of them in the same
    /// order. After the first that must be retried, all later ones are retried too: order survives.
    pub async fn serve(&self, deliveries: &[Delivery], deadline: Deadline) -> Vec<Verdict> {
        if self.discord.is_unauthorized() {
            tracing::error!(
                "discord does not accept DISCORD_TOKEN: set a valid one and start again; records wait"
            );
            return vec![Verdict::Retry { after: UNTIL_MENDED }; deliveries.len()];
        }
        let worth = A_TURNS_WORTH.min(deadline.left().saturating_sub(NEARLY));
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(deliveries.len());
        while let Some(next) = deliveries.get(verdicts.len()) {
            if deadline.left() < worth && !verdicts.is_empty() {
                verdicts.resize(deliveries.len(), Verdict::Retry { after: Duration::ZERO });
                break;
            }
            let dealt_with = match self.read(next) {
                Ok(first) => {
                    let burst = self.burst(first, &deliveries[verdicts.len() + 1..]);
                    self.deal_with(&burst, next.receives, deadline).await
                }
                Err(verdict) => vec![verdict],
            };
            verdicts.extend(dealt_with);
            if let Some(Verdict::Retry { after }) = verdicts.last() {
                let after = *after;
                verdicts.resize(deliveries.len(), Verdict::Retry { after });
            }
        }
        verdicts
    }

    fn read(&self, delivery: &Delivery) -> Result<Event, Verdict> {
        match Event::read(&delivery.body) {
            Ok(event) => Ok(event),
            Err(ReadError::Newer { version }) if delivery.receives < PATIENCE_FOR_NEWER => {
                tracing::warn!(version, "an event of a newer version is held back");
                Err(Verdict::Retry { after: HOLD_NEWER })
            }
            Err(e) => Err(Verdict::Dead { reason: e.to_string() }),
        }
    }

    /// The messages to answer together: `first`, and those right behind it that say more to the same
    /// personality, or were answered by the same reply that is wanted anew. A queue without a batching window makes a
    /// burst "the first line, then the rest together".
    fn burst(&self, first: Event, behind: &[Delivery]) -> Vec<Event> {
        let personality: PersonalityId = first.personality.clone();
        let reply = match &first.what {
            What::Message(_) => None,
            What::Again(again) => Some(again.reply),
            _ => return vec![first],
        };
        let goes_along = |event: &Event| {
            let is_alike = match &event.what {
                What::Message(_) => reply.is_none(),
                What::Again(again) => reply == Some(again.reply),
                _ => false,
            };
            is_alike && event.personality == personality
        };
        let mut burst = vec![first];
        let behind = behind.iter().map_while(|delivery| self.read(delivery).ok());
        for event in behind.take_while(goes_along) {
            // Delivered twice in one batch: the second one meets a closed claim.
            let is_there = burst.iter().any(|known| known.id == event.id);
            if is_there || burst.len() == BURST {
                break;
            }
            burst.push(event);
        }
        burst
    }

    /// A verdict for each of the events, from the front, that was dealt with; at least one. What is done lies on
    /// the heap: a turn's state is large, and the stacks of threads are not.
    async fn deal_with(&self, events: &[Event], receives: u32, deadline: Deadline) -> Vec<Verdict> {
        let first = &events[0];
        if first.personality.as_str() == STEWARD {
            return vec![Box::pin(steward::serve(self, first, receives, deadline)).await];
        }
        match self.roster.get(&first.personality) {
            Some(who) if matches!(first.what, What::Chore(_)) => {
                vec![Box::pin(chores::serve(self, who, first, receives, deadline)).await]
            }
            Some(who) => Box::pin(turn::turn(self, who, events, receives, deadline)).await,
            None => vec![self.nobody(first, deadline).await],
        }
    }

    /// Whom the event is for does not live here. Who waits for an answer to a command is told so: else they are
    /// shown for ever that somebody is thinking.
    async fn nobody(&self, event: &Event, deadline: Deadline) -> Verdict {
        let personality = &event.personality;
        if let What::Command(command) = &event.what {
            let line = format!(
                "{personality} does not live here any more. `/personalities` shows who does."
            );
            let discord = self.discord.by(deadline.minus(POST_TIMEOUT));
            let told = discord.complete(event.application_id, &command.token, &line, None).await;
            if let Err(e) = told {
                tracing::info!(event = %event.id, error = %e, "nobody could be told that {personality} is gone");
            }
        }
        Verdict::Dead { reason: format!("no personality is called {personality}") }
    }
}
