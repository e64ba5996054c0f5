//! AWS as this den meets it: one HTTP client, one TLS stack, one set of time limits.
//!
//! Every AWS client of every binary is built from [`config`], so that the workspace carries rustls with
//! ring and nothing else, and so that no call can hang: the SDK sets no read or operation timeout by itself.
//! It names no service: `aws-sdk-*` crates live where their service is used.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, ConfigLoader, Region, SdkConfig,
    environment::EnvironmentVariableRegionProvider, meta::region::RegionProviderChain,
    profile::ProfileFileRegionProvider, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_credential_types::Credentials;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

/// One try of one call; a stream's later chunks are the caller's to time.
const ATTEMPT: Duration = Duration::from_secs(5);
/// All tries of one call together, long polls of 20 s included.
const OPERATION: Duration = Duration::from_secs(30);

/// Region, credentials and endpoints from the environment (`AWS_REGION`, `AWS_ENDPOINT_URL_SQS`, …), the
/// time limits above, and three tries a call.
///
/// Makes no request: credentials are looked up at the first call, and the region is never asked of an
/// instance's metadata, which a laptop waits for in vain.
pub async fn config() -> SdkConfig {
    let named = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(ProfileFileRegionProvider::new());
    loader().region(named).load().await
}

/// The same for services on this machine, which check no credentials. Their clients set an endpoint.
pub async fn local_config() -> SdkConfig {
    let anyone = Credentials::new("local", "local", None, None, "local");
    loader().region(Region::new("local")).credentials_provider(anyone).load().await
}

fn loader() -> ConfigLoader {
    let https = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(https)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard())
}
