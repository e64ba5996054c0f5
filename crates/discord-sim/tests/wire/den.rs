//! One guild, one channel, one bot and one person, and clients to reach them with.

use std::time::Duration;

use discord_sim::{App, ChannelId, GuildId, RateLimits, Settings, Sim, UserId, World};
use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite};
use twilight_gateway::{
    ConfigBuilder, Event, EventTypeFlags, Intents, Session, Shard, ShardId, StreamExt as _,
};

/// How long anything may take; far more than it ever does.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What a listener asks for.
pub const INTENTS: Intents = Intents::GUILDS
    .union(Intents::GUILD_MESSAGES)
    .union(Intents::GUILD_MESSAGE_REACTIONS)
    .union(Intents::DIRECT_MESSAGES)
    .union(Intents::DIRECT_MESSAGE_REACTIONS)
    .union(Intents::MESSAGE_CONTENT);

pub struct Den {
    pub sim: Sim,
    pub world: World,
    pub bot: App,
    pub guild: GuildId,
    pub lobby: ChannelId,
    pub ann: UserId,
    client: reqwest::Client,
}

/// What REST answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub headers: HeaderMap,
}

impl Answer {
    pub fn code(&self) -> u64 {
        self.body["code"].as_u64().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body of an answer that must be a success.
    pub fn ok(self) -> Value {
        assert!(self.status < 300, "{self:?}");
        self.body
    }
}

impl Den {
    pub async fn open() -> Self {
        Self::open_with(Settings::default()).await
    }

    /// A den where nobody is ever told to wait.
    pub async fn without_limits() -> Self {
        Self::open_with(Settings { limits: RateLimits::off(), ..Settings::default() }).await
    }

    pub async fn open_with(settings: Settings) -> Self {
        // A second call finds it installed, which is just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sim = Sim::start(settings).await.unwrap();
        let world = sim.world();
        let bot = world.add_application("den", "a.token");
        let guild = world.add_guild("The Den");
        let lobby = world.add_text_channel(guild, "lobby").unwrap();
        let ann = world.add_person("Ann");
        world.join(ann, guild).unwrap();
        Self { sim, world, bot, guild, lobby, ann, client: reqwest::Client::new() }
    }

    /// A request as a well-behaved bot sends it. `path` begins after `/api/v10`.
    pub async fn rest(&self, method: &str, path: &str, body: Value) -> Answer {
        self.try_rest(method, path, body).await.unwrap()
    }

    pub async fn try_rest(&self, method: &str, path: &str, body: Value) -> reqwest::Result<Answer> {
        let mut request = self.plain(method, path).header("authorization", "Bot a.token");
        if !body.is_null() {
            request = request.json(&body);
        }
        answer(request).await
    }

    /// A request without a token.
    pub fn plain(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v10{path}", self.sim.url());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, url).header("user-agent", "DiscordBot (https://den.test, 1.0)")
    }

    /// Posts `body` in the lobby and returns the message.
    pub async fn post(&self, body: Value) -> Value {
        self.rest("POST", &format!("/channels/{}/messages", self.lobby), body).await.ok()
    }

    /// Makes a webhook in the lobby and returns its path.
    pub async fn webhook(&self, name: &str) -> String {
        let path = format!("/channels/{}/webhooks", self.lobby);
        let webhook = self.rest("POST", &path, json!({"name": name})).await.ok();
        format!("/webhooks/{}/{}", text(&webhook["id"]), text(&webhook["token"]))
    }

    /// A shard that has just been told who it is.
    pub async fn shard(&self) -> Shard {
        self.shard_with(INTENTS).await
    }

    pub async fn shard_with(&self, intents: Intents) -> Shard {
        let mut shard = self.new_shard(intents, None);
        ready(&mut shard).await;
        shard
    }

    /// A shard that has done nothing yet. With a session it will resume.
    pub fn new_shard(&self, intents: Intents, session: Option<Session>) -> Shard {
        let config = ConfigBuilder::new("a.token".to_owned(), intents);
        let config = config.proxy_url(self.sim.gateway_url().to_owned());
        let config = match session {
            Some(session) => config.session(session).resume_url(self.sim.gateway_url().to_owned()),
            None => config,
        };
        Shard::with_config(ShardId::ONE, config.build())
    }

    /// A gateway connection without manners.
    pub async fn raw(&self, query: &str) -> Raw {
        let url = format!("{}/?{query}", self.sim.gateway_url());
        Raw(tokio_tungstenite::connect_async(url).await.unwrap().0)
    }

    /// A connection without manners that has identified and been given its guilds.
    pub async fn identified(&self) -> Raw {
        let mut raw = self.raw("v=10&encoding=json").await;
        assert_eq!(raw.json().await["op"], 10);
        raw.identify(json!({"intents": 513})).await;
        assert_eq!(raw.json().await["t"], "READY");
        assert_eq!(raw.json().await["t"], "GUILD_CREATE");
        raw
    }
}

/// Sends a request and reads what comes back.
pub async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or_else(|_| text.into());
    Ok(Answer { status, body, headers })
}

/// The next event `shard` understands, however often it has to reconnect for it.
pub async fn next_event(shard: &mut Shard) -> Event {
    let next = async {
        loop {
            match shard.next_event(EventTypeFlags::all()).await {
                Some(Ok(event)) => return event,
                Some(Err(error)) => {
                    // What twilight cannot parse is a fault of ours; a broken connection may be wanted.
                    let kind = format!("{:?}", error.kind());
                    let source = std::error::Error::source(&error);
                    assert!(!kind.contains("Deserializing"), "{source:?}: {kind}");
                }
                None => panic!("the shard has ended: {:?}", shard.state()),
            }
        }
    };
    tokio::time::timeout(PATIENCE, next).await.expect("an event in time")
}

/// The next event that `pick` picks.
pub async fn event<T>(shard: &mut Shard, mut pick: impl FnMut(Event) -> Option<T>) -> T {
    loop {
        if let Some(picked) = pick(next_event(shard).await) {
            return picked;
        }
    }
}

pub async fn ready(shard: &mut Shard) {
    event(shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
}

/// The content of the next message `shard` is told of.
pub async fn next_said(shard: &mut Shard) -> String {
    event(shard, |event| match event {
        Event::MessageCreate(message) => Some(message.content.clone()),
        _ => None,
    })
    .await
}

/// A string that must be one.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no string"))
}

/// A gateway connection without manners.
pub struct Raw(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What came over it.
#[derive(Debug, PartialEq)]
pub enum Frame {
    Text(String),
    Binary(Vec<u8>),
    /// Closed in order, with this code.
    Closed(Option<u16>),
    /// Gone without a word.
    Broken,
}

impl Raw {
    pub async fn frame(&mut self) -> Frame {
        let next = tokio::time::timeout(PATIENCE, self.0.next());
        match next.await.expect("a frame in time") {
            Some(Ok(tungstenite::Message::Text(text))) => Frame::Text(text.to_string()),
            Some(Ok(tungstenite::Message::Binary(bytes))) => Frame::Binary(bytes.to_vec()),
            Some(Ok(tungstenite::Message::Close(frame))) => {
                Frame::Closed(frame.map(|frame| frame.code.into()))
            }
            Some(Ok(other)) => panic!("unexpected {other:?}"),
            Some(Err(_)) | None => Frame::Broken,
        }
    }

    pub async fn json(&mut self) -> Value {
        match self.frame().await {
            Frame::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("no text but {other:?}"),
        }
    }

    /// The code it is closed with, whatever comes before.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            match self.frame().await {
                Frame::Closed(code) => return code,
                Frame::Broken => return None,
                Frame::Text(_) | Frame::Binary(_) => {}
            }
        }
    }

    pub async fn send(&mut self, text: &str) {
        self.0.send(tungstenite::Message::text(text)).await.unwrap();
    }

    /// Sends IDENTIFY with what a client must say, and `more`.
    pub async fn identify(&mut self, more: Value) {
        let mut body = json!({"token": "a.token", "properties": {}, "intents": 0});
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.send(&json!({"op": 2, "d": body}).to_string()).await;
    }

    pub async fn resume(&mut self, session: &str, sequence: u64) {
        let body = json!({"token": "a.token", "session_id": session, "seq": sequence});
        self.send(&json!({"op": 6, "d": body}).to_string()).await;
    }
}
