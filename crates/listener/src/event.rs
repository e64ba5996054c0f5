//! From what the gateway said to what crosses the queue.

use personality::PersonalityId;
use queue::{
    Addressed, Attachment, Event, EventId, Line, Mention, Message, Person, Quoted, VERSION, What,
};

use crate::{
    frame,
    ring::shortened,
    routing::{Den, WRITTEN, spoken_by},
};

/// How many answers by personalities a person's event may cause, the first one included.
pub const CREDIT: u8 = 3;

/// What a line of our own begins with that links what the words below it answer.
const LINK: &str = "-# ↩ [";

/// Characters kept of a message that is replied to.
const QUOTED: usize = 500;

/// The events a message causes: one for each personality it addresses.
pub fn of_message(
    den: &Den,
    message: &frame::Message,
    addressed: Vec<(PersonalityId, Addressed)>,
    preceding: &[Line],
    received_at_ms: u64,
) -> Vec<Event> {
    let event = |(personality, addressed)| Event {
        v: VERSION,
        id: EventId::new(message.id.get(), &personality),
        personality,
        application_id: den.application_id,
        guild_id: message.guild_id,
        channel_id: message.channel_id,
        author: author(message),
        what: What::Message(Message {
            id: message.id,
            text: message.text(),
            addressed,
            reply_to: message.referenced_message.as_deref().map(|quoted| quote(den, quoted)),
            attachments: message.files().map(attachment).collect(),
            mentions: message.mentions.iter().map(mention).collect(),
        }),
        preceding: preceding.to_vec(),
        credit: CREDIT,
        trace: None,
        received_at_ms,
    };
    addressed.into_iter().map(event).collect()
}

/// A message as a line that later events are preceded by; `None` where nobody wrote it, as with "joined the
/// server", or it says nothing in words.
pub fn line(den: &Den, message: &frame::Message) -> Option<Line> {
    let (author, text) = said(den, message);
    let says_something = WRITTEN.contains(&message.kind) && !text.trim().is_empty();
    says_something.then_some(Line { message_id: message.id, author, text })
}

fn quote(den: &Den, quoted: &frame::Message) -> Quoted {
    let (author, text) = said(den, quoted);
    let text = shortened(&text, QUOTED);
    Quoted { message_id: quoted.id, author, text, ours: den.is_ours(quoted) }
}

/// Who said what: where the bot user spoke for a personality, that one, without the name in the text. The line
/// above our own words that quotes what they answer is left out: it repeats somebody's words, and would go on
/// doing so when they have deleted them.
fn said(den: &Den, message: &frame::Message) -> (Person, String) {
    let mut author = author(message);
    let Some(speaker) = den.speaker(message) else { return (author, message.text()) };
    author.name.clone_from(&speaker.name);
    let text = match spoken_by(&message.content).filter(|_| message.webhook_id.is_none()) {
        Some((_, words)) => words.to_owned(),
        None => message.text(),
    };
    let words = text.strip_prefix(LINK).and_then(|rest| rest.split_once('\n'));
    let words = words.map(|(_, words)| words.to_owned());
    (author, words.unwrap_or(text))
}

fn author(message: &frame::Message) -> Person {
    Person { id: message.author.id, name: message.author.display_name(message.member.as_ref()) }
}

fn attachment(file: &frame::Attachment) -> Attachment {
    Attachment {
        id: file.id,
        filename: file.filename.clone(),
        content_type: file.content_type.clone(),
        size: file.size,
        url: file.url.clone(),
    }
}

/// A person mentioned in a text.
pub fn mention(user: &frame::User) -> Mention {
    Mention { id: user.id, name: user.display_name(None) }
}
