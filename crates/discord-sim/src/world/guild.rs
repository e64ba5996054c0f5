//! Guilds, their roles and their channels.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    message::Message,
    people::Member,
    permission::{Overwrite, Permissions},
};
use crate::{
    clock::timestamp,
    id::{ApplicationId, ChannelId, GuildId, MessageId, RoleId, UserId},
};

/// A guild, which people call a server.
#[derive(Debug)]
pub(crate) struct Guild {
    pub(crate) id: GuildId,
    pub(crate) name: String,
    pub(crate) owner: UserId,
    /// What the `@everyone` role allows; its id is the guild's.
    pub(crate) everyone: Permissions,
    pub(crate) roles: BTreeMap<RoleId, Role>,
    pub(crate) members: BTreeMap<UserId, Member>,
    pub(crate) channels: BTreeSet<ChannelId>,
}

/// A role other than `@everyone`; here, each bot's own.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    /// The application it was made for.
    pub(crate) application_id: ApplicationId,
}

impl Guild {
    /// What events and REST have in common, without channels, members and counts.
    pub(crate) fn json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "icon": null,
            "description": null,
            "home_header": null,
            "splash": null,
            "discovery_splash": null,
            "features": [],
            "banner": null,
            "owner_id": self.owner,
            "application_id": null,
            "region": "deprecated",
            "afk_channel_id": null,
            "afk_timeout": 300,
            "system_channel_id": null,
            "system_channel_flags": 0,
            "widget_enabled": false,
            "widget_channel_id": null,
            "verification_level": 0,
            "roles": self.roles_json(),
            "default_message_notifications": 0,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": null,
            "max_members": 500_000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": "en-US",
            "rules_channel_id": null,
            "safety_alerts_channel_id": null,
            "public_updates_channel_id": null,
            "premium_progress_bar_enabled": false,
            "nsfw": false,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": null,
        })
    }

    pub(crate) fn roles_json(&self) -> Vec<Value> {
        let everyone = role_json(RoleId(self.id.get()), "@everyone", self.everyone, 0, None);
        let others = self.roles.iter().zip(1..).map(|((id, role), position)| {
            role_json(*id, &role.name, role.permissions, position, Some(role.application_id))
        });
        std::iter::once(everyone).chain(others).collect()
    }

    /// The role made for an application's bot.
    pub(crate) fn role_of(&self, application: ApplicationId) -> Option<RoleId> {
        let mut roles = self.roles.iter();
        roles.find(|(_, role)| role.application_id == application).map(|(id, _)| *id)
    }
}

fn role_json(
    id: RoleId,
    name: &str,
    permissions: Permissions,
    position: u32,
    made_for: Option<ApplicationId>,
) -> Value {
    let mut role = json!({
        "id": id,
        "name": name,
        "description": null,
        "permissions": permissions.bits().to_string(),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "hoist": false,
        "managed": made_for.is_some(),
        "mentionable": false,
        "icon": null,
        "unicode_emoji": null,
        "flags": 0,
    });
    if let Some(application) = made_for {
        role["tags"] = json!({"bot_id": application});
    }
    role
}

/// What kind of channel it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelKind {
    Text,
    DirectMessage,
    PublicThread,
}

impl ChannelKind {
    /// Discord's number. See Discord Docs/Channel, "Channel Types".
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::DirectMessage => 1,
            Self::PublicThread => 11,
        }
    }
}

/// A channel, a thread or a direct message.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) kind: ChannelKind,
    pub(crate) guild_id: Option<GuildId>,
    /// The channel a thread hangs under.
    pub(crate) parent: Option<ChannelId>,
    pub(crate) name: String,
    pub(crate) age_restricted: bool,
    pub(crate) position: usize,
    pub(crate) overwrites: Overwrites,
    /// The two of a direct message, the person first.
    pub(crate) recipients: Vec<UserId>,
    /// Messages by id, which is by time; deleted ones stay, marked, until the bound pushes them out.
    pub(crate) messages: BTreeMap<MessageId, Arc<Message>>,
    pub(crate) last_message: Option<MessageId>,
    /// When each last started typing.
    pub(crate) typing: HashMap<UserId, u64>,
    pub(crate) created_ms: u64,
}

/// Permission overwrites of a channel.
#[derive(Debug, Default)]
pub(crate) struct Overwrites {
    /// By role id; the guild's own id is `@everyone`.
    pub(crate) roles: BTreeMap<u64, Overwrite>,
    pub(crate) members: BTreeMap<UserId, Overwrite>,
}

impl Channel {
    pub(crate) fn new(id: ChannelId, kind: ChannelKind, name: &str, created_ms: u64) -> Self {
        Self {
            id,
            kind,
            guild_id: None,
            parent: None,
            name: name.to_owned(),
            age_restricted: false,
            position: 0,
            overwrites: Overwrites::default(),
            recipients: Vec::new(),
            messages: BTreeMap::new(),
            last_message: None,
            typing: HashMap::new(),
            created_ms,
        }
    }

    /// The channel whose permissions and webhooks rule here, for a thread.
    pub(crate) fn thread_parent(&self) -> Option<ChannelId> {
        self.parent.filter(|_| self.kind == ChannelKind::PublicThread)
    }

    /// The channel of a guild or a thread; direct messages need their recipients' names as well.
    pub(crate) fn json(&self, owner: UserId) -> Value {
        let mut channel = json!({
            "id": self.id,
            "type": self.kind.number(),
            "flags": 0,
            "guild_id": self.guild_id,
            "name": self.name,
            "last_message_id": self.last_message,
            "parent_id": self.parent,
            "rate_limit_per_user": 0,
        });
        if self.thread_parent().is_some() {
            let created = timestamp(self.created_ms);
            channel["owner_id"] = json!(owner);
            channel["message_count"] = json!(self.messages.len());
            channel["member_count"] = json!(1);
            channel["total_message_sent"] = json!(self.messages.len());
            channel["thread_metadata"] = json!({
                "archived": false,
                "archive_timestamp": created,
                "auto_archive_duration": 4320,
                "locked": false,
                "create_timestamp": created,
            });
        } else {
            channel["topic"] = Value::Null;
            channel["position"] = json!(self.position);
            channel["nsfw"] = json!(self.age_restricted);
            channel["permission_overwrites"] = json!(self.overwrites.json());
        }
        channel
    }
}

impl Overwrites {
    fn json(&self) -> Vec<Value> {
        let one = |id: u64, kind: u8, overwrite: &Overwrite| {
            json!({
                "id": id.to_string(),
                "type": kind,
                "allow": overwrite.allow.bits().to_string(),
                "deny": overwrite.deny.bits().to_string(),
            })
        };
        let roles = self.roles.iter().map(|(id, overwrite)| one(*id, 0, overwrite));
        let members = self.members.iter().map(|(id, overwrite)| one(id.get(), 1, overwrite));
        roles.chain(members).collect()
    }
}
