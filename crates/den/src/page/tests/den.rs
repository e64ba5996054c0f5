//! A page before a world with people and a bot in it, as a browser reaches it: over HTTP.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use discord_sim::{App, ChannelId, GuildId, MessageId, Settings, Sim};
use futures_util::StreamExt;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};

use super::bot::Bot;
use crate::page::{Avatar, Card, Page, Person, ServeError, serve};

/// The bot's.
pub(super) const TOKEN: &str = "invented-token";
/// Longer than anything here takes on a busy machine.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

pub(super) struct Den {
    pub(super) sim: Sim,
    pub(super) client: Client,
    pub(super) address: String,
    pub(super) app: App,
    pub(super) guild: GuildId,
    pub(super) people: Vec<Person>,
    pub(super) channel: ChannelId,
    pub(super) explanation: Arc<Mutex<Option<Value>>>,
    pub(super) stop: oneshot::Sender<()>,
    pub(super) server: JoinHandle<Result<(), ServeError>>,
}

impl Den {
    pub(super) async fn open() -> Self {
        // A second test in this process finds the provider installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sim = Sim::start(Settings::default()).await.expect("a free port");
        let world = sim.world();
        let app = world.add_application("Roast Den", TOKEN);
        let guild = world.add_guild("The Ember Society");
        let channel = world.add_text_channel(guild, "campfire").expect("the guild exists");
        let people: Vec<Person> = ["Robin", "Ann"]
            .into_iter()
            .map(|name| Person { id: world.add_person(name), name: name.to_owned() })
            .collect();
        for person in &people {
            world.join(person.id, guild).expect("both exist");
        }
        let explanation = Arc::new(Mutex::new(None));
        let explained = explanation.clone();
        let page = Page {
            world,
            guild,
            bot: app.clone(),
            people: people.clone(),
            personalities: vec![Card {
                id: "baroness".to_owned(),
                name: "Baroness Crumb".to_owned(),
                summary: "A raccoon of noble birth.".to_owned(),
                avatar: Some(Avatar {
                    media_type: "image/svg+xml".to_owned(),
                    bytes: b"<svg/>".to_vec(),
                }),
                color: Some("#b76fd6".to_owned()),
                names: vec!["Baroness".to_owned()],
            }],
            model_note: "The understudy speaks.".to_owned(),
            explain: Arc::new(move |_id| {
                let found = explained.lock().expect("no test panicked holding it").clone();
                Box::pin(async move { found })
            }),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("it is bound"));
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(page, listener, async move {
            let _ = stopped.await;
        }));
        let client = Client::new();
        Self { sim, client, address, app, guild, people, channel, explanation, stop, server }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.address)).timeout(DEADLINE)
    }

    pub(super) async fn get(&self, path: &str) -> reqwest::Response {
        self.request(Method::GET, path).send().await.expect("the page answers")
    }

    pub(super) async fn write(&self, method: Method, path: &str, body: Value) -> reqwest::Response {
        self.request(method, path).json(&body).send().await.expect("the page answers")
    }

    /// A bot of the den's application, with these commands.
    pub(super) async fn bot(&self, commands: Value) -> Bot {
        Bot::connect(&self.sim, self.app.application_id, commands).await
    }

    /// What one person did, as the answer's status and body.
    pub(super) async fn act(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let answer = self.write(method, path, body).await;
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// Says something and returns the message's id.
    pub(super) async fn said(&self, person: &Person, text: &str) -> MessageId {
        let said: Value = self.says(person, text).await.json().await.expect("JSON");
        said["id"].as_str().expect("an id").parse().expect("a number")
    }

    pub(super) async fn state(&self) -> Value {
        self.get("/api/state").await.json().await.expect("the state is JSON")
    }

    pub(super) async fn says(&self, person: &Person, text: &str) -> reqwest::Response {
        let body = json!({ "person": person.id, "channel": self.channel, "text": text });
        self.write(Method::POST, "/api/messages", body).await
    }
}

/// Reads the stream until an event called `name`, and returns its data.
pub(super) async fn next_event(
    stream: &mut (impl futures_util::Stream<Item = reqwest::Result<impl AsRef<[u8]>>> + Unpin),
    name: &str,
) -> Value {
    let read = async {
        let mut seen = String::new();
        loop {
            let wanted = format!("event: {name}\ndata: ");
            if let Some((_, data)) = seen.split_once(&wanted)
                && let Some((data, _)) = data.split_once('\n')
            {
                return serde_json::from_str(data).expect("data is JSON");
            }
            let chunk = stream.next().await.expect("the stream stays open").expect("and whole");
            seen.push_str(std::str::from_utf8(chunk.as_ref()).expect("events are text"));
        }
    };
    timeout(DEADLINE, read).await.expect("the event comes in time")
}
