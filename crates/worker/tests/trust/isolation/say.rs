//! What is kept of what people say and tell, and of what is made of it.

use std::convert::Infallible;

use chat::recall::{TERMS_VERSION, terms};
use discord_sim::{MessageId, UserId};
use store::{About, Book, Episode, Fact, Kept, Origin, Speaker, Summary};
use twilight_model::id::Id;

use super::{
    keep::{Shelf, channel, id, person},
    words::{Fate, Kind, Place, Word, Words},
};
use crate::world::now_ms;

/// The same in every guild, so that whoever asks about one could be told of another's.
pub const TOPICS: [&str; 6] = ["anchors", "biscuits", "candles", "dragons", "engines", "feathers"];

impl Shelf {
    pub async fn keep(&self, words: &mut Words, place: u8, personality: usize, by: &[u8]) {
        let (place, mut episodes) = (self.place(place), Vec::new());
        for (n, choice) in by.iter().enumerate() {
            let by = self.somebody(*choice);
            // Every fifth is an answer to somebody.
            let kind = if choice % 5 == 4 { Kind::Reply } else { Kind::Message };
            let message = MessageId::from(id());
            let word =
                words.add(Word { message: Some(message), ..word(kind, place, personality, by) });
            let topic = TOPICS[(usize::from(*choice) + n) % TOPICS.len()];
            let is_own = kind == Kind::Reply;
            let name = format!("Person {}", by.get() % 100);
            let text = format!("I had a lot of {topic} today, {}", words.get(word).text);
            let terms = terms(&text).into_iter().map(u32::from).collect();
            episodes.push(Episode {
                message_id: Id::new(message.get()),
                channel_id: channel(place),
                speaker: match is_own {
                    true => Speaker::Me,
                    false => Speaker::Person { id: person(by), name },
                },
                text,
                reply_to: None,
                to: is_own.then(|| person(by)).into_iter().collect(),
                terms,
                terms_version: TERMS_VERSION,
                drawn: Vec::new(),
                expires_s: 0,
            });
        }
        let scope = self.scope(place, personality);
        let kept = Kept {
            scope: &scope,
            guild: place.guild.map(|guild| Id::new(guild.get())),
            channel: channel(place),
            episodes: &episodes,
            days: 365,
        };
        self.store.keep(&kept, now_ms()).await.expect("kept");
        for unquoted in &words.unquoted {
            if episodes.iter().any(|episode| episode.belongs_to(person(*unquoted))) {
                self.store.set_quotable(&scope, person(*unquoted), false).await.expect("set");
            }
        }
    }

    pub async fn tell(
        &self,
        words: &mut Words,
        place: Place,
        personality: usize,
        by: UserId,
        about: UserId,
    ) {
        let told = Word { about: Some(about), ..word(Kind::Fact, place, personality, by) };
        let number = words.add(told);
        let fact = Fact {
            id: id().to_string(),
            text: format!("there is {} in it", words.get(number).text),
            by: person(by),
            by_name: "Somebody".to_owned(),
            to: None,
            channel_id: channel(place),
            message_id: None,
            at_ms: now_ms(),
            until_ms: None,
            origin: Origin::Told,
            weight: 8,
        };
        let add = |book: &mut Book| book.add(fact.clone());
        let scope = self.scope(place, personality);
        let added = self.store.change_book(&scope, About::Person(person(about)), add).await;
        if added.expect("the store").is_err() {
            words.get_mut(number).fate = Fate::NotKept;
        }
        if words.unquoted.contains(&by) {
            self.store.set_quotable(&scope, person(by), false).await.expect("set");
        }
    }

    /// As the digest does it: of the words of people who may be quoted.
    pub async fn summarise(&self, words: &mut Words, place: Place, personality: usize) {
        let is_in = |word: &Word| {
            word.place == place
                && word.personality == personality
                && word.kind != Kind::Fact
                && word.fate == Fate::Lives
                && !words.unquoted.contains(&word.by)
        };
        let said: Vec<&Word> = words.those(is_in).into_iter().map(|n| words.get(n)).collect();
        let said = &said[said.len().saturating_sub(60)..];
        let texts: Vec<&str> = said.iter().map(|word| word.text.as_str()).collect();
        // A window is read in the order of its ids, whenever a message came.
        let ids = || said.iter().filter_map(|word| word.message).map(|id| Id::new(id.get()));
        let summary = Summary {
            text: format!("They spoke of {}.", texts.join(" ")),
            speakers: said.iter().map(|word| person(word.by)).collect(),
            from: ids().min(),
            upto: ids().max(),
            ..Summary::default()
        };
        let set = |old: &mut Summary| {
            *old = Summary { dropped: old.dropped, ..summary.clone() };
            Ok::<_, Infallible>(())
        };
        let whose = &self.personalities[personality];
        let changed = self.store.change_summary(
            channel(place),
            whose,
            store::retention::SUMMARY,
            now_ms(),
            set,
        );
        let Ok(()) = changed.await.expect("the store");
    }
}

fn word(kind: Kind, place: Place, personality: usize, by: UserId) -> Word {
    let (text, fate) = (String::new(), Fate::Lives);
    Word { text, kind, place, personality, by, with: vec![], about: None, message: None, fate }
}
