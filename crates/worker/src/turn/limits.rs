//! The limits that count a turn.

use chat::Limit;
use personality::Personality;
use queue::Event;
use store::{Counter, GuildLimits, Subject};

use crate::Worker;

/// The limits that count these events.
pub(super) fn counters(who: &Personality, events: &[Event]) -> Vec<Counter> {
    const MINUTE: u64 = 60;
    const DAY: u64 = 86_400;
    let counter = |subject, span_s| Counter { subject, personality: who.id.clone(), span_s };
    let last = events.last().expect("a turn has at least one event");
    let mut people: Vec<_> = events.iter().map(|event| event.author.id).collect();
    people.sort_unstable();
    people.dedup();
    let people = people.into_iter().map(|id| counter(Subject::Person(id), MINUTE));
    let channel = counter(Subject::Channel(last.channel_id), MINUTE);
    let guild = last.guild_id.map(|id| counter(Subject::Guild(id), DAY));
    people.chain([channel]).chain(guild).collect()
}

/// The limits with their counts; what the guild has set comes before the personality's file.
pub(super) fn limits(
    who: &Personality,
    guild: &GuildLimits,
    counters: &[Counter],
    counts: &[u64],
    now_ms: u64,
) -> Vec<Limit> {
    let cap = |counter: &Counter| match counter.subject {
        Subject::Person(_) => {
            guild.per_person_per_minute.unwrap_or(who.limits.per_person_per_minute)
        }
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
    counters.iter().zip(counts).map(limit).collect()
}

/// A claim that was lost counts nothing: its turn was counted by whoever holds it.
pub(super) async fn take_back(worker: &Worker, counters: &[Counter], now_ms: u64) {
    let taken_back = counters.iter().map(|counter| worker.store.count(counter, -1, now_ms));
    for result in futures_util::future::join_all(taken_back).await {
        if let Err(e) = result {
            tracing::debug!(error = %e, "a count was not taken back; its span ends by itself");
        }
    }
}
