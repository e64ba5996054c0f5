//! A prompt as a chat completions request. See OpenAI API/Chat completions.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;

use crate::{Capabilities, Part, Prompt, Role, Turn};

/// The form of a request, where servers differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// Ask for the usage at the end of the stream.
    pub(super) with_usage: bool,
    /// Name the greatest length as OpenAI's reasoning models want it.
    pub(super) wants_max_completion_tokens: bool,
}

#[derive(Serialize)]
pub(super) struct Request<'a> {
    model: &'a str,
    messages: Vec<Message>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop: Vec<String>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Message {
    role: &'static str,
    content: Content,
}

/// Plain text wherever possible: not every server reads lists.
#[derive(Serialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<ContentPart>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ContentPart {
    Text { text: String },
    ImageUrl { image_url: ImageUrl },
}

#[derive(Serialize)]
struct ImageUrl {
    url: String,
}

impl<'a> Request<'a> {
    pub(super) fn new(
        model: &'a str,
        prompt: &Prompt,
        capabilities: &Capabilities,
        form: Form,
    ) -> Self {
        let system: Vec<&str> = prompt.system().map(|part| part.text.as_str()).collect();
        let system = (!system.is_empty())
            .then(|| Message { role: "system", content: Content::Text(system.join("\n\n")) });
        let said = prompt.conversation(capabilities).into_iter().map(message);
        let max_tokens = prompt.max_tokens.max(1);
        Self {
            model,
            messages: system.into_iter().chain(said).collect(),
            stream: true,
            stream_options: form.with_usage.then_some(StreamOptions { include_usage: true }),
            max_tokens: (!form.wants_max_completion_tokens).then_some(max_tokens),
            max_completion_tokens: form.wants_max_completion_tokens.then_some(max_tokens),
            temperature: prompt.sampling.temperature,
            top_p: prompt.sampling.top_p,
            stop: prompt.sampling.stops(),
        }
    }
}

fn message(turn: Turn) -> Message {
    let role = match turn.role {
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    let texts: Vec<&str> = turn.parts.iter().filter_map(Part::text).collect();
    let content = if texts.len() == turn.parts.len() {
        Content::Text(texts.join("\n"))
    } else {
        Content::Parts(turn.parts.into_iter().map(part).collect())
    };
    Message { role, content }
}

fn part(part: Part) -> ContentPart {
    match part {
        Part::Text(text) => ContentPart::Text { text },
        Part::Image { media_type, bytes } => {
            let url = format!("data:{media_type};base64,{}", BASE64_STANDARD.encode(bytes));
            ContentPart::ImageUrl { image_url: ImageUrl { url } }
        }
    }
}
