//! What becomes of messages: edits, deletions, reactions.

use serde::{Deserialize, de::IgnoredAny};
use twilight_model::{
    id::{
        Id,
        marker::{
            ApplicationMarker, ChannelMarker, GuildMarker, MessageMarker, UserMarker, WebhookMarker,
        },
    },
    util::Timestamp,
};

use super::message::{Member, User};

/// MESSAGE_UPDATE. It comes for more than edits: a preview Discord adds to a link is one, too.
#[derive(Debug, Deserialize)]
pub struct Edit {
    pub id: Id<MessageMarker>,
    pub channel_id: Id<ChannelMarker>,
    pub guild_id: Option<Id<GuildMarker>>,
    /// Absent where something else than the text changed.
    pub content: Option<String>,
    /// When the author last changed the message; absent where they never did.
    pub edited_timestamp: Option<String>,
    pub author: Option<User>,
    pub member: Option<Member>,
    #[serde(default)]
    pub mentions: Vec<User>,
    /// Only whether there are any matters.
    #[serde(default)]
    pub attachments: Vec<IgnoredAny>,
    pub webhook_id: Option<Id<WebhookMarker>>,
    pub application_id: Option<Id<ApplicationMarker>>,
}

impl Edit {
    /// When the author last changed the message, in milliseconds since the Unix epoch.
    pub fn edited_at_ms(&self) -> Option<u64> {
        milliseconds(self.edited_timestamp.as_deref()?)
    }

    /// Its new text, where there is one to read: nothing at all means that we are not shown it.
    pub fn text(&self) -> Option<&str> {
        let is_shown = |text: &&str| !text.is_empty() || !self.attachments.is_empty();
        self.content.as_deref().filter(is_shown)
    }
}

/// MESSAGE_DELETE.
#[derive(Debug, Deserialize)]
pub struct Deletion {
    pub id: Id<MessageMarker>,
    pub channel_id: Id<ChannelMarker>,
    pub guild_id: Option<Id<GuildMarker>>,
}

/// MESSAGE_DELETE_BULK.
#[derive(Debug, Deserialize)]
pub struct Deletions {
    pub ids: Vec<Id<MessageMarker>>,
    pub channel_id: Id<ChannelMarker>,
    pub guild_id: Option<Id<GuildMarker>>,
}

impl From<Deletion> for Deletions {
    fn from(one: Deletion) -> Self {
        Self { ids: vec![one.id], channel_id: one.channel_id, guild_id: one.guild_id }
    }
}

/// MESSAGE_REACTION_ADD.
#[derive(Debug, Deserialize)]
pub struct Reaction {
    pub user_id: Id<UserMarker>,
    pub channel_id: Id<ChannelMarker>,
    pub message_id: Id<MessageMarker>,
    pub guild_id: Option<Id<GuildMarker>>,
    /// In a guild.
    pub member: Option<Reacting>,
    pub emoji: Emoji,
    /// Whose message it is; of a webhook's the webhook's id, and `0` has been seen.
    pub message_author_id: Option<String>,
}

/// Who reacted in a guild.
#[derive(Debug, Deserialize)]
pub struct Reacting {
    pub user: Option<User>,
    pub nick: Option<String>,
}

/// An emoji.
#[derive(Debug, Deserialize)]
pub struct Emoji {
    /// Of a guild's own emoji.
    pub id: Option<IgnoredAny>,
    pub name: Option<String>,
}

/// A time as Discord writes it, in milliseconds since the Unix epoch.
pub(super) fn milliseconds(time: &str) -> Option<u64> {
    u64::try_from(Timestamp::parse(time).ok()?.as_micros() / 1_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::read;

    #[test]
    fn an_edit_is_told_from_a_preview_and_from_a_text_we_are_not_shown() {
        let edit = |rest: &str| {
            let frame = format!(r#"{{"d":{{"id":"1","channel_id":"2"{rest}}}}}"#);
            let edit: Edit = read(&frame).unwrap();
            (edit.text().map(str::to_owned), edit.edited_at_ms())
        };
        let at = r#","edited_timestamp":"2026-01-31T09:05:00.250000+00:00""#;
        assert_eq!(
            edit(&format!(r#","content":"mended"{at}"#)),
            (Some("mended".to_owned()), Some(1_769_850_300_250))
        );
        assert_eq!(edit(r#","content":"a link","edited_timestamp":null"#).1, None);
        assert_eq!(edit(r#","content":"","attachments":[]"#).0, None);
        let only_a_file = edit(r#","content":"","attachments":[{"id":"5"}]"#);
        assert_eq!(only_a_file.0.as_deref(), Some(""));
        assert_eq!(edit(r#","edited_timestamp":"yesterday""#), (None, None));
    }
}
