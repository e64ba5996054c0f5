//! Where the programs are measured: a guild with people, and everything the programs reach, behind doors.

use std::fs;

use anyhow::{Context, Result};
use bedrock_sim::BedrockSim;
use discord_sim::{ChannelId, GatewaySettings, RateLimits, Settings, Sim, UserId};
use serde_json::json;
use tempfile::TempDir;

use crate::{
    Programs,
    door::Door,
    http::{self, Message},
    program::Program,
    queue::{self, Queues},
    table::{self, Table},
};

/// Whom people talk to.
pub const GRIM: &str = "grim";
/// The bot's token.
pub const TOKEN: &str = "a-token-of-the-simulator";
/// How many people talk.
const PEOPLE: usize = 20;

/// Everything around the programs.
pub struct Town {
    pub sim: Sim,

    pub channels: Vec<ChannelId>,
    pub people: Vec<UserId>,
    /// The simulated Discord's REST API.
    pub discord: Door,
    /// The simulated Bedrock. It says its whole answer at once: how fast a model speaks is not the den's doing.
    pub model: Door,
    pub table: Table,
    pub queues: Queues,
    /// For logs and files of this town.
    pub folder: TempDir,
    _bedrock: BedrockSim,
}

impl Town {
    /// A town of so many channels, in which nothing is limited.
    ///
    /// # Errors
    /// When a stand-in does not start.
    pub async fn build(n_channels: usize) -> Result<Self> {
        let settings = Settings {
            limits: RateLimits::off(),
            gateway: GatewaySettings {
                // Nobody is told to read faster, and two programs may identify one after the other.
                replay: 1_000_000,
                identify_window: std::time::Duration::ZERO,
                ..GatewaySettings::default()
            },
            ..Settings::default()
        };
        let sim = Sim::start(settings).await.context("start the simulated Discord")?;
        let world = sim.world();
        world.add_application("Den", TOKEN);
        let guild = world.add_guild("The Crypt");
        let channels = (0..n_channels).map(|n| world.add_text_channel(guild, &format!("room-{n}")));
        let channels = channels.collect::<Result<_, _>>().context("dig the channels")?;
        let people: Vec<_> = (0..PEOPLE).map(|n| world.add_person(&format!("Ann {n}"))).collect();
        for person in &people {
            world.join(*person, guild).context("let people in")?;
        }
        let bedrock = BedrockSim::start().await;
        let folder = tempfile::tempdir().context("make a folder")?;
        let personalities = folder.path().join("personalities");
        fs::create_dir(&personalities).context("make a folder")?;
        fs::write(personalities.join("grim.json"), grim()).context("write a personality")?;
        Ok(Self {
            discord: passage(sim.address().to_string()).await?,
            model: passage(bedrock.url().trim_start_matches("http://").to_owned()).await?,
            table: Table::open().await?,
            queues: Queues::open().await?,
            sim,

            channels,
            people,
            folder,
            _bedrock: bedrock,
        })
    }

    /// What every program is told.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let personalities = self.folder.path().join("personalities");
        let told = [
            ("DISCORD_TOKEN", TOKEN.to_owned()),
            ("DISCORD_API_URL", self.discord.url()),
            ("DISCORD_GATEWAY_URL", self.sim.gateway_url().to_owned()),
            ("DEN_PERSONALITIES", personalities.to_string_lossy().into_owned()),
            ("DEN_TABLE", table::NAME.to_owned()),
            ("DEN_QUEUE_PREFIX", queue::PREFIX.to_owned()),
            ("DEN_HEALTH_ADDR", "127.0.0.1:0".to_owned()),
            ("DEN_MODEL", "anthropic.claude-haiku-5-5".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "bench".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "bench".to_owned()),
            ("AWS_ENDPOINT_URL_SQS", self.queues.door.url()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.table.door.url()),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", self.model.url()),
        ];
        told.into()
    }

    /// A listener that is connected.
    ///
    /// # Errors
    /// When it does not connect.
    pub async fn listener(&self, programs: &Programs) -> Result<Program> {
        let environment = self.environment();
        let mut listener =
            Program::start(&programs.listener, &[], &environment, self.folder.path())?;
        listener.until(self.connected()).await.context("wait for the listener to connect")?;
        Ok(listener)
    }

    /// Waits until a bot is connected to the gateway.
    pub async fn connected(&self) -> Result<()> {
        let is_connected =
            |world: &discord_sim::World| world.sessions().iter().any(|session| session.connected);
        let connected = self.sim.world().wait_until(crate::door::PATIENCE, is_connected).await;
        connected.context("nobody connects to the gateway")
    }

    /// Bodies of `n` events, as the listener puts them on the queue for what somebody says to Grim.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn events(&self, programs: &Programs, n: usize) -> Result<Vec<String>> {
        let mut listener = self.listener(programs).await?;
        for day in 0..n {
            self.say_to_grim(day)?;
        }
        listener.until(self.queues.take(n)).await
    }

    /// Somebody says something to Grim, in the first channel.
    pub fn say_to_grim(&self, day: usize) -> Result<()> {
        let text =
            format!("Grim, is there any soup left for day {day}, or was it all for the ghosts?");
        let said = self.sim.world().say(self.people[day % PEOPLE], self.channels[0], &text);
        said.map(|_| ()).context("say something")
    }

    /// Holds back what the programs ask for, the model excepted.
    pub fn delay(&self, by: std::time::Duration) {
        for door in [&self.discord, &self.table.door, &self.queues.door] {
            door.delay(by);
        }
    }
}

/// A door to something real.
async fn passage(to: String) -> Result<Door> {
    let answer = move |request: Message| {
        let to = to.clone();
        async move { Ok(http::ask(&to, &request.raw).await?.raw) }
    };
    Door::open(answer).await
}

/// Somebody who may always answer.
fn grim() -> String {
    json!({
        "id": GRIM,
        "name": "Grim",
        "summary": "A ghost who haunts a soup kitchen.",
        "traits": ["gloomy", "generous with salt"],
        "speech_patterns": ["sighs before every sentence"],
        "roast_style": "gently, about soup",
        "limits": {
            "per_person_per_minute": 60, "per_channel_per_minute": 600, "per_guild_per_day": 100_000,
        },
        "examples": [
            { "person": "hi", "reply": "Boo. The soup is lukewarm, like my welcome." },
            { "person": "what do you recommend?", "reply": "Leaving. Then the leek." },
            { "person": "bye", "reply": "I remain. It is what I do." },
        ],
    })
    .to_string()
}
