//! Webhooks. See Discord Docs/Webhook.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::{people::User, state::State};
use crate::{
    Change,
    gateway::intents,
    id::{ApplicationId, ChannelId, GuildId, UserId, WebhookId, secret},
    world::event::{Asking, Place},
};

/// A webhook. Its token is not shown in `Debug` output nor in JSON.
#[derive(Clone, Serialize)]
pub struct Webhook {
    /// Discord's id.
    pub id: WebhookId,
    /// Its default name.
    pub name: String,
    /// The channel it posts to, and to whose threads.
    pub channel_id: ChannelId,
    /// The guild.
    pub guild_id: GuildId,
    /// The application that created it.
    pub application_id: ApplicationId,
    #[serde(skip)]
    pub(crate) created_by: UserId,
    #[serde(skip)]
    pub(crate) token: String,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("channel_id", &self.channel_id)
            .finish_non_exhaustive()
    }
}

impl Webhook {
    /// As REST answers it, to `viewer` or to somebody who knows its token.
    pub(crate) fn json(&self, creator: Option<&User>) -> Value {
        let mut body = json!({
            "id": self.id,
            "type": 1,
            "name": self.name,
            "avatar": null,
            "channel_id": self.channel_id,
            "guild_id": self.guild_id,
            "application_id": self.application_id,
            "token": self.token,
            "url": format!("https://discord.com/api/webhooks/{}/{}", self.id, self.token),
        });
        if let Some(creator) = creator {
            body["user"] = creator.json();
        }
        body
    }
}

impl State {
    /// Creates a webhook in a guild's channel that exists.
    pub(crate) fn create_webhook(
        &mut self,
        application: ApplicationId,
        channel: ChannelId,
        guild: GuildId,
        name: &str,
    ) -> Webhook {
        let webhook = Webhook {
            id: WebhookId(self.next_id()),
            name: name.to_owned(),
            channel_id: channel,
            guild_id: guild,
            application_id: application,
            created_by: self.bot(application),
            token: secret(),
        };
        self.webhooks.insert(webhook.id, webhook.clone());
        self.announce(Change::WebhookCreated { channel_id: channel, webhook_id: webhook.id });
        self.tell_of_webhooks(channel, guild);
        webhook
    }

    /// Deletes a webhook; whether it was there.
    pub(crate) fn delete_webhook(&mut self, id: WebhookId) -> bool {
        let Some(webhook) = self.webhooks.remove(&id) else { return false };
        self.announce(Change::Surroundings);
        self.tell_of_webhooks(webhook.channel_id, webhook.guild_id);
        true
    }

    pub(crate) fn webhooks_in(&self, channel: ChannelId) -> impl Iterator<Item = &Webhook> {
        self.webhooks.values().filter(move |webhook| webhook.channel_id == channel)
    }

    fn tell_of_webhooks(&mut self, channel: ChannelId, guild: GuildId) {
        let asking = Asking { guild: intents::GUILD_WEBHOOKS, direct: 0 };
        let body = json!({"guild_id": guild, "channel_id": channel});
        self.dispatch("WEBHOOKS_UPDATE", Place::Guild(guild), asking, &body);
    }
}
