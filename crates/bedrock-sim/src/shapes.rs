//! Checking requests against AWS's own service model, the file `service-2.json` that botocore carries.
//!
//! Checked are required and unknown members, unions, types, enums and bounds. Patterns are not: they guard
//! identifiers a person configures, and AWS says clearly which one is wrong.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::{Map, Value};

/// A service's operations and the shapes they take.
#[derive(Clone, Debug, Deserialize)]
pub struct ServiceModel {
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Clone, Debug, Deserialize)]
struct Operation {
    input: Reference,
}

#[derive(Clone, Debug, Deserialize)]
struct Reference {
    shape: String,
    /// `uri`, `header` or `querystring` for a member that does not travel in the body.
    location: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Shape {
    r#type: String,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    members: BTreeMap<String, Reference>,
    member: Option<Reference>,
    value: Option<Reference>,
    #[serde(default)]
    r#enum: Vec<String>,
    min: Option<f64>,
    max: Option<f64>,
    #[serde(default)]
    union: bool,
    #[serde(default)]
    document: bool,
}

/// Why a service model could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ServiceModelError {
    /// The file could not be read.
    #[error("read {}", .0.display())]
    Read(PathBuf, #[source] io::Error),
    /// The file is no service model.
    #[error("parse {}", .0.display())]
    Parse(PathBuf, #[source] serde_json::Error),
}

impl ServiceModel {
    /// Loads `service-2.json`, or `service-2.json.gz`.
    ///
    /// # Errors
    /// When the file cannot be read, or is no service model.
    pub fn load(path: &Path) -> Result<Self, ServiceModelError> {
        let read = || -> io::Result<Vec<u8>> {
            let bytes = fs::read(path)?;
            if path.extension().is_none_or(|extension| extension != "gz") {
                return Ok(bytes);
            }
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain)?;
            Ok(plain)
        };
        let bytes = read().map_err(|error| ServiceModelError::Read(path.to_owned(), error))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| ServiceModelError::Parse(path.to_owned(), error))
    }

    /// Finds Bedrock Runtime's service model in a Python environment under `root`, where the tests install
    /// botocore: `.tools/venv/lib/python3*/site-packages/botocore/data/…`.
    pub fn find(root: &Path) -> Option<PathBuf> {
        let pythons = fs::read_dir(root.join(".tools/venv/lib")).ok()?;
        let data = "site-packages/botocore/data/bedrock-runtime/2023-09-30";
        pythons
            .filter_map(Result::ok)
            .flat_map(|python| {
                ["service-2.json.gz", "service-2.json"]
                    .map(|file| python.path().join(data).join(file))
            })
            .find(|path| path.is_file())
    }

    /// What is wrong with the body of a request for `operation`.
    pub fn request_violations(&self, operation: &str, body: &Value) -> Vec<String> {
        match self.operations.get(operation) {
            Some(operation) => self.violations(&operation.input.shape, body),
            None => vec![format!("{operation}: no such operation")],
        }
    }

    /// What is wrong with `value` as a `shape`, each with its path.
    pub fn violations(&self, shape: &str, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.check(shape, value, shape, &mut found);
        found
    }

    fn check(&self, name: &str, value: &Value, path: &str, found: &mut Vec<String>) {
        let Some(shape) = self.shapes.get(name) else {
            found.push(format!("{path}: no such shape: {name}"));
            return;
        };
        if shape.document {
            return;
        }
        match (shape.r#type.as_str(), value) {
            ("structure", Value::Object(members)) => {
                self.check_structure(shape, members, path, found)
            }
            ("map", Value::Object(entries)) => {
                bounds(shape, entries.len() as f64, "entries", path, found);
                for (key, value) in entries {
                    if let Some(of) = &shape.value {
                        self.check(&of.shape, value, &format!("{path}.{key}"), found);
                    }
                }
            }
            ("list", Value::Array(items)) => {
                bounds(shape, items.len() as f64, "items", path, found);
                for (at, item) in items.iter().enumerate() {
                    if let Some(of) = &shape.member {
                        self.check(&of.shape, item, &format!("{path}[{at}]"), found);
                    }
                }
            }
            ("string", Value::String(text)) => {
                bounds(shape, text.chars().count() as f64, "characters", path, found);
                if !shape.r#enum.is_empty() && !shape.r#enum.contains(text) {
                    found.push(format!("{path}: `{text}` is none of {}", shape.r#enum.join(", ")));
                }
            }
            ("blob", Value::String(text)) => {
                // Base64: four characters carry three bytes.
                bounds(shape, (text.len() / 4 * 3) as f64, "bytes", path, found);
            }
            ("integer" | "long", Value::Number(number)) if number.is_i64() || number.is_u64() => {
                bounds(shape, number.as_f64().unwrap_or_default(), "", path, found);
            }
            ("float" | "double", Value::Number(number)) => {
                bounds(shape, number.as_f64().unwrap_or_default(), "", path, found);
            }
            ("boolean", Value::Bool(_)) | ("timestamp", Value::Number(_) | Value::String(_)) => {}
            (wanted, _) => found.push(format!("{path}: not a {wanted}")),
        }
    }

    fn check_structure(
        &self,
        shape: &Shape,
        members: &Map<String, Value>,
        path: &str,
        found: &mut Vec<String>,
    ) {
        for name in &shape.required {
            let is_in_body = shape.members.get(name).is_none_or(|member| member.location.is_none());
            if is_in_body && !members.contains_key(name) {
                found.push(format!("{path}: `{name}` is missing"));
            }
        }
        if shape.union && members.len() != 1 {
            found.push(format!("{path}: a union has exactly one member, not {}", members.len()));
        }
        for (name, value) in members {
            match shape.members.get(name).filter(|member| member.location.is_none()) {
                Some(member) => self.check(&member.shape, value, &format!("{path}.{name}"), found),
                None => found.push(format!("{path}: unknown member `{name}`")),
            }
        }
    }
}

fn bounds(shape: &Shape, value: f64, of: &str, path: &str, found: &mut Vec<String>) {
    if shape.min.is_some_and(|min| value < min) || shape.max.is_some_and(|max| value > max) {
        let bound =
            |bound: Option<f64>| bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string());
        let (min, max) = (bound(shape.min), bound(shape.max));
        found.push(format!("{path}: {value} {of} is outside {min} to {max}").replace("  ", " "));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn model() -> ServiceModel {
        let model = json!({
            "operations": { "Say": { "input": { "shape": "SayRequest" } } },
            "shapes": {
                "SayRequest": {
                    "type": "structure",
                    "required": ["to", "words"],
                    "members": {
                        "to": { "shape": "Name", "location": "uri" },
                        "words": { "shape": "Words" },
                        "loudness": { "shape": "Loudness" },
                        "tone": { "shape": "Tone" },
                        "extra": { "shape": "Anything" },
                    },
                },
                "Words": { "type": "list", "member": { "shape": "Word" }, "min": 1 },
                "Word": {
                    "type": "structure",
                    "union": true,
                    "members": { "text": { "shape": "Name" }, "picture": { "shape": "Picture" } },
                },
                "Name": { "type": "string", "min": 1, "max": 5 },
                "Picture": { "type": "blob", "min": 1 },
                "Loudness": { "type": "integer", "min": 0, "max": 10 },
                "Tone": { "type": "string", "enum": ["dry", "warm"] },
                "Anything": { "type": "structure", "members": {}, "document": true },
            },
        });
        serde_json::from_value(model).unwrap()
    }

    #[test]
    fn a_request_that_fits_has_no_violations() {
        let request = json!({
            "words": [{ "text": "ahoy" }, { "picture": "AAAA" }],
            "loudness": 10, "tone": "dry", "extra": { "any": ["thing"] },
        });
        assert_eq!(model().request_violations("Say", &request), Vec::<String>::new());
    }

    #[test]
    fn each_violation_is_named_with_its_place() {
        let request = json!({
            "words": [{ "text": "" }, { "text": "hi", "picture": "AAAA" }, { "song": 1 }],
            "loudness": 11.5, "tone": "shrill", "to": "Ada",
        });
        assert_eq!(
            model().request_violations("Say", &request),
            [
                "SayRequest.loudness: not a integer",
                "SayRequest: unknown member `to`",
                "SayRequest.tone: `shrill` is none of dry, warm",
                "SayRequest.words[0].text: 0 characters is outside 1 to 5",
                "SayRequest.words[1]: a union has exactly one member, not 2",
                "SayRequest.words[2]: unknown member `song`",
            ]
        );
        assert_eq!(
            model().request_violations("Say", &json!({})),
            ["SayRequest: `words` is missing"]
        );
        assert_eq!(model().request_violations("Sing", &json!({})), ["Sing: no such operation"]);
    }
}
