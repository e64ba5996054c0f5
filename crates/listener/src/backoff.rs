//! Waiting longer each time, and never in step with others.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

/// `first`, doubled with every attempt after the first, at most `longest`, up to a quarter shorter by
/// chance.
pub fn backoff(first: Duration, longest: Duration, attempt: u32) -> Duration {
    let doubled = first.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
    // A fresh hasher's seed is random: enough to keep waiters apart.
    let quarter = RandomState::new().hash_one(attempt) as f64 / u64::MAX as f64 / 4.0;
    doubled.min(longest).mul_f64(1.0 - quarter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_its_bound() {
        let wait = |attempt| {
            backoff(Duration::from_millis(100), Duration::from_secs(5), attempt).as_millis()
        };
        assert!((75..=100).contains(&wait(1)));
        assert!((300..=400).contains(&wait(3)));
        assert!((3_750..=5_000).contains(&wait(40)));
        assert!((3_750..=5_000).contains(&wait(u32::MAX)));
    }
}
