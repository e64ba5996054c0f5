//! Who sees a channel and may do what there, asked of Discord as it is now.

use std::time::{SystemTime, UNIX_EPOCH};

use twilight_model::{
    channel::{ChannelType, permission_overwrite::PermissionOverwrite},
    guild::Permissions,
    id::{
        Id,
        marker::{ChannelMarker, GuildMarker, UserMarker},
    },
};

use crate::{
    Channel, Discord, Error, Member, code,
    permissions::{self, of_everyone, permissions},
};

/// What somebody who is timed out may still do. See Discord Docs/Permissions, "Permissions for Timed Out
/// Members".
const TIMED_OUT: Permissions = Permissions::VIEW_CHANNEL.union(Permissions::READ_MESSAGE_HISTORY);

/// Who reads a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Everybody in the guild may.
    pub is_public: bool,
    /// Only adults may.
    pub is_age_restricted: bool,
}

impl Discord {
    /// Whether everybody in the guild sees a channel: whether `@everyone` may view it, in a thread its
    /// parent. A private thread and a direct message are never public. Takes two or three requests; what
    /// is public now may be private in a minute.
    ///
    /// # Errors
    /// See [`Error`]. A channel of which nothing is known counts as private.
    pub async fn is_public(&self, channel_id: Id<ChannelMarker>) -> Result<bool, Error> {
        self.audience(channel_id).await.map(|audience| audience.is_public)
    }

    /// Who reads a channel: whether everybody in the guild, as in [`Discord::is_public`], and whether adults
    /// only. Of a thread, what holds for its parent.
    ///
    /// # Errors
    /// See [`Error`]. A channel of which nothing is known counts as private, and as read by minors.
    pub async fn audience(&self, channel_id: Id<ChannelMarker>) -> Result<Audience, Error> {
        let channel = self.channel(channel_id).await?;
        let Some(guild_id) = channel.guild_id else { return Ok(Audience::default()) };
        let is_private_thread = channel.kind == ChannelType::PrivateThread;
        let (ruling, roles) =
            tokio::try_join!(self.ruling_channel(channel), self.guild_roles(guild_id))?;
        let Some(ruling) = ruling else { return Ok(Audience::default()) };
        let everyone = of_everyone(guild_id, &roles, &ruling.overwrites);
        Ok(Audience {
            is_public: !is_private_thread && everyone.contains(Permissions::VIEW_CHANNEL),
            is_age_restricted: ruling.nsfw,
        })
    }

    /// What somebody may do in a channel of a guild: everything for its owner and administrators, little
    /// for a member who is timed out, nothing for whoever is no member, nor in another guild's channel.
    /// Whether they were added to a private thread is not asked. Takes three or four requests.
    ///
    /// # Errors
    /// See [`Error`]. Who could not be asked about is to be treated as allowed nothing.
    pub async fn may(
        &self,
        guild_id: Id<GuildMarker>,
        channel_id: Id<ChannelMarker>,
        user_id: Id<UserMarker>,
    ) -> Result<Permissions, Error> {
        let overwrites = async {
            let channel = self.channel(channel_id).await?;
            // What somebody is in one guild means nothing in another.
            if channel.guild_id == Some(guild_id) {
                self.ruling_overwrites(channel).await
            } else {
                Ok(None)
            }
        };
        let (guild, member, overwrites) = tokio::try_join!(
            self.guild(guild_id),
            self.member_if_any(guild_id, user_id),
            overwrites
        )?;
        let (Some(member), Some(overwrites)) = (member, overwrites) else {
            return Ok(Permissions::empty());
        };
        if guild.owner_id == user_id {
            return Ok(Permissions::all());
        }
        let granted = permissions(guild_id, &guild.roles, &member, &overwrites);
        Ok(unless_timed_out(&member, granted))
    }

    /// What somebody may do in all of a guild, whatever single channels grant or take: as [`Discord::may`]
    /// otherwise. Takes two requests.
    ///
    /// # Errors
    /// See [`Error`]. Who could not be asked about is to be treated as allowed nothing.
    pub async fn may_in_guild(
        &self,
        guild_id: Id<GuildMarker>,
        user_id: Id<UserMarker>,
    ) -> Result<Permissions, Error> {
        let (guild, member) =
            tokio::try_join!(self.guild(guild_id), self.member_if_any(guild_id, user_id))?;
        let Some(member) = member else { return Ok(Permissions::empty()) };
        if guild.owner_id == user_id {
            return Ok(Permissions::all());
        }
        let granted = permissions::of_roles(guild_id, &guild.roles, &member.roles);
        Ok(unless_timed_out(&member, granted))
    }

    /// The channel that rules: of a thread, its parent. `None` where there is none to go by, in a direct
    /// message or a thread without a parent.
    async fn ruling_channel(&self, channel: Channel) -> Result<Option<Channel>, Error> {
        if channel.guild_id.is_none() {
            return Ok(None);
        }
        if !channel.is_thread() {
            return Ok(Some(channel));
        }
        let Some(parent_id) = channel.parent_id else { return Ok(None) };
        let parent = self.channel(parent_id).await?;
        Ok((parent.guild_id == channel.guild_id).then_some(parent))
    }

    async fn ruling_overwrites(
        &self,
        channel: Channel,
    ) -> Result<Option<Vec<PermissionOverwrite>>, Error> {
        Ok(self.ruling_channel(channel).await?.map(|channel| channel.overwrites))
    }

    async fn member_if_any(
        &self,
        guild_id: Id<GuildMarker>,
        user_id: Id<UserMarker>,
    ) -> Result<Option<Member>, Error> {
        match self.guild_member(guild_id, user_id).await {
            Err(error) => match error.code() {
                Some(code::UNKNOWN_MEMBER | code::UNKNOWN_USER) => Ok(None),
                _ => Err(error),
            },
            Ok(member) => Ok(Some(member)),
        }
    }
}

fn unless_timed_out(member: &Member, granted: Permissions) -> Permissions {
    let is_bound = is_timed_out(member) && !granted.contains(Permissions::ADMINISTRATOR);
    if is_bound { granted & TIMED_OUT } else { granted }
}

fn is_timed_out(member: &Member) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let until = member.timed_out_until.map(|until| until.as_micros());
    until.is_some_and(|until| u128::try_from(until).is_ok_and(|until| until > now.as_micros()))
}
