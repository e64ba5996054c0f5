//! The client: one pool of connections, one memory of limits.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::HeaderValue;
use reqwest::Url;
use tokio::time::Instant;

use crate::{Settings, limits::Limits};

/// How Discord wants bots to name themselves. See Discord Docs/Reference, "User Agent".
const USER_AGENT: &str =
    concat!("DiscordBot (https://github.com/roast-den/roast-den, ", env!("CARGO_PKG_VERSION"), ")");
/// An idle connection older than this is not used again: the other side may have closed it, and a POST
/// that meets a closed connection leaves us uncertain.
const IDLE: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(3);

/// A client of Discord's REST API. Clones share connections and limits.
#[derive(Clone)]
pub struct Discord {
    pub(crate) inner: Arc<Inner>,
    deadline: Option<Instant>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    /// Ends in a slash; routes are appended.
    pub(crate) base: String,
    pub(crate) authorization: Option<HeaderValue>,
    /// Discord did not accept the token: every further try would count against the address.
    pub(crate) unauthorized: AtomicBool,
    pub(crate) limits: Arc<Limits>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) attachment_host: Option<String>,
    patience: Duration,
}

/// Why no client could be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is no base address.
    #[error("discord's address `{url}` must be like https://discord.com, without a path")]
    Address {
        /// What was given.
        url: String,
    },
    /// The token would travel in clear text.
    #[error(
        "discord's address `{url}` must begin with https://, or the token travels in clear text"
    )]
    ClearText {
        /// What was given.
        url: String,
    },
    /// TLS or the client could not be set up.
    #[error("set up the connection to discord")]
    Client {
        /// What was wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Discord {
    /// Opens a client. Nothing is sent yet.
    ///
    /// # Errors
    /// When `api_url` cannot be a base address, or TLS cannot be set up.
    pub fn new(settings: Settings) -> Result<Self, OpenError> {
        let base = base(&settings.api_url)?;
        let authorization = settings.token.as_ref().map(|token| {
            let mut value = HeaderValue::try_from(format!("Bot {}", token.reveal()))
                .expect("a token has only visible ASCII characters");
            value.set_sensitive(true);
            value
        });
        let inner = Inner {
            http: http_client().map_err(|source| OpenError::Client { source })?,
            base,
            authorization,
            unauthorized: AtomicBool::new(false),
            limits: Limits::new(settings.invalid_cap),
            attempt_timeout: settings.attempt_timeout,
            attachment_host: settings.attachment_host,
            patience: settings.patience,
        };
        Ok(Self { inner: Arc::new(inner), deadline: None })
    }

    /// The same client, with a deadline for whatever is asked of it, waits and repetitions included.
    pub fn by(&self, deadline: Instant) -> Self {
        Self { inner: Arc::clone(&self.inner), deadline: Some(deadline) }
    }

    /// Whether Discord does not accept the token: nothing more is sent with it, and whatever needs it can
    /// only wait for somebody to set a valid one.
    pub fn is_unauthorized(&self) -> bool {
        self.inner.unauthorized.load(Ordering::Relaxed)
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline.unwrap_or_else(|| Instant::now() + self.inner.patience)
    }
}

impl fmt::Debug for Discord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discord").field("base", &self.inner.base).finish_non_exhaustive()
    }
}

fn base(api_url: &str) -> Result<String, OpenError> {
    let refused = || OpenError::Address { url: api_url.to_owned() };
    let url = Url::parse(api_url).map_err(|_| refused())?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_anonymous = url.username().is_empty() && url.password().is_none();
    let host = url.host_str().filter(|_| is_bare && is_anonymous).ok_or_else(refused)?;
    match url.scheme() {
        "https" => {}
        "http" if host == "discord.com" || host.ends_with(".discord.com") => {
            return Err(OpenError::ClearText { url: api_url.to_owned() });
        }
        "http" => {}
        _ => return Err(refused()),
    }
    Ok(format!("{url}api/v10/"))
}

fn http_client() -> Result<reqwest::Client, Box<dyn std::error::Error + Send + Sync>> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        // A redirect would carry the token elsewhere, and repeat what is ours to repeat.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        // The environment is for binaries to read; and no proxy belongs before a simulator.
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .build()?;
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_a_bare_one_and_discords_own_is_never_in_clear_text() {
        let read = |url: &str| base(url).map_err(|error| error.to_string());
        assert_eq!(read("https://discord.com"), Ok("https://discord.com/api/v10/".to_owned()));
        assert_eq!(read("http://127.0.0.1:8000/"), Ok("http://127.0.0.1:8000/api/v10/".to_owned()));
        for bad in
            ["", "discord.com", "ftp://discord.com", "https://discord.com/api", "https://a@b.c"]
        {
            assert!(base(bad).is_err(), "{bad}");
        }
        assert!(matches!(base("http://discord.com"), Err(OpenError::ClearText { .. })));
    }
}
