//! Guilds with a purse, and what a model really charged them.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use bedrock_sim::{Gate, Play};
use discord_sim::{ChannelId, GuildId, UserId};
use personality::PersonalityId;
use queue::Event;
use serde_json::Value;
use store::{Day, Purse, Spending};
use twilight_model::id::Id;

use crate::world::{Saying, World, now_ms, resident};

/// A dime for a million tokens read, and ten dollars for as many written: answers are what costs.
const PRICES: &str =
    "[[price]]\nmodels = [\"anthropic.claude-haiku-5-5\"]\ninput = 0.1\noutput = 10\n";
/// Almost as long as answers may be here, so that turns use almost what they reserve.
const SOUPS: usize = 44;

fn answer() -> String {
    "Soup, as ever, and thin. ".repeat(SOUPS)
}

/// A den where everything said costs something.
pub struct Shop {
    pub world: World,
    pub grim: PersonalityId,
    /// Closed, models think until it is opened.
    pub gate: Arc<Mutex<Option<Gate>>>,
}

/// A guild with a channel for each of its people.
pub struct House {
    pub guild: GuildId,
    pub rooms: Vec<(ChannelId, UserId)>,
}

impl Shop {
    pub async fn new() -> Self {
        let world = World::new(vec![resident("grim", "Grim")], PRICES).await;
        let gate: Arc<Mutex<Option<Gate>>> = Arc::default();
        let closed = gate.clone();
        let say = || Play::Say { chunks: vec![answer()], pace: std::time::Duration::ZERO };
        world.bedrock.answer_with(move |_| match &*closed.lock().expect("no panic") {
            Some(gate) => say().behind(gate),
            None => say(),
        });
        Self { world, grim: "grim".parse().expect("an id"), gate }
    }

    /// Models think until the gate is opened.
    pub fn close(&self) -> Gate {
        let gate = Gate::new();
        *self.gate.lock().expect("no panic") = Some(gate.clone());
        gate
    }

    /// Models answer at once.
    pub fn open(&self) {
        *self.gate.lock().expect("no panic") = None;
    }

    pub fn house(&self, name: &str, n_rooms: usize) -> House {
        let world = self.world.sim.world();
        let guild = world.add_guild(name);
        let room = |n: usize| {
            let channel = world.add_text_channel(guild, &format!("room-{n}")).expect("a channel");
            let person = self.world.add_person(&format!("Ann {n}"));
            world.join(person, guild).expect("they join");
            (channel, person)
        };
        House { guild, rooms: (0..n_rooms).map(room).collect() }
    }

    /// Somebody asks something in their room.
    pub fn asks(&self, house: &House, room: usize) -> Event {
        let (channel, by) = house.rooms[room];
        let text = "Grim, what is for dinner?";
        self.world.says(&Saying { guild: Some(house.guild), channel, by, to: &self.grim, text })
    }

    /// What a guild may spend a day.
    pub async fn allow(&self, house: &House, amount: u64) {
        let set = |row: &mut store::GuildRow| {
            row.budget = Some(amount);
            Ok::<_, std::convert::Infallible>(())
        };
        let Ok(()) = self.world.store.change_guild(guild(house), set).await.expect("set");
    }

    pub async fn spending(&self, purse: Purse) -> Spending {
        self.world.store.spending(purse, today()).await.expect("a purse")
    }

    /// What the model charged for everything it was asked, by its own count of tokens.
    pub fn charged(&self) -> u64 {
        self.world.bedrock.calls().iter().map(|call| price(&call.body)).sum()
    }

    /// How often it was asked.
    pub fn n_asked(&self) -> usize {
        self.world.bedrock.calls().len()
    }

    /// Whether somebody is at an event, or was.
    pub async fn is_claimed(&self, event: &Event) -> bool {
        let asked = self
            .world
            .db
            .get_item()
            .table_name(self.world.store.table())
            .key("pk", AttributeValue::S(format!("E#{}", event.id.cause())))
            .key("sk", AttributeValue::S(format!("P#{}", event.personality)))
            .send()
            .await;
        asked.expect("the table").item.is_some()
    }

    /// How often somebody was told that the budget is spent.
    pub fn lines(&self, house: &House) -> usize {
        let world = self.world.sim.world();
        let said = house.rooms.iter().flat_map(|(channel, _)| world.messages(*channel));
        said.filter(|message| message.content.contains("The pot is empty until")).count()
    }
}

pub fn guild(house: &House) -> Id<twilight_model::id::marker::GuildMarker> {
    Id::new(house.guild.get())
}

pub fn purse(house: &House) -> Purse {
    Purse::Guild(guild(house))
}

pub fn today() -> Day {
    Day::of(now_ms())
}

/// A quarter of the characters, on either side.
fn price(body: &Value) -> u64 {
    let n_chars = |text: &Value| text.as_str().map_or(0, |text| text.chars().count()) as u64;
    let blocks = |parts: &Value| {
        let texts: Vec<u64> = parts
            .as_array()
            .into_iter()
            .flatten()
            .filter(|part| part["text"].is_string())
            .map(|part| n_chars(&part["text"]))
            .collect();
        // They are joined by line breaks.
        texts.iter().sum::<u64>() + (texts.len() as u64).saturating_sub(1)
    };
    let messages = body["messages"].as_array().into_iter().flatten();
    let read: u64 = messages.map(|message| blocks(&message["content"])).sum();
    let read = (read + blocks(&body["system"])).div_ceil(4).max(1);
    let written = (answer().chars().count() as u64).div_ceil(4);
    read.div_ceil(10) + 10 * written
}
