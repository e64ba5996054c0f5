//! What Discord answers when it refuses: `{message, code, errors}`.
//! See Discord Docs/Opcodes and Status Codes, "JSON Error Codes".

use serde_json::{Value, json};

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: u32,
    pub(crate) message: String,
    pub(crate) errors: Option<Value>,
}

/// The `errors` of an invalid form body: a tree with the path of the field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FormErrors(Value);

impl FormErrors {
    /// One error at `path`, its steps separated by dots.
    pub(crate) fn at(path: &str, code: &str, message: &str) -> Self {
        let leaf = json!({"_errors": [{"code": code, "message": message}]});
        Self(path.rsplit('.').fold(leaf, |inner, step| json!({step: inner})))
    }
}

impl Refusal {
    pub(crate) fn new(status: u16, code: u32, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), errors: None }
    }

    /// An invalid form body.
    pub(crate) fn form(errors: FormErrors) -> Self {
        Self { errors: Some(errors.0), ..Self::new(400, 50035, "Invalid Form Body") }
    }

    /// A text longer than `most` characters.
    pub(crate) fn too_long(path: &str, most: usize) -> Self {
        let message = format!("Must be {most} or fewer in length.");
        Self::form(FormErrors::at(path, "BASE_TYPE_MAX_LENGTH", &message))
    }

    /// A field that must be there.
    pub(crate) fn required(path: &str) -> Self {
        Self::form(FormErrors::at(path, "BASE_TYPE_REQUIRED", "This field is required"))
    }

    /// A value that is none of those allowed.
    pub(crate) fn choice(path: &str, message: &str) -> Self {
        Self::form(FormErrors::at(path, "BASE_TYPE_CHOICES", message))
    }

    /// An id that is no snowflake.
    pub(crate) fn no_snowflake(path: &str, value: &str) -> Self {
        let message = format!("Value \"{value}\" is not snowflake.");
        Self::form(FormErrors::at(path, "NUMBER_TYPE_COERCE", &message))
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body
    }
}

macro_rules! refusals {
    ($($name:ident: $status:literal, $code:literal, $message:literal;)*) => {
        impl Refusal {
            $(pub(crate) fn $name() -> Self {
                Self::new($status, $code, $message)
            })*
        }
    };
}

refusals! {
    not_found: 404, 0, "404: Not Found";
    wrong_method: 405, 0, "405: Method Not Allowed";
    unauthorized: 401, 0, "401: Unauthorized";
    unknown_application: 404, 10002, "Unknown Application";
    unknown_channel: 404, 10003, "Unknown Channel";
    unknown_guild: 404, 10004, "Unknown Guild";
    unknown_member: 404, 10007, "Unknown Member";
    unknown_message: 404, 10008, "Unknown Message";
    unknown_emoji: 400, 10014, "Unknown Emoji";
    unknown_webhook: 404, 10015, "Unknown Webhook";
    unknown_interaction: 404, 10062, "Unknown interaction";
    unknown_command: 404, 10063, "Unknown application command";
    too_many_webhooks: 400, 30007, "Maximum number of webhooks reached (15)";
    too_large: 413, 40005, "Request entity too large";
    already_acknowledged: 400, 40060, "Interaction has already been acknowledged.";
    too_many_followups: 400, 40094,
        "This interaction has reached the maximum number of follow-up messages";
    cloudflare: 403, 40333, "internal network error";
    missing_access: 403, 50001, "Missing Access";
    direct_message_action: 403, 50003, "Cannot execute action on a DM channel";
    not_the_author: 403, 50005, "Cannot edit a message authored by another user";
    empty_message: 400, 50006, "Cannot send an empty message";
    closed_dms: 403, 50007, "Cannot send messages to this user";
    missing_permissions: 403, 50013, "Missing Permissions";
    wrong_channel_type: 400, 50024, "Cannot execute action on this channel type";
    invalid_webhook_token: 401, 50027, "Invalid Webhook Token";
    invalid_recipient: 400, 50033, "Invalid Recipient(s)";
    invalid_api_version: 400, 50041, "Invalid API version provided";
    invalid_json: 400, 50109, "The request body contains invalid JSON.";
    no_reply_without_history: 400, 160002,
        "Cannot reply without permission to read message history";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_errors_are_a_tree_with_the_fields_path() {
        let body = Refusal::too_long("data.content", 2000).body();
        assert_eq!(body["code"], 50035);
        let errors = &body["errors"]["data"]["content"]["_errors"];
        assert_eq!(errors[0]["code"], "BASE_TYPE_MAX_LENGTH");
    }
}
