//! The id of a personality.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::pattern;

/// The id of a personality: 1 to 32 of `a`–`z`, `0`–`9` and `-`, beginning with a letter. It names the
/// queue and the function, so it is chosen once.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(inline, extend("pattern" = pattern::ID))]
pub struct PersonalityId(String);

impl PersonalityId {
    /// The id of the den's own worker without a character. No personality may have it.
    pub const STEWARD: &str = "steward";

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no personality id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no personality id: 1 to 32 of a–z, 0–9 and `-`, beginning with a letter")]
pub struct InvalidId(String);

impl FromStr for PersonalityId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let inner = text.strip_prefix(|c: char| c.is_ascii_lowercase());
        let is_rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match inner {
            Some(rest) if rest.len() <= 31 && rest.chars().all(is_rest) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(InvalidId(text.to_owned())),
        }
    }
}

impl TryFrom<String> for PersonalityId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<PersonalityId> for String {
    fn from(id: PersonalityId) -> Self {
        id.0
    }
}

impl fmt::Display for PersonalityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
