//! Guilds and channels, as far as permissions and webhooks need them.

use serde::Deserialize;
use twilight_http::{request::Request, routing::Route};
use twilight_model::{
    channel::{ChannelType, permission_overwrite::PermissionOverwrite},
    guild::Permissions,
    id::{
        Id,
        marker::{ChannelMarker, GuildMarker, RoleMarker, UserMarker},
    },
    util::Timestamp,
};

use crate::{Call, Discord, Error};

/// The most guilds one request returns.
const PAGE: u16 = 200;

/// A channel, a thread, or a direct message.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Channel {
    /// Its id.
    pub id: Id<ChannelMarker>,
    /// What kind.
    #[serde(rename = "type")]
    pub kind: ChannelType,
    /// `None` in a direct message.
    pub guild_id: Option<Id<GuildMarker>>,
    /// Of a thread, its channel; of a channel, its category.
    pub parent_id: Option<Id<ChannelMarker>>,
    /// Whether it is age-restricted. A thread does not say: ask its parent.
    #[serde(default)]
    pub nsfw: bool,
    /// Its name; direct messages have none.
    pub name: Option<String>,
    /// What roles and members may do here differently. A thread has none: its parent's count.
    #[serde(default, rename = "permission_overwrites")]
    pub overwrites: Vec<PermissionOverwrite>,
}

/// A guild the bot is in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct GuildName {
    /// Its id.
    pub id: Id<GuildMarker>,
    /// Its name.
    pub name: String,
}

/// A guild, as far as its own settings matter to us.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Guild {
    /// Its id.
    pub id: Id<GuildMarker>,
    /// Its name.
    pub name: String,
    /// Who owns it, and may do everything in it.
    pub owner_id: Id<UserMarker>,
    /// Where its admins want notices such as "somebody joined", if anywhere.
    pub system_channel_id: Option<Id<ChannelMarker>>,
    /// Its roles, `@everyone` among them.
    pub roles: Vec<Role>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Role {
    /// Its id; of `@everyone`, the guild's.
    pub id: Id<RoleMarker>,
    /// Its name.
    pub name: String,
    /// What it allows everywhere.
    pub permissions: Permissions,
}

/// A member of a guild.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Member {
    /// Who.
    pub user: MemberUser,
    /// What they are called in the guild, where they chose that.
    #[serde(default)]
    pub nick: Option<String>,
    /// Their roles, without `@everyone`.
    pub roles: Vec<Id<RoleMarker>>,
    /// Until when they may only look.
    #[serde(rename = "communication_disabled_until")]
    pub timed_out_until: Option<Timestamp>,
}

/// The person, or bot, behind a member.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MemberUser {
    /// Their id.
    pub id: Id<UserMarker>,
    /// Their name.
    #[serde(default)]
    pub username: String,
    /// What they are called everywhere, where they chose that.
    #[serde(default)]
    pub global_name: Option<String>,
}

impl Member {
    /// Somebody with these roles, of whom nothing else is known.
    pub fn with_roles(id: Id<UserMarker>, roles: Vec<Id<RoleMarker>>) -> Self {
        let user = MemberUser { id, username: String::new(), global_name: None };
        Self { user, nick: None, roles, timed_out_until: None }
    }

    /// What they are called in the guild: by their nickname, else by their display name, else by their name.
    pub fn name(&self) -> &str {
        let chosen = self.nick.as_deref().or(self.user.global_name.as_deref());
        chosen.unwrap_or(&self.user.username)
    }
}

impl Channel {
    /// Whether it is a thread, whose rules are its parent's.
    pub fn is_thread(&self) -> bool {
        use ChannelType::{AnnouncementThread, PrivateThread, PublicThread};
        matches!(self.kind, AnnouncementThread | PrivateThread | PublicThread)
    }
}

impl Discord {
    /// A channel, thread or direct message.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn channel(&self, channel_id: Id<ChannelMarker>) -> Result<Channel, Error> {
        self.get(Route::GetChannel { channel_id: channel_id.get() }).await
    }

    /// All guilds the bot is in.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn guilds(&self) -> Result<Vec<GuildName>, Error> {
        let mut guilds: Vec<GuildName> = Vec::new();
        loop {
            let after = guilds.last().map(|guild| guild.id.get());
            let route = Route::GetGuilds { after, before: None, limit: Some(PAGE), shard: None };
            let page: Vec<GuildName> = self.get(route).await?;
            let is_last = page.len() < usize::from(PAGE);
            guilds.extend(page);
            if is_last {
                return Ok(guilds);
            }
        }
    }

    /// A guild the bot is in.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn guild(&self, guild_id: Id<GuildMarker>) -> Result<Guild, Error> {
        self.get(Route::GetGuild { guild_id: guild_id.get(), with_counts: false }).await
    }

    /// The channels of a guild, without threads.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn guild_channels(&self, guild_id: Id<GuildMarker>) -> Result<Vec<Channel>, Error> {
        self.get(Route::GetChannels { guild_id: guild_id.get() }).await
    }

    /// The roles of a guild.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn guild_roles(&self, guild_id: Id<GuildMarker>) -> Result<Vec<Role>, Error> {
        self.get(Route::GetGuildRoles { guild_id: guild_id.get() }).await
    }

    /// A member of a guild, for one the bot itself.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn guild_member(
        &self,
        guild_id: Id<GuildMarker>,
        user_id: Id<UserMarker>,
    ) -> Result<Member, Error> {
        self.get(Route::GetMember { guild_id: guild_id.get(), user_id: user_id.get() }).await
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, route: Route<'_>) -> Result<T, Error> {
        self.send(Call::new(Request::from_route(&route))).await?.json()
    }
}
