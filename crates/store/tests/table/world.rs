//! A fresh table, and people who say things.

use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::{
    config::{
        BehaviorVersion, ConfigBag, Intercept, Region, RuntimeComponents,
        interceptors::{
            BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut,
            BeforeTransmitInterceptorContextRef,
        },
    },
    error::BoxError,
};
use dynoxide::Database;
use personality::PersonalityId;
use queue::{Addressed, Event, EventId, Message, Person, What};
use store::{Attempt, Book, Episode, Fact, Kept, Origin, Scope, Space, Speaker, Store};
use tokio::net::TcpListener;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, MessageMarker, UserMarker},
};

/// A moment of 2026, in milliseconds since the Unix epoch.
pub const NOW: u64 = 1_795_000_000_000;

pub const ANN: Id<UserMarker> = Id::new(301);
pub const BEN: Id<UserMarker> = Id::new(302);
/// A guild, a public channel of it, and one that only some can read.
pub const GUILD: Id<GuildMarker> = Id::new(7);
pub const HALL: Id<ChannelMarker> = Id::new(71);
pub const ATTIC: Id<ChannelMarker> = Id::new(72);
/// Another guild and its channel.
pub const ELSEWHERE: Id<GuildMarker> = Id::new(8);
pub const PARLOUR: Id<ChannelMarker> = Id::new(81);
/// Ann's direct messages.
pub const WHISPER: Id<ChannelMarker> = Id::new(91);

pub struct World {
    pub store: Store,
    pub db: Database,
    meanwhile: Meanwhile,
    line: Line,
    next: AtomicU64,
}

/// What another worker does just before a request of a kind is sent: once, after so many of them.
#[derive(Clone, Default)]
struct Meanwhile(Arc<Mutex<Option<Act>>>);

type Act = (&'static str, usize, Box<dyn FnOnce() + Send>);

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meanwhile")
    }
}

impl Intercept for Meanwhile {
    fn name(&self) -> &'static str {
        "Meanwhile"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target").unwrap_or_default();
        let act = self.0.lock().unwrap().take_if(|(kind, after, _)| {
            let is_one = target.ends_with(*kind);
            let is_due = is_one && *after == 0;
            *after -= usize::from(is_one && !is_due);
            is_due
        });
        if let Some((.., act)) = act {
            act();
        }
        Ok(())
    }
}

/// What goes wrong with the next request of a kind.
#[derive(Clone, Debug, Default)]
struct Line(Arc<Mutex<Option<(&'static str, Trouble)>>>, Arc<Mutex<Option<Trouble>>>);

#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// It arrives, and is done; the answer is lost on its way.
    AnswerLost,
    /// DynamoDB has no room for it and refuses it.
    Crowded,
    /// DynamoDB refuses it.
    Refused,
}

impl Intercept for Line {
    fn name(&self) -> &'static str {
        "Line"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.request_mut().headers_mut();
        let target = headers.get("x-amz-target").unwrap_or_default();
        let trouble = self.0.lock().unwrap().take_if(|(kind, _)| target.ends_with(*kind));
        if let Some((_, trouble)) = trouble {
            if !matches!(trouble, Trouble::AnswerLost) {
                headers.insert("x-amz-target", "DynamoDB_20120810.Nothing");
            }
            *self.1.lock().unwrap() = Some(trouble);
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (status, body) = match self.1.lock().unwrap().take() {
            None => return Ok(()),
            Some(Trouble::AnswerLost) => (503_u16, "{}"),
            Some(Trouble::Crowded) => (400, r#"{"__type":"x#ThrottlingException"}"#),
            Some(Trouble::Refused) => (400, r#"{"__type":"x#ValidationException"}"#),
        };
        let response = context.response_mut();
        *response.status_mut() = status.try_into()?;
        *response.body_mut() = body.into();
        Ok(())
    }
}

/// A table in memory, of this test alone.
pub async fn fresh() -> World {
    over(Database::memory().expect("an engine in memory")).await
}

/// A table in a file.
pub async fn in_file(path: &std::path::Path) -> World {
    over(Database::new(path.to_str().expect("a UTF-8 path")).expect("an engine over a file")).await
}

async fn over(db: Database) -> World {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(dynoxide::server::serve_on(listener, db.clone()));
    let (meanwhile, line) = (Meanwhile::default(), Line::default());
    let config = aws_sdk_dynamodb::Config::builder()
        .interceptor(meanwhile.clone())
        .interceptor(line.clone())
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let store = Store::new(aws_sdk_dynamodb::Client::from_conf(config), "den");
    store.init().await.expect("a table");
    World { store, db, meanwhile, line, next: AtomicU64::new(at(0)) }
}

/// The id of a message written so many milliseconds after [`NOW`].
pub fn at(after_ms: u64) -> u64 {
    (NOW + after_ms - 1_420_070_400_000) << 22
}

pub fn grim() -> PersonalityId {
    "grim".parse().expect("an id")
}

pub fn turbo() -> PersonalityId {
    "turbo".parse().expect("an id")
}

/// Grim's memory of the guild's public channels.
pub fn public() -> Scope {
    Scope::new(Space::Guild(GUILD), grim())
}

/// Grim's memory of the attic.
pub fn private() -> Scope {
    Scope::new(Space::Channel(ATTIC), grim())
}

pub fn event(cause: u64) -> EventId {
    EventId::new(cause, &grim())
}

/// A try at `at_ms` after [`NOW`] that holds its claims for ten seconds.
pub fn attempt(token: &str, at_ms: u64) -> Attempt {
    Attempt { token: token.to_owned(), now_ms: NOW + at_ms, lock_ms: NOW + at_ms + 10_000 }
}

/// Something said in the hall.
pub fn said(message: u64, user: Id<UserMarker>, text: &str) -> Episode {
    Episode {
        message_id: Id::new(message),
        channel_id: HALL,
        speaker: Speaker::Person { id: user, name: format!("person {user}") },
        text: text.to_owned(),
        reply_to: None,
        to: vec![],
        terms: vec![7, 9],
        terms_version: 1,
        drawn: Vec::new(),
        expires_s: 0,
    }
}

/// Grim's answer to somebody.
pub fn answered(message: u64, user: Id<UserMarker>, text: &str) -> Episode {
    Episode { speaker: Speaker::Me, to: vec![user], ..said(message, user, text) }
}

pub fn fact(id: &str, by: Id<UserMarker>, text: &str) -> Fact {
    Fact {
        id: id.to_owned(),
        text: text.to_owned(),
        by,
        by_name: format!("person {by}"),
        to: None,
        channel_id: HALL,
        message_id: None,
        at_ms: NOW,
        until_ms: None,
        origin: Origin::Told,
        weight: 5,
    }
}

/// An event that waits, by somebody.
pub fn waiting(cause: u64, user: Id<UserMarker>, text: &str) -> Event {
    let author = Person { id: user, name: format!("person {user}") };
    Event {
        v: queue::VERSION,
        id: event(cause),
        personality: grim(),
        application_id: Id::new(11),
        guild_id: Some(GUILD),
        channel_id: HALL,
        author,
        what: What::Message(Message {
            id: Id::new(cause),
            text: text.to_owned(),
            addressed: Addressed::Name,
            reply_to: None,
            attachments: vec![],
            mentions: vec![],
        }),
        preceding: vec![],
        credit: 3,
        trace: None,
        received_at_ms: NOW,
        audience_changed_ms: 0,
    }
}

impl World {
    /// Another worker changes the table just before the next request of this kind, such as `PutItem`, is sent.
    pub fn meanwhile(&self, kind: &'static str, act: impl FnOnce(&Database) + Send + 'static) {
        let db = self.db.clone();
        *self.meanwhile.0.lock().unwrap() = Some((kind, 0, Box::new(move || act(&db))));
    }

    /// Another worker does something just before a request of this kind is sent, when so many of them were. The
    /// test runs on several threads.
    pub fn another<F>(&self, kind: &'static str, after: usize, act: impl FnOnce(Store) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (act, handle) = (act(self.store.clone()), tokio::runtime::Handle::current());
        let act = move || std::thread::spawn(move || handle.block_on(act)).join().expect("done");
        *self.meanwhile.0.lock().unwrap() = Some((kind, after, Box::new(act)));
    }

    /// This goes wrong with the next request of a kind.
    pub fn trouble(&self, kind: &'static str, trouble: Trouble) {
        *self.line.0.lock().unwrap() = Some((kind, trouble));
    }

    /// The id of a message written now; every one is later than the one before.
    pub fn message(&self) -> u64 {
        self.next.fetch_add(1 << 22, Ordering::Relaxed)
    }

    /// Grim keeps what was said in the hall.
    pub async fn keep(&self, episodes: &[Episode]) {
        self.keep_in(&public(), Some(GUILD), HALL, episodes).await;
    }

    /// The same where the guild has set so many days.
    pub async fn keep_for(&self, days: u64, episodes: &[Episode]) {
        let scope = public();
        let kept = Kept { scope: &scope, guild: Some(GUILD), channel: HALL, episodes, days };
        self.store.keep(&kept, NOW).await.expect("kept");
    }

    pub async fn keep_in(
        &self,
        scope: &Scope,
        guild: Option<Id<GuildMarker>>,
        channel: Id<ChannelMarker>,
        episodes: &[Episode],
    ) {
        let episodes: Vec<Episode> = (episodes.iter().cloned())
            .map(|episode| Episode { channel_id: channel, ..episode })
            .collect();
        let kept = Kept { scope, guild, channel, episodes: &episodes, days: 365 };
        self.store.keep(&kept, NOW).await.expect("kept");
    }

    /// So many messages of Ann and Ben by turns, kept and sealed; their ids.
    pub async fn chatter(&self, n: usize) -> Vec<Id<MessageMarker>> {
        let mut ids = Vec::new();
        let lines: Vec<Episode> = (0..n)
            .map(|line| {
                let user = if line % 2 == 0 { ANN } else { BEN };
                said(self.message(), user, &format!("line {line} about soup"))
            })
            .collect();
        for some in lines.chunks(100) {
            self.keep(some).await;
            while self.store.seal(&public(), NOW).await.expect("sealed") {}
            ids.extend(some.iter().map(|line| line.message_id));
        }
        ids
    }

    /// What Grim remembers of the guild, as text.
    pub async fn remembered(&self) -> Vec<String> {
        let episodes = self.store.episodes(&public(), None, NOW).await.expect("episodes");
        episodes.messages.into_iter().map(|episode| episode.text).collect()
    }

    /// What is known about somebody in the guild.
    pub async fn book(&self, about: store::About) -> Book {
        self.store.book(&public(), about).await.expect("a book")
    }

    /// Everything in the table as text, pages unfolded.
    pub async fn everything(&self) -> String {
        let mut all = String::new();
        let mut dump = self.store.dump(NOW);
        while let Some(lines) = dump.next().await.expect("a page of the table") {
            for line in lines {
                all.push_str(&unfolded(&line));
                all.push_str(&line);
                all.push('\n');
            }
        }
        all
    }
}

/// What a page holds, where the line is one.
fn unfolded(line: &str) -> String {
    use std::io::Read;

    use base64::{Engine, prelude::BASE64_STANDARD};

    let item: serde_json::Value = serde_json::from_str(line).expect("JSON");
    let Some(body) = item["body"]["B"].as_str() else { return String::new() };
    let body = BASE64_STANDARD.decode(body).expect("base64");
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&body[..]).read_to_string(&mut text).expect("deflated text");
    text
}
