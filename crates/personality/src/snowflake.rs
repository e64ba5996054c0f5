//! Discord's ids as they stand in a file.

use std::{fmt, num::NonZeroU64, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::pattern;

/// One of Discord's ids. In files it is a text, as JSON would round so large a number.
/// See Discord Docs/Reference, "Snowflakes".
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(inline, extend("pattern" = pattern::SNOWFLAKE))]
pub struct Snowflake(NonZeroU64);

impl Snowflake {
    /// The id as a number.
    pub fn get(self) -> NonZeroU64 {
        self.0
    }
}

/// A text that is no id of Discord's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no Discord id: 17 to 20 digits")]
pub struct InvalidSnowflake(String);

impl FromStr for Snowflake {
    type Err = InvalidSnowflake;

    fn from_str(text: &str) -> Result<Self, InvalidSnowflake> {
        let is_digits = (17..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number = if is_digits { text.parse().ok() } else { None };
        number.map(Self).ok_or_else(|| InvalidSnowflake(text.to_owned()))
    }
}

impl TryFrom<String> for Snowflake {
    type Error = InvalidSnowflake;

    fn try_from(text: String) -> Result<Self, InvalidSnowflake> {
        text.parse()
    }
}

impl From<Snowflake> for String {
    fn from(snowflake: Snowflake) -> Self {
        snowflake.to_string()
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
