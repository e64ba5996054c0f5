//! The limits that count a turn.

use std::collections::BTreeSet;

use chat::{Decision, Limit, Silence, refusing};
use futures_util::future::try_join_all;
use personality::Personality;
use queue::{Event, EventId};
use store::{Counter, GuildLimits, Subject};
use twilight_model::id::{Id, marker::UserMarker};

use crate::Worker;

/// Spans in seconds.
const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

/// The limits that count these events.
pub(super) fn counters(who: &Personality, events: &[Event]) -> Vec<Counter> {
    let counter = |subject, span_s| Counter { subject, personality: who.id.clone(), span_s };
    let last = events.last().expect("a turn has at least one event");
    let mut people: Vec<_> = events.iter().map(|event| event.author.id).collect();
    people.sort_unstable();
    people.dedup();
    let people = people.into_iter().map(|id| counter(Subject::Person(id), MINUTE));
    let channel = counter(Subject::Channel(last.channel_id), MINUTE);
    let day = match last.guild_id {
        Some(id) => counter(Subject::Guild(id), DAY),
        // Nobody else pays for what somebody asks in private.
        None => counter(Subject::Channel(last.channel_id), DAY),
    };
    people.chain([channel, day]).collect()
}

/// The counters of a turn, and what they say.
#[derive(Debug, Default)]
pub(super) struct Counted {
    counters: Vec<Counter>,
    /// One for each counter.
    limits: Vec<Limit>,
    /// Of each, whether an earlier attempt was counted, and this one is not.
    was_counted: Vec<bool>,
}

impl Counted {
    /// The limits with their counts; what the guild has set comes before the personality's file.
    pub(super) fn new(
        who: &Personality,
        guild: &GuildLimits,
        counters: Vec<Counter>,
        counts: &[u64],
        now_ms: u64,
    ) -> Self {
        let cap = |counter: &Counter| match counter.subject {
            Subject::Person(_) => {
                guild.per_person_per_minute.unwrap_or(who.limits.per_person_per_minute)
            }
            Subject::Channel(_) if counter.span_s == DAY => who.limits.per_direct_message_per_day,
            Subject::Channel(_) => {
                guild.per_channel_per_minute.unwrap_or(who.limits.per_channel_per_minute)
            }
            Subject::Guild(_) => guild.per_guild_per_day.unwrap_or(who.limits.per_guild_per_day),
        };
        let limit = |(counter, count): (&Counter, &u64)| Limit {
            count: *count,
            cap: cap(counter).into(),
            ends_in_ms: counter.ends_in_ms(now_ms),
        };
        let limits: Vec<Limit> = counters.iter().zip(counts).map(limit).collect();
        let was_counted = vec![false; limits.len()];
        Self { counters, limits, was_counted }
    }

    /// The same where these events were counted before: each counts once, and is let in or refused as it was.
    pub(super) async fn before(mut self, worker: &Worker, events: &[&Event], now_ms: u64) -> Self {
        let mut again = Vec::new();
        for (n, counter) in self.counters.iter().enumerate() {
            self.was_counted[n] = match counter.subject {
                Subject::Person(id) => events.iter().any(|event| event.author.id == id),
                Subject::Channel(_) | Subject::Guild(_) => !events.is_empty(),
            };
            if self.was_counted[n] {
                self.limits[n].count = self.limits[n].count.saturating_sub(1);
                again.push(counter.clone());
            }
        }
        take_back(worker, &again, now_ms).await;
        self
    }

    /// What is to be decided by.
    pub(super) fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// Of the limits the one that refuses the turn, if any does.
    pub(super) fn refusing(&self) -> Option<&Counter> {
        refusing(&self.limits).map(|at| &self.counters[at])
    }

    /// Of these events, those of people beyond their own limit, where others speak with them: whoever floods a
    /// channel silences nobody but themselves. Their limits then decide nothing more about the turn.
    pub(super) fn leave_out(&mut self, heard: &[Event]) -> Vec<(EventId, Silence)> {
        let over: BTreeSet<Id<UserMarker>> = (self.counters.iter().zip(&self.limits))
            .filter(|(_, limit)| limit.count > limit.cap)
            .filter_map(|(counter, _)| person(counter))
            .collect();
        if heard.iter().all(|event| over.contains(&event.author.id)) {
            return Vec::new();
        }
        let all = std::mem::take(self);
        let all = all.counters.into_iter().zip(all.limits).zip(all.was_counted);
        for ((counter, limit), was_counted) in all {
            if person(&counter).is_none_or(|id| !over.contains(&id)) {
                self.counters.push(counter);
                self.limits.push(limit);
                self.was_counted.push(was_counted);
            }
        }
        let theirs = heard.iter().filter(|event| over.contains(&event.author.id));
        theirs.map(|event| (event.id.clone(), Silence::OverLimit)).collect()
    }

    /// The counters to take back for a decision: a turn that says nothing is not counted, or talk that nobody
    /// answers would use up what a whole guild may say in a day. Whoever refuses it goes on counting, which saves a
    /// write for every message of a flood.
    pub(super) fn uncounted(self, decision: &Decision) -> Vec<Counter> {
        let keeps = match decision {
            Decision::Say { because: Silence::OverLimit, .. }
            | Decision::StaySilent(Silence::OverLimit) => refusing(&self.limits),
            Decision::Speak(_) | Decision::Say { .. } => return Vec::new(),
            Decision::StaySilent(_) => None,
        };
        let all = self.counters.into_iter().zip(self.was_counted).enumerate();
        all.filter(|(at, (_, was_counted))| !was_counted && Some(*at) != keeps)
            .map(|(_, (counter, _))| counter)
            .collect()
    }
}

/// Whether a limit would refuse a turn that answers these events now. Counts nothing.
///
/// # Errors
/// The store's.
pub(crate) async fn would_refuse(
    worker: &Worker,
    who: &Personality,
    events: &[Event],
    caps: &GuildLimits,
    now_ms: u64,
) -> Result<bool, store::Error> {
    let counters = counters(who, events);
    let counts = counters.iter().map(|counter| worker.store.counted(counter, now_ms));
    let counts = try_join_all(counts).await?;
    let with_it: Vec<u64> = counts.iter().map(|count| count + 1).collect();
    let mut counted = Counted::new(who, caps, counters, &with_it, now_ms);
    counted.leave_out(events);
    Ok(refusing(counted.limits()).is_some())
}

fn person(counter: &Counter) -> Option<Id<UserMarker>> {
    match counter.subject {
        Subject::Person(id) => Some(id),
        Subject::Channel(_) | Subject::Guild(_) => None,
    }
}

/// Takes back the count of a turn that did not happen, or was counted before.
pub(super) async fn take_back(worker: &Worker, counters: &[Counter], now_ms: u64) {
    let taken_back = counters.iter().map(|counter| worker.store.count(counter, -1, now_ms));
    for result in futures_util::future::join_all(taken_back).await {
        if let Err(e) = result {
            tracing::debug!(error = %e, "a count was not taken back; its span ends by itself");
        }
    }
}
