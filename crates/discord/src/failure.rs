//! What a try that brought nothing means: for the request, and for those after it.

use std::sync::atomic::Ordering;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tokio::time::Instant;
use tracing::{error, warn};

use crate::{Call, Discord, Error, Scope, answer::TooMany, route::Route};

/// How much of Discord's explanation is kept, in characters.
const MAX_MESSAGE: usize = 400;

/// A try that brought nothing.
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) next: Next,
}

pub(crate) enum Next {
    Stop,
    /// After as long as Discord says.
    At(Instant),
    /// After a pause of our own.
    Pause,
}

impl Discord {
    /// What an answer without success means for the request, and for those after it.
    pub(crate) fn failure(
        &self,
        call: &Call,
        route: &Route,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        now: Instant,
    ) -> Failure {
        let limits = &self.inner.limits;
        let authorized = call.request.use_authorization_token();
        let (code, message) = explanation(body);
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let told = TooMany::read(headers, body);
                let TooMany { scope, retry_after } = told;
                let until = limits.too_many(route, told, now);
                if scope != Scope::Shared {
                    limits.count_invalid(now);
                }
                let retry_after_ms = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX);
                warn!(route = %route.template, %scope, retry_after_ms, code, "discord answered 429");
                if scope == Scope::Edge {
                    return Failure::stop(Error::Suspended { until });
                }
                Failure { error: Error::RateLimited { retry_after, scope }, next: Next::At(until) }
            }
            StatusCode::UNAUTHORIZED if authorized => {
                limits.count_invalid(now);
                self.inner.unauthorized.store(true, Ordering::Relaxed);
                error!("discord does not accept the bot token; nothing more is sent with it");
                Failure::stop(Error::Unauthorized)
            }
            // Without the bot's token it is the webhook's that is wrong.
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                limits.count_invalid(now);
                Failure::stop(Error::Forbidden { code, message })
            }
            StatusCode::NOT_FOUND => Failure::stop(Error::NotFound { code, message }),
            _ if status.is_server_error() => {
                Failure::perhaps_applied(call, Error::Server { status })
            }
            _ => Failure::stop(Error::Refused { status, code, message }),
        }
    }
}

/// An exchange that brought no whole answer.
pub(crate) enum Broken {
    Transport(reqwest::Error),
    TooLong,
}

impl Broken {
    pub(crate) fn failure(self, call: &Call) -> Failure {
        match self {
            // Nothing of the request had left us.
            Self::Transport(source) if source.is_connect() => {
                Failure { error: Error::transport(source), next: Next::Pause }
            }
            Self::Transport(source) => Failure::perhaps_applied(call, Error::transport(source)),
            Self::TooLong => Failure::perhaps_applied(
                call,
                Error::Unreadable { source: "it is beyond 8 MiB".into() },
            ),
        }
    }
}

impl Failure {
    pub(crate) fn stop(error: Error) -> Self {
        Self { error, next: Next::Stop }
    }

    /// The request may have been carried out: only what may be done twice is tried again.
    pub(crate) fn perhaps_applied(call: &Call, error: Error) -> Self {
        if error.is_final() || !call.repeatable {
            let error = if call.repeatable { error } else { error.uncertain() };
            return Self::stop(error);
        }
        Self { error, next: Next::Pause }
    }
}

/// Discord's code and words, with the fields it minds: `Invalid Form Body (username: …)`.
fn explanation(body: &[u8]) -> (u64, String) {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Body {
        code: u64,
        message: String,
        errors: serde_json::Value,
    }
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let mut message = body.message;
    let mut fields = Vec::new();
    complaints(&body.errors, &mut String::new(), &mut fields);
    if !fields.is_empty() {
        message = format!("{message} ({})", fields.join("; "));
    }
    if message.is_empty() {
        message.push_str("no explanation");
    }
    (body.code, message.chars().take(MAX_MESSAGE).collect())
}

/// Walks the `errors` object: fields nest, and what is wrong with one is a list under `_errors`. See
/// Discord Docs/Reference, "Error Messages".
fn complaints(errors: &serde_json::Value, path: &mut String, found: &mut Vec<String>) {
    let Some(fields) = errors.as_object() else { return };
    for (name, value) in fields {
        if name == "_errors" {
            let messages = value.as_array().into_iter().flatten();
            found.extend(
                messages.filter_map(|e| Some(format!("{path}: {}", e.get("message")?.as_str()?))),
            );
            continue;
        }
        let length = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        complaints(value, path, found);
        path.truncate(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discords_words_name_the_field_it_minds() {
        let body =
            br#"{"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"title":
            {"_errors":[{"code":"BASE_TYPE_REQUIRED","message":"This field is required"}]}}}}}"#;
        let (code, message) = explanation(body);
        assert_eq!(code, 50035);
        assert_eq!(message, "Invalid Form Body (embeds.0.title: This field is required)");
        assert_eq!(explanation(b"<html>"), (0, "no explanation".to_owned()));
    }
}
