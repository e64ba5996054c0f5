//! The identify budget. See Discord Docs/Gateway, "Session Start Limit Object".

use std::{collections::HashMap, time::Instant};

use serde_json::{Value, json};

use crate::settings::GatewaySettings;

/// A day in milliseconds: how long a budget lasts.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// How many sessions a bot may still start, and how fast.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) remaining: u32,
    /// When the next day's budget begins, on the world's clock; set by the first IDENTIFY of the day.
    resets_ms: Option<u64>,
    /// The last IDENTIFY per `shard % max_concurrency`, in real time.
    last: HashMap<u32, Instant>,
}

/// What an IDENTIFY comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    /// It is within the budget.
    Fine,
    /// It came too soon after another one.
    TooSoon,
    /// The day's budget is used up: Discord ends all sessions and resets the token.
    UsedUp,
}

impl Budget {
    pub(crate) fn new(settings: &GatewaySettings) -> Self {
        Self { remaining: settings.identifies, resets_ms: None, last: HashMap::new() }
    }

    /// Takes one IDENTIFY of `shard`.
    pub(crate) fn spend(&mut self, shard: u32, now_ms: u64, settings: &GatewaySettings) -> Spent {
        self.renew(now_ms, settings);
        self.resets_ms.get_or_insert(now_ms + DAY_MS);
        if self.remaining == 0 {
            return Spent::UsedUp;
        }
        self.remaining -= 1;
        let key = shard % settings.max_concurrency.max(1);
        let last = self.last.insert(key, Instant::now());
        match last.map(|at| at.elapsed()) {
            Some(since) if since < settings.identify_window => Spent::TooSoon,
            _ => Spent::Fine,
        }
    }

    /// `session_start_limit` of `GET /gateway/bot`.
    pub(crate) fn json(&mut self, now_ms: u64, settings: &GatewaySettings) -> Value {
        self.renew(now_ms, settings);
        json!({
            "total": settings.identifies,
            "remaining": self.remaining,
            "reset_after": self.resets_ms.map_or(0, |at| at - now_ms),
            "max_concurrency": settings.max_concurrency,
        })
    }

    fn renew(&mut self, now_ms: u64, settings: &GatewaySettings) {
        if self.resets_ms.is_some_and(|at| at <= now_ms) {
            self.resets_ms = None;
            self.remaining = settings.identifies;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_one_by_one_and_renewed_after_a_day() {
        let settings =
            GatewaySettings { identifies: 2, max_concurrency: 2, ..GatewaySettings::default() };
        let mut budget = Budget::new(&settings);
        assert_eq!(budget.spend(0, 0, &settings), Spent::Fine);
        assert_eq!(budget.spend(1, 0, &settings), Spent::Fine, "another concurrency key");
        assert_eq!(budget.spend(2, 1, &settings), Spent::UsedUp);
        assert_eq!(budget.json(1, &settings)["reset_after"], DAY_MS - 1);
        assert_eq!(budget.spend(2, DAY_MS, &settings), Spent::TooSoon, "same key as shard 0");
        assert_eq!(budget.remaining, 1);
    }
}
