//! Users: people and bots, and what they are in a guild.

use serde_json::{Value, json};

use crate::{
    clock::timestamp,
    id::{ApplicationId, RoleId, UserId},
};

/// A person or a bot's user.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: UserId,
    /// Unique in spirit, lower case for people.
    pub(crate) username: String,
    /// What others see; bots have none.
    pub(crate) display_name: Option<String>,
    /// The application whose bot this is.
    pub(crate) bot_of: Option<ApplicationId>,
    /// Whether bots may write to them directly.
    pub(crate) dms_open: bool,
}

impl User {
    pub(crate) fn person(id: UserId, name: &str) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        Self {
            id,
            username: name.chars().map(plain).collect(),
            display_name: Some(name.to_owned()),
            bot_of: None,
            dms_open: true,
        }
    }

    /// Display name, else user name.
    pub(crate) fn name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.username)
    }

    pub(crate) fn json(&self) -> Value {
        let mut user = json!({
            "id": self.id,
            "username": self.username,
            "avatar": null,
            "discriminator": if self.bot_of.is_some() { "4242" } else { "0" },
            "public_flags": 0,
            "flags": 0,
            "banner": null,
            "accent_color": null,
            "global_name": self.display_name,
            "avatar_decoration_data": null,
            "collectibles": null,
            "primary_guild": null,
        });
        if self.bot_of.is_some() {
            user["bot"] = Value::Bool(true);
        }
        user
    }

    /// The user as it sees itself: `GET /users/@me` and READY.
    pub(crate) fn own_json(&self) -> Value {
        let mut user = self.json();
        user["mfa_enabled"] = Value::Bool(true);
        user["verified"] = Value::Bool(true);
        user["email"] = Value::Null;
        user["locale"] = "en-US".into();
        user
    }
}

/// A user in a guild.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) nick: Option<String>,
    pub(crate) roles: Vec<RoleId>,
    pub(crate) joined_ms: u64,
}

impl Member {
    /// The member without its user, as events carry it beside an author.
    pub(crate) fn partial_json(&self) -> Value {
        json!({
            "avatar": null,
            "banner": null,
            "communication_disabled_until": null,
            "deaf": false,
            "flags": 0,
            "joined_at": timestamp(self.joined_ms),
            "mute": false,
            "nick": self.nick,
            "pending": false,
            "premium_since": null,
            "roles": self.roles,
        })
    }

    pub(crate) fn json(&self, user: &User) -> Value {
        let mut member = self.partial_json();
        member["user"] = user.json();
        member
    }
}
