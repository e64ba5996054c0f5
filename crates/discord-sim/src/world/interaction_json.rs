//! Interactions as Discord writes them. See Discord Docs/Receiving and Responding, "Interaction Object".

use serde_json::{Value, json};

use super::{InteractionKind, interaction::Live, message::Message, state::State};
use crate::id::{ChannelId, UserId};

impl State {
    /// The interaction as the gateway tells of it.
    pub(super) fn interaction_json(
        &self,
        live: &Live,
        data: Value,
        message: Option<&Message>,
    ) -> Value {
        let view = &live.view;
        let bot = self.bot(view.application_id);
        let channel = self.interaction_channel_json(view.channel_id, view.person);
        let mut body = json!({
            "id": view.id,
            "application_id": view.application_id,
            "type": view.kind.number(),
            "data": data,
            "channel_id": view.channel_id,
            "channel": channel,
            "token": live.token,
            "version": 1,
            "locale": "en-US",
            "app_permissions": self.permissions(bot, view.channel_id).bits().to_string(),
            "entitlements": [],
            "authorizing_integration_owners": if live.by_user_install {
                json!({"1": view.person})
            } else {
                json!({"0": view.guild_id.map_or_else(|| "0".to_owned(), |guild| guild.to_string())})
            },
            "context": if view.guild_id.is_some() { 0 } else { 1 },
            "attachment_size_limit": 10_485_760,
        });
        let user = self.users.get(&view.person).map(|user| user.json());
        match view.guild_id {
            Some(guild) => {
                body["guild_id"] = json!(guild);
                body["guild_locale"] = "en-US".into();
                body["guild"] = json!({"id": guild, "locale": "en-US", "features": []});
                let mut member = self.full_member_json(guild, view.person).unwrap_or_else(|| {
                    json!({"user": user, "roles": [], "joined_at": null, "deaf": false,
                        "mute": false, "flags": 0})
                });
                let permissions = self.permissions(view.person, view.channel_id);
                member["permissions"] = permissions.bits().to_string().into();
                body["member"] = member;
            }
            None => body["user"] = json!(user),
        }
        // A component comes with its message; a menu's target is in `data.resolved`.
        if let Some(message) = message
            && view.kind != InteractionKind::Command
        {
            body["message"] = self.message_json(message);
        }
        body
    }

    /// The channel as interactions carry it: without its overwrites, but with what they come to for
    /// `person`.
    pub(super) fn interaction_channel_json(&self, id: ChannelId, person: UserId) -> Value {
        let mut body = self.channel_json(id);
        if let Some(fields) = body.as_object_mut() {
            fields.remove("permission_overwrites");
        }
        body["permissions"] = self.permissions(person, id).bits().to_string().into();
        body
    }

    /// The member as options and menus resolve them: without their user, with what they may do in
    /// `channel`. `None` where they are no member.
    pub(super) fn resolved_member_json(&self, user: UserId, channel: ChannelId) -> Option<Value> {
        let guild = self.channels.get(&channel)?.guild_id?;
        let mut member = self.guilds.get(&guild)?.members.get(&user)?.partial_json();
        for left_out in ["deaf", "mute"] {
            member.as_object_mut()?.remove(left_out);
        }
        member["permissions"] = self.permissions(user, channel).bits().to_string().into();
        Some(member)
    }

    /// The channel as events and REST write it.
    pub(crate) fn channel_json(&self, id: ChannelId) -> Value {
        let Some(channel) = self.channels.get(&id) else { return Value::Null };
        if channel.guild_id.is_some() {
            return channel.json(self.landlord);
        }
        // A bot's direct message lists the person only.
        let people = channel.recipients.iter().filter_map(|user| self.users.get(user));
        let people = people.filter(|user| user.bot_of.is_none());
        json!({
            "id": channel.id,
            "type": channel.kind.number(),
            "flags": 0,
            "last_message_id": channel.last_message,
            "recipients": people.map(|user| user.json()).collect::<Vec<_>>(),
        })
    }
}
