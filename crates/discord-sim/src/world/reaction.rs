//! Reactions: people give them and take them back, and bots are told.

use serde_json::json;

use super::{
    Unknown, World,
    event::{Asking, Place},
    message::{Message, Reaction},
    message_json::emoji_json,
    permission::Permissions,
    state::State,
};
use crate::{
    Change,
    id::{MessageId, UserId},
};

impl World {
    /// Lets a person react to a message with an emoji: `❌`, or `name:id` for a guild's own.
    ///
    /// # Errors
    /// [`Unknown::Message`], [`Unknown::Member`] where they do not belong to the place, and
    /// [`Unknown::NotAllowed`] where they may not see it or not add a reaction.
    pub fn react(&self, person: UserId, message: MessageId, emoji: &str) -> Result<(), Unknown> {
        let mut state = self.lock();
        let target = state.seen_by(person, message)?;
        if target.ephemeral_for.is_some() {
            // Discord's servers do not keep these, so there is nothing to react to.
            return Err(Unknown::Message(message));
        }
        if target.reactions.iter().all(|reaction| reaction.emoji != emoji) {
            state.check_may(person, target.channel_id, Permissions::ADD_REACTIONS)?;
        }
        state.add_reaction(message, person, emoji);
        Ok(())
    }

    /// Lets a person take a reaction back.
    ///
    /// # Errors
    /// As [`World::react`].
    pub fn unreact(&self, person: UserId, message: MessageId, emoji: &str) -> Result<(), Unknown> {
        let mut state = self.lock();
        state.seen_by(person, message)?;
        state.remove_reaction(message, person, emoji);
        Ok(())
    }
}

impl State {
    /// Adds `user`'s reaction; whether it was not there yet.
    pub(crate) fn add_reaction(&mut self, id: MessageId, user: UserId, emoji: &str) -> bool {
        let Some(message) = self.message_mut(id) else { return false };
        match message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
            Some(reaction) if reaction.users.contains(&user) => return false,
            Some(reaction) => reaction.users.push(user),
            None => {
                message.reactions.push(Reaction { emoji: emoji.to_owned(), users: vec![user] });
            }
        }
        self.reactions_changed("MESSAGE_REACTION_ADD", id, user, emoji);
        true
    }

    /// Takes `user`'s reaction away; whether it was there.
    pub(crate) fn remove_reaction(&mut self, id: MessageId, user: UserId, emoji: &str) -> bool {
        let Some(message) = self.message_mut(id) else { return false };
        let with_emoji = message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji);
        let Some(reaction) = with_emoji else { return false };
        let before = reaction.users.len();
        reaction.users.retain(|other| *other != user);
        if reaction.users.len() == before {
            return false;
        }
        message.reactions.retain(|reaction| !reaction.users.is_empty());
        self.reactions_changed("MESSAGE_REACTION_REMOVE", id, user, emoji);
        true
    }

    fn reactions_changed(&mut self, event: &str, id: MessageId, user: UserId, emoji: &str) {
        let message = self.message(id).expect("its reactions were just changed");
        self.announce(Change::MessageEdited { message: message.clone() });
        self.tell_of_reaction(event, &message, user, emoji);
    }

    fn tell_of_reaction(&mut self, name: &str, message: &Message, user: UserId, emoji: &str) {
        let mut body = json!({
            "user_id": user,
            "channel_id": message.channel_id,
            "message_id": message.id,
            "emoji": emoji_json(emoji),
            "burst": false,
            "type": 0,
        });
        // Whose message it is and who reacted is told only when a reaction comes, and a webhook is nobody.
        let is_new = name == "MESSAGE_REACTION_ADD";
        if is_new && message.webhook_id().is_none() {
            body["message_author_id"] = json!(message.author.id);
        }
        if let Some(guild) = message.guild_id {
            body["guild_id"] = json!(guild);
            if is_new && let Some(member) = self.full_member_json(guild, user) {
                body["member"] = member;
            }
        }
        self.dispatch(name, Place::Channel(message.channel_id), Asking::REACTIONS, &body);
    }
}
