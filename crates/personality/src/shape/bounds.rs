//! The schema's bounds: whether they hold, and how to say them.

use serde_json::Value as Schema;

use crate::{document::Value, pattern};

/// The two keywords that bound a number.
pub(super) const RANGE: [&str; 2] = ["minimum", "maximum"];
/// The two keywords that bound a text, in characters.
pub(super) const LENGTH: [&str; 2] = ["minLength", "maxLength"];
/// The two keywords that bound a list.
pub(super) const ITEMS: [&str; 2] = ["minItems", "maxItems"];

/// Whether `number` lies within the bounds. A number that is none (NaN) lies in no bounds.
pub(super) fn holds(schema: &Schema, [least, most]: [&str; 2], number: f64) -> bool {
    number.is_finite()
        && schema[least].as_f64().is_none_or(|least| number >= least)
        && schema[most].as_f64().is_none_or(|most| number <= most)
}

/// What the schema wants, as in `expected a whole number from 16 to 4096`.
pub(super) fn expected(schema: &Schema) -> String {
    format!("expected {}", wanted(schema))
}

fn wanted(schema: &Schema) -> String {
    match schema["type"].as_str() {
        Some("string") => match schema["pattern"].as_str().and_then(pattern::form) {
            Some(form) if schema["maxLength"].is_null() => form.right.to_owned(),
            _ => format!("a text{}", span(schema, LENGTH, " of", " characters")),
        },
        Some("integer") => format!("a whole number{}", span(schema, RANGE, "", "")),
        Some("number") => format!("a number{}", span(schema, RANGE, "", "")),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => {
            let entries = span(schema, ITEMS, " of", " entries");
            format!("a list{entries}, each {}", wanted(&schema["items"]))
        }
        _ => match schema["required"].as_array() {
            Some(keys) if !keys.is_empty() => {
                let keys: Vec<_> = keys.iter().filter_map(Schema::as_str).map(quoted).collect();
                format!("a table with {}", keys.join(", "))
            }
            _ => "a table".to_owned(),
        },
    }
}

/// Bounds in words: ` from 16 to 4096`, ` of 1 to 80 characters`, ` of at most 10 entries`.
fn span(schema: &Schema, [least, most]: [&str; 2], of: &str, unit: &str) -> String {
    let from = if of.is_empty() { " from" } else { of };
    match (&schema[least], &schema[most]) {
        (Schema::Null, Schema::Null) => String::new(),
        (Schema::Null, most) => format!("{of} at most {}{unit}", number(most)),
        (least, Schema::Null) => format!("{of} at least {}{unit}", number(least)),
        (least, most) => format!("{from} {} to {}{unit}", number(least), number(most)),
    }
}

/// A bound without the `.0` that JSON gives a whole float.
fn number(bound: &Schema) -> String {
    bound.as_f64().map_or_else(String::new, |bound| bound.to_string())
}

/// The first sentence of what the schema says a key is for.
pub(super) fn meaning(schema: &Schema) -> &str {
    let text = schema["description"].as_str().unwrap_or_default();
    text.find(". ").map_or(text, |end| &text[..=end])
}

/// What a value is, as in `is a text`.
pub(super) fn kind(value: &Value) -> String {
    match value {
        Value::Text(_) => "is a text".to_owned(),
        Value::Moment(_) => "is a date".to_owned(),
        Value::Whole(number) => format!("is the number {number}"),
        // Debug keeps the `.0` that makes it no whole number.
        Value::Real(number) => format!("is the number {number:?}"),
        Value::Flag(flag) => format!("is `{flag}`"),
        Value::Null => "is null, which means nothing here".to_owned(),
        Value::List(_) => "is a list".to_owned(),
        Value::Table(_) => "is a table".to_owned(),
    }
}

/// `1 entry`, `2 entries`.
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A key as messages show it.
pub(super) fn quoted(key: &str) -> String {
    format!("`{key}`")
}
