//! What Bedrock refuses though its shapes allow it.

use serde_json::Value;

/// Why Bedrock would answer this Converse request with a `ValidationException`, if it would.
pub(crate) fn objection(model_id: &str, request: &Value) -> Option<String> {
    let messages = request["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    conversation(messages)
        .or_else(|| blanks(messages))
        .or_else(|| cache_points(request))
        .or_else(|| sampling(model_id, request, messages))
}

fn conversation(messages: &[Value]) -> Option<String> {
    let Some(first) = messages.first() else {
        return Some("The messages field is empty.".to_owned());
    };
    if first["role"] != "user" {
        return Some("A conversation must start with a user message.".to_owned());
    }
    let repeated = messages.windows(2).find(|pair| pair[0]["role"] == pair[1]["role"])?;
    Some(format!("Roles must alternate, but found two {} messages in a row.", repeated[0]["role"]))
}

fn blanks(messages: &[Value]) -> Option<String> {
    messages.iter().enumerate().find_map(|(at, message)| {
        let Some(parts) = message["content"].as_array().filter(|parts| !parts.is_empty()) else {
            return Some(format!(
                "The content field in the Message object at messages.{at} is empty."
            ));
        };
        let is_blank =
            |part: &Value| part["text"].as_str().is_some_and(|text| text.trim().is_empty());
        let blank = parts.iter().position(is_blank)?;
        Some(format!(
            "The text field in the ContentBlock object at messages.{at}.content.{blank} is blank."
        ))
    })
}

/// At most four checkpoints a request. See Amazon Bedrock/Prompt caching.
fn cache_points(request: &Value) -> Option<String> {
    let system = request["system"].as_array()?;
    let n = system.iter().filter(|part| part.get("cachePoint").is_some()).count();
    (n > 4).then(|| format!("A maximum of 4 cache points is allowed, found {n}."))
}

/// Claude 4 takes either temperature or top_p; Claude from 4.7 on takes neither, and no prefill.
fn sampling(model_id: &str, request: &Value, messages: &[Value]) -> Option<String> {
    let (_, claude) = model_id.split_once("anthropic.claude-")?;
    let config = &request["inferenceConfig"];
    let sets = |setting: &str| config.get(setting).is_some();
    let takes_neither = ["haiku-5", "sonnet-5", "opus-5", "opus-4-7", "opus-4-8"];
    if takes_neither.iter().any(|name| claude.starts_with(name)) {
        if sets("temperature") || sets("topP") {
            return Some("`temperature` and `top_p` are not supported for this model.".to_owned());
        }
        if messages.last().is_some_and(|last| last["role"] == "assistant") {
            return Some("This model does not support assistant message prefill.".to_owned());
        }
    } else if claude.contains("-4-") && sets("temperature") && sets("topP") {
        let message = "`temperature` and `top_p` cannot both be specified for this model.";
        return Some(message.to_owned());
    }
    None
}
