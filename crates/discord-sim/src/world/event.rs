//! Dispatch events: what connected bots are told, and which of them may know.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    message::Message, message_json::without_content, permission::Permissions, state::State,
};
use crate::{
    gateway::intents,
    id::{ApplicationId, ChannelId, GuildId, MessageId, UserId},
};

/// Where an event happened, which decides who is told.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// All bots that can see the channel.
    Channel(ChannelId),
    /// All bots in the guild.
    Guild(GuildId),
    /// One bot, on the shard of the guild.
    Application(ApplicationId, Option<GuildId>),
    /// Every session there is, whatever its intents.
    Everywhere,
}

/// The intents that ask for an event, in guilds and in direct messages. Zero: no intent is needed.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    pub(crate) guild: u64,
    pub(crate) direct: u64,
}

impl Asking {
    pub(crate) const ALWAYS: Self = Self { guild: 0, direct: 0 };
    pub(crate) const GUILDS: Self = Self { guild: intents::GUILDS, direct: 0 };
    const MESSAGES: Self =
        Self { guild: intents::GUILD_MESSAGES, direct: intents::DIRECT_MESSAGES };
    pub(super) const REACTIONS: Self =
        Self { guild: intents::GUILD_MESSAGE_REACTIONS, direct: intents::DIRECT_MESSAGE_REACTIONS };
    const TYPING: Self =
        Self { guild: intents::GUILD_MESSAGE_TYPING, direct: intents::DIRECT_MESSAGE_TYPING };
}

impl State {
    /// Puts an event into the log of every session that is to have it.
    pub(crate) fn dispatch(&mut self, name: &str, place: Place, asking: Asking, body: &Value) {
        let to = self.audience(place, asking);
        if to.is_empty() {
            return;
        }
        let body = body.to_string();
        for recipient in to {
            self.log(&recipient.session, name, &body);
        }
    }

    /// `MESSAGE_CREATE` or `MESSAGE_UPDATE`, with the words only for those who may read them.
    pub(crate) fn tell_of_message(&mut self, name: &str, message: &Message) {
        if message.ephemeral_for.is_some() {
            return;
        }
        let to = self.audience(Place::Channel(message.channel_id), Asking::MESSAGES);
        if to.is_empty() {
            return;
        }
        let whole = self.message_event_json(message);
        let whole_text = whole.to_string();
        let mut guarded_text = None;
        for recipient in to {
            let reads = recipient.intents & intents::MESSAGE_CONTENT != 0
                || self.is_readable_by(message, recipient.application);
            let body = if reads {
                &whole_text
            } else {
                guarded_text.get_or_insert_with(|| without_content(whole.clone()).to_string())
            };
            self.log(&recipient.session, name, body);
        }
    }

    pub(crate) fn tell_of_deletion(&mut self, message: &Message) {
        let mut body = json!({"id": message.id, "channel_id": message.channel_id});
        if let Some(guild) = message.guild_id {
            body["guild_id"] = json!(guild);
        }
        let place = Place::Channel(message.channel_id);
        self.dispatch("MESSAGE_DELETE", place, Asking::MESSAGES, &body);
    }

    pub(crate) fn tell_of_bulk_deletion(&mut self, channel: ChannelId, ids: &[MessageId]) {
        let mut body = json!({"ids": ids, "channel_id": channel});
        if let Some(guild) = self.channels.get(&channel).and_then(|channel| channel.guild_id) {
            body["guild_id"] = json!(guild);
        }
        self.dispatch("MESSAGE_DELETE_BULK", Place::Channel(channel), Asking::MESSAGES, &body);
    }

    pub(crate) fn tell_of_typing(&mut self, channel: ChannelId, user: UserId) {
        let Some(guild) = self.channels.get(&channel).map(|channel| channel.guild_id) else {
            return;
        };
        let mut body = json!({
            "channel_id": channel,
            "user_id": user,
            "timestamp": self.clock.now_ms() / 1000,
        });
        if let Some(guild) = guild {
            body["guild_id"] = json!(guild);
            if let Some(member) = self.full_member_json(guild, user) {
                body["member"] = member;
            }
        }
        self.dispatch("TYPING_START", Place::Channel(channel), Asking::TYPING, &body);
    }

    /// The member with its user.
    pub(crate) fn full_member_json(&self, guild: GuildId, user: UserId) -> Option<Value> {
        let member = self.guilds.get(&guild)?.members.get(&user)?;
        Some(member.json(self.users.get(&user)?))
    }

    /// The guild as `GUILD_CREATE` carries it to a bot.
    pub(crate) fn guild_create_json(&self, guild: GuildId, application: ApplicationId) -> Value {
        let Some(guild) = self.guilds.get(&guild) else { return Value::Null };
        let bot = self.applications.get(&application).map(|app| app.user_id);
        let own = bot.and_then(|bot| Some((bot, guild.members.get(&bot)?)));
        let channels = guild.channels.iter().filter_map(|id| self.channels.get(id));
        let (threads, channels): (Vec<_>, Vec<_>) =
            channels.partition(|channel| channel.thread_parent().is_some());
        let visible = |id| {
            bot.is_some_and(|bot| self.permissions(bot, id).contains(Permissions::VIEW_CHANNEL))
        };
        let threads = threads.into_iter().filter(|thread| visible(thread.id));
        let mut body = guild.json();
        // Without the privileged members intent only the bot itself is listed.
        let members = own.and_then(|(bot, _)| self.full_member_json(guild.id, bot));
        body["joined_at"] =
            own.map_or(Value::Null, |(_, member)| crate::clock::timestamp(member.joined_ms).into());
        body["large"] = false.into();
        body["unavailable"] = false.into();
        body["member_count"] = guild.members.len().into();
        body["members"] = members.into_iter().collect();
        body["channels"] = channels.iter().map(|channel| channel.json(guild.owner)).collect();
        body["threads"] = threads.map(|thread| thread.json(guild.owner)).collect();
        for empty in [
            "voice_states",
            "presences",
            "stage_instances",
            "guild_scheduled_events",
            "soundboard_sounds",
        ] {
            body[empty] = json!([]);
        }
        body
    }

    fn audience(&mut self, place: Place, asking: Asking) -> Vec<Recipient> {
        self.expire_sessions();
        let (guild, wanted) = match place {
            Place::Everywhere => (None, 0),
            Place::Guild(guild) => (Some(guild), asking.guild),
            Place::Application(_, Some(guild)) => (Some(guild), asking.guild),
            Place::Application(_, None) => (None, asking.direct),
            Place::Channel(channel) => match self.channels.get(&channel).map(|c| c.guild_id) {
                Some(Some(guild)) => (Some(guild), asking.guild),
                _ => (None, asking.direct),
            },
        };
        let concerns = |application: ApplicationId| {
            let Some(bot) = self.applications.get(&application).map(|app| app.user_id) else {
                return false;
            };
            match place {
                Place::Everywhere => true,
                Place::Application(only, _) => only == application,
                Place::Guild(guild) => {
                    self.guilds.get(&guild).is_some_and(|guild| guild.members.contains_key(&bot))
                }
                Place::Channel(channel) => {
                    self.permissions(bot, channel).contains(Permissions::VIEW_CHANNEL)
                }
            }
        };
        let sessions = self.sessions.values().filter(|session| {
            let everywhere = matches!(place, Place::Everywhere);
            (everywhere || session.serves(guild))
                && (wanted == 0 || session.intents & wanted != 0)
                && concerns(session.application)
        });
        let recipient = |session: &crate::gateway::session::Session| Recipient {
            session: session.id.clone(),
            application: session.application,
            intents: session.intents,
        };
        sessions.map(recipient).collect()
    }

    fn log(&mut self, session: &str, name: &str, body: &str) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.append(name, body, self.settings.gateway.replay);
        }
    }
}

struct Recipient {
    session: Arc<str>,
    application: ApplicationId,
    intents: u64,
}
