//! Additions that are made at most once.
//!
//! The SDK sends a request again whose answer was lost on its way. What it adds may have been added by then, and is
//! added twice. That is right where too much is safe, and wrong where something is given back.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Config,
    config::retry::RetryConfig,
    error::{ProvideErrorMetadata, SdkError},
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
};

use crate::{Error, error::failed};

/// An update as it is put together.
pub(crate) type Update = UpdateItemFluentBuilder;

/// Times an addition is tried that DynamoDB has no room for.
const TRIES: u32 = 6;
/// What DynamoDB calls it that it has no room for a write now.
const CROWDED: [&str; 4] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionConflictException",
];

/// Makes an addition, and makes it again only where it was refused. Where nobody knows whether it was made, it is
/// left at that.
pub(crate) async fn at_most_once(
    operation: &str,
    addition: impl Fn() -> Update,
) -> Result<(), Error> {
    let mut round = 0;
    loop {
        let once = Config::builder().retry_config(RetryConfig::disabled());
        let Err(e) = addition().customize().config_override(once).send().await else {
            return Ok(());
        };
        if !is_refused(&e) {
            let error = failed(operation)(e);
            tracing::warn!(%error, "nobody knows whether it was done; it is not done again");
            return Ok(());
        }
        round += 1;
        let code = e.as_service_error().and_then(ProvideErrorMetadata::code);
        if round == TRIES || !code.is_some_and(|code| CROWDED.contains(&code)) {
            return Err(failed(operation)(e));
        }
        tokio::time::sleep(Duration::from_millis(10 << round)).await;
    }
}

/// Whether DynamoDB said that it did nothing, or was never asked. After an error of its own it may have done it.
fn is_refused(error: &SdkError<UpdateItemError>) -> bool {
    match error {
        SdkError::ServiceError(refused) => refused.raw().status().is_client_error(),
        SdkError::ConstructionFailure(_) => true,
        _ => false,
    }
}
