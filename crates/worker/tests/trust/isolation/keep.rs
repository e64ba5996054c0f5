//! Keeping and forgetting, as turns and the steward do it, in guilds of which the table knows no more than ids.

use std::sync::atomic::{AtomicU64, Ordering};

use discord_sim::{ChannelId, GuildId, UserId};
use personality::PersonalityId;
use store::{Scope, Store};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, UserMarker},
};

use super::{
    look::Warm,
    shelf::Act,
    words::{Fate, Place, Word, Words},
};
use crate::world::now_ms;

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
pub fn id() -> u64 {
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
                words.unquoted.retain(|unquoted| *unquoted != who);
                words.unquoted.extend((!allow).then_some(who));
            }
            Act::Fold { place, to: whom } => {
                self.store
                    .seal(&self.scope(self.place(place), to(whom)), now_ms())
                    .await
                    .expect("folded");
            }
            Act::Look { place, to: whom, worker, ref asks } => {
                self.look(words, self.place(place), to(whom), worker.into(), asks).await?;
            }
            Act::Restart { worker } => self.workers[usize::from(worker)] = Warm::default(),
        }
        Ok(())
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
