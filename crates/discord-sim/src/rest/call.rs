//! A request on its way to its endpoint, and the checks endpoints share.

use std::sync::Arc;

use serde_json::Value;

use super::{refusal::Refusal, route::Params};
use crate::{
    id::{ApplicationId, ChannelId, GuildId, UserId},
    world::{File, Message, Permissions, message_json::without_content, state::State},
};

/// A request that has passed the door.
pub(crate) struct Call {
    /// Whose token it carried.
    pub(crate) application: Option<ApplicationId>,
    pub(crate) params: Params,
    pub(crate) query: Vec<(String, String)>,
    /// The JSON body; `null` where there was none.
    pub(crate) body: Value,
    pub(crate) files: Vec<File>,
}

impl Call {
    /// The application; only for endpoints that need a token.
    pub(crate) fn application(&self) -> ApplicationId {
        self.application.expect("the door lets nobody without a token to this endpoint")
    }

    /// The parameter as an id.
    pub(crate) fn id<T: From<u64>>(&self, name: &str) -> Result<T, Refusal> {
        snowflake(name, self.params.get(name))
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn query_id<T: From<u64>>(&self, name: &str) -> Result<Option<T>, Refusal> {
        self.query(name).map(|value| snowflake(name, value)).transpose()
    }

    pub(crate) fn query_is_true(&self, name: &str) -> bool {
        matches!(self.query(name), Some("true" | "True" | "1"))
    }
}

fn snowflake<T: From<u64>>(name: &str, value: &str) -> Result<T, Refusal> {
    let number = value.parse::<u64>().ok().filter(|number| *number > 0);
    number.map(T::from).ok_or_else(|| Refusal::no_snowflake(name, value))
}

impl State {
    /// The bot that calls.
    pub(crate) fn caller(&self, call: &Call) -> UserId {
        self.bot(call.application())
    }

    /// The channel of the path, where the caller can see it.
    pub(crate) fn visible_channel(&self, call: &Call) -> Result<ChannelId, Refusal> {
        let channel = call.id("channel_id")?;
        if !self.channels.contains_key(&channel) {
            return Err(Refusal::unknown_channel());
        }
        let permissions = self.permissions(self.caller(call), channel);
        if !permissions.contains(Permissions::VIEW_CHANNEL) {
            return Err(Refusal::missing_access());
        }
        Ok(channel)
    }

    /// The guild of the path, where the caller is a member.
    pub(crate) fn visible_guild(&self, call: &Call) -> Result<GuildId, Refusal> {
        let guild = call.id("guild_id")?;
        let found = self.guilds.get(&guild).ok_or_else(Refusal::unknown_guild)?;
        if found.members.contains_key(&self.caller(call)) {
            Ok(guild)
        } else {
            Err(Refusal::missing_access())
        }
    }

    /// Refuses a caller who lacks `wanted` in `channel`.
    pub(crate) fn require(
        &self,
        call: &Call,
        channel: ChannelId,
        wanted: Permissions,
    ) -> Result<(), Refusal> {
        if self.permissions(self.caller(call), channel).contains(wanted) {
            Ok(())
        } else {
            Err(Refusal::missing_permissions())
        }
    }

    /// The message of the path, in `channel`.
    pub(crate) fn message_of_path(
        &self,
        call: &Call,
        channel: ChannelId,
    ) -> Result<Arc<Message>, Refusal> {
        let id = call.id("message_id")?;
        let message = self.message_in(channel, id).filter(|message| message.is_public());
        message.ok_or_else(Refusal::unknown_message)
    }

    /// A message as `application` may read it: without the words where the message content intent is off.
    pub(crate) fn readable_json(&self, message: &Message, application: ApplicationId) -> Value {
        let json = self.message_json(message);
        let has_intent = self.applications.get(&application).is_some_and(|app| app.message_content);
        if has_intent || self.is_readable_by(message, application) {
            json
        } else {
            without_content(json)
        }
    }
}
