//! What `den recall` remembers: an index per space, and the ids by which the other side knows its messages.

use std::collections::HashMap;

use ::chat::recall::{Index, Message, Query};

use super::request::{Asked, Name, Told, Whom};

/// Every space by its name.
#[derive(Default)]
pub(super) struct Spaces(HashMap<String, Space>);

/// A space. Nothing is ever looked for in two of them.
#[derive(Default)]
struct Space {
    index: Index,
    /// What the index calls a message, by what the other side calls it. Numbers grow with each id that is new,
    /// as of two messages of one moment the one that came later is the later.
    numbers: HashMap<String, u64>,
    /// The other way round.
    names: HashMap<u64, Name>,
    channels: HashMap<String, u64>,
    n_named: u64,
}

impl Spaces {
    /// Takes in what was said, or said otherwise. Returns whether it was an edit: the same once more is none.
    pub(super) fn remember(&mut self, told: Told) -> bool {
        let space = self.0.entry(told.space.text().into_owned()).or_default();
        let id = space.number(told.id);
        let reply_to = told.reply_to.map(|name| space.number(name));
        let n_channels = space.channels.len() as u64;
        let channel = *space.channels.entry(told.channel.text().into_owned()).or_insert(n_channels);
        let speaker = told.speaker.text().into_owned();
        let name = speaker.clone();
        let before = space.index.get(id).cloned();
        space.index.insert(Message {
            id,
            channel,
            speaker,
            name,
            at_ms: told.ts,
            text: told.text,
            reply_to,
        });
        before.is_some() && before.as_ref() != space.index.get(id)
    }

    /// The ids of the messages that matter, best first.
    pub(super) fn recall(&self, asked: &Asked) -> Vec<&Name> {
        let Some(space) = self.0.get(&*asked.space.text()) else { return Vec::new() };
        let asker = asked.asker.as_ref().map(Name::text);
        let query =
            Query { asker: asker.as_deref(), k: asked.k, ..Query::new(&asked.query, asked.now) };
        let hits = space.index.recall(&query);
        hits.iter().filter_map(|hit| space.names.get(&hit.id)).collect()
    }

    /// Forgets, and returns how many messages that were.
    pub(super) fn forget(&mut self, whom: &Whom) -> usize {
        let key = whom.space.text();
        let Some(space) = self.0.get_mut(&*key) else { return 0 };
        match (&whom.id, &whom.speaker) {
            (None, None) => {
                let n = space.index.len();
                self.0.remove(&*key);
                n
            }
            (None, Some(speaker)) => {
                let speaker = speaker.text();
                let theirs = space.index.messages().filter(|message| message.speaker == *speaker);
                let theirs: Vec<u64> = theirs.map(|message| message.id).collect();
                theirs.iter().filter(|number| space.forget(**number)).count()
            }
            (Some(id), speaker) => {
                let Some(number) = space.numbers.get(&*id.text()).copied() else { return 0 };
                // Both named: only if it is theirs.
                let is_theirs = |name: &Name| {
                    space.index.get(number).is_some_and(|message| message.speaker == name.text())
                };
                if speaker.as_ref().is_some_and(|name| !is_theirs(name)) {
                    return 0;
                }
                usize::from(space.forget(number))
            }
        }
    }

    /// How many messages there are.
    pub(super) fn len(&self) -> usize {
        self.0.values().map(|space| space.index.len()).sum()
    }

    /// How many bytes their words and names have.
    pub(super) fn bytes(&self) -> u64 {
        let messages = self.0.values().flat_map(|space| space.index.messages());
        messages.map(|message| (message.text.len() + message.speaker.len() + 24) as u64).sum()
    }

    /// Everything there is, in an order that makes the same of it once more.
    pub(super) fn told(&self) -> Vec<Told> {
        let mut all = Vec::with_capacity(self.len());
        for (space_name, space) in &self.0 {
            let channels: HashMap<u64, &String> =
                space.channels.iter().map(|(name, number)| (*number, name)).collect();
            let mut messages: Vec<&Message> = space.index.messages().collect();
            messages.sort_unstable_by_key(|message| message.id);
            all.extend(messages.into_iter().filter_map(|message| {
                Some(Told {
                    space: Name::Text(space_name.clone()),
                    id: space.names.get(&message.id)?.clone(),
                    channel: Name::Text((*channels.get(&message.channel)?).clone()),
                    speaker: Name::Text(message.speaker.clone()),
                    ts: message.at_ms,
                    text: message.text.clone(),
                    reply_to: message.reply_to.and_then(|id| space.names.get(&id).cloned()),
                })
            }));
        }
        all
    }
}

impl Space {
    fn number(&mut self, name: Name) -> u64 {
        let next = self.n_named;
        let number = *self.numbers.entry(name.text().into_owned()).or_insert(next);
        if number == next {
            self.n_named += 1;
            self.names.insert(number, name);
        }
        number
    }

    fn forget(&mut self, number: u64) -> bool {
        let is_forgotten = self.index.remove(number);
        if is_forgotten && let Some(name) = self.names.remove(&number) {
            self.numbers.remove(&*name.text());
        }
        is_forgotten
    }
}
