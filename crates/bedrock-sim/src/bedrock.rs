//! Bedrock's face: `POST /model/{id}/converse-stream` and `/converse`.

use std::time::Instant;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use axum::{
    body::Body,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};

use crate::{
    play::Exception,
    prompt,
    script::{Refusal, Script, Unsaid, Wire, body, cut, whole},
};

/// What was read from and written to the prompt cache, in tokens.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cached {
    pub(crate) read: u64,
    pub(crate) written: u64,
}

pub(crate) async fn converse_stream(
    mut script: Script,
    request: &Value,
    cached: Cached,
) -> Response {
    script.wait().await;
    match script.then {
        Err(refusal) => refuse(&refusal),
        Ok(steps) => {
            let frames = Frames::new(request, cached);
            let content_type = "application/vnd.amazon.eventstream";
            ([(header::CONTENT_TYPE, content_type)], body(steps, frames)).into_response()
        }
    }
}

pub(crate) async fn converse(mut script: Script, request: &Value, cached: Cached) -> Response {
    let started = Instant::now();
    script.wait().await;
    let steps = match script.then {
        Err(refusal) => return refuse(&refusal),
        Ok(steps) => steps,
    };
    let max_tokens = request["inferenceConfig"]["maxTokens"].as_u64().unwrap_or(4096);
    match whole(steps, max_tokens as usize * 4).await {
        Ok((said, stop)) => axum::Json(json!({
            "output": { "message": { "role": "assistant", "content": [{ "text": said }] } },
            "stopReason": stop,
            "usage": usage(request, said.chars().count(), cached),
            "metrics": { "latencyMs": started.elapsed().as_millis() as u64 },
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

/// An error as REST-JSON says it: the type in a header, the message in the body.
pub(crate) fn refuse(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error_type = [(HeaderName::from_static("x-amzn-errortype"), refusal.code)];
    (status, error_type, axum::Json(json!({ "message": refusal.message }))).into_response()
}

/// The event stream: `messageStart`, deltas, `contentBlockStop`, `messageStop`, `metadata`. Text blocks have
/// no `contentBlockStart`, as at Bedrock.
struct Frames {
    request: Value,
    cached: Cached,
    started: Instant,
    block: u64,
    is_thinking: bool,
    n_chars: usize,
}

impl Frames {
    fn new(request: &Value, cached: Cached) -> Self {
        Self {
            request: request.clone(),
            cached,
            started: Instant::now(),
            block: 0,
            is_thinking: false,
            n_chars: 0,
        }
    }

    /// Closes the reasoning block before the first text.
    fn stop_thinking(&mut self, buffer: &mut BytesMut) {
        if std::mem::take(&mut self.is_thinking) {
            event(buffer, "contentBlockStop", &json!({ "contentBlockIndex": self.block }));
            self.block += 1;
        }
    }
}

impl Wire for Frames {
    fn open(&mut self) -> Bytes {
        let mut buffer = BytesMut::new();
        event(&mut buffer, "messageStart", &json!({ "role": "assistant" }));
        buffer.freeze()
    }

    fn text(&mut self, text: &str) -> Bytes {
        let mut buffer = BytesMut::new();
        self.stop_thinking(&mut buffer);
        self.n_chars += text.chars().count();
        let delta = json!({ "contentBlockIndex": self.block, "delta": { "text": text } });
        event(&mut buffer, "contentBlockDelta", &delta);
        buffer.freeze()
    }

    fn thought(&mut self, text: &str) -> Bytes {
        let mut buffer = BytesMut::new();
        self.is_thinking = true;
        self.n_chars += text.chars().count();
        let delta = json!({ "reasoningContent": { "text": text } });
        let payload = json!({ "contentBlockIndex": self.block, "delta": delta });
        event(&mut buffer, "contentBlockDelta", &payload);
        buffer.freeze()
    }

    fn stop(&mut self, reason: &'static str) -> Bytes {
        let mut buffer = BytesMut::new();
        self.stop_thinking(&mut buffer);
        if self.n_chars > 0 {
            event(&mut buffer, "contentBlockStop", &json!({ "contentBlockIndex": self.block }));
        }
        event(&mut buffer, "messageStop", &json!({ "stopReason": reason }));
        let metadata = json!({
            "usage": usage(&self.request, self.n_chars, self.cached),
            "metrics": { "latencyMs": self.started.elapsed().as_millis() as u64 },
        });
        event(&mut buffer, "metadata", &metadata);
        buffer.freeze()
    }

    fn exception(&mut self, exception: Exception) -> Bytes {
        let payload = json!({ "message": "the stream broke, as scripted" });
        let mut buffer = BytesMut::new();
        frame(&mut buffer, "exception", (":exception-type", exception.name()), &payload);
        buffer.freeze()
    }
}

fn usage(request: &Value, n_chars_out: usize, cached: Cached) -> Value {
    let input =
        prompt::tokens(prompt::length(request)).saturating_sub(cached.read + cached.written);
    let output = if n_chars_out == 0 { 0 } else { prompt::tokens(n_chars_out) };
    json!({
        "inputTokens": input,
        "outputTokens": output,
        "totalTokens": input + output + cached.read + cached.written,
        "cacheReadInputTokens": cached.read,
        "cacheWriteInputTokens": cached.written,
    })
}

fn event(buffer: &mut BytesMut, name: &'static str, payload: &Value) {
    frame(buffer, "event", (":event-type", name), payload);
}

fn frame(
    buffer: &mut BytesMut,
    message_type: &'static str,
    kind: (&'static str, &'static str),
    payload: &Value,
) {
    let header = |name: &'static str, value: &'static str| {
        Header::new(name, HeaderValue::String(value.into()))
    };
    let message = Message::new(payload.to_string())
        .add_header(header(kind.0, kind.1))
        .add_header(header(":content-type", "application/json"))
        .add_header(header(":message-type", message_type));
    write_message_to(&message, buffer)
        .expect("short headers and a short payload always fit a frame");
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use aws_smithy_eventstream::frame::read_message_from;

    use super::*;
    use crate::ServiceModel;

    /// Every event in `bytes`, as the union that `ConverseStreamOutput` is.
    fn events(mut bytes: &[u8]) -> Vec<Value> {
        let mut events = Vec::new();
        while !bytes.is_empty() {
            let message = read_message_from(&mut bytes).unwrap();
            let header = |name: &str| {
                let header = message.headers().iter().find(|header| header.name().as_str() == name);
                header.map(|header| header.value().as_string().unwrap().as_str().to_owned())
            };
            let name = header(":event-type").or_else(|| header(":exception-type")).unwrap();
            let payload: Value = serde_json::from_slice(message.payload()).unwrap();
            events.push(json!({ name: payload }));
        }
        events
    }

    #[test]
    fn what_it_sends_is_what_aws_says_bedrock_sends() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let path = std::env::var_os("BOTOCORE_DATA")
            .map(PathBuf::from)
            .or_else(|| ServiceModel::find(&root));
        let Some(path) = path else {
            println!("skipped: no botocore under .tools/venv, and BOTOCORE_DATA is not set");
            return;
        };
        let service_model = ServiceModel::load(&path).unwrap();
        let mut frames = Frames::new(&json!({}), Cached::default());
        let mut bytes = frames.open().to_vec();
        bytes.extend(frames.thought("Hm."));
        bytes.extend(frames.text("Hello."));
        bytes.extend(frames.stop("end_turn"));
        for exception in [
            Exception::Throttling,
            Exception::ModelStreamError,
            Exception::InternalServer,
            Exception::ServiceUnavailable,
            Exception::Validation,
        ] {
            bytes.extend(frames.exception(exception));
        }
        let events = events(&bytes);
        assert_eq!(events.len(), 12);
        for event in events {
            assert_eq!(
                service_model.violations("ConverseStreamOutput", &event),
                Vec::<String>::new(),
                "{event}"
            );
        }
    }
}
