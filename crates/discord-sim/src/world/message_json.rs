//! Messages as Discord writes them.

use serde_json::{Value, json};

use super::{
    message::{Attachment, Author, Message, Poster},
    state::State,
};
use crate::{
    clock::timestamp,
    id::{ApplicationId, GuildId, UserId},
};

impl State {
    /// The message as REST answers it.
    pub(crate) fn message_json(&self, message: &Message) -> Value {
        let mut body = self.plain_message_json(message);
        if let Some(reply_to) = message.reply_to {
            body["message_reference"] = json!({
                "type": 0,
                "message_id": reply_to,
                "channel_id": message.channel_id,
                "guild_id": message.guild_id,
            });
            let original = self.message(reply_to).filter(|original| original.is_visible());
            // `null` says that it was deleted. See Discord Docs/Message, "Message Object".
            body["referenced_message"] =
                original.map_or(Value::Null, |original| self.plain_message_json(&original));
        }
        body
    }

    /// The message as `MESSAGE_CREATE` and `MESSAGE_UPDATE` carry it.
    pub(crate) fn message_event_json(&self, message: &Message) -> Value {
        let mut body = self.message_json(message);
        let Some(guild_id) = message.guild_id else { return body };
        body["guild_id"] = json!(guild_id);
        if message.webhook_id().is_none()
            && let Some(member) = self.member_json(guild_id, message.author.id)
        {
            body["member"] = member;
        }
        body
    }

    /// Whether an application is shown the message's words without the message content intent: its own
    /// messages, direct messages, and those that mention it, a pinging reply to its bot user included.
    pub(crate) fn is_readable_by(&self, message: &Message, application: ApplicationId) -> bool {
        let Some(bot) = self.applications.get(&application).map(|app| app.user_id) else {
            return false;
        };
        message.guild_id.is_none() || message.author.id == bot || message.pings.users.contains(&bot)
    }

    fn member_json(&self, guild: GuildId, user: UserId) -> Option<Value> {
        self.guilds.get(&guild)?.members.get(&user).map(|member| member.partial_json())
    }

    fn plain_message_json(&self, message: &Message) -> Value {
        let pinged = message.pings.users.iter().filter_map(|user| self.users.get(user));
        let mut body = json!({
            "id": message.id,
            "channel_id": message.channel_id,
            "type": message.kind,
            "content": message.content,
            "author": self.author_json(&message.author, &message.posted_by),
            "mentions": pinged.map(|user| user.json()).collect::<Vec<_>>(),
            "mention_roles": message.pings.roles,
            "mention_everyone": message.pings.everyone,
            "attachments": message.attachments.iter().map(attachment_json).collect::<Vec<_>>(),
            "embeds": message.embeds,
            "components": message.components,
            "timestamp": timestamp(message.created_ms),
            "edited_timestamp": message.edits.last().map(|edit| timestamp(edit.at_ms)),
            "flags": message.flags,
            "pinned": false,
            "tts": false,
        });
        if let Some(nonce) = &message.nonce {
            body["nonce"] = nonce.clone();
        }
        if let Some(webhook_id) = message.webhook_id() {
            body["webhook_id"] = json!(webhook_id);
        }
        if let Some(application_id) = message.application_id()
            && (message.interaction.is_some() || message.webhook_id().is_some())
        {
            body["application_id"] = json!(application_id);
        }
        if !message.reactions.is_empty() {
            body["reactions"] = self.reactions_json(message);
        }
        if let Some(answering) = &message.interaction {
            let mut metadata = json!({
                "id": answering.id,
                "type": answering.kind,
                "user": self.users.get(&answering.person).map(|user| user.json()),
                "authorizing_integration_owners": {},
            });
            if answering.kind == 2 {
                metadata["name"] = answering.name.clone().into();
            }
            body["interaction_metadata"] = metadata;
        }
        body
    }

    fn author_json(&self, author: &Author, posted_by: &Poster) -> Value {
        if !matches!(posted_by, Poster::Webhook { .. })
            && let Some(user) = self.users.get(&author.id)
        {
            return user.json();
        }
        json!({
            "id": author.id,
            "username": author.name,
            "avatar": null,
            "discriminator": "0000",
            "public_flags": 0,
            "flags": 0,
            "bot": true,
            "global_name": null,
            "primary_guild": null,
        })
    }

    fn reactions_json(&self, message: &Message) -> Value {
        let one = |reaction: &super::message::Reaction| {
            let is_bot = |user| self.users.get(user).is_some_and(|user| user.bot_of.is_some());
            json!({
                "emoji": emoji_json(&reaction.emoji),
                "count": reaction.users.len(),
                "count_details": {"burst": 0, "normal": reaction.users.len()},
                "burst_colors": [],
                "burst_count": 0,
                "me_burst": false,
                "burst_me": false,
                "me": reaction.users.iter().any(is_bot),
            })
        };
        message.reactions.iter().map(one).collect()
    }
}

/// `🔥` or `name:id`, as Discord writes emojis. See Discord Docs/Emoji.
pub(crate) fn emoji_json(emoji: &str) -> Value {
    match emoji.rsplit_once(':') {
        Some((name, id)) => json!({"id": id, "name": name, "animated": false}),
        None => json!({"id": null, "name": emoji}),
    }
}

fn attachment_json(attachment: &Attachment) -> Value {
    let mut body = json!({
        "id": attachment.id,
        "filename": attachment.filename,
        "size": attachment.size,
        "url": attachment.url,
        "proxy_url": attachment.url,
    });
    if let Some(content_type) = &attachment.content_type {
        body["content_type"] = content_type.clone().into();
    }
    body
}

/// Takes away what the message content intent guards. See Discord Docs/Gateway, "Message Content Intent".
pub(crate) fn without_content(mut message: Value) -> Value {
    let guard = |message: &mut Value| {
        message["content"] = "".into();
        for list in ["embeds", "attachments", "components"] {
            message[list] = json!([]);
        }
    };
    guard(&mut message);
    if message.get("referenced_message").is_some_and(Value::is_object) {
        guard(&mut message["referenced_message"]);
    }
    message
}
