//! One guild, one channel, Ann, and Grim who lives there.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef,
    },
    error::BoxError,
    types::AttributeValue,
};
use bedrock_sim::BedrockSim;
use den_worker::{DeadLetters, Deadline, Delivery, Models, Provider, Verdict, Worker};
use discord::{Discord, Settings, Token};
use discord_sim::{App, ChannelId, GuildId, MessageId, Sim, UserId};
use personality::{Personality, PersonalityId, Roster};
use queue::{Addressed, Event, EventId, Message, Person, VERSION, What};
use store::{GuildRow, Store};
use tokio::net::TcpListener;
use twilight_model::id::Id;

pub struct World {
    pub sim: Sim,
    pub app: App,
    pub guild: GuildId,
    pub channel: ChannelId,
    pub ann: UserId,
    pub bedrock: BedrockSim,
    pub db: aws_sdk_dynamodb::Client,
    pub worker: Worker,
    pub trouble: Trouble,
    pub caused: Arc<Caused>,
}

const TOKEN: &str = "a-token-of-the-simulator";
const TABLE: &str = "den";
/// The model that is asked.
pub const HAIKU: &str = "anthropic.claude-haiku-5-5";

impl World {
    pub async fn new() -> Self {
        let settings = discord_sim::Settings { openapi: specification(), ..Default::default() };
        let sim = Sim::start(settings).await.expect("a discord");
        let world = sim.world();
        let app = world.add_application("Den", TOKEN);
        let guild = world.add_guild("The Crypt");
        let channel = world.add_text_channel(guild, "general").expect("a channel");
        let ann = world.add_person("Ann");
        world.join(ann, guild).expect("ann joins");

        let aws = aws::local_config().await;
        let table = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", table.local_addr().expect("an address"));
        tokio::spawn(dynoxide::server::serve_on(
            table,
            dynoxide::Database::memory().expect("an engine"),
        ));
        let trouble = Trouble::default();
        let db = aws_sdk_dynamodb::config::Builder::from(&aws)
            .endpoint_url(url)
            .interceptor(trouble.clone())
            .build();
        let db = aws_sdk_dynamodb::Client::from_conf(db);
        let store = Store::new(db.clone(), TABLE);
        store.init().await.expect("a table");

        let bedrock = BedrockSim::start().await;
        let models = models(&bedrock, &aws, HAIKU, None, None);
        let discord = Discord::new(Settings {
            api_url: sim.url().to_owned(),
            attachment_host: Some(sim.address().to_string()),
            ..Settings::new(Some(Token::parse(TOKEN).expect("a token")))
        });
        let caused = Arc::new(Caused::default());
        let worker = Worker {
            roster: Arc::new(Roster::from_personalities(vec![grim()])),
            store: store.clone(),
            discord: discord.expect("a client"),
            models,
            dead_letters: DeadLetters::Table(store),
            prices: Arc::new(model::Prices::with("").expect("the table")),
            memory: den_worker::Memory::default(),
            sink: caused.clone(),
            operators: Arc::default(),
        };
        Self { sim, app, guild, channel, ann, bedrock, db, worker, trouble, caused }
    }

    /// Ann says something, and this is the event it becomes.
    pub fn ann_says(&self, text: &str) -> Event {
        let id = self.sim.world().say(self.ann, self.channel, text).expect("ann speaks");
        self.event(id, text)
    }

    /// Somebody else joins, and says something. Ann and Grim know nothing of them yet.
    pub fn somebody_says(&self, who: UserId, name: &str, text: &str) -> Event {
        let id = self.sim.world().say(who, self.channel, text).expect("they speak");
        let author = Person { id: Id::new(who.get()), name: name.to_owned() };
        Event { author, ..self.event(id, text) }
    }

    /// Somebody else who is here.
    pub fn person(&self, name: &str) -> UserId {
        let person = self.sim.world().add_person(name);
        self.sim.world().join(person, self.guild).expect("they join");
        person
    }

    /// What the guild wants.
    pub async fn guild_wants(&self, change: impl Fn(&mut GuildRow)) {
        let changed = self.worker.store.change_guild(Id::new(self.guild.get()), |row| {
            change(row);
            Ok::<_, std::convert::Infallible>(())
        });
        let Ok(()) = changed.await.expect("the store");
    }

    /// The event of a message of Ann's.
    pub fn event(&self, id: MessageId, text: &str) -> Event {
        Event {
            v: VERSION,
            id: EventId::new(id.get(), &grim_id()),
            personality: grim_id(),
            application_id: Id::new(self.app.application_id.get()),
            guild_id: Some(Id::new(self.guild.get())),
            channel_id: Id::new(self.channel.get()),
            author: Person { id: Id::new(self.ann.get()), name: "Ann".to_owned() },
            what: What::Message(Message {
                id: Id::new(id.get()),
                text: text.to_owned(),
                addressed: Addressed::Name,
                reply_to: None,
                attachments: vec![],
                mentions: vec![],
            }),
            preceding: vec![],
            credit: 3,
            trace: None,
            received_at_ms: now_ms(),
            audience_changed_ms: 0,
        }
    }

    /// Models of the simulated Bedrock.
    pub async fn models(
        &self,
        model: &str,
        fallback: Option<&str>,
        guardrail: Option<model::Guardrail>,
    ) -> Models {
        models(&self.bedrock, &aws::local_config().await, model, fallback, guardrail)
    }

    /// The worker is handed these, as one group.
    pub async fn serve(&self, events: &[Event]) -> Vec<Verdict> {
        self.serve_with(self.worker.models.clone(), events).await
    }

    /// The same by a worker that has just started: it knows nothing but what the table tells.
    pub async fn serve_anew(&self, events: &[Event]) -> Vec<Verdict> {
        let worker = Worker { memory: den_worker::Memory::default(), ..self.worker.clone() };
        worker.serve(&deliveries(events), Deadline::after(Duration::from_secs(30))).await
    }

    /// The same where it asks these models.
    pub async fn serve_with(&self, models: Models, events: &[Event]) -> Vec<Verdict> {
        let worker = Worker { models, ..self.worker.clone() };
        let verdicts =
            worker.serve(&deliveries(events), Deadline::after(Duration::from_secs(30))).await;
        assert!(self.sim.world().violations().is_empty(), "{:?}", self.sim.world().violations());
        verdicts
    }

    /// What stands in the channel, as `name: text` lines.
    pub fn channel(&self) -> Vec<String> {
        let messages = self.sim.world().messages(self.channel);
        messages
            .iter()
            .map(|message| format!("{}: {}", message.author.name, message.content))
            .collect()
    }

    /// What Grim said in the channel, without the line that links what it answers.
    pub fn grim_said(&self) -> Vec<String> {
        let messages = self.sim.world().messages(self.channel);
        let own = messages.iter().filter(|message| message.author.name == "Grim");
        own.map(|message| {
            let content = &message.content;
            let answer =
                content.strip_prefix("-# ").and_then(|c| c.split_once('\n')).map(|(_, rest)| rest);
            answer.unwrap_or(content).to_owned()
        })
        .collect()
    }

    /// Waits until the claim of `event` is in `state`.
    pub async fn claim_reaches(&self, event: &Event, state: &str) {
        let reached = async {
            loop {
                let item = self
                    .db
                    .get_item()
                    .table_name(TABLE)
                    .key("pk", AttributeValue::S(format!("E#{}", event.id.cause())))
                    .key("sk", AttributeValue::S(format!("P#{}", event.personality)))
                    .send()
                    .await
                    .expect("the claim is read")
                    .item;
                let is = item.as_ref().and_then(|item| item.get("state")?.as_s().ok());
                if is.is_some_and(|is| is == state) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reached).await.expect("the claim gets there");
    }

    /// The deadline of whoever holds the claim of `event` has passed.
    pub async fn time_passes_for(&self, event: &Event) {
        self.db
            .update_item()
            .table_name(TABLE)
            .key("pk", AttributeValue::S(format!("E#{}", event.id.cause())))
            .key("sk", AttributeValue::S(format!("P#{}", event.personality)))
            .update_expression("SET #lock = :zero")
            .expression_attribute_names("#lock", "lock")
            .expression_attribute_values(":zero", AttributeValue::N("0".to_owned()))
            .send()
            .await
            .expect("the lock runs out");
    }

    /// Why Grim answered or did not answer `event`.
    pub async fn why(&self, event: &Event) -> chat::Explanation {
        let cause: u64 = event.id.cause().parse().expect("a message");
        let why = self.worker.store.why(Id::new(cause)).await.expect("the store");
        serde_json::from_str(why.first().expect("an explanation")).expect("an explanation")
    }
}

fn models(
    bedrock: &BedrockSim,
    aws: &aws_config::SdkConfig,
    model: &str,
    fallback: Option<&str>,
    guardrail: Option<model::Guardrail>,
) -> Models {
    let client =
        aws_sdk_bedrockruntime::config::Builder::from(aws).endpoint_url(bedrock.url()).build();
    let client = aws_sdk_bedrockruntime::Client::from_conf(client);
    let settings = model::BedrockSettings { guardrail };
    let provider = Provider::Bedrock { client, settings };
    Models::new(provider, model, fallback.map(str::to_owned))
}

pub fn deliveries(events: &[Event]) -> Vec<Delivery> {
    events.iter().map(|event| Delivery { body: event.write(), receives: 1 }).collect()
}

pub fn grim_id() -> PersonalityId {
    "grim".parse().expect("an id")
}

fn grim() -> Personality {
    serde_json::from_value(serde_json::json!({
        "id": "grim",
        "name": "Grim",
        "summary": "A ghost who haunts a soup kitchen.",
        "traits": ["gloomy"],
        "speech_patterns": ["sighs"],
        "roast_style": "gently, about soup",
        "lines": { "late": "I slept through that.", "puzzled": "That was air.", "unavailable": "My ladle is stuck.",
                   "over_limit": "Enough soup. Back {when}.", "over_budget": "The pot is empty until {when}." },
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

pub fn now_ms() -> u64 {
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    u64::try_from(since.as_millis()).expect("a year below 500 million")
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

/// Requests to the table that fail on their way: those in whose body all the words stand, so often.
#[derive(Clone, Debug, Default)]
pub struct Trouble(Arc<Mutex<Vec<Failing>>>);

/// Words, and how often a request with all of them fails.
type Failing = (Vec<String>, usize);

impl Trouble {
    pub fn with(&self, words: &[&str], times: usize) {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        self.0.lock().expect("no test panics in between").push((words, times));
    }
}

impl Intercept for Trouble {
    fn name(&self) -> &'static str {
        "Trouble"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body =
            context.request().body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
        let mut all = self.0.lock().expect("no test panics in between");
        for (words, times) in all.iter_mut() {
            if *times > 0 && words.iter().all(|word| body.contains(word)) {
                *times -= 1;
                return Err("the line is dead".into());
            }
        }
        Ok(())
    }
}

/// The events a turn caused, as a queue would hold them.
#[derive(Default)]
pub struct Caused(Mutex<Vec<Event>>);

impl Caused {
    /// What was caused so far.
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().expect("nobody panicked").clone()
    }
}

#[async_trait::async_trait]
impl queue::Sink for Caused {
    async fn send(&self, events: &[Event]) -> Vec<Result<(), queue::SendError>> {
        self.0.lock().expect("nobody panicked").extend_from_slice(events);
        events.iter().map(|_| Ok(())).collect()
    }

    async fn probe(&self) -> Result<(), queue::SendError> {
        Ok(())
    }
}
