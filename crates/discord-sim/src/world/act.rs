//! Acting as people: saying, replying, editing, deleting, typing.

use serde_json::Value;

use super::{
    Unknown, World,
    mention::{Pings, Unless, resolve},
    message::{Author, File, Message, Poster},
    permission::Permissions,
    post::{Body, Draft, Revision},
    state::State,
};
use crate::{
    Change,
    id::{ChannelId, MessageId, UserId},
};

/// What a person says, for [`World::say_with`].
#[derive(Clone, Debug, Default)]
pub struct Saying {
    /// The text.
    pub text: String,
    /// The message it replies to.
    pub reply_to: Option<MessageId>,
    /// Whether the reply notifies whom it replies to; people may switch that off.
    pub without_ping: bool,
    /// Files.
    pub files: Vec<File>,
    /// Discord's message flags.
    pub flags: u64,
}

impl World {
    /// Lets a person say something.
    ///
    /// # Errors
    /// [`Unknown::Channel`], [`Unknown::Member`] where they do not belong to the place, and
    /// [`Unknown::NotAllowed`] where they may not see it or not speak in it.
    pub fn say(
        &self,
        person: UserId,
        channel: ChannelId,
        text: &str,
    ) -> Result<MessageId, Unknown> {
        self.say_with(person, channel, Saying { text: text.to_owned(), ..Saying::default() })
    }

    /// Lets a person say something with files, flags or as a reply.
    ///
    /// # Errors
    /// As [`World::say`], and [`Unknown::Message`] for a reply to a message that is not in the channel.
    pub fn say_with(
        &self,
        person: UserId,
        channel: ChannelId,
        saying: Saying,
    ) -> Result<MessageId, Unknown> {
        let mut state = self.lock();
        state.check_present(person, channel)?;
        if !state.may_send(person, channel) {
            let missing = Permissions::SEND_MESSAGES;
            return Err(Unknown::NotAllowed { person, channel, missing });
        }
        let replied_to = match saying.reply_to {
            Some(id) => Some(state.message_in(channel, id).ok_or(Unknown::Message(id))?),
            None => None,
        };
        let pinged = replied_to.as_deref().filter(|_| !saying.without_ping);
        let pings = state.pings_of_person(&saying.text, pinged);
        let author = state.author(person);
        let message = state.post(Draft {
            channel,
            author,
            posted_by: Poster::Person,
            kind: if replied_to.is_some() { 19 } else { 0 },
            body: Body {
                content: saying.text,
                flags: saying.flags,
                files: saying.files,
                pings,
                ..Body::default()
            },
            reply_to: saying.reply_to,
            interaction: None,
            ephemeral_for: None,
            nonce: None,
        });
        Ok(message.id)
    }

    /// Lets a person reply to a message, notifying its author.
    ///
    /// # Errors
    /// [`Unknown::Message`], and as [`World::say`].
    pub fn reply(&self, person: UserId, to: MessageId, text: &str) -> Result<MessageId, Unknown> {
        let channel = self.message(to).ok_or(Unknown::Message(to))?.channel_id;
        let saying = Saying { text: text.to_owned(), reply_to: Some(to), ..Saying::default() };
        self.say_with(person, channel, saying)
    }

    /// Lets a person change what they said.
    ///
    /// # Errors
    /// [`Unknown::Message`], [`Unknown::NotTheirs`].
    pub fn edit(&self, person: UserId, message: MessageId, text: &str) -> Result<(), Unknown> {
        let mut state = self.lock();
        state.check_theirs(person, message)?;
        let pings = Some(state.pings_of_person(text, None));
        let content = Some(text.to_owned());
        state.revise(message, Revision { content, pings, ..Revision::default() });
        Ok(())
    }

    /// Lets a person take back what they said.
    ///
    /// # Errors
    /// [`Unknown::Message`], [`Unknown::NotTheirs`].
    pub fn delete(&self, person: UserId, message: MessageId) -> Result<(), Unknown> {
        let mut state = self.lock();
        state.check_theirs(person, message)?;
        state.delete_message(message);
        Ok(())
    }

    /// Deletes any message, as a moderator does.
    ///
    /// # Errors
    /// [`Unknown::Message`].
    pub fn moderate(&self, message: MessageId) -> Result<(), Unknown> {
        let mut state = self.lock();
        state.standing(message)?;
        state.delete_message(message);
        Ok(())
    }

    /// Deletes messages of one channel all at once, as a moderator's bot does.
    ///
    /// # Errors
    /// [`Unknown::Message`] where one of them is not in the channel; then none is deleted.
    pub fn moderate_many(&self, channel: ChannelId, messages: &[MessageId]) -> Result<(), Unknown> {
        let mut state = self.lock();
        for id in messages {
            state.message_in(channel, *id).ok_or(Unknown::Message(*id))?;
        }
        state.delete_messages(channel, messages);
        Ok(())
    }

    /// Lets a person start typing.
    ///
    /// # Errors
    /// [`Unknown::Channel`], and [`Unknown::Member`] where they do not belong to the place.
    pub fn start_typing(&self, person: UserId, channel: ChannelId) -> Result<(), Unknown> {
        let mut state = self.lock();
        state.check_present(person, channel)?;
        state.types(person, channel);
        Ok(())
    }
}

impl State {
    /// Marks `user` as typing in a channel that exists, and tells everyone who may know.
    pub(crate) fn types(&mut self, user: UserId, channel: ChannelId) {
        let now_ms = self.clock.now_ms();
        if let Some(found) = self.channels.get_mut(&channel) {
            found.typing.insert(user, now_ms);
        }
        self.announce(Change::Typing { channel_id: channel, user_id: user });
        self.tell_of_typing(channel, user);
    }

    /// A user as the author of a message.
    pub(crate) fn author(&self, user: UserId) -> Author {
        let found = self.users.get(&user);
        Author {
            id: user,
            name: found.map(|user| user.name().to_owned()).unwrap_or_default(),
            avatar_url: None,
            bot: found.is_some_and(|user| user.bot_of.is_some()),
        }
    }

    /// Whom a reply to `message` can notify: a webhook is nobody.
    pub(crate) fn repliable(&self, message: &Message) -> Option<UserId> {
        let is_user = message.webhook_id().is_none() && self.users.contains_key(&message.author.id);
        is_user.then_some(message.author.id)
    }

    fn pings_of_person(&self, text: &str, replied_to: Option<&Message>) -> Pings {
        let replied_to = replied_to.and_then(|message| self.repliable(message));
        resolve(text, None::<&Value>, Unless::Everything, replied_to)
            .expect("without rules there is no contradiction")
    }
}
