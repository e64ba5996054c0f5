//! What is kept of a person, as it is handed over.
//!
//! What others told about them in another server, in a channel of its own, or in their direct messages, is named
//! without its words: it is theirs to have erased, and no more to be read by them here than there. Their own words
//! and what was said to them come from everywhere: they have read these already.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};
use store::{About, Fact, Preferences, Record, Space};
use twilight_model::id::{Id, marker::UserMarker};

use super::spaces_here;
use crate::steward::{Asked, Trouble};

/// What stands in the place of words that are shown elsewhere only.
const WITHHELD: &str =
    "(said by somebody else in another place; `/memories` shows it there, to who can read there)";

/// What is kept of a person, in all of the den.
pub(super) struct Belongings {
    pub(super) preferences: Preferences,
    /// What they said, oldest first.
    pub(super) messages: Vec<Value>,
    /// What was said to them.
    pub(super) answers: Vec<Value>,
    /// What is known about them or was told by them.
    pub(super) memories: Vec<Value>,
    /// Why they reported replies.
    pub(super) reports: Vec<Value>,
    /// In how many spaces it lies.
    pub(super) n_places: usize,
}

impl Belongings {
    /// What is kept of the person who asks.
    pub(super) async fn gather(asked: &Asked<'_>) -> Result<Self, Trouble> {
        let me = asked.who().id;
        let records = asked.worker.store.export_person(me, asked.now_ms).await?;
        Ok(Self::of(me, &spaces_here(asked), records))
    }

    /// Of the records of `me`, as they may be read in the spaces that are read `here`.
    fn of(me: Id<UserMarker>, here: &HashSet<Space>, mut records: Vec<Record>) -> Self {
        records.sort_by_key(at_ms);
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
                    let may_read = fact.belongs_to(me) || here.contains(&space);
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
}

fn at_ms(record: &Record) -> u64 {
    match record {
        Record::Preferences(_) | Record::Report { .. } => 0,
        Record::Fact { fact, .. } => fact.at_ms,
        Record::Message { at_ms, .. } => *at_ms,
    }
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
