//! Keeping and forgetting, as turns and the steward do it, in guilds of which the table knows no more than ids.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicU64, Ordering},
};

use discord_sim::{ChannelId, GuildId, MessageId, UserId};
use personality::PersonalityId;
use store::{About, Book, Episode, Fact, Kept, Origin, Scope, Speaker, Store, Summary};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, UserMarker},
};

use super::{
    look::Warm,
    shelf::Act,
    words::{Fate, Kind, Place, Word, Words},
};
use crate::world::now_ms;

/// The same in every guild, so that whoever asks about one could be told of another's.
pub const TOPICS: [&str; 6] = ["anchors", "biscuits", "candles", "dragons", "engines", "feathers"];
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// Guilds with the same people in them, who also write directly. Each run has its own.
pub struct Shelf {
    pub store: Store,
    pub personalities: Vec<PersonalityId>,
    pub people: Vec<UserId>,
    pub places: Vec<Place>,
    /// What two workers remember.
    pub workers: [Warm; 2],
}

/// Numbers that nobody else has, rising with time as Discord's do.
fn id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    ((now_ms() - DISCORD_EPOCH_MS) << 22) + NEXT.fetch_add(1, Ordering::Relaxed) % (1 << 22)
}

pub fn channel(place: Place) -> Id<ChannelMarker> {
    Id::new(place.channel.get())
}

pub fn person(user: UserId) -> Id<UserMarker> {
    Id::new(user.get())
}

impl Shelf {
    pub fn new(store: &Store) -> Self {
        let mut places = Vec::new();
        for _ in 0..3 {
            let guild = Some(GuildId::from(id()));
            for is_public in [true, true, false] {
                places.push(Place { channel: ChannelId::from(id()), guild, is_public });
            }
        }
        for _ in 0..2 {
            places.push(Place { channel: ChannelId::from(id()), guild: None, is_public: false });
        }
        Self {
            store: store.clone(),
            personalities: ["grim", "mabel"].map(|id| id.parse().expect("an id")).to_vec(),
            people: (0..5).map(|_| UserId::from(id())).collect(),
            places,
            workers: Default::default(),
        }
    }

    pub fn place(&self, choice: u8) -> Place {
        self.places[usize::from(choice) % self.places.len()]
    }

    pub fn somebody(&self, choice: u8) -> UserId {
        self.people[usize::from(choice) % self.people.len()]
    }

    pub fn scope(&self, place: Place, personality: usize) -> Scope {
        let guild = place.guild.map(|guild| Id::new(guild.get()));
        let whose = &self.personalities[personality];
        Scope::written_in(guild, channel(place), place.is_public, whose)
    }

    /// Does it, and judges what came of it.
    pub async fn act(&mut self, words: &mut Words, act: &Act) -> Result<(), String> {
        let to = |choice: u8| usize::from(choice) % 2;
        match *act {
            Act::Keep { place, to: whom, ref by } => self.keep(words, place, to(whom), by).await,
            Act::Tell { place, to: whom, by, about } => {
                let (by, about) = (self.somebody(by), self.somebody(about));
                self.tell(words, self.place(place), to(whom), by, about).await;
            }
            Act::Summarise { place, to: whom } => {
                self.summarise(words, self.place(place), to(whom)).await;
            }
            Act::Edit { word } => self.edit(words, word).await,
            Act::Delete { word } => {
                let Some(number) = self.standing(words, word) else { return Ok(()) };
                let message = Id::new(words.get(number).message.expect("a message").get());
                words.get_mut(number).fate = Fate::Deleted;
                self.store.bury(&[message], now_ms()).await.expect("buried");
                self.store.forget_message(message, now_ms()).await.expect("forgotten");
            }
            Act::Erase { who } => {
                let who = self.somebody(who);
                self.store.erase_person(person(who), now_ms(), |_| ()).await.expect("erased");
                words.end(Fate::Erased, |word| word.belongs_to(who));
            }
            Act::ForgetPlace { place } => {
                let place = self.place(place);
                let guild = place.guild.map(|guild| Id::new(guild.get()));
                self.store.erase_channel(guild, channel(place), now_ms()).await.expect("erased");
                words.end(Fate::Forgotten, |word| word.place == place);
            }
            Act::Quoting { who, allow } => {
                let who = self.somebody(who);
                let set = |wants: &mut store::Preferences| wants.no_quote = !allow;
                self.store.change_preferences(person(who), set).await.expect("set");
                self.store.set_quotable_everywhere(person(who), allow).await.expect("set");
                for trace in self.store.traces(person(who)).await.expect("traces") {
                    let dropped =
                        self.store.drop_summary(trace.channel, &trace.personality, now_ms());
                    dropped.await.expect("dropped");
                }
                words.unquoted.retain(|unquoted| *unquoted != who);
                words.unquoted.extend((!allow).then_some(who));
            }
            Act::Fold { place, to: whom } => {
                self.store.seal(&self.scope(self.place(place), to(whom))).await.expect("folded");
            }
            Act::Look { place, to: whom, worker, ref asks } => {
                self.look(words, self.place(place), to(whom), worker.into(), asks).await?;
            }
            Act::Restart { worker } => self.workers[usize::from(worker)] = Warm::default(),
        }
        Ok(())
    }

    async fn keep(&self, words: &mut Words, place: u8, personality: usize, by: &[u8]) {
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
            episodes.push(Episode {
                message_id: Id::new(message.get()),
                channel_id: channel(place),
                speaker: match is_own {
                    true => Speaker::Me,
                    false => Speaker::Person { id: person(by), name },
                },
                text: format!("I had a lot of {topic} today, {}", words.get(word).text),
                reply_to: None,
                to: is_own.then(|| person(by)),
                terms: vec![],
                terms_version: 0,
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

    async fn tell(
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
    async fn summarise(&self, words: &mut Words, place: Place, personality: usize) {
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
        let summary = Summary {
            text: format!("They spoke of {}.", texts.join(" ")),
            speakers: said.iter().map(|word| person(word.by)).collect(),
            from: said.first().and_then(|word| word.message).map(|id| Id::new(id.get())),
            upto: said.last().and_then(|word| word.message).map(|id| Id::new(id.get())),
            ..Summary::default()
        };
        let set = |old: &mut Summary| {
            *old = Summary { dropped: old.dropped, ..summary.clone() };
            Ok::<_, Infallible>(())
        };
        let whose = &self.personalities[personality];
        let changed = self.store.change_summary(channel(place), whose, now_ms(), set);
        let Ok(()) = changed.await.expect("the store");
    }

    /// A message that stands somewhere in these guilds.
    fn standing(&self, words: &Words, choice: u16) -> Option<usize> {
        let stands = |word: &Word| {
            word.fate == Fate::Lives && word.message.is_some() && self.places.contains(&word.place)
        };
        let standing = words.those(stands);
        standing.get(usize::from(choice).checked_rem(standing.len())?).copied()
    }

    async fn edit(&self, words: &mut Words, choice: u16) {
        let Some(old) = self.standing(words, choice) else { return };
        let new = words.add(words.get(old).clone());
        words.get_mut(old).fate = Fate::Edited;
        let text = format!("I meant {}", words.get(new).text);
        let message = Id::new(words.get(new).message.expect("a message").get());
        self.store.edit_message(message, &text, &[], now_ms()).await.expect("edited");
    }
}

fn word(kind: Kind, place: Place, personality: usize, by: UserId) -> Word {
    let (text, fate) = (String::new(), Fate::Lives);
    Word { text, kind, place, personality, by, about: None, message: None, fate }
}
