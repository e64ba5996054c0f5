//! A Discord that answers as a test dictates, and remembers every request.

use std::{
    fmt::Write as _,
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
};
use discord::{Discord, Outgoing, Settings, Speaker, Token, Webhook};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};
use twilight_model::id::{Id, marker::ChannelMarker};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    /// With the query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
    pub at: Instant,
}

impl Seen {
    pub fn is_authorized(&self) -> bool {
        self.headers.get(AUTHORIZATION).is_some_and(|value| value == "Bot t0ken")
    }
}

pub struct Script {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    server: JoinHandle<()>,
}

impl Script {
    /// Serves with `answer`, which is given the request and how many came before it.
    pub async fn start<F, A>(answer: F) -> Self
    where
        F: Fn(Seen, usize) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        let router = Router::new().fallback(move |request: Request| {
            let (record, answer) = (Arc::clone(&record), answer.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap();
                let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
                let path = parts.uri.path_and_query().unwrap().to_string();
                let path = path.strip_prefix("/api/v10/").unwrap_or(&path).to_owned();
                let now = Instant::now();
                let request =
                    Seen { method: parts.method, path, headers: parts.headers, body, at: now };
                let nth = {
                    let mut seen = record.lock().unwrap();
                    seen.push(request.clone());
                    seen.len() - 1
                };
                answer(request, nth).await
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, seen, server }
    }

    /// Serves the same answer to everyone.
    pub async fn always(answer: fn() -> Response) -> Self {
        Self::start(move |_, _| async move { answer() }).await
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.seen().len()
    }

    pub fn settings(&self) -> Settings {
        let token = Token::parse("t0ken").unwrap();
        Settings { api_url: self.url.clone(), ..Settings::new(Some(token)) }
    }

    pub fn discord(&self) -> Discord {
        Discord::new(self.settings()).unwrap()
    }

    /// Everything that was asked, for a snapshot.
    pub fn transcript(&self) -> String {
        let mut text = String::new();
        for seen in self.seen() {
            let who = if seen.is_authorized() { " (bot)" } else { "" };
            writeln!(text, "{} {}{who}", seen.method, seen.path).unwrap();
            if !seen.body.is_null() {
                writeln!(text, "  {}", seen.body).unwrap();
            }
        }
        text
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub const HALL: Id<ChannelMarker> = Id::new(100);
pub const YARD: Id<ChannelMarker> = Id::new(200);
pub const GRIM: Speaker<'static> = Speaker { name: "Grim", avatar_url: None };

pub fn webhook() -> Webhook {
    Webhook { id: Id::new(7), token: "s3cret".to_owned() }
}

pub fn hello(nonce: &str) -> Outgoing<'_> {
    Outgoing {
        content: "Hello @everyone",
        reply_to: None,
        nonce,
        suppress_embeds: false,
        silent: false,
    }
}

/// How long it takes until `deadline` at most; short, so that a test that waits in vain is quick.
pub fn within(ms: u64) -> Instant {
    Instant::now() + Duration::from_millis(ms)
}

pub fn posted() -> Response {
    answer(200, json!({ "id": "1", "channel_id": "100" }))
}

pub fn answer(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

/// Adds what Discord says of the bucket.
pub fn room(mut response: Response, limit: u32, remaining: u32, reset_after: f64) -> Response {
    for (name, value) in [
        ("x-ratelimit-bucket", "b0cket".to_owned()),
        ("x-ratelimit-limit", limit.to_string()),
        ("x-ratelimit-remaining", remaining.to_string()),
        ("x-ratelimit-reset-after", reset_after.to_string()),
    ] {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// A 429 of Discord's own.
pub fn too_many(scope: &'static str, retry_after: f64) -> Response {
    let body = json!({ "message": "You are being rate limited.", "retry_after": retry_after,
        "global": scope == "global" });
    let mut response = answer(429, body);
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-scope", scope.parse().unwrap());
    headers.insert("retry-after", retry_after.ceil().to_string().parse().unwrap());
    response
}

/// A 429 from in front of Discord.
pub fn banned() -> Response {
    let page = Body::from("<html><title>Access denied</title>error code: 1015</html>");
    (StatusCode::TOO_MANY_REQUESTS, page).into_response()
}
