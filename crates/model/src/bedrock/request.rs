//! A prompt as a Converse request. See Amazon Bedrock/Converse API.

use std::collections::HashMap;

use aws_sdk_bedrockruntime::types::{
    CachePointBlock, CachePointType, ContentBlock, ConversationRole, ImageBlock, ImageFormat,
    ImageSource, InferenceConfiguration, Message, OutputConfig, SystemContentBlock,
};
use aws_smithy_types::{Blob, Document};

use crate::{Capabilities, Part, Prompt, Role, Thinking, Turn, answer::tokens};

/// A request has at most this many cache points.
const CACHE_POINTS: usize = 4;

/// The system prompt, with a cache point wherever one pays.
pub(super) fn system(prompt: &Prompt, capabilities: &Capabilities) -> Vec<SystemContentBlock> {
    let mut blocks = Vec::new();
    if !capabilities.system {
        return blocks;
    }
    let (mut n_chars, mut n_points) = (0, 0);
    for part in prompt.system() {
        n_chars += part.text.chars().count();
        blocks.push(SystemContentBlock::Text(part.text.clone()));
        let pays =
            capabilities.prompt_cache_minimum.is_some_and(|minimum| tokens(n_chars) >= minimum);
        if part.cache && pays && n_points < CACHE_POINTS {
            blocks.push(SystemContentBlock::CachePoint(cache_point()));
            n_points += 1;
        }
    }
    blocks
}

fn cache_point() -> CachePointBlock {
    CachePointBlock::builder().r#type(CachePointType::Default).build().expect("the type is set")
}

/// The conversation, and before it what a model without a system prompt must know.
pub(super) fn messages(prompt: &Prompt, capabilities: &Capabilities) -> Vec<Message> {
    let mut turns = prompt.conversation(capabilities);
    if !capabilities.system
        && let Some(first) = turns.first_mut()
    {
        let system = prompt.system().map(|part| Part::Text(part.text.clone()));
        first.parts.splice(0..0, system);
    }
    turns.into_iter().map(message).collect()
}

fn message(turn: Turn) -> Message {
    let role = match turn.role {
        Role::User => ConversationRole::User,
        Role::Assistant => ConversationRole::Assistant,
    };
    let content = turn.parts.into_iter().map(block).collect();
    let message = Message::builder().role(role).set_content(Some(content)).build();
    message.expect("role and content are set")
}

fn block(part: Part) -> ContentBlock {
    match part {
        Part::Text(text) => ContentBlock::Text(text),
        Part::Image { media_type, bytes } => {
            // `conversation` leaves only media types whose second half is the format's name.
            let format = media_type.strip_prefix("image/").unwrap_or(&media_type);
            let image = ImageBlock::builder()
                .format(ImageFormat::from(format))
                .source(ImageSource::Bytes(Blob::new(bytes)))
                .build();
            ContentBlock::Image(image.expect("format and source are set"))
        }
    }
}

pub(super) fn inference(prompt: &Prompt, capabilities: &Capabilities) -> InferenceConfiguration {
    let sampling = &prompt.sampling;
    // Bedrock's bounds; other servers go further.
    let temperature =
        sampling.temperature.filter(|_| capabilities.temperature).map(|t| t.clamp(0.0, 1.0));
    let takes_top_p = capabilities.temperature_with_top_p || temperature.is_none();
    let top_p =
        sampling.top_p.filter(|_| capabilities.top_p && takes_top_p).map(|p| p.clamp(0.0, 1.0));
    let stops = if capabilities.stop { sampling.stops() } else { Vec::new() };
    InferenceConfiguration::builder()
        // Unset, the model's maximum would be reserved from the quota.
        .max_tokens(i32::try_from(prompt.max_tokens.max(1)).unwrap_or(i32::MAX))
        .set_temperature(temperature)
        .set_top_p(top_p)
        .set_stop_sequences((!stops.is_empty()).then_some(stops))
        .build()
}

/// Fields of the model's own, which keep it from reasoning before it speaks.
pub(super) fn additional(capabilities: &Capabilities) -> Option<Document> {
    let object = |key: &str, value| Document::Object(HashMap::from([(key.to_owned(), value)]));
    let text = |text: &str| Document::String(text.to_owned());
    match capabilities.thinking {
        Thinking::Unasked | Thinking::LowEffort => None,
        Thinking::Disabled => Some(object("thinking", object("type", text("disabled")))),
        Thinking::BetweenTools => Some(object("thinking", object("type", text("between_tools")))),
        Thinking::LowReasoningEffort => Some(object("reasoning_effort", text("low"))),
    }
}

pub(super) fn output(capabilities: &Capabilities) -> Option<OutputConfig> {
    match capabilities.thinking {
        Thinking::Unasked | Thinking::LowReasoningEffort => None,
        Thinking::Disabled | Thinking::BetweenTools | Thinking::LowEffort => {
            Some(OutputConfig::builder().effort("low").build())
        }
    }
}
