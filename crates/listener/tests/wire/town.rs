//! A simulated guild with a person in it, a store, a queue that remembers, and listeners to start and stop.

use std::{
    net::SocketAddr,
    num::NonZeroU32,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use async_trait::async_trait;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use den_listener::{Listener, Patience, RunError, registration, run};
use discord::{Discord, Outgoing, Settings, Speaker, Token, Webhook};
use discord_sim::{App, ChannelId, Faults, GuildId, MessageId, Sim, UserId, World};
use personality::{Personality, Roster};
use queue::{Event, SendError, Sink};
use serde_json::{Value, json};
use store::Store;
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;
use twilight_model::id::Id;

pub const TOKEN: &str = "a-token-for-tests";

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Town {
    pub sim: Sim,
    pub world: World,
    pub faults: Faults,
    pub app: App,
    pub guild: GuildId,
    pub channel: ChannelId,
    pub ann: UserId,
    pub ben: UserId,
    pub store: Store,
    pub inbox: Arc<Inbox>,
    pub discord: Discord,
    pub database: SocketAddr,
}

impl Town {
    pub async fn new() -> Self {
        Self::with(Self::settings()).await
    }

    /// A Discord without rate limits: restarting a listener again and again meets that of `gateway/bot`.
    pub fn settings() -> discord_sim::Settings {
        discord_sim::Settings { limits: discord_sim::RateLimits::off(), ..Default::default() }
    }

    pub async fn with(settings: discord_sim::Settings) -> Self {
        let sim = Sim::start(settings).await.unwrap();
        let (world, faults) = (sim.world(), sim.faults());
        let app = world.add_application("den", TOKEN);
        let guild = world.add_guild("The Burrow");
        let channel = world.add_text_channel(guild, "general").unwrap();
        let ann = world.add_person("ann");
        world.join(ann, guild).unwrap();
        let ben = world.add_person("ben");
        world.join(ben, guild).unwrap();
        let database = database().await;
        let store = Store::new(dynamo(database), "roast-den");
        store.init().await.unwrap();
        let settings = Settings {
            api_url: sim.url().to_owned(),
            ..Settings::new(Some(Token::parse(TOKEN).unwrap()))
        };
        let discord = Discord::new(settings).unwrap();
        let inbox = Arc::new(Inbox::default());
        Self { sim, world, faults, app, guild, channel, ann, ben, store, inbox, discord, database }
    }

    /// A listener that is not patient.
    pub fn patience() -> Patience {
        Patience {
            unanswered: Duration::from_millis(1_500),
            full: Duration::from_millis(300),
            backlog: 20,
            steady: Duration::from_millis(10),
            flush: Duration::from_millis(500),
            settings: Duration::from_millis(200),
        }
    }

    pub async fn start(&self) -> Running {
        self.start_with(|_| {}).await
    }

    pub async fn start_with(&self, change: impl FnOnce(&mut Listener)) -> Running {
        let health = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let health_addr = health.local_addr().unwrap();
        let mut listener = Listener {
            token: Token::parse(TOKEN).unwrap(),
            discord: self.discord.clone(),
            store: self.store.clone(),
            sink: self.inbox.clone(),
            roster: Arc::new(roster()),
            gateway_url: Some(self.sim.gateway_url().to_owned()),
            shards: NonZeroU32::new(1),
            health: Some(health),
            patience: Self::patience(),
        };
        change(&mut listener);
        let stop = CancellationToken::new();
        let task = tokio::spawn(run(listener, stop.clone()));
        Running { task, stop, health_addr }
    }

    /// A listener that is connected.
    pub async fn started(&self) -> Running {
        let running = self.start().await;
        running.until_active().await;
        running
    }

    /// A listener that is connected, and commands to use.
    pub async fn started_with_commands(&self) -> Running {
        let application = twilight(self.app.application_id.get());
        self.discord.put_commands(application, &registration()).await.unwrap();
        self.started().await
    }

    /// What a worker would do: Mabel says something through the webhook of a channel.
    pub async fn mabel_says(&self, text: &str) -> MessageId {
        let webhook = self.webhook().await;
        let speaker = Speaker { name: "Mabel", avatar_url: None };
        let posted = self.discord.execute_webhook(&webhook, None, &speaker, text).await.unwrap();
        posted.id.get().into()
    }

    /// What a worker would do where there are no webhooks: the bot user speaks.
    pub async fn bot_says(&self, channel: ChannelId, text: &str) -> MessageId {
        let outgoing = Outgoing {
            content: text,
            reply_to: None,
            nonce: "1",
            suppress_embeds: true,
            silent: false,
        };
        let posted = self.discord.create_message(twilight(channel.get()), &outgoing).await.unwrap();
        posted.id.get().into()
    }

    /// The den's webhook in the channel.
    pub async fn webhook(&self) -> Webhook {
        let channel = twilight(self.channel.get());
        let application = twilight(self.app.application_id.get());
        let all = self.discord.channel_webhooks(channel, application).await.unwrap();
        match all.into_iter().next() {
            Some(webhook) => webhook,
            None => self.discord.create_webhook(channel, "den").await.unwrap(),
        }
    }

    pub fn says(&self, text: &str) -> u64 {
        self.world.say(self.ann, self.channel, text).unwrap().get()
    }

    /// Waits until something is so; says what the world looks like if it never is.
    pub async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while !is_so() {
                sleep(Duration::from_millis(5)).await;
            }
        });
        if waited.await.is_err() {
            panic!("never: {what}\ninbox: {:?}\ngateway:\n{}", self.inbox.ids(), self.log());
        }
    }

    /// The gateway's log, a line an event.
    pub fn log(&self) -> String {
        let log = self.world.gateway_log();
        let line = |event: &discord_sim::GatewayEvent| {
            format!("{} ms, connection {}: {:?}\n", event.at_ms, event.connection, event.what)
        };
        log.iter().map(line).collect()
    }

    /// Waits until every one of these messages is in the queue.
    pub async fn until_queued(&self, messages: &[u64]) {
        self.until("all messages queued", || {
            let ids = self.inbox.message_ids();
            messages.iter().all(|message| ids.contains(message))
        })
        .await;
    }
}

/// A listener under way.
pub struct Running {
    task: JoinHandle<Result<(), RunError>>,
    stop: CancellationToken,
    pub health_addr: SocketAddr,
}

impl Running {
    /// Ends it as a crash would: at once, without a word.
    pub async fn crash(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    /// Ends it as a deployment does.
    pub async fn stop(self) -> Result<(), RunError> {
        self.stop.cancel();
        self.end().await
    }

    /// Waits until it ends by itself.
    pub async fn end(self) -> Result<(), RunError> {
        tokio::time::timeout(PATIENCE, self.task)
            .await
            .expect("it ends")
            .expect("it does not panic")
    }

    pub async fn health(&self) -> Value {
        health(self.health_addr).await.unwrap_or_default()
    }

    pub async fn count(&self, name: &str) -> u64 {
        self.health().await["counts"][name].as_u64().unwrap_or_default()
    }

    pub async fn until_active(&self) {
        self.until_health("active", |health| health["shards"][0]["doing"] == "active").await;
    }

    pub async fn until_health(&self, what: &str, is_so: impl Fn(&Value) -> bool) {
        let mut last = Value::Null;
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                last = self.health().await;
                if is_so(&last) {
                    return;
                }
                assert!(!self.task.is_finished(), "the listener ended while waited for: {what}");
                sleep(Duration::from_millis(10)).await;
            }
        });
        if waited.await.is_err() {
            panic!("never: {what}\nhealth: {last:#}");
        }
    }
}

/// A health report, as anything with a socket can read it.
pub async fn health(address: SocketAddr) -> Option<Value> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.ok()?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

/// A queue that remembers, and can be out of order.
#[derive(Default)]
pub struct Inbox {
    events: Mutex<Vec<Event>>,
    is_down: AtomicBool,
}

impl Inbox {
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, SeqCst);
    }

    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// All of them, which are then forgotten.
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().unwrap())
    }

    /// Those for the steward.
    pub fn for_steward(&self) -> Vec<Event> {
        let mut events = self.events();
        events.retain(|event| event.personality.as_str() == "steward");
        events
    }

    pub fn ids(&self) -> Vec<String> {
        self.events().iter().map(|event| event.id.to_string()).collect()
    }

    pub fn message_ids(&self) -> Vec<u64> {
        self.events().iter().filter_map(|event| Some(event.message()?.id.get())).collect()
    }
}

#[async_trait]
impl Sink for Inbox {
    async fn send(&self, events: &[Event]) -> Vec<Result<(), SendError>> {
        let is_down = self.is_down.load(SeqCst);
        let answer = |event: &Event| {
            if is_down {
                return Err(SendError::Unavailable {
                    id: event.id.to_string(),
                    reason: "down".to_owned(),
                });
            }
            self.events.lock().unwrap().push(event.clone());
            Ok(())
        };
        events.iter().map(answer).collect()
    }

    async fn probe(&self) -> Result<(), SendError> {
        if self.is_down.load(SeqCst) {
            return Err(SendError::Unavailable {
                id: "inbox".to_owned(),
                reason: "down".to_owned(),
            });
        }
        Ok(())
    }
}

/// Grim, whom nothing is bound to, and Mabel.
pub fn roster() -> Roster {
    Roster::from_personalities(vec![character("grim", "Grim"), character("mabel", "Mabel")])
}

pub fn character(id: &str, name: &str) -> Personality {
    let example = json!({"person": "Hello", "reply": "Hello yourself."});
    let character = json!({
        "id": id, "name": name, "summary": "Made up for a test.", "traits": ["calm"],
        "speech_patterns": ["short"], "roast_style": "gentle", "examples": [example, example, example],
    });
    serde_json::from_value(character).unwrap()
}

pub fn twilight<T>(id: u64) -> Id<T> {
    Id::new(id)
}

/// An embedded DynamoDB on a free port.
async fn database() -> SocketAddr {
    let database = dynoxide::Database::memory().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()));
    address
}

pub fn dynamo(address: SocketAddr) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(format!("http://{address}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}
