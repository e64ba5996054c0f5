//! Who is where and may do what there: the checks before a person acts.

use std::sync::Arc;

use super::{Unknown, message::Message, permission::Permissions, state::State};
use crate::id::{ChannelId, MessageId, UserId};

impl State {
    /// Whether `person` exists, belongs to the place of `channel` and sees it.
    pub(super) fn check_present(&self, person: UserId, channel: ChannelId) -> Result<(), Unknown> {
        if !self.users.contains_key(&person) {
            return Err(Unknown::User(person));
        }
        let found = self.channels.get(&channel).ok_or(Unknown::Channel(channel))?;
        let is_there = match found.guild_id.and_then(|guild| self.guilds.get(&guild)) {
            Some(guild) => guild.members.contains_key(&person),
            None => found.recipients.contains(&person),
        };
        if !is_there {
            return Err(Unknown::Member(person, channel));
        }
        self.check_may(person, channel, Permissions::VIEW_CHANNEL)
    }

    /// Whether `person` has all of `wanted` in `channel`.
    pub(super) fn check_may(
        &self,
        person: UserId,
        channel: ChannelId,
        wanted: Permissions,
    ) -> Result<(), Unknown> {
        let missing = wanted & !self.permissions(person, channel);
        if missing == Permissions::empty() {
            Ok(())
        } else {
            Err(Unknown::NotAllowed { person, channel, missing })
        }
    }

    /// The message, where it was not deleted.
    pub(super) fn standing(&self, id: MessageId) -> Result<Arc<Message>, Unknown> {
        self.message(id).filter(|message| message.is_visible()).ok_or(Unknown::Message(id))
    }

    /// The message, where `person` has it before their eyes.
    pub(super) fn seen_by(&self, person: UserId, id: MessageId) -> Result<Arc<Message>, Unknown> {
        let message = self.standing(id)?;
        self.check_present(person, message.channel_id)?;
        if message.ephemeral_for.is_none_or(|only| only == person) {
            Ok(message)
        } else {
            Err(Unknown::Message(id))
        }
    }

    /// Whether `person` wrote the message.
    pub(super) fn check_theirs(&self, person: UserId, id: MessageId) -> Result<(), Unknown> {
        let is_theirs = self.standing(id)?.author.id == person;
        if is_theirs { Ok(()) } else { Err(Unknown::NotTheirs(id, person)) }
    }
}
