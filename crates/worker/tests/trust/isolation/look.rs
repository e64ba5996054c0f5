//! What a turn reads, and what it makes of it: by a worker that has read the place before.

use std::collections::HashMap;

use chat::{
    Decision, Known, MEMORY_TOKENS, Memory, Said, Situation,
    recall::{Index, Message, Query, Term, handed_over},
};
use discord_sim::UserId;
use queue::Event;
use serde_json::json;
use store::{Attempt, Gathered, Scope, ScopeMemory, Speaker, Wanted};
use twilight_model::id::Id;

use super::{
    judge::{Eyes, View},
    keep::{Shelf, channel, person},
    say::TOPICS,
    words::{Place, Words},
};
use crate::world::{now_ms, resident};

/// The indexes of a worker, each as of a mark.
#[derive(Default)]
pub struct Warm(HashMap<Scope, Read>);

/// A mark, the newest message, the index, and whom the personality's own messages answer.
type Read = (u64, u64, Index, HashMap<u64, Vec<String>>);

impl Warm {
    fn take_in(&mut self, memory: &ScopeMemory) -> &Index {
        let (mark, newest, index, told_to) = self.0.entry(memory.scope.clone()).or_default();
        if *mark != memory.mark {
            (*mark, *newest, *index) = (memory.mark, 0, Index::new());
        }
        for episode in &memory.episodes.messages {
            let id = episode.message_id.get();
            *newest = id.max(*newest);
            told_to.insert(id, episode.to.iter().map(ToString::to_string).collect());
            let (speaker, name) = match &episode.speaker {
                Speaker::Person { id, name } => (id.to_string(), name.clone()),
                Speaker::Me => ("me".to_owned(), String::new()),
            };
            let channel = episode.channel_id.get();
            let (text, at_ms) = (episode.text.clone(), now_ms());
            let message = Message { id, channel, speaker, name, at_ms, text, reply_to: None };
            let terms: Vec<Term> = episode.terms.iter().copied().map(Term::from).collect();
            index.insert_with_terms(message, &terms);
        }
        index
    }
}

impl Shelf {
    /// Everything that one read returns is judged, and then what people are answered with.
    pub async fn look(
        &mut self,
        words: &mut Words,
        place: Place,
        personality: usize,
        worker: usize,
        asks: &[(u8, u8)],
    ) -> Result<(), String> {
        let guild = place.guild.map(|guild| Id::new(guild.get()));
        let whose = self.personalities[personality].clone();
        let scopes = Scope::read_in(guild, channel(place), &whose);
        let known: Vec<_> = scopes
            .iter()
            .map(|scope| {
                let (mark, newest, ..) = self.workers[worker].0.get(scope)?;
                Some((Id::new_checked(*newest)?, *mark))
            })
            .collect();
        let people: Vec<_> = self.people.iter().map(|who| person(*who)).collect();
        let wanted = Wanted {
            events: &[],
            guild,
            channel: channel(place),
            personality: &whose,
            counters: &[],
            people: &people,
            messages: &[],
            reserve: 0,
            purses: &[],
            known: &known,
        };
        let token = format!("{:016x}", fastrand::u64(..));
        let attempt = Attempt { token, now_ms: now_ms(), lock_ms: now_ms() + 60_000 };
        let gathered = self.store.gather(&wanted, &attempt).await.map_err(|e| format!("{e:?}"))?;
        let everything = View { place, eyes: Eyes::Digesting { personality } };
        words.judge("a turn reads", everything, &in_full(&gathered))?;
        for memory in &gathered.memory {
            let index = self.workers[worker].take_in(memory);
            let indexed: Vec<&str> =
                index.messages().map(|message| message.text.as_str()).collect();
            words.judge("a worker remembers", everything, &indexed.join("\n"))?;
        }
        for (who, topic) in asks {
            let asker = self.somebody(*who);
            let asked = self.answered(&gathered, place, personality, worker, asker, *topic);
            let eyes = Eyes::Answering { personality, asker, said: &[], quoted: &[], before: &[] };
            words.judge("the model is asked", View { place, eyes }, &asked)?;
        }
        Ok(())
    }

    /// What the model would be asked for somebody's question.
    fn answered(
        &self,
        gathered: &Gathered,
        place: Place,
        personality: usize,
        worker: usize,
        asker: UserId,
        topic: u8,
    ) -> String {
        let topic = TOPICS[usize::from(topic) % TOPICS.len()];
        let text = format!("What did I tell you about {topic} today?");
        let asker_id = asker.to_string();
        let is_hidden = |who: &str| {
            let unquoted = gathered.memory.iter().flat_map(|memory| &memory.unquoted);
            who != asker_id && unquoted.into_iter().any(|unquoted| unquoted.to_string() == who)
        };
        let mut memories = Vec::new();
        for memory in &gathered.memory {
            for fact in memory.books.iter().flat_map(|(_, book)| book.open()) {
                if !is_hidden(&fact.by.to_string()) {
                    memories.push(remembered(Some(&fact.by_name), &fact.text));
                }
            }
            let (_, _, index, told_to) = &self.workers[worker].0[&memory.scope];
            let exclude = |id| {
                index.get(id).is_some_and(|message| is_hidden(&message.speaker))
                    || told_to.get(&id).is_some_and(|to| to.iter().any(|who| is_hidden(who)))
            };
            let query = Query {
                asker: Some(&asker_id),
                you: Some("me"),
                exclude: &exclude,
                ..Query::new(&text, now_ms())
            };
            for found in handed_over(index, &index.recall(&query), MEMORY_TOKENS, &exclude) {
                memories.push(remembered(Some(&found.name), &found.text));
            }
        }
        let talk = gathered.window.iter().filter_map(|turn| match &turn.speaker {
            Speaker::Person { id, .. } if is_hidden(&id.to_string()) => None,
            Speaker::Person { name, .. } => {
                Some(Said { by: Some(name.clone()), text: turn.text.clone() })
            }
            Speaker::Me if turn.to.iter().any(|id| is_hidden(&id.to_string())) => None,
            Speaker::Me => Some(Said { by: None, text: turn.text.clone() }),
        });
        let talk: Vec<Said> = talk.collect();
        let summary = &gathered.rows.summary;
        let known = Known {
            talk: &talk,
            summary: match summary.speakers.iter().any(|id| is_hidden(&id.to_string())) {
                true => "",
                false => &summary.text,
            },
            memories: &memories,
            ..Known::default()
        };
        let who = resident(self.personalities[personality].as_str(), "Grim");
        let events = [self.event(place, personality, asker, &text)];
        let situation = Situation { personality: &who, events: &events, known, now_ms: now_ms() };
        match chat::decide(&situation) {
            Decision::Speak(prompt) => {
                let turns: Vec<&str> = prompt.turns.iter().map(|turn| turn.text.as_str()).collect();
                format!("{}\n{}\n{}", prompt.character, prompt.scene, turns.join("\n"))
            }
            silent => panic!("{silent:?}"),
        }
    }

    fn event(&self, place: Place, personality: usize, asker: UserId, text: &str) -> Event {
        let id = now_ms() << 20;
        let whose = &self.personalities[personality];
        serde_json::from_value(json!({
            "v": queue::VERSION, "id": format!("{id}:{whose}"), "personality": whose,
            "application_id": "900", "guild_id": place.guild.map(|guild| guild.to_string()),
            "channel_id": place.channel.to_string(),
            "author": { "id": asker.to_string(), "name": "Somebody" },
            "what": { "type": "message", "id": id.to_string(), "text": text, "addressed": "name" },
            "credit": 3, "received_at_ms": now_ms(),
        }))
        .expect("an event")
    }
}

fn remembered(by: Option<&str>, text: &str) -> Memory {
    let on = "2026-11-21".to_owned();
    Memory { by: by.map(str::to_owned), about: None, on, text: text.to_owned() }
}

/// Every text that was read.
fn in_full(gathered: &Gathered) -> String {
    let window = gathered.window.iter().map(|turn| turn.text.as_str());
    let facts = gathered.memory.iter().flat_map(|memory| &memory.books);
    let facts = facts.flat_map(|(_, book)| &book.facts).map(|fact| fact.text.as_str());
    let said = gathered.memory.iter().flat_map(|memory| &memory.episodes.messages);
    let said = said.map(|episode| episode.text.as_str());
    let all = window.chain(facts).chain(said).chain([gathered.rows.summary.text.as_str()]);
    all.collect::<Vec<_>>().join("\n")
}
