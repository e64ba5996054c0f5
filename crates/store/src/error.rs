//! What can go wrong with the table.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why something could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table did not do it: throttled, unreachable, missing, or not allowed. Try the whole turn later.
    #[error("{operation}{}", code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default())]
    Failed {
        /// What was tried, with its object: "read the window of channel 42".
        operation: String,
        /// DynamoDB's own name for it, such as `ResourceNotFoundException`.
        code: Option<String>,
        /// What the SDK said.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// An item does not read as what its key says; somebody else wrote it, or a newer version.
    #[error("{operation}: the item cannot be read")]
    Unreadable {
        /// What was tried.
        operation: String,
        /// Which field, and why.
        #[source]
        source: serde_dynamo::Error,
    },
    /// A sealed page is damaged.
    #[error("{operation}: a page cannot be unfolded")]
    Torn {
        /// What was tried.
        operation: String,
        /// What is wrong with it.
        #[source]
        source: std::io::Error,
    },
    /// Others changed the item again and again while this change was made: try later.
    #[error("{operation}: too many change it at once")]
    Contended {
        /// What was tried.
        operation: String,
    },
    /// The claim belongs to another attempt now: whatever this turn still holds must not be written.
    #[error("{operation}: another attempt holds the claim")]
    ClaimLost {
        /// What was tried.
        operation: String,
    },
}

impl Error {
    /// Whether it may be otherwise later: not so for what cannot be read.
    pub fn is_passing(&self) -> bool {
        !matches!(self, Error::Unreadable { .. } | Error::Torn { .. })
    }

    /// DynamoDB's own name for the failure, where it gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Error::Failed { code, .. } => code.as_deref(),
            _ => None,
        }
    }
}

/// An [`Error::Failed`] of `operation`, for `map_err`.
pub(crate) fn failed<E, R>(operation: impl Into<String>) -> impl FnOnce(SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    move |source| Error::Failed {
        operation: operation.into(),
        code: source.as_service_error().and_then(|e| e.code()).map(str::to_owned),
        source: Box::new(source),
    }
}

/// An [`Error::Unreadable`] of `operation`, for `map_err`.
pub(crate) fn unreadable(
    operation: impl Into<String>,
) -> impl FnOnce(serde_dynamo::Error) -> Error {
    move |source| Error::Unreadable { operation: operation.into(), source }
}
