//! Everything a turn needs, in exactly one concurrent round trip.

use futures_util::future::{join_all, try_join_all};
use personality::PersonalityId;
use queue::EventId;
use twilight_model::id::{Id, marker::ChannelMarker};

use crate::{Attempt, ChannelRow, Claimed, Counter, Error, Store, WindowTurn};

/// What a turn wants to know.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The events to be answered together, the leader first.
    pub events: &'a [EventId],
    /// Where.
    pub channel: Id<ChannelMarker>,
    /// By whom.
    pub personality: &'a PersonalityId,
    /// The limits that count this turn.
    pub counters: &'a [Counter],
}

/// What the table knew.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// What became of each claim, in the order of the events.
    pub claims: Vec<Claimed>,
    /// The recent turns, oldest first.
    pub window: Vec<WindowTurn>,
    /// What is known of the channel.
    pub channel: Option<ChannelRow>,
    /// The counts, in the order of the counters, this turn included.
    pub counts: Vec<u64>,
}

impl Store {
    /// Takes the claims and reads everything else beside it: one concurrent round trip, so that the model
    /// is asked one round trip after the event arrived.
    ///
    /// # Errors
    /// [`Error::Failed`] if any part failed. Claims that were taken all the same are given up first, so
    /// that the record need not wait for them.
    pub async fn gather(&self, wanted: &Wanted<'_>, attempt: &Attempt) -> Result<Gathered, Error> {
        let claims =
            join_all(wanted.events.iter().map(|event| self.claim(event, wanted.events, attempt)));
        let counts = try_join_all(
            wanted.counters.iter().map(|counter| self.count(counter, 1, attempt.now_ms)),
        );
        let (claims, window, channel, counts) = tokio::join!(
            claims,
            self.window(wanted.channel, wanted.personality),
            self.channel(wanted.channel),
            counts,
        );
        let rest = window.and_then(|window| Ok((window, channel?, counts?)));
        let failed = claims.iter().any(Result::is_err) || rest.is_err();
        if failed {
            // A claim whose answer was lost may be ours as well.
            let is_other =
                |claim: &Result<_, _>| matches!(claim, Ok(Claimed::Closed | Claimed::Live { .. }));
            let ours = wanted.events.iter().zip(&claims).filter(|(_, claim)| !is_other(claim));
            // Best effort: where this fails too, the lock runs out by itself.
            join_all(ours.map(|(event, _)| self.give_up(event, attempt))).await;
        }
        let claims = claims.into_iter().collect::<Result<_, _>>()?;
        let (window, channel, counts) = rest?;
        Ok(Gathered { claims, window, channel, counts })
    }
}
