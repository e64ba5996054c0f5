//! Permissions: who may do what where. See Discord Docs/Permissions.

use std::ops::{BitAnd, BitOr, Not};

use serde::{Deserialize, Serialize};

use super::{channel::ChannelKind, state::State};
use crate::id::{ChannelId, GuildId, UserId};

/// A set of permissions, as Discord's bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(u64);

#[allow(missing_docs, reason = "the names are Discord's and documented there")]
impl Permissions {
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    pub const MANAGE_CHANNELS: Self = Self(1 << 4);
    pub const MANAGE_GUILD: Self = Self(1 << 5);
    pub const ADD_REACTIONS: Self = Self(1 << 6);
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    pub const SEND_MESSAGES: Self = Self(1 << 11);
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    pub const EMBED_LINKS: Self = Self(1 << 14);
    pub const ATTACH_FILES: Self = Self(1 << 15);
    pub const READ_MESSAGE_HISTORY: Self = Self(1 << 16);
    pub const MENTION_EVERYONE: Self = Self(1 << 17);
    pub const CHANGE_NICKNAME: Self = Self(1 << 26);
    pub const MANAGE_WEBHOOKS: Self = Self(1 << 29);
    pub const USE_APPLICATION_COMMANDS: Self = Self(1 << 31);
    pub const MANAGE_THREADS: Self = Self(1 << 34);
    pub const CREATE_PUBLIC_THREADS: Self = Self(1 << 35);
    pub const SEND_MESSAGES_IN_THREADS: Self = Self(1 << 38);
}

impl Permissions {
    /// Every permission there is.
    pub const ALL: Self = Self((1 << 53) - 1);
    /// What a new guild lets everyone do.
    pub(crate) const EVERYONE: Self = Self(
        Self::ADD_REACTIONS.0
            | Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::EMBED_LINKS.0
            | Self::ATTACH_FILES.0
            | Self::READ_MESSAGE_HISTORY.0
            | Self::MENTION_EVERYONE.0
            | Self::CHANGE_NICKNAME.0
            | Self::USE_APPLICATION_COMMANDS.0
            | Self::CREATE_PUBLIC_THREADS.0
            | Self::SEND_MESSAGES_IN_THREADS.0,
    );
    /// What the role of an invited bot adds to that.
    pub(crate) const BOT: Self = Self(Self::MANAGE_WEBHOOKS.0);
    /// What two people in a direct message may do.
    const DIRECT_MESSAGE: Self = Self(
        Self::ADD_REACTIONS.0
            | Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::EMBED_LINKS.0
            | Self::ATTACH_FILES.0
            | Self::READ_MESSAGE_HISTORY.0
            | Self::USE_APPLICATION_COMMANDS.0,
    );

    /// No permission.
    pub const fn empty() -> Self {
        Self(0)
    }

    /// Discord's bits.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// From Discord's bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Whether every permission of `wanted` is among these.
    pub const fn contains(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Permissions {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Permissions {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }
}

/// What a channel changes of a role's or a member's permissions.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Overwrite {
    pub(crate) allow: Permissions,
    pub(crate) deny: Permissions,
}

impl Overwrite {
    fn apply(self, permissions: Permissions) -> Permissions {
        (permissions & !self.deny) | self.allow
    }

    /// Allows or denies `permissions`, whatever was said of them before.
    pub(crate) fn set(&mut self, permissions: Permissions, allow: bool) {
        (self.allow, self.deny) = if allow {
            (self.allow | permissions, self.deny & !permissions)
        } else {
            (self.allow & !permissions, self.deny | permissions)
        };
    }
}

impl State {
    /// What `user` may do in the guild, channels aside; nothing where they are no member.
    pub(crate) fn guild_permissions(&self, user: UserId, guild: GuildId) -> Permissions {
        let Some(guild) = self.guilds.get(&guild) else { return Permissions::empty() };
        let Some(member) = guild.members.get(&user) else { return Permissions::empty() };
        if guild.owner == user {
            return Permissions::ALL;
        }
        let roles = member.roles.iter().filter_map(|role| guild.roles.get(role));
        let permissions = roles.fold(guild.everyone, |sum, role| sum | role.permissions);
        if permissions.contains(Permissions::ADMINISTRATOR) {
            Permissions::ALL
        } else {
            permissions
        }
    }

    /// What `user` may do in `channel`; a thread inherits from the channel it hangs under.
    /// See Discord Docs/Permissions, "Permission Overwrites".
    pub(crate) fn permissions(&self, user: UserId, channel: ChannelId) -> Permissions {
        let Some(channel) = self.channels.get(&channel) else { return Permissions::empty() };
        let Some(guild_id) = channel.guild_id else {
            let takes_part = channel.recipients.contains(&user);
            return if takes_part { Permissions::DIRECT_MESSAGE } else { Permissions::empty() };
        };
        let base = self.guild_permissions(user, guild_id);
        if base == Permissions::ALL || base == Permissions::empty() {
            return base;
        }
        let ruling = channel.thread_parent().and_then(|parent| self.channels.get(&parent));
        let overwrites = &ruling.unwrap_or(channel).overwrites;
        let roles = self.guilds.get(&guild_id).and_then(|guild| guild.members.get(&user));
        let roles = roles.map(|member| member.roles.as_slice()).unwrap_or_default();

        let mut permissions = base;
        if let Some(everyone) = overwrites.roles.get(&guild_id.get()) {
            permissions = everyone.apply(permissions);
        }
        let of_roles = roles.iter().filter_map(|role| overwrites.roles.get(&role.get()));
        let together = of_roles.fold(Overwrite::default(), |sum, one| Overwrite {
            allow: sum.allow | one.allow,
            deny: sum.deny | one.deny,
        });
        permissions = together.apply(permissions);
        if let Some(member) = overwrites.members.get(&user) {
            permissions = member.apply(permissions);
        }
        let is_shut_out = channel.kind == ChannelKind::PrivateThread
            && !channel.recipients.contains(&user)
            && !permissions.contains(Permissions::MANAGE_THREADS);
        if permissions.contains(Permissions::VIEW_CHANNEL) && !is_shut_out {
            permissions
        } else {
            Permissions::empty()
        }
    }

    /// Whether somebody with no role but `@everyone` sees `channel`.
    pub(crate) fn is_public(&self, channel: ChannelId) -> bool {
        let Some(channel) = self.channels.get(&channel) else { return false };
        let Some(guild) = channel.guild_id.and_then(|guild| self.guilds.get(&guild)) else {
            return false;
        };
        let ruling = channel.thread_parent().and_then(|parent| self.channels.get(&parent));
        let overwrite = ruling.unwrap_or(channel).overwrites.roles.get(&guild.id.get());
        let permissions = overwrite.copied().unwrap_or_default().apply(guild.everyone);
        channel.kind != ChannelKind::PrivateThread
            && permissions.contains(Permissions::VIEW_CHANNEL)
    }

    /// Whether `user` may post in `channel`, which in a thread is a permission of its own.
    pub(crate) fn may_send(&self, user: UserId, channel: ChannelId) -> bool {
        let is_thread = self.channels.get(&channel).is_some_and(|c| c.thread_parent().is_some());
        let wanted = if is_thread {
            Permissions::SEND_MESSAGES_IN_THREADS
        } else {
            Permissions::SEND_MESSAGES
        };
        self.permissions(user, channel).contains(wanted)
    }
}
