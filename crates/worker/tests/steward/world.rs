//! The Crypt, a guild with a public channel and a private one. Ann and Ben live there, Mia moderates, and
//! Grim and Mabel are its personalities.
//!
//! People act at the simulated Discord, and the events are made from what it says, as the listener makes them.

use std::sync::Arc;

use async_trait::async_trait;
use bedrock_sim::BedrockSim;
use den_worker::{DeadLetters, Models, Provider, Worker};
use discord::{Discord, Settings, Token};
use discord_sim::{App, ChannelId, GuildId, Permissions, Sim, UserId};
use personality::{Personality, PersonalityId, Roster};
use queue::{Event, STEWARD, SendError, Sink};
use serde_json::{Value, json};
use store::Store;
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc::UnboundedReceiver},
};
use twilight_model::id::Id;

pub use crate::acting::{Answer, Used};
use crate::gateway;

const TOKEN: &str = "a-token-of-the-simulator";
pub const TABLE: &str = "den";
/// The one command that is registered: what is asked is told to the steward by the test.
pub const COMMAND: &str = "den";

pub struct World {
    pub sim: Sim,
    pub app: App,
    pub guild: GuildId,
    pub channel: ChannelId,
    /// A channel only Ann and Mia can read.
    pub cellar: ChannelId,
    pub ann: UserId,
    pub ben: UserId,
    /// She may manage messages.
    pub mia: UserId,
    pub db: aws_sdk_dynamodb::Client,
    pub worker: Worker,
    pub interactions: Mutex<UnboundedReceiver<Value>>,
}

impl World {
    pub async fn new() -> Self {
        let settings = discord_sim::Settings { openapi: specification(), ..Default::default() };
        let sim = Sim::start(settings).await.expect("a discord");
        let world = sim.world();
        let app = world.add_application("Den", TOKEN);
        let guild = world.add_guild("The Crypt");
        let channel = world.add_text_channel(guild, "general").expect("a channel");
        let people = ["Ann", "Ben", "Mia"].map(|name| {
            let person = world.add_person(name);
            world.join(person, guild).expect("they join");
            person
        });
        let [ann, ben, mia] = people;
        let cellar = world.add_private_channel(guild, "cellar", &[ann, mia]).expect("a channel");
        let role = world.add_role(guild, "Moderators", Permissions::MANAGE_MESSAGES);
        world.give_role(mia, guild, role.expect("a role"), true).expect("a moderator");

        let aws = aws::local_config().await;
        let table = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", table.local_addr().expect("an address"));
        tokio::spawn(dynoxide::server::serve_on(
            table,
            dynoxide::Database::memory().expect("an engine"),
        ));
        let db = aws_sdk_dynamodb::config::Builder::from(&aws).endpoint_url(url).build();
        let db = aws_sdk_dynamodb::Client::from_conf(db);
        let store = Store::new(db.clone(), TABLE);
        store.init().await.expect("a table");

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
        let registered = json!([{
            "name": COMMAND, "description": "What the den does", "type": 1, "version": "1", "options": [],
        }]);
        let registered: Vec<twilight_model::application::command::Command> =
            serde_json::from_value(registered).expect("commands");
        let application = Id::new(app.application_id.get());
        discord.put_commands(application, &registered).await.expect("registered");
        let interactions = Mutex::new(gateway::interactions(&sim, TOKEN).await);
        let worker = Worker {
            roster: Arc::new(Roster::from_personalities(vec![
                resident("grim", "Grim"),
                resident("mabel", "Mabel"),
            ])),
            store: store.clone(),
            discord,
            models: Models::new(provider, "anthropic.claude-haiku-5-5", None),
            dead_letters: DeadLetters::Table(store),
            prices: Arc::new(model::Prices::with("").expect("the table")),
            memory: den_worker::Memory::default(),
            sink: Arc::new(Nowhere),
            operators: Arc::default(),
        };
        Self { sim, app, guild, channel, cellar, ann, ben, mia, db, worker, interactions }
    }
}

/// Takes whatever is caused; nothing of what these tests do is.
struct Nowhere;

#[async_trait]
impl Sink for Nowhere {
    async fn send(&self, events: &[Event]) -> Vec<Result<(), SendError>> {
        events.iter().map(|_| Ok(())).collect()
    }

    async fn probe(&self) -> Result<(), SendError> {
        Ok(())
    }
}

pub fn steward() -> PersonalityId {
    STEWARD.parse().expect("an id")
}

fn resident(id: &str, name: &str) -> Personality {
    serde_json::from_value(json!({
        "id": id,
        "name": name,
        "summary": "Lives in a soup kitchen.",
        "traits": ["gloomy"],
        "speech_patterns": ["sighs"],
        "roast_style": "gently, about soup",
        "lines": { "late": "I slept.", "puzzled": "That was air.", "unavailable": "My ladle is stuck.",
                   "over_limit": "Enough. Back {when}.", "over_budget": "Empty until {when}." },
        "limits": { "per_person_per_minute": 3, "per_channel_per_minute": 100, "per_guild_per_day": 1000 },
        "reply": { "max_tokens": 1000 },
        "examples": [
            { "person": "hi", "reply": "Boo." },
            { "person": "soup?", "reply": "Always." },
            { "person": "bye", "reply": "I remain." }
        ]
    }))
    .expect("a personality")
}

/// Discord's own description of its API, where it lies beside the checkout.
fn specification() -> Option<std::path::PathBuf> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/discord-openapi.json");
    if !path.is_file() {
        println!(
            "skipped: requests are not compared with Discord's specification, which is not there"
        );
        return None;
    }
    Some(path)
}
