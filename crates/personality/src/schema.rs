//! The JSON Schema of a personality file: what editors complete from, what infra validates with, and what
//! the reader itself takes its bounds from.

use std::sync::LazyLock;

use schemars::{Schema, generate::SchemaSettings, transform::transform_subschemas};
use serde_json::{Value, json};

use crate::{Personality, pattern};

/// The JSON Schema of a personality file, draft 7, because editors for TOML know no newer one.
pub fn schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(generate);
    &SCHEMA
}

fn generate() -> Value {
    let settings = SchemaSettings::draft07()
        // No references: each place can be read, and validated, by itself.
        .with(|settings| settings.inline_subschemas = true)
        .with_transform(tidy);
    let mut schema = settings.into_generator().into_root_schema_for::<Personality>().to_value();
    // JSON files name their schema inside; TOML files do so in a comment.
    schema["properties"]["$schema"] = json!({
        "title": "Schema",
        "description": "Where this file's JSON Schema lies, for editors.",
        "type": "string",
    });
    schema["title"] = "A personality".into();
    schema
}

/// Makes the schema say what a file may say, and read well in an editor.
fn tidy(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    // Absent is said by leaving the key out: TOML has no null.
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_mut_slice() {
            let only = only.take();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(mut choices)) = object.remove("anyOf") {
        choices.retain(|choice| choice != &json!({"type": "null"}));
        for (keyword, value) in
            choices.pop().as_ref().and_then(Value::as_object).into_iter().flatten()
        {
            // What the field says of itself goes before what its type says.
            object.entry(keyword.clone()).or_insert_with(|| value.clone());
        }
    }
    // Validators disagree about what `uint32` or `float` mean, and the bounds say more.
    object.remove("format");
    if object.get("type") == Some(&json!("string")) {
        object.entry("pattern").or_insert_with(|| pattern::SOLID.into());
    }
    if let Some(Value::String(text)) = object.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for (key, property) in properties {
            property["title"] = title(key).into();
        }
    }
    transform_subschemas(&mut tidy, schema);
}

/// `max_tokens` as a heading: `Max tokens`.
fn title(key: &str) -> String {
    let mut words = key.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
