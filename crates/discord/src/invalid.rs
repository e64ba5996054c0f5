//! Counting the requests that Discord counts as invalid. See Discord Docs/Rate Limits, "Invalid Request
//! Limit".

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// Over what time Discord counts.
const WINDOW: Duration = Duration::from_secs(600);

/// When requests were refused with 401, 403 or a 429 that is not shared.
#[derive(Debug)]
pub(crate) struct Invalid {
    /// Oldest first. Hardly more than `cap`, as nothing is sent then.
    at: VecDeque<Instant>,
    cap: usize,
}

impl Invalid {
    pub(crate) fn new(cap: usize) -> Self {
        Self { at: VecDeque::new(), cap: cap.max(1) }
    }

    pub(crate) fn count(&mut self, now: Instant) {
        self.at.push_back(now);
    }

    /// Until when nothing may be sent, if there were too many.
    pub(crate) fn suspended_until(&mut self, now: Instant) -> Option<Instant> {
        while self.at.front().is_some_and(|at| *at + WINDOW <= now) {
            self.at.pop_front();
        }
        // So many must leave the window before there is room for one.
        let surplus = self.at.len().checked_sub(self.cap)?;
        self.at.get(surplus).map(|at| *at + WINDOW)
    }

    /// Whether it is time to leave out what may be left out.
    pub(crate) fn is_half_full(&self) -> bool {
        self.at.len() > self.cap / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_suspend_until_enough_of_them_are_ten_minutes_old() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let mut invalid = Invalid::new(2);
        invalid.count(start);
        assert_eq!(invalid.suspended_until(start), None);
        invalid.count(start + second);
        assert_eq!(invalid.suspended_until(start + second), Some(start + WINDOW));
        // One that was under way already.
        invalid.count(start + 2 * second);
        assert_eq!(invalid.suspended_until(start + 2 * second), Some(start + second + WINDOW));
        assert_eq!(invalid.suspended_until(start + second + WINDOW), None);
    }
}
