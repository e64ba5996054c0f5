//! Reading requests of both APIs: who said what last, and how long it all is.

use serde_json::Value;

/// The last user message's text, in either API's shape; empty if there is none.
pub(crate) fn last_user_text(body: &Value) -> String {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let last = messages.iter().rev().find(|message| message["role"] == "user");
    last.map(|message| text_of(&message["content"])).unwrap_or_default()
}

/// A content's text: a plain string, or the text parts of a list, joined by line breaks.
fn text_of(content: &Value) -> String {
    if let Some(text) = content.as_str() {
        return text.to_owned();
    }
    let parts = content.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<&str> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
    texts.join("\n")
}

/// A count of tokens that is stable and plausible: a quarter of the characters, at least one.
pub(crate) fn tokens(n_chars: usize) -> u64 {
    (n_chars as u64).div_ceil(4).max(1)
}

/// The characters of everything a request says.
pub(crate) fn length(body: &Value) -> usize {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let said: usize = messages.iter().map(|m| text_of(&m["content"]).chars().count()).sum();
    said + text_of(&body["system"]).chars().count()
}

/// The system text before the last cache point, if there is one.
pub(crate) fn cached_prefix(body: &Value) -> Option<String> {
    let system = body["system"].as_array()?;
    let last = system.iter().rposition(|part| part.get("cachePoint").is_some())?;
    Some(text_of(&Value::Array(system[..last].to_vec())))
}
