//! What is wrong with a call of AWS, and what would mend it.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;

/// A call of AWS, as far as mending it needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The permission it needs, as in `dynamodb:DescribeTable`.
    pub action: &'a str,
    /// What it is about, as in `table roast-den`.
    pub object: &'a str,
    /// The variable that leads it elsewhere, as in `AWS_ENDPOINT_URL_DYNAMODB`.
    pub endpoint: &'a str,
}

/// What is wrong, and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong.
    pub what: String,
    /// What would be right, as an instruction.
    pub mend: String,
}

impl Trouble {
    /// What is wrong with a `call` that ended in `error`, which AWS calls `code`.
    pub fn of(call: Call<'_>, error: &(dyn Error + 'static), code: Option<&str>) -> Self {
        let what = format!("{}: {}", call.object, causes(error));
        Self { what, mend: mend(call, error, code) }
    }
}

/// What would mend a `call` that ended in `error`, which AWS calls `code`; an instruction.
pub fn mend(call: Call<'_>, error: &(dyn Error + 'static), code: Option<&str>) -> String {
    let Call { action, object, endpoint } = call;
    match code.unwrap_or_default() {
        "" if is_about_credentials(error) => NO_CREDENTIALS.to_owned(),
        "" => format!(
            "check the network, AWS_REGION, and {endpoint} where that is set; then try again"
        ),
        code if code.starts_with("AccessDenied") => {
            format!("allow {action} on {object} to whoever `aws sts get-caller-identity` names")
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch" => {
            "renew the AWS credentials: `aws sso login`, or new access keys".to_owned()
        }
        "ResourceNotFoundException" => "make it: `den store init`".to_owned(),
        code if code.contains("Throttl") => "try again in a minute".to_owned(),
        _ => "try again; if it stays, the message says what AWS minds".to_owned(),
    }
}

/// The mend for credentials that are nowhere.
pub const NO_CREDENTIALS: &str =
    "give AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
/// The mend for a region that is not named.
pub const NO_REGION: &str = "set AWS_REGION, as in eu-central-1";

/// An error and its causes in one line, without what repeats itself.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let mut said: Vec<String> = Vec::new();
    for error in std::iter::successors(Some(error), |error| (*error).source()) {
        let text = error.to_string();
        if !said.iter().any(|earlier| earlier.contains(&text)) {
            said.push(text);
        }
    }
    said.join(": ")
}

fn is_about_credentials(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source())
        .any(|cause| cause.is::<CredentialsError>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("dispatch failure")]
    struct Outer(#[source] std::io::Error);

    const CALL: Call<'_> = Call {
        action: "sqs:GetQueueUrl",
        object: "queue roast-den-turbo.fifo",
        endpoint: "AWS_ENDPOINT_URL_SQS",
    };

    #[test]
    fn every_cause_is_said_once() {
        let error = Outer(std::io::Error::other("dispatch failure"));
        assert_eq!(causes(&error), "dispatch failure");
        let error = Outer(std::io::Error::other("connection refused"));
        assert_eq!(causes(&error), "dispatch failure: connection refused");
    }

    #[test]
    fn a_denied_call_names_the_permission_and_a_dead_endpoint_its_variable() {
        let error = std::io::Error::other("odd");
        let denied = mend(CALL, &error, Some("AccessDeniedException"));
        assert!(
            denied.starts_with("allow sqs:GetQueueUrl on queue roast-den-turbo.fifo"),
            "{denied}"
        );
        assert!(mend(CALL, &error, Some("ExpiredToken")).starts_with("renew the AWS credentials"));
        assert!(mend(CALL, &error, None).contains("AWS_ENDPOINT_URL_SQS"));
    }
}
