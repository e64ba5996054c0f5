//! Rate limits: a window per bucket, and one for everything. See Discord Docs/Rate Limits.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::route::{Endpoint, Params};
use crate::{
    faults::Scope,
    id::ApplicationId,
    settings::{Bucket, RateLimits},
};

/// Windows kept before those that are over are swept out.
const SWEEP_AT: usize = 20_000;

/// All windows.
#[derive(Default)]
pub(crate) struct Limiter {
    windows: HashMap<String, Window>,
}

#[derive(Clone, Copy)]
struct Window {
    used: u32,
    ends_ms: u64,
}

/// A bucket after a request was counted: what the headers say.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    limit: u32,
    remaining: u32,
    resets_ms: u64,
    reset_after_ms: u64,
    name: String,
}

/// A request beyond its limit.
#[derive(Clone, Debug)]
pub(crate) struct Exceeded {
    pub(crate) scope: Scope,
    /// Seconds.
    pub(crate) retry_after: f64,
    standing: Option<Standing>,
}

impl Limiter {
    /// Counts a request, or says that it is one too many. `None`: limits are off.
    pub(crate) fn count(
        &mut self,
        endpoint: &Endpoint,
        params: &Params,
        application: Option<ApplicationId>,
        is_global: bool,
        now_ms: u64,
        limits: &RateLimits,
    ) -> Result<Option<Standing>, Exceeded> {
        if !limits.enabled {
            return Ok(None);
        }
        if self.windows.len() > SWEEP_AT {
            self.windows.retain(|_, window| window.ends_ms > now_ms);
        }
        // Requests without a token are counted by address, and all of ours come from one.
        let who = application.map_or_else(|| "address".to_owned(), |id| id.to_string());
        if is_global {
            let bucket = Bucket::new(limits.global_per_second, 1000);
            let (is_within, window) = self.take(format!("global {who}"), bucket, now_ms);
            if !is_within {
                let retry_after = seconds(window.ends_ms - now_ms);
                return Err(Exceeded { scope: Scope::Global, retry_after, standing: None });
            }
        }
        let call = format!("{} {}", endpoint.method, endpoint.route);
        let bucket = limits.buckets.get(&call).copied().unwrap_or(endpoint.bucket);
        let key = format!("{call} {who} {}", params.major());
        let (is_within, window) = self.take(key, bucket, now_ms);
        let standing = Standing {
            limit: bucket.limit,
            remaining: bucket.limit.saturating_sub(window.used),
            resets_ms: window.ends_ms,
            reset_after_ms: window.ends_ms - now_ms,
            name: name(&call),
        };
        if is_within {
            return Ok(Some(standing));
        }
        let retry_after = seconds(standing.reset_after_ms);
        Err(Exceeded { scope: Scope::User, retry_after, standing: Some(standing) })
    }

    /// Takes one from the window under `key`, which begins now if there is none.
    fn take(&mut self, key: String, bucket: Bucket, now_ms: u64) -> (bool, Window) {
        let per_ms = u64::try_from(bucket.per.as_millis()).unwrap_or(u64::MAX / 2);
        let fresh = Window { used: 0, ends_ms: now_ms + per_ms };
        let window = self.windows.entry(key).or_insert(fresh);
        if window.ends_ms <= now_ms {
            *window = fresh;
        }
        let is_within = window.used < bucket.limit;
        window.used += u32::from(is_within);
        (is_within, *window)
    }
}

impl Standing {
    pub(crate) fn write_to(&self, headers: &mut HeaderMap) {
        let mut set = |name: &'static str, value: String| {
            let value = HeaderValue::try_from(value).expect("digits and letters");
            headers.insert(HeaderName::from_static(name), value);
        };
        set("x-ratelimit-limit", self.limit.to_string());
        set("x-ratelimit-remaining", self.remaining.to_string());
        set("x-ratelimit-reset", format!("{:.3}", seconds(self.resets_ms)));
        set("x-ratelimit-reset-after", format!("{:.3}", seconds(self.reset_after_ms)));
        set("x-ratelimit-bucket", self.name.clone());
    }
}

impl Exceeded {
    /// A 429 that no window asked for. Like a real one it names its bucket, unless it is global.
    pub(crate) fn by_fault(scope: Scope, retry_after: f64, now_ms: u64) -> Self {
        let reset_after_ms = (retry_after * 1000.0).max(0.0) as u64;
        let standing = Standing {
            limit: 1,
            remaining: 0,
            resets_ms: now_ms + reset_after_ms,
            reset_after_ms,
            name: name("fault"),
        };
        Self { scope, retry_after, standing: Some(standing).filter(|_| scope != Scope::Global) }
    }

    pub(crate) fn body(&self) -> Value {
        let (message, code) = match self.scope {
            Scope::Shared => ("The resource is being rate limited.", 20028),
            Scope::User | Scope::Global => ("You are being rate limited.", 0),
        };
        json!({
            "message": message,
            "retry_after": self.retry_after,
            "global": self.scope == Scope::Global,
            "code": code,
        })
    }

    pub(crate) fn write_to(&self, headers: &mut HeaderMap) {
        let scope = HeaderValue::from_static(self.scope.as_str());
        headers.insert("x-ratelimit-scope", scope);
        // Whole seconds, rounded up; the body has the fraction.
        let whole = format!("{}", self.retry_after.max(0.0).ceil());
        headers.insert("retry-after", HeaderValue::try_from(whole).expect("digits"));
        headers.insert("via", HeaderValue::from_static("1.1 google"));
        if self.scope == Scope::Global {
            headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
        }
        if let Some(standing) = &self.standing {
            standing.write_to(headers);
        }
    }
}

/// Discord's opaque name of a bucket: the same for a route whatever its channel.
fn name(call: &str) -> String {
    let mut hasher = DefaultHasher::new();
    call.hash(&mut hasher);
    format!("{:016x}{:016x}", hasher.finish(), hasher.finish().rotate_left(17))
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
