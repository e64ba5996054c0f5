//! The page as a browser sees it: over HTTP, before a world with people and a bot in it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use discord_sim::{ChannelId, Settings, Sim};
use futures_util::StreamExt;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};

use super::{Avatar, Card, Page, Person, ServeError, serve};

/// Longer than anything here takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(20);

struct Den {
    sim: Sim,
    client: Client,
    address: String,
    people: Vec<Person>,
    channel: ChannelId,
    explanation: Arc<Mutex<Option<Value>>>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), ServeError>>,
}

impl Den {
    async fn open() -> Self {
        // A second test in this process finds the provider installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sim = Sim::start(Settings::default()).await.expect("a free port");
        let world = sim.world();
        let bot = world.add_application("Roast Den", "invented-token");
        let guild = world.add_guild("The Ember Society");
        let channel = world.add_text_channel(guild, "campfire").expect("the guild exists");
        let people: Vec<Person> = ["You", "Ann"]
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
            bot,
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
        Self { sim, client, address, people, channel, explanation, stop, server }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.address)).timeout(DEADLINE)
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.request(Method::GET, path).send().await.expect("the page answers")
    }

    async fn write(&self, method: Method, path: &str, body: Value) -> reqwest::Response {
        self.request(method, path).json(&body).send().await.expect("the page answers")
    }

    async fn state(&self) -> Value {
        self.get("/api/state").await.json().await.expect("the state is JSON")
    }

    async fn says(&self, person: &Person, text: &str) -> reqwest::Response {
        let body = json!({ "person": person.id, "channel": self.channel, "text": text });
        self.write(Method::POST, "/api/messages", body).await
    }
}

/// Reads the stream until an event called `name`, and returns its data.
async fn next_event(
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

#[tokio::test]
async fn what_one_says_is_heard_by_everybody_who_watches() {
    let den = Den::open().await;
    let mut events = Box::pin(den.get("/api/events").await.bytes_stream());

    let said = den.says(&den.people[1], "Baroness, **behold** my sandwich").await;
    assert_eq!(said.status(), StatusCode::CREATED);

    let heard = next_event(&mut events, "message").await;
    assert_eq!(heard["text"], "Baroness, **behold** my sandwich");
    assert_eq!(heard["author"]["name"], "Ann");
    assert_eq!(heard["author"]["kind"], "person");
    let state = den.state().await;
    assert_eq!(state["messages"][0], heard);
}

#[tokio::test]
async fn a_page_begins_with_who_and_what_there_is() {
    let den = Den::open().await;
    let state = den.state().await;
    assert_eq!(state["guild"]["name"], "The Ember Society");
    assert_eq!(state["bot"]["name"], "Roast Den");
    assert_eq!(state["bot"]["online"], false);
    assert_eq!(state["personalities"][0]["avatar"], "/avatars/baroness");
    let channels: Vec<_> =
        state["channels"].as_array().expect("a list").iter().map(|c| &c["kind"]).collect();
    assert_eq!(
        channels,
        ["text", "dm", "dm"],
        "the guild's channel, and a direct message for each person"
    );

    let avatar = den.get("/avatars/baroness").await;
    assert_eq!(avatar.headers()["content-type"], "image/svg+xml");
    assert!(
        avatar.headers()["content-security-policy"].to_str().expect("text").contains("sandbox")
    );
    assert_eq!(den.get("/avatars/nobody").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_changes_and_deletes_only_what_one_said_oneself() {
    let den = Den::open().await;
    let said: Value = den.says(&den.people[0], "frist").await.json().await.expect("JSON");
    let path = format!("/api/messages/{}", said["id"].as_str().expect("an id"));
    let mut events = Box::pin(den.get("/api/events").await.bytes_stream());

    let by_ann = json!({ "person": den.people[1].id, "text": "not mine" });
    assert_eq!(
        den.write(Method::PATCH, &path, by_ann.clone()).await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(den.write(Method::DELETE, &path, by_ann).await.status(), StatusCode::FORBIDDEN);

    let by_you = json!({ "person": den.people[0].id, "text": "first" });
    assert_eq!(
        den.write(Method::PATCH, &path, by_you.clone()).await.status(),
        StatusCode::NO_CONTENT
    );
    let edited = next_event(&mut events, "edit").await;
    assert_eq!((&edited["text"], &edited["edited"]), (&json!("first"), &json!(true)));

    assert_eq!(den.write(Method::DELETE, &path, by_you).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(next_event(&mut events, "delete").await["id"], said["id"]);
}

#[tokio::test]
async fn what_discord_would_not_take_is_refused_in_words() {
    let den = Den::open().await;
    for (text, complaint) in [("  \n ", "empty"), (&*"a".repeat(2_001), "2001 characters")] {
        let refused = den.says(&den.people[0], text).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let body: Value = refused.json().await.expect("JSON");
        assert!(body["error"].as_str().expect("words").contains(complaint), "{body}");
    }
    let stranger = Person { id: den.sim.world().add_person("Mallory"), name: "Mallory".to_owned() };
    assert_eq!(den.says(&stranger, "hello").await.status(), StatusCode::FORBIDDEN);
    let unread = den.write(Method::POST, "/api/messages", json!({ "person": "nobody" })).await;
    assert!(unread.status().is_client_error());
    assert!(unread.json::<Value>().await.expect("JSON")["error"].is_string());
    let unknown = json!({ "person": den.people[0].id, "channel": den.channel, "name": "dance" });
    assert_eq!(
        den.write(Method::POST, "/api/commands", unknown).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_explanation_follows_when_there_is_one() {
    let den = Den::open().await;
    assert_eq!(den.get("/api/why/1080000000000000000").await.status(), StatusCode::NO_CONTENT);
    *den.explanation.lock().expect("nobody else holds it") = Some(json!({ "outcome": "spoke" }));
    let why: Value = den.get("/api/why/1080000000000000000").await.json().await.expect("JSON");
    assert_eq!(why, json!({ "outcome": "spoke" }));
}

#[tokio::test]
async fn another_page_in_the_same_browser_can_neither_read_nor_write() {
    let den = Den::open().await;
    let body = json!({ "person": den.people[0].id, "channel": den.channel, "text": "forged" });
    let host = den.address.trim_start_matches("http://").to_owned();
    let port = host.rsplit(':').next().expect("a port").to_owned();
    let post = || den.request(Method::POST, "/api/messages").json(&body);
    let get = || den.request(Method::GET, "/api/state");

    for (what, request, expected) in [
        ("a rebound name", get().header("host", "evil.example"), StatusCode::FORBIDDEN),
        (
            "a rebound name with our port",
            get().header("host", format!("evil.example:{port}")),
            StatusCode::FORBIDDEN,
        ),
        (
            "a name that only begins like ours",
            get().header("host", "127.0.0.1.evil.example"),
            StatusCode::FORBIDDEN,
        ),
        ("another site", get().header("sec-fetch-site", "cross-site"), StatusCode::FORBIDDEN),
        ("another port", get().header("sec-fetch-site", "same-site"), StatusCode::FORBIDDEN),
        ("another origin", post().header("origin", "http://evil.example"), StatusCode::FORBIDDEN),
        ("an opaque origin", post().header("origin", "null"), StatusCode::FORBIDDEN),
        (
            "another loopback page",
            post().header("origin", "http://localhost:1"),
            StatusCode::FORBIDDEN,
        ),
        (
            "a form",
            den.request(Method::POST, "/api/messages")
                .header("content-type", "text/plain")
                .body(body.to_string()),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
    ] {
        let answer = request.send().await.expect("the page answers");
        assert_eq!(answer.status(), expected, "{what}");
    }
    assert!(den.sim.world().messages(den.channel).is_empty(), "nothing was forged");

    for host in [&*host, &format!("localhost:{port}"), &format!("[::1]:{port}")] {
        let own = post().header("host", host).header("origin", format!("http://{host}"));
        assert_eq!(
            own.send().await.expect("the page answers").status(),
            StatusCode::CREATED,
            "{host}"
        );
    }
}

#[tokio::test]
async fn every_file_the_page_names_is_there_and_locked_down() {
    let den = Den::open().await;
    let mut to_fetch = vec!["/".to_owned()];
    let mut fetched = Vec::new();
    while let Some(path) = to_fetch.pop() {
        if fetched.contains(&path) {
            continue;
        }
        let answer = den.get(&path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(
            policy.starts_with("default-src 'self';") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let text = answer.text().await.expect("it is text");
        assert!(!text.contains("innerHTML"), "{path} must build elements, not HTML");
        for (before, after) in [("href=\"/", "\""), ("src=\"/", "\""), ("from \"./", "\"")] {
            to_fetch.extend(text.split(before).skip(1).filter_map(|rest| {
                let name = rest.split(after).next()?;
                Some(format!("/{name}"))
            }));
        }
        fetched.push(path);
    }
    assert!(fetched.len() > 15, "the walk followed the imports: {fetched:?}");
}

#[tokio::test]
async fn shutting_down_does_not_wait_for_those_who_watch() {
    let den = Den::open().await;
    let mut events = Box::pin(den.get("/api/events").await.bytes_stream());
    events.next().await.expect("the stream opens").expect("it is whole");

    den.stop.send(()).expect("the server runs");
    let ended = timeout(DEADLINE, den.server).await.expect("it ends in time");
    ended.expect("it does not panic").expect("it ends well");
}
