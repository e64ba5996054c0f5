//! Messages of the bot user: posting, editing, deleting; and the typing indicator.

use serde::{Deserialize, Serialize};
use twilight_http::{request::Request, routing::Route};
use twilight_model::{
    channel::message::{Component, MessageFlags},
    id::{
        Id,
        marker::{ChannelMarker, MessageMarker},
    },
};

use crate::{Call, Discord, Error, Lane, Reply, code};

/// The longest nonce Discord takes, in characters.
const MAX_NONCE: usize = 25;

/// Nobody is pinged, whatever the text says. Without it Discord reads `@everyone` and mentions in what we
/// post as meant, and again in what we edit. See Discord Docs/Message, "Allowed Mentions".
#[derive(Clone, Copy, Serialize)]
pub(crate) struct NoPings {
    parse: [&'static str; 0],
    replied_user: bool,
}

pub(crate) const NO_PINGS: NoPings = NoPings { parse: [], replied_user: false };

/// A message for the bot user to post.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// 1 to 2,000 characters.
    pub content: &'a str,
    /// The message it replies to. If that is gone, it is posted all the same.
    pub reply_to: Option<Id<MessageMarker>>,
    /// At most 25 characters. For a few minutes Discord posts a nonce once and answers a repetition with
    /// the first message, which is what makes posting repeatable.
    pub nonce: &'a str,
    /// Links show no previews.
    pub suppress_embeds: bool,
    /// Nobody's device makes a sound.
    pub silent: bool,
}

/// A message that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Posted {
    /// Its id.
    pub id: Id<MessageMarker>,
    /// Where it is; in a thread, the thread.
    pub channel_id: Id<ChannelMarker>,
}

/// What became of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It is to be seen.
    Shown,
    /// There was no room for it, or Discord did not answer well. Only [`Lane::Edit`] meets this: a later
    /// text will do.
    Skipped,
}

impl Discord {
    /// Posts a message as the bot user. May be repeated safely while Discord remembers the nonce.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_message(
        &self,
        channel_id: Id<ChannelMarker>,
        message: &Outgoing<'_>,
    ) -> Result<Posted, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            content: &'a str,
            allowed_mentions: NoPings,
            nonce: &'a str,
            enforce_nonce: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            message_reference: Option<Reference>,
            #[serde(skip_serializing_if = "MessageFlags::is_empty")]
            flags: MessageFlags,
        }
        #[derive(Serialize)]
        struct Reference {
            message_id: Id<MessageMarker>,
            fail_if_not_exists: bool,
        }
        checked_content(message.content)?;
        if message.nonce.is_empty() || message.nonce.chars().count() > MAX_NONCE {
            return Err(Error::build("a nonce has 1 to 25 characters"));
        }
        let mut flags = MessageFlags::empty();
        flags.set(MessageFlags::SUPPRESS_EMBEDS, message.suppress_embeds);
        flags.set(MessageFlags::SUPPRESS_NOTIFICATIONS, message.silent);
        let body = Body {
            content: message.content,
            allowed_mentions: NO_PINGS,
            nonce: message.nonce,
            enforce_nonce: true,
            message_reference: message
                .reply_to
                .map(|message_id| Reference { message_id, fail_if_not_exists: false }),
            flags,
        };
        let request = json(&Route::CreateMessage { channel_id: channel_id.get() }, &body)?;
        self.send(Call::new(request).repeatable()).await?.json()
    }

    /// Gives a message of the bot user another text.
    ///
    /// With [`Lane::Edit`], wait for the end of it before sending the final text: two edits on their way
    /// at once may arrive in either order.
    ///
    /// # Errors
    /// See [`Error`]. In [`Lane::Edit`] only those that the final text would meet as well.
    pub async fn edit_message(
        &self,
        message: Posted,
        content: &str,
        lane: Lane,
    ) -> Result<Edited, Error> {
        let route = Route::UpdateMessage {
            channel_id: message.channel_id.get(),
            message_id: message.id.get(),
        };
        let request = json(&route, &edit_body(content)?)?;
        edited(self.send(Call::new(request).lane(lane)).await, lane)
    }

    /// Deletes a message. One that is gone already counts as deleted.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_message(&self, message: Posted) -> Result<(), Error> {
        let route = Route::DeleteMessage {
            channel_id: message.channel_id.get(),
            message_id: message.id.get(),
        };
        gone(self.send(Call::new(Request::from_route(&route))).await, code::UNKNOWN_MESSAGE)
    }

    /// Shows "… is typing" for ten seconds, if there is room to spare; otherwise nothing is lost.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn typing(&self, channel_id: Id<ChannelMarker>) -> Result<(), Error> {
        let request =
            Request::from_route(&Route::CreateTypingTrigger { channel_id: channel_id.get() });
        let sent = self.send(Call::new(request).lane(Lane::Typing).repeatable()).await;
        edited(sent, Lane::Typing).map(drop)
    }
}

/// The body of any edit.
#[derive(Serialize)]
pub(crate) struct Edit<'a> {
    content: &'a str,
    allowed_mentions: NoPings,
}

pub(crate) fn edit_body(content: &str) -> Result<Edit<'_>, Error> {
    checked_content(content)?;
    Ok(Edit { content, allowed_mentions: NO_PINGS })
}

pub(crate) fn checked_content(content: &str) -> Result<(), Error> {
    if content.trim().is_empty() {
        return Err(Error::build("a message needs some text"));
    }
    twilight_validate::message::content(content).map_err(Error::build)
}

/// Rows of buttons and select menus; `None` says nothing about them.
pub(crate) fn checked_components(components: Option<&[Component]>) -> Result<(), Error> {
    let components = components.unwrap_or_default();
    twilight_validate::message::components(components, false).map_err(Error::build)
}

pub(crate) fn json(route: &Route<'_>, body: &impl Serialize) -> Result<Request, Error> {
    Request::builder(route).json(body).build().map_err(Error::build)
}

/// In a lane that may be dropped, what may pass is no error.
pub(crate) fn edited(sent: Result<Reply, Error>, lane: Lane) -> Result<Edited, Error> {
    match sent {
        Ok(_) => Ok(Edited::Shown),
        Err(error) if lane != Lane::Final && !error.is_final() => Ok(Edited::Skipped),
        Err(error) => Err(error),
    }
}

/// What is gone already counts as deleted.
pub(crate) fn gone(sent: Result<Reply, Error>, unknown: u64) -> Result<(), Error> {
    match sent {
        Err(Error::NotFound { code, .. }) if code == unknown => Ok(()),
        sent => sent.map(drop),
    }
}
