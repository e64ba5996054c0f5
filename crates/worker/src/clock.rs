//! Time, read in one place.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Milliseconds since the Unix epoch.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// When a turn must be over: Lambda's deadline, or the turn's own elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    at: Instant,
    at_ms: u64,
}

impl Deadline {
    /// A deadline in so long from now.
    pub fn after(left: Duration) -> Self {
        let left_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        Self { at: Instant::now() + left, at_ms: now_ms().saturating_add(left_ms) }
    }

    /// A deadline at a time of the world's clock, in milliseconds since the Unix epoch.
    pub fn at_ms(at_ms: u64) -> Self {
        Self::after(Duration::from_millis(at_ms.saturating_sub(now_ms())))
    }

    /// As the world's clock shows it, for the claim's lock.
    pub(crate) fn as_ms(self) -> u64 {
        self.at_ms
    }

    /// How long it is until then.
    pub(crate) fn left(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// The moment so long before it.
    pub(crate) fn minus(self, reserve: Duration) -> Instant {
        self.at.checked_sub(reserve).unwrap_or(self.at)
    }
}
