//! The house as people use it: commands, menus, buttons and signs, and what Grim said before.

use std::{
    ops::Deref,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use den_worker::Verdict;
use discord_sim::{ChannelId, MessageId, Permissions, UserId};
use personality::{Personality, PersonalityId, Roster};
use queue::{Event, Press, Reaction, SendError, Sign, Sink, What};
use serde_json::json;
use twilight_model::id::Id;

use crate::world::{Answer, Used, World};

/// The world, in which Grim has a wiser self and Mabel has not, and where events go that are caused.
pub struct House {
    world: World,
    sink: Arc<Caused>,
    /// She runs the den.
    pub olga: UserId,
    /// She may manage the guild.
    pub ada: UserId,
    /// He may manage channels.
    pub kim: UserId,
}

impl Deref for House {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl House {
    pub async fn new() -> Self {
        let mut world = World::new().await;
        let [olga, ada, kim] = [
            ("Olga", Permissions::empty()),
            ("Ada", Permissions::MANAGE_GUILD),
            ("Kim", Permissions::MANAGE_CHANNELS),
        ]
        .map(|(name, permissions)| member(&world, name, permissions));
        let sink = Arc::new(Caused::default());
        world.worker.sink = sink.clone();
        world.worker.operators = [Id::new(olga.get())].into();
        let wiser = json!({"summary": "He has forgiven the soup."});
        let mut grim = resident(&world, "grim");
        grim.higher_self = Some(serde_json::from_value(wiser).expect("a wiser self"));
        world.worker.roster =
            Arc::new(Roster::from_personalities(vec![grim, resident(&world, "mabel")]));
        Self { world, sink, olga, ada, kim }
    }

    /// Grim imitates Ben, who agreed to it.
    pub fn grim_imitates_ben(&mut self) {
        let consent = json!({"given_on": "2026-05-31", "statement": "Be my ghost."});
        let real = json!({"name": "Ben", "discord_id": self.ben.to_string(), "consent": consent});
        let mut grim = resident(&self.world, "grim");
        grim.real_name = Some(serde_json::from_value(real).expect("a person"));
        self.world.worker.roster = Arc::new(Roster::from_personalities(vec![grim]));
    }

    /// Somebody, in the channel.
    pub fn by(&self, person: UserId) -> Doing<'_> {
        Doing { house: self, person, channel: self.channel }
    }

    /// The events that were caused.
    pub fn caused(&self) -> Vec<Event> {
        self.sink.events.lock().expect("no test panics in between").clone()
    }

    /// Whether the queue takes events.
    pub fn queue_is_down(&self, is_down: bool) {
        self.sink.is_down.store(is_down, Ordering::Relaxed);
    }

    /// The steward deals with an event.
    pub async fn done(&self, event: &Event) {
        assert_eq!(self.serve(event).await, Verdict::Done);
    }

    /// What was done in the guild, newest first, in words.
    pub async fn acts(&self) -> Vec<String> {
        let acts = self.worker.store.acts(Some(Id::new(self.guild.get())), 50).await;
        acts.expect("the store").into_iter().map(|act| act.what).collect()
    }

    /// What is set in the guild.
    pub async fn settings(&self) -> store::GuildRow {
        self.worker.store.guild(Id::new(self.guild.get())).await.expect("the store")
    }

    /// Changes what is set in the guild.
    pub async fn set(&self, mut change: impl FnMut(&mut store::GuildRow)) {
        let changed = self.worker.store.change_guild(Id::new(self.guild.get()), |row| {
            change(row);
            Ok::<_, std::convert::Infallible>(())
        });
        let Ok(()) = changed.await.expect("the store");
    }

    /// What stands in a channel.
    pub fn said_in(&self, channel: ChannelId) -> Vec<String> {
        let messages = self.sim.world().messages(channel);
        let lines = messages.iter().filter(|message| message.ephemeral_for.is_none());
        lines.map(|message| format!("{}: {}", message.author.name, message.content)).collect()
    }

    /// What stands in the channel.
    pub fn said(&self) -> Vec<String> {
        self.said_in(self.channel)
    }
}

/// Somebody does something somewhere.
#[derive(Clone, Copy)]
pub struct Doing<'a> {
    house: &'a House,
    person: UserId,
    channel: ChannelId,
}

impl Doing<'_> {
    /// The same in another channel.
    pub fn over_there(self, channel: ChannelId) -> Self {
        Self { channel, ..self }
    }

    /// The same in a direct message.
    pub fn in_private(self) -> Self {
        let application = self.house.app.application_id;
        let channel = self.house.sim.world().open_dm(self.person, application);
        Self { channel: channel.expect("a direct message"), ..self }
    }

    /// Uses a command, and reads the answer.
    pub async fn uses(&self, name: &str, options: &[(&str, &str)]) -> Answer {
        self.house.command(self.person, self.channel, name, options).await
    }

    /// A use of a command that the steward has not dealt with.
    pub async fn used(&self, name: &str, options: &[(&str, &str)]) -> Used {
        self.house.used(self.person, self.channel, name, options).await
    }

    /// Opens a menu on a message, and reads the answer.
    pub async fn opens(&self, name: &str, message: MessageId) -> Answer {
        self.house.served(&self.opened(name, message).await).await
    }

    /// A menu opened on a message, that the steward has not dealt with.
    pub async fn opened(&self, name: &str, message: MessageId) -> Used {
        self.house.menu(self.person, message, name, "").await
    }

    /// Presses a button or sends a form that no message has, and reads the answer.
    pub async fn forges(&self, custom_id: &str, fields: &[(&str, &str)]) -> Answer {
        self.house.forged(self.person, self.channel, custom_id, fields).await
    }

    /// A form that was sent, in answer to which nothing can be said any more.
    pub fn sent(&self, custom_id: &str, fields: &[(&str, &str)]) -> Event {
        let fields = fields.iter().map(|(name, typed)| ((*name).to_owned(), (*typed).to_owned()));
        let press = Press {
            id: Id::new(9),
            token: "a-token-that-is-over".to_owned(),
            custom_id: custom_id.to_owned(),
            values: vec![],
            fields: fields.collect(),
            message_id: None,
            permissions: None,
        };
        self.house.event_of(self.person, self.channel, What::Press(press))
    }

    /// A sign put on a message.
    pub fn sign(&self, sign: Sign, message: MessageId) -> Event {
        let what = What::Reaction(Reaction { message_id: Id::new(message.get()), sign });
        self.house.event_of(self.person, self.channel, what)
    }

    /// Puts a sign on a message.
    pub async fn signs(&self, sign: Sign, message: MessageId) {
        self.house.done(&self.sign(sign, message)).await;
    }
}

/// Looks at what somebody reads.
pub trait Reads {
    fn says(&self, words: &str) -> &Self;
    fn never_says(&self, words: &str) -> &Self;
}

impl Reads for Answer {
    #[track_caller]
    fn says(&self, words: &str) -> &Self {
        assert!(self.text.contains(words), "“{words}” is not in: {}", self.text);
        self
    }

    #[track_caller]
    fn never_says(&self, words: &str) -> &Self {
        assert!(!self.text.contains(words), "“{words}” is in: {}", self.text);
        self
    }
}

pub fn grim() -> PersonalityId {
    "grim".parse().expect("an id")
}

fn member(world: &World, name: &str, permissions: Permissions) -> UserId {
    let sim = world.sim.world();
    let person = sim.add_person(name);
    sim.join(person, world.guild).expect("they join");
    let role = sim.add_role(world.guild, name, permissions).expect("a role");
    sim.give_role(person, world.guild, role, true).expect("they have it");
    person
}

fn resident(world: &World, id: &str) -> Personality {
    let id: PersonalityId = id.parse().expect("an id");
    world.worker.roster.get(&id).expect("they live here").clone()
}

/// Takes whatever is caused, while it is up.
#[derive(Default)]
struct Caused {
    events: Mutex<Vec<Event>>,
    is_down: AtomicBool,
}

#[async_trait]
impl Sink for Caused {
    async fn send(&self, events: &[Event]) -> Vec<Result<(), SendError>> {
        let take = |event: &Event| {
            if self.is_down.load(Ordering::Relaxed) {
                let (id, reason) = (event.id.to_string(), "down".to_owned());
                return Err(SendError::Unavailable { id, reason });
            }
            self.events.lock().expect("no test panics in between").push(event.clone());
            Ok(())
        };
        events.iter().map(take).collect()
    }

    async fn probe(&self) -> Result<(), SendError> {
        Ok(())
    }
}

/// A message id that no message has.
pub const NO_MESSAGE: u64 = 7;

/// The custom ids of an answer's buttons.
pub fn ids(answer: &Answer) -> Vec<&str> {
    answer.buttons.iter().map(|(_, id)| id.as_str()).collect()
}
