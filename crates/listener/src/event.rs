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

/// What the line begins with that links what is answered. It repeats somebody's words, and would go on doing so
/// when they have deleted them.
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
        audience_changed_ms: 0,
    };
    addressed.into_iter().map(event).collect()
}

/// A message as a line that later events are preceded by; `None` where nobody wrote it, as with "joined the
/// server", or it says nothing in words.
pub fn line(den: &Den, message: &frame::Message) -> Option<Line> {
    let (author, text) = said(den, message);
    let says_something = WRITTEN.contains(&message.kind) && !text.trim().is_empty();
    let ours = den.speaker(message).is_some();
    says_something.then_some(Line { message_id: message.id, author, text, ours })
}

fn quote(den: &Den, quoted: &frame::Message) -> Quoted {
    let (author, text) = said(den, quoted);
    let text = shortened(&text, QUOTED);
    Quoted { message_id: quoted.id, author, text, ours: den.is_ours(quoted) }
}

/// Who said what: of a message of ours the personality that speaks in it, in its own words, and no words where
/// none does.
pub fn said(den: &Den, message: &frame::Message) -> (Person, String) {
    let mut author = author(message);
    if !den.is_ours(message) {
        return (author, message.text());
    }
    let Some((name, words)) = den.speech(message) else { return (author, String::new()) };
    den.named(name).map_or(name, |speaker| &speaker.name).clone_into(&mut author.name);
    (author, unlinked(words).to_owned())
}

/// What a personality says in a text of ours: without the name the bot user puts before it, and without the line
/// that links what it answers.
pub fn own_words(text: &str, by_webhook: bool) -> &str {
    let named = spoken_by(text).filter(|_| !by_webhook);
    unlinked(named.map_or(text, |(_, words)| words))
}

/// A text without the line that links what it answers.
fn unlinked(text: &str) -> &str {
    let linking = text.strip_prefix(LINK).and_then(|rest| rest.split_once('\n'));
    linking.map_or(text, |(_, words)| words)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_personality_answers_is_not_among_its_own_words() {
        let linked =
            "-# ↩ [Ann: my locker opens with 4711](<https://discord.com/channels/1/2/3>)\nNoted.";
        assert_eq!(own_words(linked, true), "Noted.");
        assert_eq!(own_words("**Grim:** Noted.", false), "Noted.");
        for as_it_is in ["**Never:** again.", "-# ↩ [Ann", "-# quietly\nBoo."] {
            assert_eq!(own_words(as_it_is, true), as_it_is);
        }
    }
}
