//! Two guilds with the same people in them, who also write to the den directly. Each run of acts gets a town of
//! its own, in the one den, whose table holds those of all runs.

use std::sync::{Arc, Mutex};

use bedrock_sim::{Call, Play};
use den_worker::Worker;
use discord_sim::{ChannelId, GuildId, MessageId, UserId};
use personality::PersonalityId;
use queue::Event;

use super::words::{Place, Words};
use crate::world::{World, resident};

const NAMES: [&str; 4] = ["Ann", "Ben", "Cleo", "Dan"];
/// What is free costs no requests to the table.
const FREE: &str = "[[price]]\nmodels = [\"anthropic.claude-haiku-5-5\"]\ninput = 0\noutput = 0\n";

/// The den of all towns.
pub struct Den {
    pub world: World,
    pub personalities: Vec<PersonalityId>,
    pub model: Arc<Scripted>,
    pub words: Words,
}

impl Den {
    pub async fn new() -> Self {
        let world =
            World::new(vec![resident("grim", "Grim"), resident("mabel", "Mabel")], FREE).await;
        let model = Arc::new(Scripted::default());
        let scripted = model.clone();
        world.bedrock.answer_with(move |call| scripted.answer(call));
        let personalities = ["grim", "mabel"].map(|id| id.parse().expect("an id")).to_vec();
        Self { world, personalities, model, words: Words::default() }
    }
}

/// What the model saw, and what it answers. Notes it makes of everything it saw, word for word.
#[derive(Default)]
pub struct Scripted {
    pub saw: Mutex<Vec<String>>,
    pub says: Mutex<String>,
}

impl Scripted {
    fn answer(&self, call: &Call) -> Play {
        let asked = call.body.to_string();
        let is_digest = asked.contains("You keep the notes of");
        self.saw.lock().expect("no panic").push(asked);
        let text = match is_digest {
            true => notes(&call.last_user_text()),
            false => self.says.lock().expect("no panic").clone(),
        };
        Play::Say { chunks: vec![text], pace: std::time::Duration::ZERO }
    }
}

/// A summary with every word, and a fact of every line of a person's.
fn notes(talk: &str) -> String {
    let words = |text: &str| {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let words = words.filter(|word| word.starts_with('w') && word.ends_with('x'));
        words.map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    let mut notes = format!("SUMMARY: They spoke of {}.", words(talk));
    for (n, line) in talk.lines().filter(|line| line.starts_with("<said")).enumerate() {
        if line.starts_with("<said by=") {
            notes.push_str(&format!("\nFACT {} 5: Somebody likes {}.", n + 1, words(line)));
        }
    }
    notes
}

/// A message that stands in a channel.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub word: usize,
    pub message: MessageId,
    pub by: UserId,
    pub place: usize,
}

pub struct Town {
    pub people: Vec<UserId>,
    pub places: Vec<Place>,
    /// Who can read each place.
    pub readers: Vec<Vec<UserId>>,
    /// Two of them, and which one acts next.
    pub workers: [Worker; 2],
    pub next: usize,
    /// What people said that still stands, oldest first.
    pub said: Vec<Standing>,
    /// What personalities said.
    pub replies: Vec<Standing>,
    /// Events that are on their way.
    pub late: Vec<Late>,
    /// Notes to be made.
    pub chores: Vec<Event>,
    /// People who do not want to be remembered.
    pub forgetful: Vec<UserId>,
}

/// An event that takes its time.
pub struct Late {
    pub events: Vec<Event>,
    pub place: usize,
    pub personality: usize,
    /// The words of the lines, of what they reply to, and of the lines before.
    pub said: Vec<usize>,
    pub quoted: Vec<usize>,
    pub before: Vec<usize>,
}

impl Town {
    /// People, two guilds with a public channel, a thread in it, a second public one, a private one and a
    /// private thread, and everybody's direct message.
    pub fn new(den: &Den) -> Self {
        let world = den.world.sim.world();
        let people: Vec<UserId> = NAMES.iter().map(|name| den.world.add_person(name)).collect();
        let (mut places, mut readers) = (Vec::new(), Vec::new());
        let mut add = |channel: ChannelId, guild: Option<GuildId>, is_public, who: &[UserId]| {
            places.push(Place { channel, guild, is_public });
            readers.push(who.to_vec());
        };
        for n in 0..2 {
            let guild = world.add_guild(["Crypt", "Kitchen"][n]);
            for person in &people {
                world.join(*person, guild).expect("they join");
            }
            world.set_owner(guild, people[n]).expect("an owner");
            let general = world.add_text_channel(guild, "general").expect("a channel");
            let random = world.add_text_channel(guild, "random").expect("a channel");
            let thread = world.add_thread(general, "thread").expect("a thread");
            let few = [people[n], people[n + 1]];
            let cellar = world.add_private_channel(guild, "cellar", &few).expect("a channel");
            let nook = world.add_private_thread(general, "nook", &few).expect("a thread");
            for public in [general, random, thread] {
                add(public, Some(guild), true, &people);
            }
            for private in [cellar, nook] {
                add(private, Some(guild), false, &few);
            }
        }
        for person in &people[..2] {
            let direct = world.open_dm(*person, den.world.app.application_id).expect("a channel");
            add(direct, None, false, &[*person]);
        }
        Self {
            people,
            places,
            readers,
            workers: [den.world.another_worker(), den.world.another_worker()],
            next: 0,
            said: vec![],
            replies: vec![],
            late: vec![],
            chores: vec![],
            forgetful: vec![],
        }
    }

    /// One of the places.
    pub fn place(&self, choice: u8) -> usize {
        usize::from(choice) % self.places.len()
    }

    /// One of those who can read a place.
    pub fn reader(&self, place: usize, choice: u8) -> UserId {
        let readers = &self.readers[place];
        readers[usize::from(choice) % readers.len()]
    }

    /// The worker that acts next.
    pub fn worker(&self) -> &Worker {
        &self.workers[self.next]
    }
}
