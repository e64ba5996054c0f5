//! Ids: Discord's snowflakes, one type per kind of thing, so that a person is never passed as a channel.

use std::{
    fmt,
    hash::{BuildHasher, Hasher, RandomState},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A text that is no snowflake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no snowflake: a positive whole number in decimal digits")]
pub struct InvalidId(String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        ///
        /// Written in JSON as a string of digits, as Discord does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(crate) u64);

        impl $name {
            /// The number.
            pub fn get(self) -> u64 {
                self.0
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )*};
}

ids! {
    /// Id of a person or of a bot's user.
    UserId
    /// Id of an application; deliberately never the id of its bot's user.
    ApplicationId
    /// Id of a guild, and of its `@everyone` role.
    GuildId
    /// Id of a channel, a thread or a direct message.
    ChannelId
    /// Id of a message.
    MessageId
    /// Id of a webhook; its messages carry it as their author's id.
    WebhookId
    /// Id of an interaction.
    InteractionId
    /// Id of a registered command.
    CommandId
    /// Id of a role.
    RoleId
    /// Id of an attached file.
    AttachmentId
}

fn parse(text: &str) -> Result<u64, InvalidId> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if is_plain && number > 0 => Ok(number),
        _ => Err(InvalidId(text.to_owned())),
    }
}

/// Milliseconds between the Unix epoch and the first second of 2015, where snowflakes begin.
/// See Discord Docs/Reference, "Snowflakes".
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// The smallest snowflake of the millisecond `unix_ms`.
pub(crate) fn snowflake(unix_ms: u64) -> u64 {
    unix_ms.saturating_sub(DISCORD_EPOCH_MS) << 22
}

/// The millisecond in which `snowflake` was made.
pub(crate) fn made_at_ms(snowflake: u64) -> u64 {
    (snowflake >> 22) + DISCORD_EPOCH_MS
}

/// 48 hexadecimal digits nobody guesses: session ids, webhook and interaction tokens.
pub(crate) fn secret() -> String {
    // Each `RandomState` has keys of its own; the simulator need not resist cryptanalysis.
    let digits = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}{:016x}", digits(), digits(), digits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_positive_numbers_are_ids() {
        assert_eq!("42".parse::<UserId>(), Ok(UserId(42)));
        for wrong in ["", "0", "-1", "+1", "1 ", "abc", "99999999999999999999999"] {
            assert!(wrong.parse::<UserId>().is_err(), "{wrong:?}");
        }
    }
}
