//! Any endpoint that speaks OpenAI's chat completions: Ollama, LM Studio, vLLM, OpenRouter and others.

mod failure;
mod request;
mod stream;
mod thinking;

use std::{
    fmt,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Response, Url, header};
use serde::Deserialize;
use tokio::time::timeout;

use self::request::{Form, Request};
use crate::{
    Answer, AskError, Capabilities, Model, Prompt, TimeLimit, capabilities::openai_compatible,
    error::Confidential,
};

/// The largest error body or list of models that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// A model behind an OpenAI-compatible endpoint.
#[derive(Clone, Debug)]
pub struct OpenAiCompatible {
    client: Client,
    base_url: String,
    key: Option<Secret>,
    model: String,
    server: Arc<Learned>,
}

/// A key that does not show itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What the server was found not to take; learned once, by its refusal.
#[derive(Debug, Default)]
struct Learned {
    refuses_stream_options: AtomicBool,
    wants_max_completion_tokens: AtomicBool,
}

impl OpenAiCompatible {
    /// `base_url` is the part before `/chat/completions`, as in `http://127.0.0.1:11434/v1`. The client's own
    /// limits should cover connecting; everything later is timed by [`crate::Chain::ask`].
    pub fn new(
        client: Client,
        base_url: impl AsRef<str>,
        key: Option<Secret>,
        model: impl Into<String>,
    ) -> Self {
        let base_url = base_url.as_ref().trim_end_matches('/').to_owned();
        Self { client, base_url, key, model: model.into(), server: Arc::default() }
    }

    /// The ids of the models an endpoint offers, asked within `within`: also the way to see whether a server
    /// is there at all.
    ///
    /// # Errors
    /// When it does not answer in time, or not with a list of models.
    pub async fn models(
        client: &Client,
        base_url: &str,
        key: Option<&Secret>,
        within: Duration,
    ) -> Result<Vec<String>, AskError> {
        let url = format!("{}/models", base_url.trim_end_matches('/'));
        let listing = async {
            let response = authorized(client.get(&url), key).send().await;
            let response = response.map_err(|error| failure::of_transport(error, &url))?;
            let status = response.status();
            let body = read(response, &url).await?;
            if !status.is_success() {
                return Err(failure::of_response(
                    status,
                    &body,
                    &url,
                    &url,
                    &Confidential::default(),
                ));
            }
            let list: List =
                serde_json::from_slice(&body).map_err(|error| failure::of_body(&error, &url))?;
            Ok(list.data.into_iter().map(|model| model.id).collect())
        };
        let too_late =
            |_| AskError::TimedOut { model: url.clone(), limit: TimeLimit::Total(within) };
        timeout(within, listing).await.map_err(too_late)?
    }

    async fn send(&self, prompt: &Prompt, form: Form) -> Result<Response, AskError> {
        let request = Request::new(&self.model, prompt, &self.capabilities(), form);
        let post = self.client.post(format!("{}/chat/completions", self.base_url));
        let sent = authorized(post, self.key.as_ref()).json(&request).send().await;
        sent.map_err(|error| failure::of_transport(error, &self.model))
    }
}

#[derive(Deserialize)]
struct List {
    data: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
}

#[async_trait]
impl Model for OpenAiCompatible {
    fn id(&self) -> &str {
        &self.model
    }

    fn capabilities(&self) -> Capabilities {
        openai_compatible(&self.model)
    }

    fn is_local(&self) -> bool {
        is_local(&self.base_url)
    }

    async fn ask(&self, prompt: &Prompt) -> Result<Answer, AskError> {
        let confidential = Confidential::new(prompt);
        loop {
            let form = self.server.form();
            let response = self.send(prompt, form).await?;
            let status = response.status();
            if status.is_success() {
                let expected = prompt.expected();
                let heard = stream::Heard { model: self.model.clone(), expected, confidential };
                if !is_json(&response) {
                    return Ok(stream::read(response, heard));
                }
                return stream::whole(&read(response, &self.model).await?, &heard);
            }
            let body = read(response, &self.model).await?;
            self.server.learn(status.as_u16(), &body);
            // Lessons are only ever added, so this ends.
            if self.server.form() == form {
                return Err(failure::of_response(
                    status,
                    &body,
                    &self.model,
                    &self.base_url,
                    &confidential,
                ));
            }
        }
    }
}

impl Learned {
    fn form(&self) -> Form {
        Form {
            with_usage: !self.refuses_stream_options.load(Ordering::Relaxed),
            wants_max_completion_tokens: self.wants_max_completion_tokens.load(Ordering::Relaxed),
        }
    }

    /// Takes from a refusal what the server wants otherwise.
    fn learn(&self, status: u16, body: &[u8]) {
        let body = String::from_utf8_lossy(body);
        if !matches!(status, 400 | 422) {
            return;
        }
        // Also named by refusals of a length that is too great: only the parameter's refusal counts.
        if body.contains("max_completion_tokens") && body.contains("not supported") {
            self.wants_max_completion_tokens.store(true, Ordering::Relaxed);
        }
        if body.contains("stream_options") {
            self.refuses_stream_options.store(true, Ordering::Relaxed);
        }
    }
}

fn authorized(request: RequestBuilder, key: Option<&Secret>) -> RequestBuilder {
    match key {
        Some(Secret(key)) => request.bearer_auth(key),
        None => request,
    }
}

/// Whether an address leads to this machine or its own network: a loopback or private address, a name without
/// a dot (a container's), or one under `.localhost`, `.local` or `.internal`.
fn is_local(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse() {
        Ok(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        Ok(IpAddr::V6(v6)) => {
            v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()
        }
        Err(_) => {
            let host = host.trim_end_matches('.');
            let is_under = |domain: &str| host.ends_with(domain);
            !host.contains('.') || [".localhost", ".local", ".internal"].into_iter().any(is_under)
        }
    }
}

fn is_json(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

/// A body, up to [`LARGEST`] bytes.
async fn read(mut response: Response, model: &str) -> Result<Vec<u8>, AskError> {
    let mut body = Vec::new();
    while body.len() < LARGEST {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return Err(failure::of_transport(error, model)),
        }
    }
    Ok(body)
}
