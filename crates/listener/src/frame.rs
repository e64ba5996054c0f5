//! What is read of a gateway frame: its header cheaply, and of the few events that matter a few fields.
//!
//! These structs are small on purpose: a field Discord adds, drops or changes costs nothing as long as it is
//! not one of them, and an event that cannot be read costs that event alone.

use std::{borrow::Cow, collections::HashMap};

use serde::{Deserialize, de::DeserializeOwned};
use twilight_model::{
    gateway::event::GatewayEventDeserializer,
    id::{
        Id,
        marker::{
            ApplicationMarker, AttachmentMarker, ChannelMarker, GuildMarker, InteractionMarker,
            MessageMarker, UserMarker, WebhookMarker,
        },
    },
};

/// The opcode of events. See Discord Docs/Gateway Opcodes.
pub const DISPATCH: u8 = 0;
/// The opcode that asks us to connect anew.
pub const RECONNECT: u8 = 7;
/// The opcode that ends a session.
pub const INVALID_SESSION: u8 = 9;
/// The opcode a connection begins with.
pub const HELLO: u8 = 10;

/// A frame's header, found without parsing the frame.
pub struct Header<'a> {
    /// See Discord Docs/Gateway Opcodes.
    pub op: u8,
    /// Place in the session's log; only events have one.
    pub sequence: Option<u64>,
    /// Name of the event, as in `MESSAGE_CREATE`.
    pub event: Option<Cow<'a, str>>,
}

impl<'a> Header<'a> {
    /// Reads the header; `None` for what is no gateway frame.
    pub fn of(frame: &'a str) -> Option<Self> {
        let (op, sequence, event) = GatewayEventDeserializer::from_json(frame)?.into_parts();
        Some(Self { op, sequence, event })
    }
}

/// Reads a frame's content.
///
/// # Errors
/// Where it is not what this program expects under that name.
pub fn read<T: DeserializeOwned>(frame: &str) -> Result<T, serde_json::Error> {
    #[derive(Deserialize)]
    struct Frame<T> {
        d: T,
    }
    serde_json::from_str::<Frame<T>>(frame).map(|frame| frame.d)
}

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

/// MESSAGE_UPDATE: only what the ring of preceding lines needs.
#[derive(Debug, Deserialize)]
pub struct Edit {
    pub id: Id<MessageMarker>,
    pub channel_id: Id<ChannelMarker>,
    /// Absent where something else than the text changed.
    pub content: Option<String>,
}

/// MESSAGE_DELETE.
#[derive(Debug, Deserialize)]
pub struct Deletion {
    pub id: Id<MessageMarker>,
    pub channel_id: Id<ChannelMarker>,
}

/// MESSAGE_DELETE_BULK.
#[derive(Debug, Deserialize)]
pub struct Deletions {
    pub ids: Vec<Id<MessageMarker>>,
    pub channel_id: Id<ChannelMarker>,
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
    /// poll), in square brackets. Empty where only files, or nothing at all, came.
    pub fn text(&self) -> String {
        let forwarded =
            self.message_snapshots.iter().map(|snapshot| match snapshot.message.content.trim() {
                "" => "[forwards a message]".to_owned(),
                text => format!("[forwards a message: {text}]"),
            });
        let stickers =
            self.sticker_items.iter().map(|sticker| format!("[sticker: {}]", sticker.name));
        let poll = self.poll.iter().map(|poll| match &poll.question.text {
            Some(question) => format!("[poll: {question}]"),
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

/// INTERACTION_CREATE. See Discord Docs/Receiving and Responding.
#[derive(Debug, Deserialize)]
pub struct Interaction {
    pub id: Id<InteractionMarker>,
    pub token: String,
    #[serde(rename = "type")]
    pub kind: u8,
    pub data: Option<InteractionData>,
    pub guild_id: Option<Id<GuildMarker>>,
    pub channel_id: Option<Id<ChannelMarker>>,
    /// In a guild.
    pub member: Option<InteractionMember>,
    /// Outside of guilds.
    pub user: Option<User>,
}

/// Who used a command in a guild.
#[derive(Debug, Deserialize)]
pub struct InteractionMember {
    pub user: User,
    pub nick: Option<String>,
}

/// What was used.
#[derive(Debug, Deserialize)]
pub struct InteractionData {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub options: Vec<InteractionOption>,
    /// What a menu was opened on.
    pub target_id: Option<Id<MessageMarker>>,
    #[serde(default)]
    pub resolved: Resolved,
}

/// An option of a command.
#[derive(Debug, Deserialize)]
pub struct InteractionOption {
    pub name: String,
    pub value: Option<serde_json::Value>,
    /// The one being typed, in an autocomplete request.
    #[serde(default)]
    pub focused: bool,
}

/// The objects behind the ids.
#[derive(Debug, Default, Deserialize)]
pub struct Resolved {
    #[serde(default)]
    pub messages: HashMap<Id<MessageMarker>, ResolvedMessage>,
}

/// Who posted a menu's target.
#[derive(Debug, Deserialize)]
pub struct ResolvedMessage {
    pub author: User,
    pub application_id: Option<Id<ApplicationMarker>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_found_without_parsing() {
        let header = Header::of(r#"{"t":"MESSAGE_CREATE","s":42,"op":0,"d":{"broken"#).unwrap();
        assert_eq!(
            (header.op, header.sequence, header.event.as_deref()),
            (0, Some(42), Some("MESSAGE_CREATE"))
        );
        let header = Header::of(r#"{"t":null,"s":null,"op":11,"d":null}"#).unwrap();
        assert_eq!((header.op, header.sequence, header.event), (11, None, None));
        assert!(Header::of("no frame").is_none());
    }

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
