//! Guilds and channels that come and go. Of GUILD_CREATE, the largest frame there is, three fields are read.

use serde::Deserialize;
use serde_json::Value;
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

/// CHANNEL_UPDATE: as much of it as says who may read.
#[derive(Debug, Deserialize)]
pub struct ChannelChange {
    pub id: Id<ChannelMarker>,
    /// None of a direct message.
    pub guild_id: Option<Id<GuildMarker>>,
    /// Its rules, which are only compared.
    #[serde(default)]
    pub permission_overwrites: Value,
    #[serde(default)]
    pub nsfw: bool,
    pub parent_id: Option<Id<ChannelMarker>>,
}

/// GUILD_ROLE_UPDATE.
#[derive(Debug, Deserialize)]
pub struct RoleChange {
    pub guild_id: Id<GuildMarker>,
    pub role: Role,
}

/// A role.
#[derive(Debug, Deserialize)]
pub struct Role {
    pub id: Id<RoleMarker>,
    /// What it allows, as Discord's bits.
    #[serde(default)]
    pub permissions: String,
}

/// GUILD_DELETE: a guild is not there, because of an outage or because it removed the bot.
#[derive(Debug, Deserialize)]
pub struct Departure {
    pub id: Id<GuildMarker>,
    pub unavailable: Option<bool>,
}
