//! A simulated guild with a channel, a person and our bot, to see that Discord's own rules take what we send.

use std::{path::PathBuf, time::Duration};

use discord::{Discord, Settings, Token};
use discord_sim::{
    App, ChannelId, GuildId, InteractionId, MessageId, RateLimits, Settings as SimSettings, Sim,
    UserId, World,
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use twilight_model::id::{
    Id,
    marker::{ApplicationMarker, InteractionMarker},
};

/// How long anything may take; far more than it ever does.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Town {
    pub sim: Sim,
    pub world: World,
    pub bot: App,
    pub guild: GuildId,
    pub hall: ChannelId,
    pub ann: UserId,
    pub discord: Discord,
    gateway: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// An interaction as the gateway told of it.
pub struct Told {
    pub id: Id<InteractionMarker>,
    pub token: String,
    pub body: Value,
}

impl Town {
    pub async fn open() -> Self {
        let limits = RateLimits::off();
        let settings = SimSettings { limits, openapi: document(), ..SimSettings::default() };
        let sim = Sim::start(settings).await.unwrap();
        let world = sim.world();
        let bot = world.add_application("den", "t0ken");
        let guild = world.add_guild("Town");
        let hall = world.add_text_channel(guild, "hall").unwrap();
        let ann = world.add_person("Ann");
        world.join(ann, guild).unwrap();
        let discord = Discord::new(Settings {
            api_url: sim.url().to_owned(),
            attachment_host: Some(sim.address().to_string()),
            ..Settings::new(Some(Token::parse("t0ken").unwrap()))
        });
        let (mut gateway, _) =
            connect_async(format!("{}/?v=10&encoding=json", sim.gateway_url())).await.unwrap();
        let identify = json!({"op": 2, "d": {"token": "t0ken", "properties": {}, "intents": 0}});
        gateway.send(Message::text(identify.to_string())).await.unwrap();
        let mut town =
            Self { sim, world, bot, guild, hall, ann, discord: discord.unwrap(), gateway };
        town.next("READY").await;
        town
    }

    /// Registers `/memories` and lets Ann use it.
    pub async fn command(&mut self) -> (InteractionId, Told) {
        let memories = json!([{"type": 1, "name": "memories", "description": "What I remember",
            "version": "1", "default_member_permissions": null, "options": []}]);
        let commands: Vec<_> = serde_json::from_value(memories).unwrap();
        self.discord.put_commands(self.application(), &commands).await.unwrap();
        let used = self.world.slash(self.ann, self.hall, "memories", &[]).unwrap();
        (used, self.interaction().await)
    }

    /// The next interaction the bot is told of.
    pub async fn interaction(&mut self) -> Told {
        let body = self.next("INTERACTION_CREATE").await;
        let text = |key: &str| body[key].as_str().unwrap().to_owned();
        Told { id: Id::new(text("id").parse().unwrap()), token: text("token"), body }
    }

    pub fn application(&self) -> Id<ApplicationMarker> {
        Id::new(self.bot.application_id.get())
    }

    /// The message Ann sees last.
    pub fn seen(&self) -> discord_sim::Message {
        let seen = self.world.messages_seen_by(self.ann, self.hall);
        (**seen.last().expect("Ann sees something")).clone()
    }

    /// Asserts that nothing was sent that Discord's specification does not allow.
    pub fn was_specified(&self) {
        let violations = self.world.violations();
        assert!(violations.is_empty(), "{violations:?}");
    }

    /// The body of the next event of this name.
    async fn next(&mut self, name: &str) -> Value {
        let next = async {
            loop {
                let frame = self.gateway.next().await.expect("the gateway stays").unwrap();
                let Message::Text(text) = frame else { continue };
                let mut frame: Value = serde_json::from_str(&text).unwrap();
                if frame["t"] == name {
                    return frame["d"].take();
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("an event in time")
    }
}

/// A channel as we call it.
pub fn channel(id: ChannelId) -> Id<twilight_model::id::marker::ChannelMarker> {
    Id::new(id.get())
}

/// A message as we call it.
pub fn posted(message: MessageId, in_channel: ChannelId) -> discord::Posted {
    discord::Posted { id: Id::new(message.get()), channel_id: channel(in_channel) }
}

/// Discord's specification beside the checkout, where there is one.
fn document() -> Option<PathBuf> {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = manifest.join("../../../shared/discord-openapi.json");
    if path.exists() {
        return Some(path);
    }
    println!("skipped: requests are not checked, as {} is not there", path.display());
    None
}
