//! Guilds and channels that come and go. Of GUILD_CREATE, the largest frame there is, three fields are read.

use serde::Deserialize;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, RoleMarker},
};

use super::change::milliseconds;

/// READY: which guilds the session begins with.
#[derive(Debug, Deserialize)]
pub struct Ready {
    #[serde(default)]
    pub guilds: Vec<Listed>,
}

/// A guild, in READY.
#[derive(Debug, Deserialize)]
pub struct Listed {
    pub id: Id<GuildMarker>,
}

/// GUILD_CREATE: a guild is there, at the start, after an outage, or because it let the bot in.
#[derive(Debug, Deserialize)]
pub struct Arrival {
    pub id: Id<GuildMarker>,
    /// When the bot was let in.
    pub joined_at: Option<String>,
    /// Where its admins want notices, if anywhere.
    pub system_channel_id: Option<Id<ChannelMarker>>,
    pub unavailable: Option<bool>,
}

impl Arrival {
    /// When the bot was let in, in milliseconds since the Unix epoch.
    pub fn joined_at_ms(&self) -> Option<u64> {
        milliseconds(self.joined_at.as_deref()?)
    }
}

/// CHANNEL_DELETE and THREAD_DELETE.
#[derive(Debug, Deserialize)]
pub struct Closure {
    pub id: Id<ChannelMarker>,
    /// None of a direct message that is closed: nothing of it is gone.
    pub guild_id: Option<Id<GuildMarker>>,
}

/// CHANNEL_UPDATE and GUILD_ROLE_UPDATE: who may read a channel may be others than before.
#[derive(Debug, Deserialize)]
pub struct AudienceChange {
    /// None where a direct message changed.
    pub guild_id: Option<Id<GuildMarker>>,
    /// Which channel; none where it is a role.
    pub id: Option<Id<ChannelMarker>>,
    /// Which role; none where it is a channel.
    pub role: Option<Role>,
}

/// A role.
#[derive(Debug, Deserialize)]
pub struct Role {
    pub id: Id<RoleMarker>,
}

impl AudienceChange {
    /// The guild in which everybody may read more or less than before. A role other than everyone's changes nothing
    /// of that.
    pub fn guild_concerned(&self) -> Option<Id<GuildMarker>> {
        let is_everyones = |role: &Role| self.guild_id.is_some_and(|guild| role.id == guild.cast());
        self.guild_id.filter(|_| self.role.as_ref().is_none_or(is_everyones))
    }
}

/// GUILD_DELETE: a guild is not there, because of an outage or because it removed the bot.
#[derive(Debug, Deserialize)]
pub struct Departure {
    pub id: Id<GuildMarker>,
    pub unavailable: Option<bool>,
}
