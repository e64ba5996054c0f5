//! Spaces and scopes: nothing of memory is read or written outside one.

use std::{fmt, str::FromStr};

use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker},
};

/// Where words are at home: who can read there may be told of them there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Space {
    /// The public channels of a guild.
    Guild(Id<GuildMarker>),
    /// One channel only: a private one, one nobody knows enough of, or a direct message.
    Channel(Id<ChannelMarker>),
}

/// A personality's memory of one space.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    /// Of where.
    pub space: Space,
    /// Whose.
    pub personality: PersonalityId,
}

impl Scope {
    /// The memory of `personality` of `space`.
    pub fn new(space: Space, personality: PersonalityId) -> Self {
        Self { space, personality }
    }

    /// The scopes a turn reads in a channel: what the whole guild may know, and what this channel alone does.
    /// In a direct message there is only the latter.
    pub fn read_in(
        guild: Option<Id<GuildMarker>>,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
    ) -> Vec<Scope> {
        let guild = guild.map(Space::Guild);
        let spaces = guild.into_iter().chain([Space::Channel(channel)]);
        spaces.map(|space| Scope::new(space, personality.clone())).collect()
    }

    /// The scope a turn writes to: the guild's where everyone in it may read the channel, else the channel's.
    pub fn written_in(
        guild: Option<Id<GuildMarker>>,
        channel: Id<ChannelMarker>,
        is_public: bool,
        personality: &PersonalityId,
    ) -> Scope {
        let space = match guild {
            Some(guild) if is_public => Space::Guild(guild),
            _ => Space::Channel(channel),
        };
        Scope::new(space, personality.clone())
    }

    pub(crate) fn partition(&self) -> String {
        format!("S#{}", self.space)
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Space::Guild(id) => write!(f, "G{id}"),
            Space::Channel(id) => write!(f, "C{id}"),
        }
    }
}

impl From<Space> for String {
    fn from(space: Space) -> Self {
        space.to_string()
    }
}

/// A text that names no space.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no space; they look like G1042 or C1077")]
pub struct NoSpace(String);

impl FromStr for Space {
    type Err = NoSpace;

    fn from_str(text: &str) -> Result<Self, NoSpace> {
        let id = || text.get(1..).and_then(|digits| digits.parse::<u64>().ok());
        match (text.as_bytes().first(), id()) {
            (Some(b'G'), Some(id)) => Id::new_checked(id).map(Space::Guild),
            (Some(b'C'), Some(id)) => Id::new_checked(id).map(Space::Channel),
            _ => None,
        }
        .ok_or_else(|| NoSpace(text.to_owned()))
    }
}

impl TryFrom<String> for Space {
    type Error = NoSpace;

    fn try_from(text: String) -> Result<Self, NoSpace> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_read_back_from_its_name() {
        for space in [Space::Guild(Id::new(7)), Space::Channel(Id::new(9))] {
            assert_eq!(space.to_string().parse(), Ok(space));
        }
        for nothing in ["", "G", "G0", "X7", "7", "é"] {
            assert!(nothing.parse::<Space>().is_err(), "{nothing}");
        }
    }

    #[test]
    fn what_only_some_can_read_is_written_to_its_channel_alone() {
        let (guild, channel) = (Some(Id::new(7)), Id::new(9));
        let baroness: PersonalityId = "baroness".parse().unwrap();
        let written = |guild, is_public| {
            Scope::written_in(guild, channel, is_public, &baroness).space.to_string()
        };
        assert_eq!(written(guild, true), "G7");
        assert_eq!(written(guild, false), "C9");
        assert_eq!(written(None, true), "C9");
    }
}
