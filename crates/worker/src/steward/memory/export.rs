//! Handing people everything that is kept of them.
//!
//! What others told about them in a channel of its own, or in their direct messages, is named without its
//! words: it is theirs to have erased, and no more to be read by them here than there.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use store::{About, Fact, Preferences, Record, Space};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, UserMarker},
};

use super::privacy::counted;
use crate::steward::{Asked, Told, Trouble};

/// What the file is called.
const FILE: &str = "what-the-den-knows.json";
/// Bytes of messages in it, so that with everything around them it stays below what Discord takes from a bot:
/// 10 MiB.
const MOST_BYTES: usize = 6 << 20;

/// What stands in the place of words that are shown elsewhere only.
const WITHHELD: &str =
    "(said by somebody else where not everybody can read; `/memories` shows it there)";

/// What is kept of a person, in all of the den.
pub(super) struct Belongings {
    pub(super) preferences: Preferences,
    /// What they said, oldest first in each place.
    pub(super) messages: Vec<Value>,
    /// What was said to them.
    answers: Vec<Value>,
    /// What is known about them or was told by them.
    pub(super) memories: Vec<Value>,
    /// Why they reported replies.
    reports: Vec<Value>,
    /// In how many spaces it lies.
    pub(super) n_places: usize,
}

impl Belongings {
    /// What is kept of the person who asks.
    pub(super) async fn gather(asked: &Asked<'_>) -> Result<Self, Trouble> {
        let me = asked.who().id;
        let records = asked.worker.store.export_person(me).await?;
        Ok(Self::of(me, asked.channel(), records))
    }

    fn of(me: Id<UserMarker>, here: Id<ChannelMarker>, records: Vec<Record>) -> Self {
        let places: BTreeSet<Space> = records.iter().filter_map(Record::space).collect();
        // A channel that everybody could read once has the same window in two spaces.
        let mut seen = HashSet::new();
        let mut all = Self {
            preferences: Preferences::default(),
            messages: vec![],
            answers: vec![],
            memories: vec![],
            reports: vec![],
            n_places: places.len(),
        };
        for record in records {
            match record {
                Record::Preferences(preferences) => all.preferences = preferences,
                Record::Fact { space, personality, about, fact } => {
                    let may_read = fact.by == me
                        || matches!(space, Space::Guild(_))
                        || space == Space::Channel(here);
                    all.memories.push(json!({
                        "personality": personality,
                        "place": place(space),
                        "about": subject(me, about),
                        "text": if may_read { &fact.text } else { WITHHELD },
                        "said_by": match (may_read, fact.by == me) {
                            (_, true) => "you",
                            (true, false) => &fact.by_name,
                            (false, false) => "somebody",
                        },
                        "said_on": chat::day(fact.at_ms),
                        "replaced_on": fact.until_ms.map(chat::day),
                        "source": source(space, &fact).filter(|_| may_read),
                    }));
                }
                Record::Message {
                    space,
                    personality,
                    channel_id,
                    message_id,
                    at_ms,
                    by_personality,
                    text,
                } => {
                    if !seen.insert((personality.clone(), message_id)) {
                        continue;
                    }
                    let message = json!({
                        "personality": personality,
                        "place": place(space),
                        "channel": channel_id,
                        "message": message_id,
                        "said_on": chat::day(at_ms),
                        "text": text,
                    });
                    if by_personality {
                        all.answers.push(message)
                    } else {
                        all.messages.push(message)
                    }
                }
                Record::Report { message_id, reason } => {
                    all.reports.push(json!({"message": message_id, "reason": reason}));
                }
            }
        }
        all
    }

    /// The file, and how many of the oldest messages had no room in it.
    fn file(mut self, day: &str) -> (Vec<u8>, usize) {
        #[derive(Serialize)]
        struct File<'a> {
            what: &'static str,
            made_on: &'a str,
            preferences: Value,
            memories: &'a [Value],
            messages: &'a [Value],
            answers_to_you: &'a [Value],
            reports: &'a [Value],
            left_out: usize,
        }
        let left_out = newest(&mut self.messages) + newest(&mut self.answers);
        let file = File {
            what: "Everything that this den keeps of you. Counters and explanations hold no words and are left out.",
            made_on: day,
            preferences: preferences(&self.preferences),
            memories: &self.memories,
            messages: &self.messages,
            answers_to_you: &self.answers,
            reports: &self.reports,
            left_out,
        };
        let bytes = serde_json::to_vec_pretty(&file);
        (bytes.expect("it has string keys and no failing parts"), left_out)
    }
}

/// Answers `/privacy export`.
pub(super) async fn export(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let belongings = Belongings::gather(asked).await?;
    let (messages, memories) = (belongings.messages.len(), belongings.memories.len());
    let (bytes, left_out) = belongings.file(&chat::day(asked.now_ms));
    let mut text = format!(
        "Here is everything this den keeps of you: {} and {}, and what you chose. Only you see this.",
        counted(messages, "message"),
        counted(memories, "memory"),
    );
    if left_out > 0 {
        text.push_str(&format!(
            " The oldest {left_out} had no room in one file; the operator of this den can hand you all of it."
        ));
    }
    Ok(Told { file: Some((FILE.to_owned(), bytes)), ..Told::line(text) })
}

/// Leaves as many of the newest as there is room for, and returns how many that left out.
fn newest(messages: &mut Vec<Value>) -> usize {
    let mut room = MOST_BYTES / 2;
    let kept = messages.iter().rev().take_while(|message| {
        let size = message.to_string().len();
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    let left_out = messages.len() - kept.count();
    messages.drain(..left_out);
    left_out
}

fn preferences(wants: &Preferences) -> Value {
    json!({
        "roasts": !wants.no_roast,
        "memory": !wants.no_memory,
        "quoting": !wants.no_quote,
        "silenced": wants.silenced,
        "blocked_by_operator": wants.blocked,
        "erased_on": (wants.erased_at_ms > 0).then(|| chat::day(wants.erased_at_ms)),
    })
}

fn place(space: Space) -> Value {
    match space {
        Space::Guild(id) => json!({"server": id}),
        Space::Channel(id) => json!({"channel": id}),
    }
}

fn subject(me: Id<UserMarker>, about: About) -> Value {
    match about {
        About::Place => json!("the place"),
        About::Person(user) if user == me => json!("you"),
        About::Person(user) => json!({"person": user}),
    }
}

fn source(space: Space, fact: &Fact) -> Option<String> {
    let message = fact.message_id?;
    match space {
        Space::Guild(guild) => {
            Some(format!("https://discord.com/channels/{guild}/{}/{message}", fact.channel_id))
        }
        Space::Channel(_) => Some(format!("message {message} in channel {}", fact.channel_id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_messages_the_newest_are_handed_over() {
        let text = "x".repeat(4_000);
        let mut messages: Vec<Value> =
            (0..2_000).map(|n| json!({"message": n, "text": text})).collect();
        let left_out = newest(&mut messages);
        assert!(left_out > 0 && messages.len() + left_out == 2_000);
        assert_eq!(messages.last().map(|message| &message["message"]), Some(&json!(1_999)));

        let all = Belongings {
            preferences: Preferences::default(),
            messages: (0..100_000).map(|n| json!({"message": n, "text": "short"})).collect(),
            answers: (0..2_000).map(|n| json!({"message": n, "text": text})).collect(),
            memories: vec![],
            reports: vec![],
            n_places: 1,
        };
        let (bytes, _) = all.file("2026-11-21");
        assert!(bytes.len() < 10 << 20, "{} bytes", bytes.len());
    }
}
