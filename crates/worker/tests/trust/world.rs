//! A den with as many guilds as a test wants, and as many workers.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_dynamodb::Client;
use bedrock_sim::BedrockSim;
use den_worker::{DeadLetters, Deadline, Delivery, Memory, Models, Provider, Verdict, Worker};
use discord::{Discord, Settings, Token};
use discord_sim::{App, ChannelId, GatewaySettings, GuildId, RateLimits, Sim, UserId};
use personality::{Personality, PersonalityId, Roster};
use queue::{Addressed, Event, EventId, Message, Person, VERSION, What};
use serde_json::json;
use store::Store;
use twilight_model::id::Id;

use crate::{caused::Caused, steward::Heard, table};

pub const TOKEN: &str = "a-token-of-the-simulator";
pub const MODEL: &str = "anthropic.claude-haiku-5-5";
const A_DAY: Duration = Duration::from_secs(86_400);

pub struct World {
    pub sim: Sim,
    pub app: App,
    pub bedrock: BedrockSim,
    pub db: Client,
    pub store: Store,
    pub worker: Worker,
    /// What the workers caused.
    pub caused: Arc<Caused>,
    pub heard: Heard,
    names: Mutex<BTreeMap<UserId, String>>,
}

impl World {
    /// A den of these personalities, where a model costs what `prices` says; an empty text says nothing of it.
    pub async fn new(personalities: Vec<Personality>, prices: &str) -> Self {
        let settings = discord_sim::Settings {
            limits: RateLimits::off(),
            // Nobody sends any.
            gateway: GatewaySettings { heartbeat_interval: A_DAY, ..GatewaySettings::default() },
            ..discord_sim::Settings::default()
        };
        let sim = Sim::start(settings).await.expect("a discord");
        let app = sim.world().add_application("Den", TOKEN);
        let aws = aws::local_config().await;
        let (db, store) = table::empty().await;
        let bedrock = BedrockSim::start().await;
        let client =
            aws_sdk_bedrockruntime::config::Builder::from(&aws).endpoint_url(bedrock.url()).build();
        let provider = Provider::Bedrock {
            client: aws_sdk_bedrockruntime::Client::from_conf(client),
            settings: model::BedrockSettings::default(),
        };
        let discord = Discord::new(Settings {
            api_url: sim.url().to_owned(),
            attachment_host: Some(sim.address().to_string()),
            ..Settings::new(Some(Token::parse(TOKEN).expect("a token")))
        });
        let discord = discord.expect("a client");
        let heard = Heard::new(&sim, &app, &discord).await;
        let caused = Arc::new(Caused::default());
        let worker = Worker {
            roster: Arc::new(Roster::from_personalities(personalities)),
            store: store.clone(),
            discord,
            models: Models::new(provider, MODEL, None),
            dead_letters: DeadLetters::Table(store.clone()),
            prices: Arc::new(model::Prices::with(prices).expect("prices")),
            memory: Memory::default(),
            sink: caused.clone(),
            operators: Arc::default(),
        };
        Self { sim, app, bedrock, db, store, worker, caused, heard, names: Mutex::default() }
    }

    /// Another worker of the same den, which has nothing in its memory yet.
    pub fn another_worker(&self) -> Worker {
        Worker { memory: Memory::default(), ..self.worker.clone() }
    }

    /// Somebody says something to a personality, and this is the event it becomes.
    pub fn says(&self, said: &Saying<'_>) -> Event {
        let Saying { guild, channel, by, to, text } = *said;
        let id = self.sim.world().say(by, channel, text).expect("they speak");
        let id = id.get();
        let addressed = match guild {
            Some(_) => Addressed::Name,
            None => Addressed::DirectMessage,
        };
        let what = What::Message(Message {
            id: Id::new(id),
            text: text.to_owned(),
            addressed,
            reply_to: None,
            attachments: vec![],
            mentions: vec![],
        });
        let id = EventId::new(id, to);
        Event { id, ..self.event(guild, channel, by, to, what) }
    }

    /// Something somebody did.
    pub fn event(
        &self,
        guild: Option<GuildId>,
        channel: ChannelId,
        by: UserId,
        to: &PersonalityId,
        what: What,
    ) -> Event {
        Event {
            v: VERSION,
            id: EventId::new(fastrand::u64(1..1 << 60), to),
            personality: to.clone(),
            application_id: Id::new(self.app.application_id.get()),
            guild_id: guild.map(|guild| Id::new(guild.get())),
            channel_id: Id::new(channel.get()),
            author: Person { id: Id::new(by.get()), name: self.name(by) },
            what,
            preceding: vec![],
            credit: 3,
            trace: None,
            received_at_ms: now_ms(),
            audience_changed_ms: 0,
        }
    }

    /// Somebody new.
    pub fn add_person(&self, name: &str) -> UserId {
        let person = self.sim.world().add_person(name);
        self.names.lock().expect("no panic").insert(person, name.to_owned());
        person
    }

    /// What somebody is called.
    pub fn name(&self, who: UserId) -> String {
        self.names.lock().expect("no panic").get(&who).expect("somebody").clone()
    }
}

/// Something that is said.
#[derive(Clone, Copy)]
pub struct Saying<'a> {
    pub guild: Option<GuildId>,
    pub channel: ChannelId,
    pub by: UserId,
    pub to: &'a PersonalityId,
    pub text: &'a str,
}

/// A worker is handed these, as one group.
pub async fn serve(worker: &Worker, events: &[Event]) -> Vec<Verdict> {
    let deliveries: Vec<Delivery> =
        events.iter().map(|event| Delivery { body: event.write(), receives: 1 }).collect();
    // On the heap: in a debug build a turn is too large for the stack of a test.
    Box::pin(worker.serve(&deliveries, Deadline::after(Duration::from_secs(60)))).await
}

/// Somebody who lives in the den, and whom no limit silences.
pub fn resident(id: &str, name: &str) -> Personality {
    serde_json::from_value(json!({
        "id": id,
        "name": name,
        "summary": "Lives in a soup kitchen.",
        "traits": ["gloomy"],
        "speech_patterns": ["sighs"],
        "roast_style": "gently, about soup",
        "lines": { "late": "I slept.", "puzzled": "That was air.", "unavailable": "My ladle is stuck.",
                   "over_limit": "Enough. Back {when}.", "over_budget": "The pot is empty until {when}." },
        "limits": { "per_person_per_minute": 100_000, "per_channel_per_minute": 100_000,
                    "per_guild_per_day": 1_000_000 },
        "reply": { "max_tokens": 300 },
        "examples": [
            { "person": "hi", "reply": "Boo." },
            { "person": "soup?", "reply": "Always." },
            { "person": "bye", "reply": "I remain." }
        ]
    }))
    .expect("a personality")
}

/// Milliseconds since the Unix epoch.
pub fn now_ms() -> u64 {
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    u64::try_from(since.as_millis()).expect("a year below 500 million")
}
