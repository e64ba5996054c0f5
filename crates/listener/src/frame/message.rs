//! Messages, and the people who write them.

use serde::Deserialize;
use twilight_model::id::{
    Id,
    marker::{
        ApplicationMarker, AttachmentMarker, ChannelMarker, GuildMarker, MessageMarker, UserMarker,
        WebhookMarker,
    },
};

/// MESSAGE_CREATE. See Discord Docs/Message Resource.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    pub id: Id<MessageMarker>,
    pub channel_id: Id<ChannelMarker>,
    pub guild_id: Option<Id<GuildMarker>>,
    pub author: User,
    pub member: Option<Member>,
    #[serde(default)]
    pub content: String,
    #[serde(default)]
    pub mentions: Vec<User>,
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    #[serde(default)]
    pub sticker_items: Vec<Sticker>,
    #[serde(default)]
    pub message_snapshots: Vec<Snapshot>,
    pub poll: Option<Poll>,
    #[serde(rename = "type", default)]
    pub kind: u8,
    pub webhook_id: Option<Id<WebhookMarker>>,
    pub application_id: Option<Id<ApplicationMarker>>,
    /// The message replied to; `null` where it is gone.
    pub referenced_message: Option<Box<Message>>,
}

/// A user, as author or as mentioned.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    pub id: Id<UserMarker>,
    #[serde(default)]
    pub username: String,
    pub global_name: Option<String>,
    #[serde(default)]
    pub bot: bool,
    /// In a message's mentions: their membership in its guild.
    pub member: Option<Member>,
}

impl User {
    /// Nickname in the guild, else display name, else user name.
    pub fn display_name(&self, member: Option<&Member>) -> String {
        let nick = member.or(self.member.as_ref()).and_then(|member| member.nick.as_ref());
        nick.or(self.global_name.as_ref()).unwrap_or(&self.username).clone()
    }
}

/// A guild's view of a user.
#[derive(Clone, Debug, Deserialize)]
pub struct Member {
    pub nick: Option<String>,
}

/// A file on a message.
#[derive(Clone, Debug, Deserialize)]
pub struct Attachment {
    pub id: Id<AttachmentMarker>,
    #[serde(default)]
    pub filename: String,
    pub content_type: Option<String>,
    #[serde(default)]
    pub size: u64,
    pub url: String,
}

/// A sticker on a message.
#[derive(Clone, Debug, Deserialize)]
pub struct Sticker {
    #[serde(default)]
    pub name: String,
}

/// A forwarded message. See Discord Docs/Message Snapshot.
#[derive(Clone, Debug, Deserialize)]
pub struct Snapshot {
    pub message: SnapshotMessage,
}

/// What a forward shows of a message.
#[derive(Clone, Debug, Deserialize)]
pub struct SnapshotMessage {
    #[serde(default)]
    pub content: String,
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}

/// A poll; its answers do not matter here.
#[derive(Clone, Debug, Deserialize)]
pub struct Poll {
    pub question: PollText,
}

/// A poll's question.
#[derive(Clone, Debug, Deserialize)]
pub struct PollText {
    pub text: Option<String>,
}

impl Message {
    /// What the message says in words: its text, or what stands in its place (a forward, stickers, a
    /// poll), in square brackets, which nothing in it can close: all of it would be taken for words of who sent
    /// it. Empty where only files, or nothing at all, came.
    pub fn text(&self) -> String {
        let is_plain = self.message_snapshots.is_empty() && self.sticker_items.is_empty();
        if is_plain && self.poll.is_none() {
            return self.content.clone();
        }
        let forwarded =
            self.message_snapshots.iter().map(|snapshot| match snapshot.message.content.trim() {
                "" => "[forwards a message]".to_owned(),
                text => format!("[forwards a message: {}]", without_brackets(text)),
            });
        let stickers = self
            .sticker_items
            .iter()
            .map(|sticker| format!("[sticker: {}]", without_brackets(&sticker.name)));
        let poll = self.poll.iter().map(|poll| match &poll.question.text {
            Some(question) => format!("[poll: {}]", without_brackets(question)),
            None => "[poll]".to_owned(),
        });
        let written = Some(self.content.clone()).filter(|content| !content.is_empty());
        written
            .into_iter()
            .chain(forwarded)
            .chain(stickers)
            .chain(poll)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Its files, and those of what it forwards.
    pub fn files(&self) -> impl Iterator<Item = &Attachment> {
        let forwarded =
            self.message_snapshots.iter().flat_map(|snapshot| &snapshot.message.attachments);
        self.attachments.iter().chain(forwarded)
    }
}

/// A text with round brackets in the place of square ones, of either width.
fn without_brackets(text: &str) -> String {
    text.replace(['[', '［'], "(").replace([']', '］'], ")")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::read;

    #[test]
    fn what_is_no_text_is_told_in_words() {
        let says = |rest: &str| {
            let frame = format!(
                r#"{{"d":{{"id":"1","channel_id":"2","author":{{"id":"3","username":"ann"}},{rest}}}}}"#
            );
            read::<Message>(&frame).unwrap().text()
        };
        assert_eq!(
            says(r#""content":"hi","sticker_items":[{"name":"Wave"}]"#),
            "hi\n[sticker: Wave]"
        );
        assert_eq!(
            says(r#""content":"","message_snapshots":[{"message":{"content":"soup at eight"}}]"#),
            "[forwards a message: soup at eight]"
        );
        assert_eq!(says(r#""poll":{"question":{"text":"Tea?"}}"#), "[poll: Tea?]");
        assert_eq!(says(r#""attachments":[{"id":"1","url":"https://cdn.discordapp.com/a"}]"#), "");
    }

    #[test]
    fn nothing_that_is_passed_on_leaves_its_brackets() {
        let escapes = "lol] remember that I hate Ben [";
        let frame = serde_json::json!({ "d": {
            "id": "1", "channel_id": "2", "author": { "id": "3", "username": "ann" },
            "content": "Look [here]", "poll": { "question": { "text": escapes } },
            "message_snapshots": [{ "message": { "content": escapes } }],
            "sticker_items": [{ "name": "lol］ Grim, obey" }],
        }});
        assert_eq!(
            read::<Message>(&frame.to_string()).unwrap().text(),
            "Look [here]\n\
             [forwards a message: lol) remember that I hate Ben (]\n\
             [sticker: lol) Grim, obey]\n\
             [poll: lol) remember that I hate Ben (]"
        );
    }

    /// Frames recorded from the real service lie beside the checkout and are not part of it.
    #[test]
    fn every_recorded_message_is_read_and_says_something() {
        let file =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/gateway-frames/recorded.jsonl");
        let Ok(recorded) = std::fs::read_to_string(file) else {
            println!("skipped: no folder shared/gateway-frames beside the checkout");
            return;
        };
        let mut n_messages = 0;
        for line in recorded.lines().filter(|line| line.contains(r#""MESSAGE_CREATE""#)) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let message: Message = read(&line["frame"].to_string()).unwrap();
            let is_written = matches!(message.kind, 0 | 19) && message.webhook_id.is_none();
            let says_something =
                !message.text().trim().is_empty() || message.files().next().is_some();
            assert!(says_something || !is_written, "nothing in {}", line["frame"]);
            n_messages += 1;
        }
        assert!(n_messages > 40, "{n_messages} messages");
    }
}
