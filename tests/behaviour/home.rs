//! A den in one process, as `den up` has it, for stories about what a den does rather than about what becomes
//! of its processes: the listener and the worker over the inbox and the embedded table, and Discord and
//! Bedrock on the wire. It costs no more than a moment, so every story has its own.

mod acting;
mod looking;
mod residents;
mod telling;

use std::sync::Arc;

use bedrock_sim::BedrockSim;
use den::engine::{Engine, Where};
use den_worker::{Models, Provider};
use discord::Token;
use discord_sim::{
    App, ChannelId, Faults, GuildId, MessageId, Permissions, RateLimits, Settings, Sim, UserId,
};
use personality::Roster;
use store::Store;
use tempfile::TempDir;
use twilight_model::id::Id;

pub use self::{
    acting::Shown,
    residents::{GRIM_SAYS, MABEL_SAYS, MABEL_SAYS_WISELY, OVER_BUDGET, OVER_LIMIT, REX_SAYS},
};
use crate::{
    patience::PATIENCE,
    world::{MODEL, TOKEN},
};

/// The den, the guild it is in, and who lives there.
pub struct Home {
    pub discord: discord_sim::World,
    pub faults: Faults,
    pub bedrock: BedrockSim,
    pub app: App,
    pub guild: GuildId,
    /// Everybody reads it.
    pub channel: ChannelId,
    /// Everybody reads it, too.
    pub kitchen: ChannelId,
    /// Only Ann and Mia read it.
    pub cellar: ChannelId,
    pub ann: UserId,
    /// Rex imitates him.
    pub ben: UserId,
    /// She may manage messages.
    pub mia: UserId,
    /// He manages the guild and its channels.
    pub gus: UserId,
    /// She runs the den, and manages the guild.
    pub olga: UserId,
    engine: Engine,
    _folder: TempDir,
    pub sim: Sim,
}

impl Home {
    /// A home in which everybody listens and every command is registered.
    pub async fn open() -> Self {
        Self::open_since(None).await
    }

    /// The same in a Discord whose time begins then, in milliseconds since the Unix epoch.
    pub async fn open_since(begins_ms: Option<u64>) -> Self {
        let settings = Settings { begins_ms, limits: RateLimits::off(), ..Settings::default() };
        let sim = Sim::start(settings).await.expect("a simulated discord");
        let (discord, faults) = (sim.world(), sim.faults());
        let app = discord.add_application("Den", TOKEN);
        let guild = discord.add_guild("The Burrow");
        let channel = discord.add_text_channel(guild, "general").expect("a channel");
        let kitchen = discord.add_text_channel(guild, "kitchen").expect("a channel");
        let [ann, ben, mia, gus, olga] = ["Ann", "Ben", "Mia", "Gus", "Olga"].map(|name| {
            let person = discord.add_person(name);
            discord.join(person, guild).expect("they join");
            person
        });
        let cellar = discord.add_private_channel(guild, "cellar", &[ann, mia]).expect("a channel");
        let manager = Permissions::MANAGE_GUILD | Permissions::MANAGE_CHANNELS;
        let roles = [
            ("Moderators", Permissions::MANAGE_MESSAGES, vec![mia]),
            ("Managers", manager, vec![gus, olga]),
        ];
        for (name, may, people) in roles {
            let role = discord.add_role(guild, name, may).expect("a role");
            for person in people {
                discord.give_role(person, guild, role, true).expect("they have it");
            }
        }

        let bedrock = BedrockSim::start().await;
        bedrock.answer_with(residents::answer);
        let folder = tempfile::tempdir().expect("a folder");
        let at = Where {
            token: Token::parse(TOKEN).expect("a token"),
            api_url: sim.url().to_owned(),
            gateway_url: Some(sim.gateway_url().to_owned()),
            prices: Arc::new(den_worker::prices(None).expect("the table of prices")),
            operators: vec![Id::new(olga.get())],
            newborn: None,
        };
        let roster = Arc::new(Roster::from_personalities(residents::all(ben)));
        let engine = Engine::start(&at, folder.path(), roster, models(&bedrock).await, None);
        let engine = engine.await.expect("the den starts");
        let application = Id::new(app.application_id.get());
        den::commands::sync(&engine.worker.discord, application).await.expect("registered");
        let listens =
            discord.wait_until(PATIENCE, |world| world.sessions().iter().any(|one| one.connected));
        listens.await.expect("the den listens");
        Self {
            discord,
            faults,
            bedrock,
            app,
            guild,
            channel,
            kitchen,
            cellar,
            ann,
            ben,
            mia,
            gus,
            olga,
            engine,
            _folder: folder,
            sim,
        }
    }

    /// What is kept.
    pub fn store(&self) -> &Store {
        &self.engine.worker.store
    }

    /// Somebody says something.
    pub fn says(&self, who: UserId, channel: ChannelId, text: &str) -> MessageId {
        self.discord.say(who, channel, text).expect("they may speak there")
    }
}

/// Bedrock's models, asked at the simulator.
async fn models(bedrock: &BedrockSim) -> Models {
    let aws = aws::local_config().await;
    let client = aws_sdk_bedrockruntime::config::Builder::from(&aws);
    let client = client.endpoint_url(bedrock.url()).build();
    let provider = Provider::Bedrock {
        client: aws_sdk_bedrockruntime::Client::from_conf(client),
        settings: model::BedrockSettings::default(),
    };
    Models::new(provider, MODEL, None)
}
