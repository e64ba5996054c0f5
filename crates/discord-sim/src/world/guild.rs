//! Guilds and their roles. See Discord Docs/Guild.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{people::Member, permission::Permissions};
use crate::id::{ApplicationId, ChannelId, GuildId, RoleId, UserId};

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
    /// Where Discord's own notices go, where a channel was chosen for them.
    pub(crate) system_channel: Option<ChannelId>,
}

/// A role other than `@everyone`.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    /// The application it was made for, of a bot's own role.
    pub(crate) application_id: Option<ApplicationId>,
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
            "system_channel_id": self.system_channel,
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

    /// All roles, `@everyone` first.
    pub(crate) fn roles_json(&self) -> Vec<Value> {
        let everyone = role_json(RoleId(self.id.get()), "@everyone", self.everyone, 0, None);
        let others = self.roles.iter().zip(1..).map(|((id, role), position)| {
            role_json(*id, &role.name, role.permissions, position, role.application_id)
        });
        std::iter::once(everyone).chain(others).collect()
    }

    /// One role; its id is the guild's for `@everyone`.
    pub(crate) fn role_json(&self, role: RoleId) -> Value {
        let wanted = json!(role);
        self.roles_json().into_iter().find(|found| found["id"] == wanted).unwrap_or_default()
    }

    /// The role made for an application's bot.
    pub(crate) fn role_of(&self, application: ApplicationId) -> Option<RoleId> {
        let mut roles = self.roles.iter();
        roles.find(|(_, role)| role.application_id == Some(application)).map(|(id, _)| *id)
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
