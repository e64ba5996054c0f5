//! Permission to identify. Discord ends every session and resets the token of a bot that identifies a
//! thousand times in a day, and a process that crashes and restarts forgets how often it did. So the count
//! is Discord's own and the store's, never this process's.
//!
//! See Discord Docs/Gateway, "Session Start Limit" and "Rate Limiting".

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use discord::Discord;
use store::Store;
use tokio::{
    sync::oneshot,
    time::{Instant, sleep, sleep_until},
};
use twilight_gateway::queue::Queue;
use twilight_model::{
    gateway::SessionStartLimit,
    id::{Id, marker::ApplicationMarker},
};

use crate::{backoff::backoff, checkpoint::now_ms, error::chain};

/// Identifies that are never used: the operator needs some to mend what used up the others. Of a smaller
/// budget than Discord's thousand, a twentieth.
const RESERVE: u32 = 50;
/// Between two identifies of one bucket. See Discord Docs/Gateway, "Max Concurrency".
const SPACING: Duration = Duration::from_secs(5);
/// Identifies of an hour beyond those of one start of every shard, before each is delayed.
const FREE_PER_HOUR: u32 = 5;
/// The longest delay: a crash loop then costs some two hundred identifies a day.
const LONGEST_DELAY: Duration = Duration::from_secs(600);
/// How long what Discord said of the limit is believed, less what was used since.
const BELIEVED: Duration = Duration::from_secs(60);
/// How often a spent budget is looked at again, at least.
const LOOK_AGAIN: Duration = Duration::from_secs(600);

/// The identify queue of all shards. Clones share it.
#[derive(Clone)]
pub struct Budget(Arc<Inner>);

struct Inner {
    discord: Discord,
    store: Store,
    application_id: Id<ApplicationMarker>,
    shards: u32,
    /// What Discord last said of the limit, and when.
    told: Mutex<(Instant, SessionStartLimit)>,
    /// Shards that wait for permission.
    waiting: Mutex<HashSet<u32>>,
    /// When each bucket was last used. Held while waiting for a bucket's turn, so that shards queue up.
    used: tokio::sync::Mutex<HashMap<u32, Instant>>,
}

impl Budget {
    /// The budget of an application with so many shards, and what Discord says of it now.
    pub fn new(
        discord: Discord,
        store: Store,
        application_id: Id<ApplicationMarker>,
        shards: u32,
        limit: SessionStartLimit,
    ) -> Self {
        let told = Mutex::new((Instant::now(), limit));
        let (waiting, used) = Default::default();
        Self(Arc::new(Inner { discord, store, application_id, shards, told, waiting, used }))
    }

    /// Whether a shard waits for permission: then its silence means nothing.
    pub fn is_waiting(&self, shard: u32) -> bool {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).contains(&shard)
    }
}

impl Queue for Budget {
    fn enqueue(&self, shard: u32) -> oneshot::Receiver<()> {
        let (mut permission, receiver) = oneshot::channel();
        let waiting = Waiting::new(self.0.clone(), shard);
        tokio::spawn(async move {
            let is_granted = tokio::select! {
                () = waiting.inner.granted(shard) => true,
                // The connection it was for is gone.
                () = permission.closed() => false,
            };
            drop(waiting);
            if is_granted {
                let _ = permission.send(());
            }
        });
        receiver
    }
}

/// Notes a shard as waiting for as long as it lives.
struct Waiting {
    inner: Arc<Inner>,
    shard: u32,
}

impl Waiting {
    fn new(inner: Arc<Inner>, shard: u32) -> Self {
        inner.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(shard);
        Self { inner, shard }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.inner.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.shard);
    }
}

impl Inner {
    /// Ends when the shard may identify; until then says why it may not.
    async fn granted(&self, shard: u32) {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let limit = match self.limit().await {
                Ok(limit) => limit,
                // The gateway says the same with a close code that ends the shard.
                Err(discord::Error::Unauthorized) => return,
                Err(error) => {
                    tracing::warn!(shard, error = %chain(&error), "shard {shard} may not identify before discord tells its limit");
                    sleep(backoff(Duration::from_secs(1), Duration::from_secs(30), attempt)).await;
                    continue;
                }
            };
            let wait = match self.try_grant(shard, &limit).await {
                Ok(()) => return,
                Err(Refusal::Spent) => {
                    tracing::error!(
                        shard,
                        remaining = limit.remaining,
                        reset_after_ms = limit.reset_after,
                        "the identifies of this day are used up: shard {shard} waits; find out what restarts so often"
                    );
                    Duration::from_millis(limit.reset_after).min(LOOK_AGAIN)
                }
                Err(Refusal::Store(error)) => {
                    tracing::warn!(shard, error = %chain(&error), "shard {shard} may not identify before the store counts it");
                    backoff(Duration::from_secs(1), Duration::from_secs(30), attempt)
                }
            };
            sleep(wait.max(Duration::from_secs(1))).await;
        }
    }

    /// What Discord says of the limit; asked again once that is old, as it is a request of few per second.
    async fn limit(&self) -> Result<SessionStartLimit, discord::Error> {
        let (told_at, limit) = self.told().clone();
        if told_at.elapsed() < BELIEVED {
            return Ok(limit);
        }
        let limit = self.discord.gateway_bot().await?.session_start_limit;
        *self.told() = (Instant::now(), limit.clone());
        Ok(limit)
    }

    fn told(&self) -> MutexGuard<'_, (Instant, SessionStartLimit)> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn try_grant(&self, shard: u32, limit: &SessionStartLimit) -> Result<(), Refusal> {
        let reserve = RESERVE.min(limit.total / 20);
        if limit.remaining <= reserve {
            return Err(Refusal::Spent);
        }
        let bucket = shard % u32::from(limit.max_concurrency.max(1));
        let mut used = self.used.lock().await;
        let now_ms = now_ms();
        let (day, hour) = day_and_hour(now_ms / 1000);
        let of_day = self
            .store
            .count_identify(self.application_id, &day, now_ms)
            .await
            .map_err(Refusal::Store)?;
        let of_hour = self
            .store
            .count_identify(self.application_id, &hour, now_ms)
            .await
            .map_err(Refusal::Store)?;
        if of_day > limit.total.saturating_sub(reserve) {
            return Err(Refusal::Spent);
        }
        let delay = delay(of_hour, self.shards);
        if !delay.is_zero() {
            let delay_s = delay.as_secs();
            tracing::warn!(
                shard,
                of_hour,
                delay_s,
                "{of_hour} identifies within an hour: shard {shard} waits {delay_s} s"
            );
            sleep(delay).await;
        }
        if let Some(last) = used.get(&bucket) {
            sleep_until(*last + SPACING).await;
        }
        used.insert(bucket, Instant::now());
        let remaining = &mut self.told().1.remaining;
        *remaining = remaining.saturating_sub(1);
        Ok(())
    }
}

enum Refusal {
    Spent,
    Store(store::Error),
}

/// How long to hold back the `n`-th identify of an hour: doubling, once it is more than one start of every
/// shard and a few restarts.
fn delay(n: u32, shards: u32) -> Duration {
    match n.saturating_sub(shards + FREE_PER_HOUR) {
        0 => Duration::ZERO,
        over => Duration::from_secs(2_u64.saturating_pow(over)).min(LONGEST_DELAY),
    }
}

/// The day, as in `2026-11-21`, and the hour, as in `2026-11-21T07`, of a second since the Unix epoch.
/// See "chrono-Compatible Low-Level Date Algorithms" for the arithmetic.
fn day_and_hour(seconds: u64) -> (String, String) {
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Counted from March, so that the leap day is the last of its year.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let date = format!("{year:04}-{month:02}-{day:02}");
    let hour = format!("{date}T{:02}", second / 3_600);
    (date, hour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_named_as_calendars_do() {
        let name = |seconds| day_and_hour(seconds);
        assert_eq!(name(0), ("1970-01-01".to_owned(), "1970-01-01T00".to_owned()));
        assert_eq!(name(1_709_164_800).0, "2024-02-29");
        assert_eq!(name(1_709_251_200).0, "2024-03-01");
        assert_eq!(name(1_795_246_055).1, "2026-11-21T07");
        assert_eq!(name(1_798_761_599).1, "2026-12-31T23");
    }

    #[test]
    fn a_crash_loop_is_slowed_down_and_stays_far_below_a_thousand_a_day() {
        assert!((1..=6).all(|n| delay(n, 1).is_zero()));
        assert_eq!(delay(7, 1), Duration::from_secs(2));
        assert_eq!(delay(u32::MAX, 1), LONGEST_DELAY);
        let mut of_hour = 0;
        let mut passed = Duration::ZERO;
        while passed < Duration::from_secs(3_600) {
            of_hour += 1;
            passed += delay(of_hour, 1);
        }
        assert!(of_hour * 24 < 600, "{of_hour} identifies an hour");
    }
}
