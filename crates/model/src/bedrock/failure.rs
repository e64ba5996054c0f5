//! Bedrock's errors as ours. See Amazon Bedrock/Troubleshooting API error codes.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_bedrockruntime::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::converse_stream::ConverseStreamError,
    types::error::ConverseStreamOutputError,
};

use crate::{AskError, Cause, error::Confidential};

/// What an error says about trying again.
enum Kind {
    Throttled,
    Unavailable,
    Refused,
    Denied,
}

/// A request that got no stream.
pub(super) fn of_request(
    error: SdkError<ConverseStreamError, HttpResponse>,
    model: &str,
    confidential: &Confidential,
) -> AskError {
    let status = error.raw_response().map(|response| response.status().as_u16());
    if let Some(service) = error.as_service_error() {
        let code = service.code().unwrap_or_default();
        let cause = confidential.cause(code, service.message().unwrap_or_default());
        return ours(kind(code, status), model, code, cause);
    }
    let model = model.to_owned();
    if caused_by_credentials(&error) {
        let mend =
            "give AWS credentials: in the environment, a profile, or the task's or function's role";
        return AskError::Denied { model, mend: mend.to_owned(), cause: Cause::of(&error) };
    }
    match error {
        SdkError::ConstructionFailure(_) => AskError::Refused { model, cause: Cause::of(&error) },
        _ => AskError::Unavailable { model, cause: Cause::of(&error) },
    }
}

/// A stream that broke.
pub(super) fn of_stream<R>(
    error: SdkError<ConverseStreamOutputError, R>,
    model: &str,
    confidential: &Confidential,
) -> AskError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let Some(service) = error.as_service_error() else {
        return AskError::Unavailable { model: model.to_owned(), cause: Cause::of(&error) };
    };
    let code = match service {
        ConverseStreamOutputError::ThrottlingException(_) => "ThrottlingException",
        ConverseStreamOutputError::ValidationException(_) => "ValidationException",
        ConverseStreamOutputError::ModelStreamErrorException(_) => "ModelStreamErrorException",
        ConverseStreamOutputError::InternalServerException(_) => "InternalServerException",
        ConverseStreamOutputError::ServiceUnavailableException(_) => "ServiceUnavailableException",
        other => other.code().unwrap_or_default(),
    };
    let cause = confidential.cause(code, service.message().unwrap_or_default());
    ours(kind(code, None), model, code, cause)
}

fn kind(code: &str, status: Option<u16>) -> Kind {
    match code {
        "ThrottlingException" | "ServiceQuotaExceededException" | "TooManyRequestsException" => {
            Kind::Throttled
        }
        "ValidationException" | "ResourceNotFoundException" => Kind::Refused,
        // 429 by status, but not about us: the model is still being loaded.
        "ModelNotReadyException" | "ModelTimeoutException" | "ModelErrorException" => {
            Kind::Unavailable
        }
        "ExpiredTokenException" | "UnrecognizedClientException" => Kind::Denied,
        _ => match status {
            Some(401 | 403) => Kind::Denied,
            Some(429) => Kind::Throttled,
            Some(400..=499) => Kind::Refused,
            _ => Kind::Unavailable,
        },
    }
}

fn ours(kind: Kind, model: &str, code: &str, cause: Cause) -> AskError {
    let id = model.to_owned();
    match kind {
        Kind::Throttled => AskError::Throttled { model: id, cause },
        Kind::Unavailable => AskError::Unavailable { model: id, cause },
        Kind::Refused => AskError::Refused { model: id, cause },
        Kind::Denied => AskError::Denied { model: id, mend: mend(model, code), cause },
    }
}

fn mend(model: &str, code: &str) -> String {
    if code == "AccessDeniedException" {
        return format!(
            "allow bedrock:InvokeModelWithResponseStream on {model} (of an inference profile: on its ARN and on \
             the model's in every region it leads to) and give the account access to the model"
        );
    }
    "renew the AWS credentials".to_owned()
}

fn caused_by_credentials(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.any(|cause| cause.is::<CredentialsError>())
}
