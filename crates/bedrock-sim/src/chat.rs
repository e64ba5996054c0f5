//! The OpenAI-compatible face: `POST /v1/chat/completions` and `GET /v1/models`.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    play::Exception,
    prompt,
    script::{Refusal, Script, Unsaid, Wire, body, cut, whole},
};

/// How this server departs from OpenAI's. The default departs in nothing.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// Answers 400 to `stream_options`, as strict servers do that do not know it.
    pub refuses_stream_options: bool,
    /// Answers 400 to `max_tokens`, as OpenAI's reasoning models do.
    pub wants_max_completion_tokens: bool,
    /// Sends the usage, if it was asked for.
    pub sends_usage: bool,
    /// Says why it stopped.
    pub sends_finish_reason: bool,
    /// Ends with `data: [DONE]`.
    pub sends_done: bool,
    /// Sends comments between chunks, as OpenRouter does while a model is warming up.
    pub sends_keep_alives: bool,
    /// Keeps the connection open after its last word.
    pub lingers: bool,
    /// Ignores `stream` and answers with one JSON document.
    pub never_streams: bool,
    /// Sends its reasoning inside the text, between `<think>` and `</think>`, as Ollama does for some models.
    pub thinks_aloud: bool,
    /// The bearer key it wants.
    pub key: Option<String>,
    /// The models it lists.
    pub models: Vec<String>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            refuses_stream_options: false,
            wants_max_completion_tokens: false,
            sends_usage: true,
            sends_finish_reason: true,
            sends_done: true,
            sends_keep_alives: false,
            lingers: false,
            never_streams: false,
            thinks_aloud: false,
            key: None,
            models: vec!["llama3.2:3b".to_owned()],
        }
    }
}

impl Dialect {
    /// What this server refuses about a request, whatever the play.
    pub(crate) fn objection(&self, request: &Value, key: Option<&str>) -> Option<Refusal> {
        if self.key.is_some() && self.key.as_deref() != key {
            let message = "Incorrect API key provided.".to_owned();
            return Some(Refusal { status: 401, code: "invalid_api_key", message });
        }
        let unknown = if self.refuses_stream_options && request.get("stream_options").is_some() {
            "Unrecognized request argument supplied: stream_options"
        } else if self.wants_max_completion_tokens && request.get("max_tokens").is_some() {
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        } else {
            return None;
        };
        Some(Refusal { status: 400, code: "invalid_request_error", message: unknown.to_owned() })
    }
}

pub(crate) async fn completions(
    mut script: Script,
    request: &Value,
    dialect: &Dialect,
) -> Response {
    script.wait().await;
    let steps = match script.then {
        Err(refusal) => return refuse(&refusal),
        Ok(steps) => steps,
    };
    if request["stream"] == true && !dialect.never_streams {
        let lines = Lines {
            request: request.clone(),
            dialect: dialect.clone(),
            n_chars: 0,
            is_thinking: false,
        };
        let lingering =
            std::iter::repeat_with(|| crate::script::Step::Stall).take(dialect.lingers.into());
        let steps = Box::new(steps.chain(lingering));
        return ([(header::CONTENT_TYPE, "text/event-stream")], body(steps, lines)).into_response();
    }
    let max_tokens = request["max_tokens"].as_u64().unwrap_or(4096);
    match whole(steps, max_tokens as usize * 4).await {
        Ok((said, stop)) => axum::Json(json!({
            "id": "chatcmpl-sim", "object": "chat.completion", "model": request["model"],
            "choices": [{
                "index": 0,
                "message": { "role": "assistant", "content": said },
                "finish_reason": finish_reason(stop),
            }],
            "usage": usage(request, said.chars().count()),
        }))
        .into_response(),
        Err(Unsaid::Exception(exception)) => refuse(&Refusal {
            status: 500,
            code: exception.name(),
            message: "the model failed, as scripted".to_owned(),
        }),
        Err(Unsaid::Cut) => {
            Body::from_stream(futures_util::stream::iter([Err::<Bytes, _>(cut())])).into_response()
        }
    }
}

pub(crate) fn models(dialect: &Dialect) -> Response {
    let models: Vec<Value> =
        dialect.models.iter().map(|id| json!({ "id": id, "object": "model" })).collect();
    axum::Json(json!({ "object": "list", "data": models })).into_response()
}

pub(crate) fn refuse(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = json!({ "message": refusal.message, "type": refusal.code, "code": refusal.code });
    (status, axum::Json(json!({ "error": error }))).into_response()
}

/// The stream of `data:` lines.
struct Lines {
    request: Value,
    dialect: Dialect,
    n_chars: usize,
    is_thinking: bool,
}

impl Lines {
    fn chunk(&self, delta: &Value, finish_reason: Option<&str>) -> String {
        let keep_alive = if self.dialect.sends_keep_alives { ": PROCESSING\n\n" } else { "" };
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish_reason });
        let chunk = json!({
            "id": "chatcmpl-sim", "object": "chat.completion.chunk", "model": self.request["model"],
            "choices": [choice],
        });
        format!("{keep_alive}data: {chunk}\n\n")
    }
}

impl Wire for Lines {
    fn open(&mut self) -> Bytes {
        self.chunk(&json!({ "role": "assistant", "content": "" }), None).into()
    }

    fn text(&mut self, text: &str) -> Bytes {
        self.n_chars += text.chars().count();
        let closing = if std::mem::take(&mut self.is_thinking) { "\n</think>\n\n" } else { "" };
        self.chunk(&json!({ "content": format!("{closing}{text}") }), None).into()
    }

    fn thought(&mut self, text: &str) -> Bytes {
        self.n_chars += text.chars().count();
        if self.dialect.thinks_aloud {
            self.is_thinking = true;
            return self.chunk(&json!({ "content": format!("<think>\n{text}") }), None).into();
        }
        self.chunk(&json!({ "content": null, "reasoning_content": text }), None).into()
    }

    fn stop(&mut self, reason: &'static str) -> Bytes {
        let mut lines = String::new();
        if self.dialect.sends_finish_reason {
            lines += &self.chunk(&json!({}), Some(finish_reason(reason)));
        }
        if self.dialect.sends_usage && self.request["stream_options"]["include_usage"] == true {
            let usage = usage(&self.request, self.n_chars);
            lines += &format!("data: {}\n\n", json!({ "choices": [], "usage": usage }));
        }
        if self.dialect.sends_done {
            lines += "data: [DONE]\n\n";
        }
        lines.into()
    }

    fn exception(&mut self, exception: Exception) -> Bytes {
        let code = match exception {
            Exception::Throttling => 429,
            Exception::Validation => 400,
            Exception::ServiceUnavailable => 503,
            Exception::ModelStreamError | Exception::InternalServer => 500,
        };
        let error = json!({ "message": "the stream broke, as scripted", "code": code });
        format!("data: {}\n\n", json!({ "error": error })).into()
    }
}

fn usage(request: &Value, n_chars_out: usize) -> Value {
    let input = prompt::tokens(prompt::length(request));
    let output = if n_chars_out == 0 { 0 } else { prompt::tokens(n_chars_out) };
    json!({ "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output })
}

fn finish_reason(stop: &str) -> &'static str {
    match stop {
        "max_tokens" => "length",
        "guardrail_intervened" | "content_filtered" => "content_filter",
        "tool_use" => "tool_calls",
        _ => "stop",
    }
}
