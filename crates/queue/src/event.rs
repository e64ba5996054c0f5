//! The event: one versioned message to one personality.

use std::fmt;

use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{
        ApplicationMarker, AttachmentMarker, ChannelMarker, GuildMarker, InteractionMarker,
        MessageMarker, UserMarker,
    },
};

/// The version this build writes. It reads this one and the next: workers are deployed before the
/// listener, so a worker can meet a body one version newer than the code that queued it last week.
pub const VERSION: u16 = 1;

/// The id under which the steward is addressed: the worker without a character, which serves a guild's
/// commands. No personality file may use it.
pub const STEWARD: &str = "steward";

/// One versioned message to one personality.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Version of this layout; see [`VERSION`].
    pub v: u16,
    /// Cause and personality: the deduplication id, and the key of the claim.
    pub id: EventId,
    /// Who is to deal with it.
    pub personality: PersonalityId,
    /// The application the listener is connected as; our own replies carry it.
    pub application_id: Id<ApplicationMarker>,
    /// `None` in a direct message.
    pub guild_id: Option<Id<GuildMarker>>,
    /// Where it happened; a thread is a channel of its own. The message group.
    pub channel_id: Id<ChannelMarker>,
    /// The person who caused it.
    pub author: Person,
    /// What happened.
    pub what: What,
    /// A few lines said in the channel just before, oldest first: best effort, empty after a restart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preceding: Vec<Line>,
    /// How many answers by personalities this may still cause; strictly less in each follow-up, and at
    /// zero nobody answers.
    pub credit: u8,
    /// AWS X-Ray trace header, carried along for the worker's spans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// When the listener received the cause, in milliseconds since the Unix epoch.
    pub received_at_ms: u64,
    /// When others may have begun to read in the guild, or to read no longer, as far as the listener saw, in milliseconds
    /// since the Unix epoch: what a worker knows of that from before does not hold for this event. 0 where it is not told.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub audience_changed_ms: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    /// A person wrote a message.
    Message(Message),
    /// A person used a slash command or a menu; the listener has deferred the answer.
    Command(Command),
    /// A person pressed a button, chose from a menu or sent a form; the listener has acknowledged it.
    Press(Press),
    /// A person reacted to a message with one of the signs the den knows.
    Reaction(Reaction),
    /// A person changed the text of a message.
    Edited(Edited),
    /// Messages are gone from Discord.
    Deleted {
        /// Which.
        message_ids: Vec<Id<MessageMarker>>,
    },
    /// The channel or thread is gone from its guild, with everything in it. Kinds that a worker does not know go
    /// to the dead letters one by one, to be sent again when it does: workers are deployed first.
    ChannelDeleted,
    /// The bot was let into a guild just now.
    Joined,
    /// A guild removed the bot.
    Left,
    /// A worker asks: answer anew what this reply answered.
    Again(Again),
    /// A worker asks for work that no answer waits for.
    Chore(Chore),
}

/// A button, a choice or a form. It is answered like a command, within 15 minutes, by `token`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Press {
    /// Discord's id of the interaction.
    pub id: Id<InteractionMarker>,
    /// The interaction's token: a credential for 15 minutes, never logged.
    pub token: String,
    /// What the button, menu or form was given as its id, at most 100 characters.
    pub custom_id: String,
    /// What was chosen from a menu.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// What was typed into a form, by the ids of its fields.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub fields: std::collections::BTreeMap<String, String>,
    /// The message that carries the button; none where a form was opened by a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<Id<MessageMarker>>,
    /// What the person may do in the channel, as Discord's bits; none in a direct message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<u64>,
}

impl fmt::Debug for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Press")
            .field("id", &self.id)
            .field("custom_id", &self.custom_id)
            .finish_non_exhaustive()
    }
}

/// A sign put on a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reaction {
    /// The message.
    pub message_id: Id<MessageMarker>,
    /// Which sign.
    pub sign: Sign,
}

/// The signs people steer a reply with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// ❌ delete it.
    Delete,
    /// 🔁 answer again.
    Again,
    /// ❓ why did it say that?
    Why,
}

impl Sign {
    /// The sign an emoji is; none for all others.
    pub fn of(emoji: &str) -> Option<Self> {
        match emoji.trim_end_matches('\u{FE0F}') {
            "\u{274C}" => Some(Sign::Delete),
            "\u{1F501}" => Some(Sign::Again),
            "\u{2753}" => Some(Sign::Why),
            _ => None,
        }
    }
}

/// A message's new text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// The message.
    pub message_id: Id<MessageMarker>,
    /// Its text now, as Discord sent it.
    pub text: String,
    /// The people mentioned in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
}

/// An answer wanted anew: the question as it was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Again {
    /// The first message of the reply that is replaced.
    pub reply: Id<MessageMarker>,
    /// The message that was answered; where a command asked, its interaction's id.
    pub question: Id<MessageMarker>,
    /// What was asked, cleaned already.
    pub text: String,
    /// The people it mentions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Id<UserMarker>>,
}

/// Work that no answer waits for: it asks a model after the reply, in a group of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chore {
    /// Write the channel's summary anew from the old one and what was said since, and find what is worth
    /// keeping in it.
    Digest,
}

/// A person's message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Discord's id of the message.
    pub id: Id<MessageMarker>,
    /// The text as Discord sent it, mentions still as `<@id>`.
    pub text: String,
    /// How the personality was addressed.
    pub addressed: Addressed,
    /// The message it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Quoted>,
    /// Files, as metadata.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The people mentioned in the text, so that `<@id>` can be read as a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
}

/// How a personality was addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressed {
    /// The bot was mentioned.
    Mention,
    /// One of its names stood at the start.
    Name,
    /// The message replies to something it said.
    Reply,
    /// A direct message.
    DirectMessage,
    /// The channel is bound to it.
    Channel,
    /// Nobody addressed it; chance let it chime in.
    Chance,
    /// Another personality spoke to it.
    Personality,
}

impl Addressed {
    /// Whether the person expects an answer: silence would be taken for a fault.
    pub fn is_direct(self) -> bool {
        !matches!(self, Addressed::Chance | Addressed::Personality)
    }
}

/// A use of a slash command or of a menu. The answer was deferred by the listener; `token` completes it
/// for 15 minutes (See Discord Docs/Receiving and Responding).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Discord's id of the interaction.
    pub id: Id<InteractionMarker>,
    /// The interaction's token: a credential for 15 minutes, never logged.
    pub token: String,
    /// The command's name as registered, with its subcommand: `ask`, `privacy export`,
    /// `Why did it say that?`.
    pub name: String,
    /// Options by name, as text; a person's or channel's is its id.
    #[serde(default)]
    pub options: std::collections::BTreeMap<String, String>,
    /// The message a menu was opened on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The people its options name: an option holds the id, this the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Mention>,
    /// What the person may do in the channel, as Discord's bits; none in a direct message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<u64>,
}

impl Command {
    /// An option's value; nothing where it was left out.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The person an option names.
    pub fn person(&self, name: &str) -> Option<&Mention> {
        let id = self.option(name)?;
        self.people.iter().find(|person| person.id.to_string() == id)
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The message a menu was opened on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Its id.
    pub message_id: Id<MessageMarker>,
    /// Whether our own application posted it (as the bot user or by our webhook).
    pub ours: bool,
    /// Who wrote it.
    pub author: Person,
    /// What it says, at most 2,000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A person as the event needs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Discord's user id.
    pub id: Id<UserMarker>,
    /// Nickname in the guild, else display name, else user name.
    pub name: String,
}

/// A message that another one replies to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quoted {
    /// Its id.
    pub message_id: Id<MessageMarker>,
    /// Who wrote it.
    pub author: Person,
    /// Its text, at most 500 characters.
    pub text: String,
    /// Whether our own application posted it.
    pub ours: bool,
}

/// A line said in the channel before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its message.
    pub message_id: Id<MessageMarker>,
    /// Who said it.
    pub author: Person,
    /// What was said, at most 300 characters.
    pub text: String,
    /// Whether a personality of ours said it, whose name is its author's then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ours: bool,
}

/// A file, as metadata. `url` is fetched only when its host is Discord's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Discord's id.
    pub id: Id<AttachmentMarker>,
    /// File name.
    pub filename: String,
    /// Media type as Discord guessed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// Where it lies.
    pub url: String,
}

/// A person mentioned in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Who.
    pub id: Id<UserMarker>,
    /// Under which name they are to be read.
    pub name: String,
}

/// Cause and personality, as in `1080000000000000000:grim`. At most 128 bytes, as SQS bounds
/// deduplication ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(String);

impl EventId {
    /// The id of what a message, an interaction or a reply (by its first message) causes for `personality`.
    pub fn new(cause: u64, personality: &PersonalityId) -> Self {
        Self(format!("{cause}:{personality}"))
    }

    /// The id of a further event about the same cause: `1080@edited:steward`.
    pub fn labelled(cause: u64, label: &str, personality: &PersonalityId) -> Self {
        Self(format!("{cause}@{label}:{personality}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the personality: the cause.
    pub fn cause(&self) -> &str {
        self.0.rsplit_once(':').map_or(self.0.as_str(), |(cause, _)| cause)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not an event at all: it will never be readable.
    #[error("read an event of {length} bytes")]
    Malformed {
        /// Length of the body.
        length: usize,
        /// What serde said.
        #[source]
        source: serde_json::Error,
    },
    /// Written by a newer listener: a worker deployed soon may read it.
    #[error("read an event of version {version}; this worker reads up to {}", VERSION + 1)]
    Newer {
        /// Its version.
        version: u16,
    },
}

impl Event {
    /// Reads a body from the queue.
    ///
    /// # Errors
    /// [`ReadError::Newer`] for a version beyond the next; [`ReadError::Malformed`] for everything else.
    pub fn read(body: &str) -> Result<Self, ReadError> {
        #[derive(Deserialize)]
        struct Versioned {
            v: u16,
        }
        let malformed = |source| ReadError::Malformed { length: body.len(), source };
        let Versioned { v } = serde_json::from_str(body).map_err(malformed)?;
        if v > VERSION + 1 {
            return Err(ReadError::Newer { version: v });
        }
        serde_json::from_str(body).map_err(malformed)
    }

    /// Writes the body. SQS refuses U+FFFE and U+FFFF, which `serde_json` leaves as they are, so they go.
    pub fn write(&self) -> String {
        let body =
            serde_json::to_string(self).expect("an event has string keys and no failing parts");
        if body.contains(['\u{FFFE}', '\u{FFFF}']) {
            return body.replace(['\u{FFFE}', '\u{FFFF}'], "");
        }
        body
    }

    /// The message group: turns of one channel keep their order, and no turn waits behind a chore. A sign may have to
    /// wait until the reply it is on is whole, and nothing else waits with it.
    pub fn group(&self) -> String {
        match self.what {
            What::Chore(_) => format!("{}-chores", self.channel_id),
            What::Reaction(ref reaction) => format!("{}-signs", reaction.message_id),
            _ => self.channel_id.to_string(),
        }
    }

    /// The message that caused it, where one did.
    pub fn message(&self) -> Option<&Message> {
        match &self.what {
            What::Message(message) => Some(message),
            _ => None,
        }
    }
}
