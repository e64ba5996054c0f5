//! What is delivered, and what becomes of it.

use std::time::Duration;

/// A record as the queue delivers it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The event, or what claims to be one.
    pub body: String,
    /// How often it was delivered, this time included.
    pub receives: u32,
}

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Dealt with: acknowledge it.
    Done,
    /// Not yet: return it, and deliver it again after that long.
    Retry {
        /// How long to wait.
        after: Duration,
    },
    /// Nobody can deal with it: put it aside with the reason, then acknowledge it.
    Dead {
        /// Why.
        reason: String,
    },
}

/// How long a record rests before its next delivery: from 5 s, doubling, to 5 minutes, so that an outage
/// is waited out gently.
pub(crate) fn rest(receives: u32) -> Duration {
    Duration::from_secs((5_u64 << receives.saturating_sub(1).min(6)).min(300))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_rests_longer_each_time_up_to_five_minutes() {
        let seconds: Vec<u64> =
            [1, 2, 3, 6, 7, 50].map(|receives| rest(receives).as_secs()).to_vec();
        assert_eq!(seconds, [5, 10, 20, 160, 300, 300]);
    }
}
