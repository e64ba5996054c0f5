//! What a client is opened with.

use std::{fmt, time::Duration};

/// What [`Discord::new`](crate::Discord::new) needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where Discord is: `https://discord.com`, or a simulator's `http://127.0.0.1:PORT`. Without a path.
    pub api_url: String,
    /// The bot's token. Webhooks and interactions are served without one.
    pub token: Option<Token>,
    /// A host, with its port, from which [`Discord::fetch`](crate::Discord::fetch) may read over plain
    /// http besides Discord's own: a simulator's, as in `127.0.0.1:8000`.
    pub attachment_host: Option<String>,
    /// How long one try may take. Discord answers within a second or not at all, and a socket that died
    /// while a Lambda was frozen is found out by nothing else.
    pub attempt_timeout: Duration,
    /// How long an operation may take with all its waits and tries, unless
    /// [`Discord::by`](crate::Discord::by) names a deadline.
    pub patience: Duration,
    /// After so many answers of 401, 403 or 429 within ten minutes nothing is sent any more. Discord bans
    /// an address at 10,000, and other workers may share it. See Discord Docs/Rate Limits, "Invalid
    /// Request Limit".
    pub invalid_cap: usize,
}

impl Settings {
    /// The settings for the real Discord.
    pub fn new(token: Option<Token>) -> Self {
        Self {
            api_url: "https://discord.com".to_owned(),
            token,
            attachment_host: None,
            attempt_timeout: Duration::from_secs(4),
            patience: Duration::from_secs(15),
            invalid_cap: 1_000,
        }
    }
}

/// A bot's token. It is never shown, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Reads a token as an operator pastes it: space around it and a leading `Bot ` are dropped. Nothing
    /// is read out of it, for tokens need not look like Discord's.
    ///
    /// # Errors
    /// When nothing is left, or it has characters that no header can carry.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let token = text.trim();
        let token = match token.strip_prefix("Bot") {
            Some(rest) if rest.trim_start() != rest || rest.is_empty() => rest.trim_start(),
            _ => token,
        };
        if token.is_empty() {
            return Err(TokenError::Empty);
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(TokenError::Malformed);
        }
        Ok(Self(token.to_owned()))
    }

    /// The token itself, for whoever must send it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why a text is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing but space.
    #[error("the bot token is empty")]
    Empty,
    /// Space or unprintable characters inside.
    #[error(
        "the bot token has characters that no token has: copy it again from the developer portal"
    )]
    Malformed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_token_is_read_and_never_shown() {
        let token = Token::parse(" Bot abc.def-123 \n").expect("a token");
        assert_eq!(token.reveal(), "abc.def-123");
        let shown = format!("{:?}", Settings::new(Some(token)));
        assert!(!shown.contains("abc"), "{shown}");
    }

    #[test]
    fn what_no_header_can_carry_is_no_token() {
        assert_eq!(Token::parse(" Bot  "), Err(TokenError::Empty));
        assert_eq!(Token::parse("abc def"), Err(TokenError::Malformed));
        assert_eq!(Token::parse("abc\u{7}"), Err(TokenError::Malformed));
    }
}
