//! What can go wrong, and what to do then.

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use crate::{Scope, code};

/// Why a request brought no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Discord asks us to wait longer than the deadline allows. Nothing was done; try again after
    /// `retry_after`.
    #[error("discord's limit ({scope}) lets nothing through for {} s", retry_after.as_secs_f64())]
    RateLimited {
        /// How long from now.
        retry_after: Duration,
        /// Whose limit it is.
        scope: Scope,
    },
    /// Nothing is sent at all until then: Discord's edge refused us without a scope, or too many requests
    /// were refused in the last ten minutes.
    #[error("requests to discord are suspended, as too many were refused")]
    Suspended {
        /// When requests may go out again.
        until: Instant,
    },
    /// A request that may be dropped was: there was no room to spare for it.
    #[error("no room to spare for a request that may be dropped")]
    NoRoom,
    /// The bot may not do this. Someone must change a permission first.
    #[error("discord forbids it ({code}: {message})")]
    Forbidden {
        /// One of [`crate::code`], or 0.
        code: u64,
        /// Discord's words.
        message: String,
    },
    /// The channel, message, webhook or interaction is gone.
    #[error("discord does not find it ({code}: {message})")]
    NotFound {
        /// One of [`crate::code`], or 0.
        code: u64,
        /// Discord's words.
        message: String,
    },
    /// There is no token, or Discord does not accept it. This client sends nothing more with it.
    #[error("discord does not accept the bot token: set a valid one, then open a new client")]
    Unauthorized,
    /// Discord refuses the request as it is.
    #[error("discord refuses it with {status} ({code}: {message})")]
    Refused {
        /// The status.
        status: StatusCode,
        /// One of [`crate::code`], or 0.
        code: u64,
        /// Discord's words, and which field it minds.
        message: String,
    },
    /// Discord fails, and kept failing as often as we tried.
    #[error("discord fails with {status}")]
    Server {
        /// The status.
        status: StatusCode,
    },
    /// The request may have been carried out, and repeating it might do it twice. Look what is there
    /// before trying again.
    #[error("discord may or may not have done it")]
    Uncertain {
        /// What went wrong after the request was on its way.
        #[source]
        source: Box<Error>,
    },
    /// Discord was not reached, or the connection broke.
    #[error("reach discord")]
    Transport {
        /// What the connection said. Its address is taken out, as a webhook's holds a token.
        #[source]
        source: reqwest::Error,
    },
    /// Discord did not answer in time.
    #[error("discord did not answer in time")]
    Deadline,
    /// Discord's answer is not what its documentation says.
    #[error("read discord's answer")]
    Unreadable {
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Discord would refuse this, so it was not sent.
    #[error("build a request to discord")]
    Build {
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Whether the same request will fail again, so that retrying does not help.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Unauthorized
            | Self::Refused { .. }
            | Self::Unreadable { .. }
            | Self::Build { .. } => true,
            Self::RateLimited { .. }
            | Self::Suspended { .. }
            | Self::NoRoom
            | Self::Server { .. }
            | Self::Uncertain { .. }
            | Self::Transport { .. }
            | Self::Deadline => false,
        }
    }

    /// Discord's own code, one of [`crate::code`], where it gave one.
    pub fn code(&self) -> Option<u64> {
        match self {
            Self::Forbidden { code, .. }
            | Self::NotFound { code, .. }
            | Self::Refused { code, .. } => (*code != 0).then_some(*code),
            _ => None,
        }
    }

    /// Whether a webhook is of no use any more: deleted, or its token changed. Using it again is punished.
    pub fn is_dead_webhook(&self) -> bool {
        matches!(self.code(), Some(code::UNKNOWN_WEBHOOK | code::INVALID_WEBHOOK_TOKEN))
    }

    pub(crate) fn build(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Build { source: source.into() }
    }

    pub(crate) fn uncertain(self) -> Self {
        Self::Uncertain { source: Box::new(self) }
    }

    pub(crate) fn transport(source: reqwest::Error) -> Self {
        Self::Transport { source: source.without_url() }
    }
}
