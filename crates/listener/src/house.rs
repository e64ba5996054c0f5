//! What holds in a house: what a guild and the operator have set, as far as routing must know it.

use std::sync::Arc;

use personality::PersonalityId;
use store::{ChannelSettings, DenRow, GuildRow};
use twilight_model::id::{Id, marker::ChannelMarker};

/// The settings that hold for a message or a command.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// The guild's; nothing is set in a direct message.
    pub guild: Arc<GuildRow>,
    /// Whether it is a direct message, which no allowlist concerns.
    pub is_direct: bool,
    /// The operator's.
    pub den: Arc<DenRow>,
    /// When these are looked at, in milliseconds since the Unix epoch.
    pub now_ms: u64,
}

impl House {
    /// Whether the den serves this place at all.
    pub fn is_open(&self) -> bool {
        self.is_direct || !self.den.allowlist || self.guild.allowed
    }

    /// Whether a personality says nothing here unless it is addressed.
    pub fn is_quiet(&self, personality: &PersonalityId) -> bool {
        self.den.paused.is_some()
            || self.guild.paused.is_some()
            || self.den.paused_personalities.contains(personality)
            || self.guild.is_muted(personality, self.now_ms)
    }

    /// Who answers everything in a channel.
    pub fn bound(&self, channel_id: Id<ChannelMarker>) -> Option<&PersonalityId> {
        self.channel(channel_id)?.bound.as_ref()
    }

    /// Who answers in a channel when nobody in particular is meant.
    pub fn default_in(&self, channel_id: Id<ChannelMarker>) -> Option<&PersonalityId> {
        self.channel(channel_id)?.default.as_ref()
    }

    /// Who answers in the guild when nobody in particular is meant.
    pub fn default_in_guild(&self) -> Option<&PersonalityId> {
        self.guild.default.as_ref()
    }

    /// The chance that somebody chimes in in a channel, from 0 to 1, where one is set.
    pub fn chime_in(&self, channel_id: Id<ChannelMarker>) -> Option<f64> {
        let percent = self.channel(channel_id)?.chime_in?;
        Some(f64::from(percent.min(100)) / 100.0)
    }

    fn channel(&self, channel_id: Id<ChannelMarker>) -> Option<&ChannelSettings> {
        self.guild.channels.get(&channel_id)
    }
}
