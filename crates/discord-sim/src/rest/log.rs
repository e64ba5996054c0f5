//! The log of requests, for looking at what a bot did. Tokens are never in it.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::Arc,
};

use serde::Serialize;
use serde_json::Value;

use crate::{faults::Scope, id::ApplicationId};

/// A REST request and how it was answered.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    /// When it came, in milliseconds since the simulator started.
    pub at_ms: u64,
    /// Microseconds until the answer was ready, without delays made by faults.
    pub took_us: u64,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path after `/api/v10`, with `***` in place of tokens.
    pub path: String,
    /// The query by name.
    pub query: BTreeMap<String, String>,
    /// The route as in Discord's documentation: `/channels/{channel_id}/messages`. `None`: there is no such.
    pub route: Option<&'static str>,
    /// Whose token it carried.
    pub application_id: Option<ApplicationId>,
    /// The JSON body, `null` where there was none.
    pub body: Value,
    /// Names of the files.
    pub files: Vec<String>,
    /// HTTP status of the answer. 0: the connection was reset instead.
    pub status: u16,
    /// The error code Discord's JSON carried.
    pub code: Option<u64>,
    /// Whose limit a 429 spoke of; `None` also for Cloudflare's.
    pub scope: Option<Scope>,
}

impl Request {
    /// Method and route in one: `POST /channels/{channel_id}/messages`.
    pub fn call(&self) -> String {
        format!("{} {}", self.method, self.route.unwrap_or("?"))
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>7} ms  {} {} -> {}", self.at_ms, self.method, self.path, self.status)?;
        if let Some(code) = self.code {
            write!(f, " ({code})")?;
        }
        Ok(())
    }
}

/// A request Discord's own specification does not allow.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// `POST /channels/{channel_id}/messages`.
    pub call: String,
    /// Where and what: `/content: 5 is not of type "string"`.
    pub problem: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.call, self.problem)
    }
}

/// How long an invalid request counts towards a ban. See Discord Docs/Rate Limits.
const INVALID_WINDOW_MS: u64 = 10 * 60 * 1000;

/// The newest requests and some counts.
#[derive(Default)]
pub(crate) struct RequestLog {
    newest: VecDeque<Arc<Request>>,
    pub(crate) count: u64,
    pub(crate) invalid: u64,
    pub(crate) violations: Vec<Violation>,
    /// When the invalid requests of the last ten minutes came.
    invalid_at_ms: VecDeque<u64>,
}

impl RequestLog {
    pub(crate) fn all(&self) -> Vec<Arc<Request>> {
        self.newest.iter().cloned().collect()
    }

    pub(crate) fn push(&mut self, request: Request, bound: usize) {
        self.count += 1;
        let counts = matches!(request.status, 401 | 403 | 429);
        if counts && request.scope != Some(Scope::Shared) {
            self.invalid += 1;
            self.invalid_at_ms.push_back(request.at_ms);
        }
        self.newest.push_back(Arc::new(request));
        if self.newest.len() > bound {
            self.newest.pop_front();
        }
    }

    /// Whether more than `most` invalid requests came within ten minutes.
    pub(crate) fn is_banned(&mut self, now_ms: u64, most: Option<u32>) -> bool {
        let old = |at: &u64| at + INVALID_WINDOW_MS <= now_ms;
        while self.invalid_at_ms.front().is_some_and(old) {
            self.invalid_at_ms.pop_front();
        }
        let most = most.and_then(|most| usize::try_from(most).ok());
        most.is_some_and(|most| self.invalid_at_ms.len() > most)
    }
}

/// `path` with tokens of webhooks and interactions blotted out.
pub(crate) fn without_tokens(path: &str) -> String {
    let mut segments: Vec<&str> = path.split('/').collect();
    if matches!(segments.get(1), Some(&("webhooks" | "interactions")))
        && let Some(token) = segments.get_mut(3)
    {
        *token = "***";
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_blotted_out() {
        assert_eq!(without_tokens("/webhooks/1/secret/messages/2"), "/webhooks/1/***/messages/2");
        assert_eq!(
            without_tokens("/interactions/1/secret/callback"),
            "/interactions/1/***/callback"
        );
        assert_eq!(without_tokens("/channels/1/messages"), "/channels/1/messages");
    }
}
