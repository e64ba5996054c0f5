//! Fetching attachments, from Discord's own hosts only.

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use reqwest::Url;
use tokio::time::timeout_at;

use crate::Discord;

/// Where attachments lie. See Discord Docs/Reference, "Signed Attachment CDN URLs".
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// Why a file was not fetched. None of this says where it was: the address carries a signature.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is not one of Discord's, or not encrypted. Nothing was asked.
    #[error("fetch a file that is not at discord's")]
    Foreign,
    /// Discord points elsewhere, which is not followed.
    #[error("fetch a file that was moved")]
    Moved,
    /// Discord does not give it: 404 and 403 mean that it was deleted or its address expired.
    #[error("fetch a file: discord answered {status}")]
    Denied {
        /// The status.
        status: StatusCode,
    },
    /// It is larger than allowed.
    #[error("fetch a file larger than {max_bytes} bytes")]
    TooLarge {
        /// What was allowed.
        max_bytes: usize,
    },
    /// It did not arrive in time.
    #[error("fetch a file in time")]
    Deadline,
    /// The connection failed.
    #[error("fetch a file")]
    Transport {
        /// What the connection said.
        #[source]
        source: reqwest::Error,
    },
}

impl Discord {
    /// Fetches a file of at most `max_bytes` by the deadline, trying once. Whatever the sender claims
    /// about its size, reading stops there.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn fetch(&self, url: &str, max_bytes: usize) -> Result<Bytes, FetchError> {
        let url = self.own_url(url).ok_or(FetchError::Foreign)?;
        timeout_at(self.deadline(), self.read(url, max_bytes))
            .await
            .map_err(|_elapsed| FetchError::Deadline)?
    }

    fn own_url(&self, url: &str) -> Option<Url> {
        let url = Url::parse(url).ok()?;
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let host = url.host_str()?;
        let is_discords = url.scheme() == "https" && url.port().is_none() && HOSTS.contains(&host);
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let is_configured =
            url.scheme() == "http" && self.inner.attachment_host.as_ref() == Some(&authority);
        (is_discords || is_configured).then_some(url)
    }

    async fn read(&self, url: Url, max_bytes: usize) -> Result<Bytes, FetchError> {
        let broken =
            |source: reqwest::Error| FetchError::Transport { source: source.without_url() };
        // The client follows no redirects and sends no token unless told to.
        let mut response = self.inner.http.get(url).send().await.map_err(broken)?;
        let status = response.status();
        if status.is_redirection() {
            return Err(FetchError::Moved);
        }
        if !status.is_success() {
            return Err(FetchError::Denied { status });
        }
        let too_large = FetchError::TooLarge { max_bytes };
        if response.content_length().is_some_and(|length| length > max_bytes as u64) {
            return Err(too_large);
        }
        let mut file = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if file.len() + chunk.len() > max_bytes {
                return Err(too_large);
            }
            file.extend_from_slice(&chunk);
        }
        Ok(file.freeze())
    }
}
