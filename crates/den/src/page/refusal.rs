//! Why the page refuses something, in words for the person and in JSON for their browser.

use axum::{
    Json,
    extract::{FromRequest, Request},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use discord_sim::{Permissions, Unknown};
use serde::{Serialize, de::DeserializeOwned};

/// Why an act was refused.
#[derive(Serialize)]
pub(super) struct Refusal {
    #[serde(skip)]
    status: StatusCode,
    /// A sentence.
    error: String,
    /// The option or field it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into(), field: None }
    }

    fn of_field(field: String, error: String) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, error, field: Some(field) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

impl From<Unknown> for Refusal {
    fn from(unknown: Unknown) -> Self {
        let (status, error) = match unknown {
            Unknown::Option { option, .. } => {
                let error = format!("`{option}` does not take that.");
                return Self::of_field(option, error);
            }
            Unknown::OptionMissing { option, .. } => {
                let error = format!("`{option}` is needed.");
                return Self::of_field(option, error);
            }
            Unknown::Field { field, .. } => {
                return Self::of_field(field, "The form does not take that.".to_owned());
            }
            Unknown::NotTheirs(..) => {
                (StatusCode::FORBIDDEN, "Only who wrote a message may change it.".to_owned())
            }
            Unknown::NotAllowed { missing, .. } => (StatusCode::FORBIDDEN, not_allowed(missing)),
            Unknown::Member(..) => {
                (StatusCode::FORBIDDEN, "You do not belong to that place.".to_owned())
            }
            Unknown::Values { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "That cannot be chosen here.".to_owned())
            }
            Unknown::Message(_) => (StatusCode::NOT_FOUND, "That message is gone.".to_owned()),
            Unknown::Component(..) => {
                (StatusCode::NOT_FOUND, "The message no longer has that button.".to_owned())
            }
            Unknown::Form(_) => (StatusCode::GONE, "This form is no longer open.".to_owned()),
            Unknown::Command(name) => {
                (StatusCode::NOT_FOUND, format!("There is no `{name}` for you here."))
            }
            unknown => (StatusCode::NOT_FOUND, unknown.to_string()),
        };
        Self::new(status, error)
    }
}

fn not_allowed(missing: Permissions) -> String {
    let sentence = if missing.contains(Permissions::VIEW_CHANNEL) {
        "You cannot see that channel."
    } else if missing.contains(Permissions::SEND_MESSAGES) {
        "You may not write here."
    } else if missing.contains(Permissions::ADD_REACTIONS) {
        "You may not add reactions here."
    } else {
        "You may not do that here."
    };
    sentence.to_owned()
}

/// JSON, refused in JSON where it cannot be read.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(Refusal::new(rejection.status(), rejection.body_text())),
        }
    }
}
