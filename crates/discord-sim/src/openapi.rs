//! Discord's own specification, to hold requests and our answers against. For tests: it is heavy to build.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

/// The name under which the document refers to itself.
const ADDRESS: &str = "https://discord.invalid/openapi.json";

/// Why the document cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpecificationError {
    /// It cannot be read.
    #[error("read the OpenAPI document {path}")]
    Read {
        /// Where it should be.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// It is no JSON.
    #[error("parse the OpenAPI document {path}")]
    Parse {
        /// Where it is.
        path: String,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// Its schemas cannot be understood.
    #[error("understand the schemas of the OpenAPI document: {0}")]
    Schemas(String),
}

/// Discord's OpenAPI document.
pub struct Specification {
    document: Value,
    registry: Registry<'static>,
    /// Compiled schemas by where they stand.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Specification {
    /// Reads the document.
    ///
    /// # Errors
    /// [`SpecificationError`].
    pub fn read(path: &Path) -> Result<Self, SpecificationError> {
        let shown = || path.display().to_string();
        let text = std::fs::read(path)
            .map_err(|source| SpecificationError::Read { path: shown(), source })?;
        let mut document: Value = serde_json::from_slice(&text)
            .map_err(|source| SpecificationError::Parse { path: shown(), source })?;
        take_permissions_as_text(&mut document);
        let registry = Registry::new().add(ADDRESS, document.clone());
        let registry = registry.and_then(|registry| registry.prepare());
        let registry =
            registry.map_err(|problem| SpecificationError::Schemas(problem.to_string()))?;
        Ok(Self { document, registry, compiled: Mutex::default() })
    }

    /// Checks a request. `route` is written as in the document, without the base address.
    ///
    /// # Errors
    /// The first problem found, with its place.
    pub fn check(
        &self,
        method: &str,
        route: &str,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Result<(), String> {
        let operation = self.operation(method, route)?;
        self.check_query(operation, route, query)?;
        let Some(request) = operation.get("requestBody") else { return Ok(()) };
        let schema = &request["content"]["application/json"]["schema"];
        let Some(body) = body else {
            let is_needed = request["required"] == true && !schema.is_null();
            return if is_needed { Err("the body is missing".to_owned()) } else { Ok(()) };
        };
        if schema.is_null() {
            return Ok(());
        }
        let place = format!("{method} {route} request");
        self.validate(&place, schema, body)?;
        // The document lets unknown fields pass, as Discord does; to us they are mistakes.
        let known = self.fields(schema);
        let unknown = body.as_object().into_iter().flatten();
        match unknown.map(|(name, _)| name).find(|name| !known.contains(name.as_str())) {
            Some(name) => Err(format!("/{name}: there is no such field")),
            None => Ok(()),
        }
    }

    /// Checks an answer of ours.
    ///
    /// # Errors
    /// The first problem found, with its place.
    pub fn check_response(
        &self,
        method: &str,
        route: &str,
        status: u16,
        body: Option<&Value>,
    ) -> Result<(), String> {
        let responses = &self.operation(method, route)?["responses"];
        let class = format!("{}XX", status / 100);
        let response = responses.get(status.to_string()).or_else(|| responses.get(class));
        let response = response.ok_or_else(|| format!("there is no response {status}"))?;
        let response = self.resolved(response);
        match (response["content"]["application/json"].get("schema"), body) {
            (Some(schema), Some(body)) => {
                self.validate(&format!("{method} {route} {status}"), schema, body)
            }
            (Some(_), None) => Err(format!("response {status} has a body")),
            (None, Some(_)) => Err(format!("response {status} has no body")),
            (None, None) => Ok(()),
        }
    }

    fn operation(&self, method: &str, route: &str) -> Result<&Value, String> {
        let found = self.document["paths"].get(route);
        let operation = found.and_then(|path| path.get(method.to_lowercase()));
        operation.ok_or_else(|| format!("there is no operation {method} {route}"))
    }

    fn check_query(
        &self,
        operation: &Value,
        route: &str,
        query: &[(String, String)],
    ) -> Result<(), String> {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let parameters: Vec<_> = parameters.filter(|one| one["in"] == "query").collect();
        for (name, value) in query {
            let parameter = parameters.iter().find(|one| one["name"] == name.as_str());
            let parameter = parameter.ok_or_else(|| format!("?{name}: no such parameter"))?;
            let schema = &parameter["schema"];
            let value = match schema["type"].as_str() {
                Some("integer") => value.parse::<i64>().map_or_else(|_| json!(value), Value::from),
                Some("boolean") => value.parse::<bool>().map_or_else(|_| json!(value), Value::from),
                _ => json!(value),
            };
            self.validate(&format!("{route} ?{name}"), schema, &value)?;
        }
        Ok(())
    }

    fn validate(&self, place: &str, schema: &Value, instance: &Value) -> Result<(), String> {
        let validator = self.compiled(place, schema)?;
        validator.validate(instance).map_err(|error| {
            // The value itself may be somebody's words, so only its place and what was wanted are told.
            format!("{}: {}", error.instance_path(), error.masked())
        })
    }

    fn compiled(&self, place: &str, schema: &Value) -> Result<Arc<Validator>, String> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = compiled.get(place) {
            return Ok(validator.clone());
        }
        let mut schema = schema.clone();
        point_home(&mut schema);
        let options = jsonschema::options().with_registry(&self.registry);
        let validator = options.build(&schema).map_err(|error| format!("{place}: {error}"))?;
        let validator = Arc::new(validator);
        compiled.insert(place.to_owned(), validator.clone());
        Ok(validator)
    }

    /// The fields an object of this schema may have, of all its alternatives together.
    fn fields<'a>(&'a self, schema: &'a Value) -> BTreeSet<&'a str> {
        let schema = self.resolved(schema);
        let own = schema["properties"].as_object().into_iter().flatten();
        let mut fields: BTreeSet<_> = own.map(|(name, _)| name.as_str()).collect();
        for combination in ["allOf", "anyOf", "oneOf"] {
            for part in schema[combination].as_array().into_iter().flatten() {
                fields.extend(self.fields(part));
            }
        }
        fields
    }

    /// What a reference means; anything else is itself.
    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value["$ref"].as_str().and_then(|text| text.strip_prefix('#'));
        reference.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(value)
    }
}

/// Where the document wants the permissions of a command as a number, Discord takes them as text as well: so
/// they are documented (See Discord Docs/Application Commands, "Create Global Application Command"), so they
/// come back, and so every client sends them.
fn take_permissions_as_text(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut();
    for (_, schema) in schemas.into_iter().flatten() {
        if let Some(kinds) = schema.pointer_mut("/properties/default_member_permissions/type") {
            *kinds = json!(["integer", "string", "null"]);
        }
    }
}

/// Lets references inside a schema taken out of the document find their way back.
fn point_home(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "$ref" && text.starts_with('#') => {
                        *text = format!("{ADDRESS}{text}");
                    }
                    value => point_home(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(point_home),
        _ => {}
    }
}
