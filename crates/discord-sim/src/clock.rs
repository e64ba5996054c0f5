//! The clock the world runs on. It can be moved forward, so that three seconds or fifteen minutes pass at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The world's time: it begins now or when it was told to, runs as the machine's does, and jumps where
/// [`Clock::advance`] lets it. It never runs backwards.
///
/// Timestamps, interaction deadlines, rate limit windows and the resume window follow it. What a network
/// connection has to do in real time (heartbeats, the identify pace) does not.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started: Instant,
    began_unix_ms: u64,
    advanced_ms: AtomicU64,
}

impl Clock {
    /// A clock that begins at that time, in milliseconds since the Unix epoch; now where there is none.
    pub(crate) fn new(begins_ms: Option<u64>) -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
        Self(Arc::new(Inner {
            started: Instant::now(),
            began_unix_ms: begins_ms.unwrap_or(now_ms),
            advanced_ms: AtomicU64::new(0),
        }))
    }

    /// Milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> u64 {
        self.0.began_unix_ms + self.since_start_ms()
    }

    /// Milliseconds since the simulator started.
    pub fn since_start_ms(&self) -> u64 {
        let real = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        real + self.0.advanced_ms.load(Ordering::Relaxed)
    }

    /// Lets `time` pass at once.
    pub fn advance(&self, time: Duration) {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 4);
        self.0.advanced_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

/// `unix_ms` as Discord writes it: `2026-01-31T09:05:00.250000+00:00`.
pub(crate) fn timestamp(unix_ms: u64) -> String {
    let (days, ms) = (unix_ms / 86_400_000, unix_ms % 86_400_000);
    let (year, month, day) = date(days);
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    let micros = ms % 1000 * 1000;
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{micros:06}+00:00")
}

/// Year, month and day of the `days`-th day since the Unix epoch, in the Gregorian calendar.
fn date(days: u64) -> (u64, u64, u64) {
    // Counted from 1 March of the year 0, so that the leap day ends a year and 400 years are one period.
    let day = days + 719_468;
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    if month < 10 {
        (era * 400 + year, month + 3, day_of_month)
    } else {
        (era * 400 + year + 1, month - 9, day_of_month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_written_as_discord_writes_them() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000000+00:00");
        assert_eq!(timestamp(951_782_400_000), "2000-02-29T00:00:00.000000+00:00");
        assert_eq!(timestamp(1_769_850_300_250), "2026-01-31T09:05:00.250000+00:00");
    }

    #[test]
    fn time_can_be_moved_forward() {
        let clock = Clock::new(None);
        let before = clock.now_ms();
        clock.advance(Duration::from_secs(900));
        assert!(clock.now_ms() >= before + 900_000);
    }

    #[test]
    fn time_can_begin_in_the_past() {
        let clock = Clock::new(Some(1_769_850_300_250));
        assert!((1_769_850_300_250..1_769_850_360_000).contains(&clock.now_ms()));
    }
}
