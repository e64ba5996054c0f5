//! What a response says about limits. See Discord Docs/Rate Limits.

use std::{fmt, str::FromStr, time::Duration};

use http::{HeaderMap, header::RETRY_AFTER};
use serde::Deserialize;

/// The longest wait we can be told. It only keeps the arithmetic sound: nobody waits that long.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long to wait when a 429 does not say.
const UNSAID: Duration = Duration::from_secs(1);
/// How long to stay away when Discord's edge refuses us and does not say for how long.
const UNSAID_AT_THE_EDGE: Duration = Duration::from_secs(60);

/// How much room a bucket has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Requests per window.
    pub limit: u32,
    /// Requests left in this window.
    pub remaining: u32,
    /// When the window ends, from now.
    pub reset_after: Duration,
}

/// Whose limit a 429 is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This bot, or this webhook, on this route.
    User,
    /// This bot (or this address, for what goes without a token) on every route.
    Global,
    /// The channel or webhook, together with everyone else; not counted against us.
    Shared,
    /// The address, at Discord's edge, before Discord itself saw the request: a ban, mostly.
    Edge,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "user",
            Self::Global => "global",
            Self::Shared => "shared",
            Self::Edge => "edge",
        })
    }
}

/// What any response says of its bucket.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) bucket: Option<String>,
    pub(crate) room: Option<Room>,
}

impl Told {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let room = || {
            Some(Room {
                limit: number(headers, "x-ratelimit-limit")?,
                remaining: number(headers, "x-ratelimit-remaining")?,
                reset_after: seconds(number(headers, "x-ratelimit-reset-after")?)?,
            })
        };
        Self { bucket: text(headers, "x-ratelimit-bucket").map(str::to_owned), room: room() }
    }
}

/// What a 429 says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) scope: Scope,
    pub(crate) retry_after: Duration,
}

impl TooMany {
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Body {
            retry_after: Option<f64>,
            #[serde(default)]
            global: bool,
        }
        // At the edge it is a page in HTML.
        let body =
            serde_json::from_slice(body).unwrap_or(Body { retry_after: None, global: false });
        let scope = match text(headers, "x-ratelimit-scope") {
            _ if body.global => Scope::Global,
            Some("global") => Scope::Global,
            Some("shared") => Scope::Shared,
            Some(_) => Scope::User,
            // Discord itself always names the scope. Who does not is in front of it, and asking on is
            // what turns a short ban into a long one.
            None => Scope::Edge,
        };
        // The body has the fraction that the header rounds up.
        let retry_after = (body.retry_after.and_then(seconds))
            .or_else(|| seconds(number(headers, RETRY_AFTER.as_str())?))
            .or_else(|| seconds(number(headers, "x-ratelimit-reset-after")?))
            .unwrap_or(if scope == Scope::Edge { UNSAID_AT_THE_EDGE } else { UNSAID });
        // A ban is no matter of milliseconds, whatever a proxy says.
        let retry_after = if scope == Scope::Edge { retry_after.max(UNSAID) } else { retry_after };
        Self { scope, retry_after }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn number<T: FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    text(headers, name)?.trim().parse().ok()
}

/// Seconds as Discord writes them: with a fraction, and sometimes far beyond any use.
fn seconds(value: f64) -> Option<Duration> {
    (value >= 0.0).then(|| Duration::try_from_secs_f64(value).unwrap_or(LONGEST).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(k, v)| (k.parse().expect("a name"), v.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn the_wait_is_read_from_body_then_header_and_is_never_absurd() {
        let user = [("x-ratelimit-scope", "user"), ("retry-after", "2")];
        let told = |pairs: &[_], body: &str| TooMany::read(&headers(pairs), body.as_bytes());
        assert_eq!(told(&user, r#"{"retry_after":1.25}"#).retry_after, Duration::from_millis(1250));
        assert_eq!(told(&user, "").retry_after, Duration::from_secs(2));
        assert_eq!(told(&user[..1], "{}").retry_after, UNSAID);
        assert_eq!(told(&user[..1], r#"{"retry_after":-5}"#).retry_after, UNSAID);
        assert_eq!(told(&user[..1], r#"{"retry_after":1e300}"#).retry_after, LONGEST);
        assert_eq!(
            told(&[("x-ratelimit-scope", "user"), ("retry-after", "NaN")], "").retry_after,
            UNSAID
        );
    }

    #[test]
    fn a_429_without_scope_is_the_edges() {
        let page = TooMany::read(&HeaderMap::new(), b"<html>error code: 1015</html>");
        assert_eq!(page, TooMany { scope: Scope::Edge, retry_after: UNSAID_AT_THE_EDGE });
        let global = TooMany::read(&HeaderMap::new(), br#"{"retry_after":0.5,"global":true}"#);
        assert_eq!(global.scope, Scope::Global);
    }
}
