//! An endpoint's errors as ours. There is no standard beyond the status and, mostly, `error.message`.

use reqwest::StatusCode;
use serde_json::Value;

use crate::{AskError, Cause, error::Confidential};

/// A request that was not answered, or a body that broke off.
pub(super) fn of_transport(error: reqwest::Error, model: &str) -> AskError {
    let model = model.to_owned();
    // The address may carry a key.
    let error = error.without_url();
    let cause = Cause::of(&error);
    if error.is_builder() {
        AskError::Refused { model, cause }
    } else {
        AskError::Unavailable { model, cause }
    }
}

/// A document that is not what it should be.
pub(super) fn of_body(error: &serde_json::Error, model: &str) -> AskError {
    let cause = Cause::new(format!("an unreadable answer ({:?})", error.classify()));
    AskError::Unavailable { model: model.to_owned(), cause }
}

/// An answer with an error status.
pub(super) fn of_response(
    status: StatusCode,
    body: &[u8],
    model: &str,
    base_url: &str,
    confidential: &Confidential,
) -> AskError {
    let message = match serde_json::from_slice::<Value>(body) {
        Ok(document) => message(document.get("error").unwrap_or(&document)),
        // A proxy's page says nothing that helps.
        Err(_) => String::new(),
    };
    let cause = confidential.cause(status.as_str(), &message);
    ours(status.as_u16(), model, base_url, cause)
}

/// An error inside an answer that had begun: `{"error": {"code": 502, "message": "…"}}`, or only a text.
pub(super) fn of_error(error: &Value, model: &str, confidential: &Confidential) -> AskError {
    let code = &error["code"];
    let status = code.as_u64().or_else(|| code.as_str()?.parse().ok());
    let name = code.as_str().or_else(|| error["type"].as_str()).unwrap_or_default();
    let status = match status.and_then(|status| u16::try_from(status).ok()) {
        Some(status) => status,
        None if name.contains("rate_limit") => 429,
        None => 500,
    };
    ours(status, model, "the endpoint", confidential.cause(&status.to_string(), &message(error)))
}

fn message(error: &Value) -> String {
    let said =
        error["message"].as_str().or_else(|| error["detail"].as_str()).or_else(|| error.as_str());
    said.unwrap_or_default().to_owned()
}

fn ours(status: u16, model: &str, base_url: &str, cause: Cause) -> AskError {
    let model = model.to_owned();
    let denied =
        |mend: String| AskError::Denied { model: model.clone(), mend, cause: cause.clone() };
    match status {
        401 | 403 => denied(format!("check the key for {base_url}")),
        402 => denied(format!("check the balance at {base_url}")),
        429 => AskError::Throttled { model, cause },
        408 | 425 | 500.. => AskError::Unavailable { model, cause },
        _ => AskError::Refused { model, cause },
    }
}
