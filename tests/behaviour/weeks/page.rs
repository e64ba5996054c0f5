//! What is handed over and what is exported, a line each.

use serde_json::Value;

/// A mark of memory as it stands in a prompt, in plain words.
pub fn remembered(mark: &str) -> String {
    let words = mark.strip_prefix("<memory ").and_then(|rest| rest.strip_suffix("</memory>"));
    let (attributes, text) =
        words.and_then(|words| words.split_once('>')).unwrap_or_else(|| panic!("no mark: {mark}"));
    format!(
        "{}: {text}",
        attributes.replace(['=', '"'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

/// What stands in an exported file: what the person said and what is known of them a line each, of other lists
/// how long they are.
pub fn file(content: &str) -> Vec<String> {
    let file: Value = serde_json::from_str(content).expect("it is JSON");
    let mut lines = Vec::new();
    for (name, value) in file.as_object().expect("it has names") {
        let Some(list) = value.as_array() else {
            lines.push(format!("{name}: {value}"));
            continue;
        };
        lines.push(format!("{name}: {}", list.len()));
        if matches!(name.as_str(), "memories" | "messages") {
            lines.extend(list.iter().map(|one| format!("    {}", listed(one))));
        }
    }
    lines
}

fn listed(one: &Value) -> String {
    let place = if one["channel"].is_null() { &one["place"] } else { &one["channel"] };
    let replaced = one["replaced_on"].as_str().map(|day| format!(", replaced on {day}"));
    let (day, replaced) = (text(&one["said_on"]), replaced.unwrap_or_default());
    format!("{day} in {}{replaced}: {}", text(place), text(&one["text"]))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
