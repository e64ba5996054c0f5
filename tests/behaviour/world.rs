//! A town with a den in it: Discord and Bedrock in this process, AWS by ministack, and the listener and the
//! worker as the programs they are.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Mutex,
};

use bedrock_sim::{BedrockSim, ServiceModel};
use chat::Explanation;
use discord_sim::{App, ChannelId, Faults, GuildId, MessageId, Sim, UserId};
use tempfile::TempDir;
use tests::Ministack;

use crate::{
    account::{Account, PREFIX, TABLE},
    characters,
    patience::PATIENCE,
    process::Process,
};

pub const TOKEN: &str = "a-token-of-the-simulator";
pub const MODEL: &str = "anthropic.claude-haiku-5-5";

/// What may differ from story to story.
pub struct Plan {
    /// The deadline of a turn, which is what a killed worker costs its channel; from 10 s.
    pub timeout_s: u32,
    /// The simulated Discord.
    pub discord: discord_sim::Settings,
    /// Where AWS is.
    pub ministack: &'static Ministack,
    /// Whether every request is held against Discord's specification and AWS's service model, where they
    /// are there. It costs seconds.
    pub is_strict: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            timeout_s: 60,
            discord: discord_sim::Settings::default(),
            ministack: Ministack::shared(),
            is_strict: false,
        }
    }
}

/// The town. Everything lives as long as this does; when a story fails, it tells what there was to see.
pub struct World {
    pub sim: Sim,
    pub discord: discord_sim::World,
    pub faults: Faults,
    pub bedrock: BedrockSim,
    pub aws: Account,
    pub app: App,
    pub guild: GuildId,
    /// Bound to nobody.
    pub channel: ChannelId,
    /// Bound to Mabel.
    pub kitchen: ChannelId,
    pub ann: UserId,
    pub ben: UserId,
    /// What every process is told; a story may change it before it starts one.
    pub environment: BTreeMap<String, String>,
    folder: TempDir,
    pub logs: Mutex<Vec<PathBuf>>,
    /// Explanations by the messages they belong to; once written they stay as they are.
    pub known: Mutex<HashMap<MessageId, Explanation>>,
    running: Vec<Process>,
}

impl World {
    /// A town with a den that listens and answers.
    pub async fn open() -> Self {
        Self::open_with(Plan::default()).await
    }

    pub async fn open_with(plan: Plan) -> Self {
        let mut world = Self::with(plan).await;
        let worker = world.start_worker();
        let listener = world.start_listener().await;
        world.running = vec![listener, worker];
        world
    }

    /// A town in which nothing runs yet.
    pub async fn new() -> Self {
        Self::with(Plan::default()).await
    }

    pub async fn with(mut plan: Plan) -> Self {
        let bedrock = BedrockSim::start().await;
        bedrock.answer_with(characters::answer);
        if plan.is_strict {
            plan.discord.openapi = specification();
            if let Some(path) = ServiceModel::find(&root()) {
                bedrock.validate_with(&path).expect("a service model");
            }
        }
        let sim = Sim::start(plan.discord).await.expect("a simulated discord");
        let (discord, faults) = (sim.world(), sim.faults());
        let app = discord.add_application("Den", TOKEN);
        let guild = discord.add_guild("The Burrow");
        let channel = discord.add_text_channel(guild, "general").expect("a channel");
        let kitchen = discord.add_text_channel(guild, "kitchen").expect("a channel");
        let [ann, ben] = ["Ann", "Ben"].map(|name| discord.add_person(name));
        for person in [ann, ben] {
            discord.join(person, guild).expect("they join");
        }

        let folder = tempfile::tempdir().expect("a folder");
        let personalities = folder.path().join("personalities");
        characters::write(&personalities, kitchen, plan.timeout_s);
        let ids = characters::ids();
        let aws = Account::open(plan.ministack, &ids, 6 * plan.timeout_s).await;
        let own = [
            ("DISCORD_TOKEN", TOKEN),
            ("DISCORD_API_URL", sim.url()),
            ("DISCORD_GATEWAY_URL", sim.gateway_url()),
            ("DEN_PERSONALITIES", personalities.to_str().expect("a path in UTF-8")),
            ("DEN_TABLE", TABLE),
            ("DEN_QUEUE_PREFIX", PREFIX),
            ("DEN_HEALTH_ADDR", "127.0.0.1:0"),
            ("DEN_MODEL", MODEL),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &bedrock.url()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment = aws.environment().into_iter().chain(own).collect();
        Self {
            discord,
            faults,
            bedrock,
            aws,
            app,
            guild,
            channel,
            kitchen,
            ann,
            ben,
            environment,
            folder,
            logs: Mutex::default(),
            known: Mutex::default(),
            running: Vec::new(),
            sim,
        }
    }

    /// Sets a variable for the processes started from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// The folder of the personalities' files.
    pub fn personalities(&self) -> PathBuf {
        self.folder.path().join("personalities")
    }

    /// Starts the worker, which polls every queue.
    pub fn start_worker(&self) -> Process {
        self.start("den-worker")
    }

    /// Starts the listener and waits until it has a session, its own or its predecessor's.
    pub async fn start_listener(&self) -> Process {
        // A predecessor that was just killed may still count as connected.
        let before = self.identifies() + self.resumes();
        let listener = self.start("den-listener");
        let connected =
            self.discord.wait_until(PATIENCE, |_| self.identifies() + self.resumes() > before);
        if let Err(error) = connected.await {
            panic!("the listener does not connect: {error}\n{}", listener.said());
        }
        listener
    }

    /// Starts one of the programs, and waits for nothing.
    pub fn start(&self, program: &str) -> Process {
        let mut logs = self.logs.lock().expect("no panic while held");
        let log = self.folder.path().join(format!("{program}-{}.log", logs.len() + 1));
        logs.push(log.clone());
        let environment: Vec<_> = self.environment.clone().into_iter().collect();
        Process::start(program, &environment, &log)
    }

    /// A further channel in which everybody may speak.
    pub fn add_channel(&self, name: &str) -> ChannelId {
        self.discord.add_text_channel(self.guild, name).expect("a channel")
    }

    /// A further person of the guild.
    pub fn add_person(&self, name: &str) -> UserId {
        let person = self.discord.add_person(name);
        self.discord.join(person, self.guild).expect("they join");
        person
    }

    /// Ann says something in the channel that is bound to nobody.
    pub fn ann_says(&self, text: &str) -> MessageId {
        self.says(self.ann, self.channel, text)
    }

    pub fn says(&self, who: UserId, channel: ChannelId, text: &str) -> MessageId {
        self.discord.say(who, channel, text).expect("they may speak there")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("in the workspace").to_owned()
}

/// Discord's own specification, where it lies beside the checkout.
fn specification() -> Option<PathBuf> {
    let path = root().join("../shared/discord-openapi.json");
    if !path.is_file() {
        println!(
            "skipped: requests are not held against Discord's specification, as it is not there"
        );
        return None;
    }
    Some(path)
}
