//! Request bodies: JSON, and multipart forms with files.

use axum::{
    body::Body,
    extract::{FromRequest, Multipart, Request},
    http::{header::CONTENT_TYPE, request::Parts},
};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::world::File;

/// A request body, read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parsed {
    /// The JSON, or `null` where there was none.
    pub(crate) json: Value,
    pub(crate) files: Vec<File>,
}

/// Reads `bytes` as the content type says.
pub(crate) async fn parse(parts: &Parts, bytes: Bytes) -> Result<Parsed, Refusal> {
    if bytes.is_empty() {
        return Ok(Parsed::default());
    }
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        return multipart(parts, bytes).await;
    }
    if !content_type.starts_with("application/json") {
        return Err(Refusal::invalid_json());
    }
    let json = serde_json::from_slice(&bytes).map_err(|_| Refusal::invalid_json())?;
    Ok(Parsed { json, files: Vec::new() })
}

/// See Discord Docs/Reference, "Uploading Files": `payload_json` and `files[n]`, or plain fields.
async fn multipart(parts: &Parts, bytes: Bytes) -> Result<Parsed, Refusal> {
    let request = Request::from_parts(parts.clone(), Body::from(bytes));
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|_| Refusal::invalid_json())?;
    let (mut fields, mut payload, mut files) = (Map::new(), None, Vec::new());
    while let Some(field) = form.next_field().await.map_err(|_| Refusal::invalid_json())? {
        let name = field.name().unwrap_or_default().to_owned();
        let filename = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_| Refusal::invalid_json())?;
        if name == "payload_json" {
            let json: Value =
                serde_json::from_slice(&bytes).map_err(|_| Refusal::invalid_json())?;
            payload = Some(json);
        } else if let Some(name) = filename {
            files.push(File { name, content_type, bytes });
        } else {
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| Refusal::invalid_json())?;
            fields.insert(name, text.into());
        }
    }
    Ok(Parsed { json: payload.unwrap_or(Value::Object(fields)), files })
}
