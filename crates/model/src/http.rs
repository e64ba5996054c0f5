//! The HTTP client for endpoints that are not Bedrock.

use std::{sync::Arc, time::Duration};

/// A local model may be loading, but its server accepts connections at once.
const CONNECT: Duration = Duration::from_secs(3);

/// No client could be set up.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// TLS.
    #[error("set up TLS for the model's endpoint")]
    Tls(#[source] rustls::Error),
    /// The client itself.
    #[error("set up the client of the model's endpoint")]
    Client(#[source] reqwest::Error),
}

/// A client for [`crate::OpenAiCompatible`]: rustls with ring, no proxy from the environment, and no limit
/// on an answer's length in time, which [`crate::Chain::ask`] sets.
///
/// # Errors
/// [`ClientError`]; with the roots compiled in there is no reason to expect one.
pub fn http_client() -> Result<reqwest::Client, ClientError> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .map_err(ClientError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .connect_timeout(CONNECT)
        .build()
        .map_err(ClientError::Client)
}
