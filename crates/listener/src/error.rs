//! Why a listener ends, and how errors are written.

use std::error::Error;

/// Why [`run`](crate::run()) ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Discord will not have us as we are: nothing helps but what `mend` says. Whoever starts the listener
    /// again should wait first.
    #[error("discord refuses this bot: {what}; {mend}")]
    Unwelcome {
        /// What is wrong.
        what: &'static str,
        /// What a person has to do.
        mend: &'static str,
    },
    /// Discord could not be asked who we are.
    #[error("ask discord {question}")]
    Introduce {
        /// What was asked.
        question: &'static str,
        /// What went wrong.
        #[source]
        source: discord::Error,
    },
    /// The sessions of an earlier process could not be read.
    #[error("read the gateway session of shard {shard}")]
    Restore {
        /// Whose.
        shard: u32,
        /// What went wrong.
        #[source]
        source: store::Error,
    },
    /// Nobody is there to speak.
    #[error("the roster has no personality")]
    EmptyRoster,
    /// The gateway address in the configuration is no address.
    #[error("`{url}` is no gateway address: it begins with ws:// or wss:// and names a host")]
    GatewayUrl {
        /// The address.
        url: String,
    },
    /// A part of the listener ended that should not.
    #[error("the listener's {part} ended")]
    Broken {
        /// Which part.
        part: &'static str,
    },
}

impl RunError {
    /// The error for a close code after which Discord must not be asked again. See Discord Docs/Gateway
    /// Close Event Codes.
    pub(crate) fn unwelcome(code: u16) -> Self {
        let (what, mend) = match code {
            4004 => ("the token is not valid (4004)", INVALID_TOKEN),
            4010 | 4011 => (
                "the number of shards is wrong (4010, 4011)",
                "unset DEN_SHARDS, or set it to what Discord recommends",
            ),
            4012 => (
                "its gateway version is no longer served (4012)",
                "install a newer version of this program",
            ),
            4013 => ("the intents are not valid (4013)", "install a newer version of this program"),
            4014 => (
                "an intent is not allowed (4014)",
                "switch on Message Content Intent on the bot's page of the developer portal",
            ),
            _ => (
                "the connection was closed for good",
                "look up the close code in Discord's documentation",
            ),
        };
        Self::Unwelcome { what, mend }
    }

    /// The error for a token REST does not accept.
    pub(crate) fn unauthorized() -> Self {
        Self::Unwelcome { what: "the token is not valid (401)", mend: INVALID_TOKEN }
    }
}

const INVALID_TOKEN: &str = "reset the token on the bot's page of the developer portal and set DISCORD_TOKEN to the new one";

/// An error with its causes, for a log line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
