//! What goes back over the wire.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use serde_json::Value;

use super::{Known, limits::Exceeded, refusal::Refusal};
use crate::faults::Effect;

/// Everything a request is answered with.
pub(super) enum Answer {
    Json {
        status: u16,
        body: Value,
        headers: HeaderMap,
    },
    Empty {
        status: u16,
        headers: HeaderMap,
    },
    /// 429 as Cloudflare writes it.
    Cloudflare,
}

impl Effect {
    /// The answer this fault gives in place of the endpoint's.
    pub(super) fn answer(&self, known: &mut Known, now_ms: u64) -> Option<Answer> {
        match self {
            Self::RateLimited { scope, retry_after } => {
                known.scope = Some(*scope);
                Some(Exceeded::by_fault(*scope, *retry_after, now_ms).into())
            }
            Self::CloudflareBan => Some(Answer::Cloudflare),
            Self::Answer { status, body } => {
                let (status, headers) = (*status, HeaderMap::new());
                Some(match body {
                    Value::Null => Answer::Empty { status, headers },
                    body => Answer::Json { status, body: body.clone(), headers },
                })
            }
            // Nobody will see it: the connection is reset.
            Self::ResetBefore => Some(Answer::Empty { status: 503, headers: HeaderMap::new() }),
            Self::Delay { .. } | Self::ResetAfter => None,
        }
    }
}

impl From<Exceeded> for Answer {
    fn from(exceeded: Exceeded) -> Self {
        let mut headers = HeaderMap::new();
        exceeded.write_to(&mut headers);
        Self::Json { status: 429, body: exceeded.body(), headers }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::Json { status: refusal.status, body: refusal.body(), headers: HeaderMap::new() }
    }
}

impl Answer {
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Json { status, .. } | Self::Empty { status, .. } => *status,
            Self::Cloudflare => 429,
        }
    }

    pub(super) fn code(&self) -> Option<u64> {
        match self {
            Self::Json { status: 400.., body, .. } => body["code"].as_u64(),
            _ => None,
        }
    }

    pub(super) fn into_http(self) -> Response {
        let (status, mut headers, body) = match self {
            Self::Json { status, body, mut headers } => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                (status, headers, Body::from(body.to_string()))
            }
            Self::Empty { status, headers } => (status, headers, Body::empty()),
            Self::Cloudflare => {
                let mut headers = HeaderMap::new();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
                headers.insert("retry-after", HeaderValue::from_static("600"));
                (429, headers, Body::from(CLOUDFLARE_PAGE))
            }
        };
        headers.entry("via").or_insert(HeaderValue::from_static("1.1 google"));
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.headers_mut() = headers;
        response
    }
}

const CLOUDFLARE_PAGE: &str = "<!doctype html><html><head><title>Access denied | discord.com used \
    Cloudflare to restrict access</title></head><body><h1>Error 1015</h1>\
    <p>You are being rate limited</p></body></html>";
