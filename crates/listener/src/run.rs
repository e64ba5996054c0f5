//! The listener as a whole: who we are, the shards, the lanes, the checkpoints, and an orderly end.

use std::{collections::HashSet, num::NonZeroU32, sync::Arc, time::Duration};

use discord::{Discord, Token};
use futures_util::future::join_all;
use personality::Roster;
use queue::Sink;
use store::Store;
use tokio::{
    net::TcpListener,
    sync::Notify,
    task::JoinSet,
    time::{Interval, MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;
use twilight_gateway::{ConfigBuilder, Intents, ShardId};
use twilight_model::gateway::payload::outgoing::identify::IdentifyProperties;

use crate::{
    audience::Audiences,
    budget::Budget,
    checkpoint::{Checkpoint, is_gateway_url, now_ms},
    counts::Counts,
    error::RunError,
    health::{Health, ShardReport},
    houses::Houses,
    intake::Intake,
    interactions::Interactions,
    lanes::Lanes,
    ring::Ring,
    routing::{Den, Ears},
    shard::ShardTask,
    traces::Traces,
    waiting::Waiting,
};

/// What we listen to. Changing it costs every shard a new session. Interactions need none.
pub const INTENTS: Intents = Intents::GUILDS
    .union(Intents::GUILD_MESSAGES)
    .union(Intents::GUILD_MESSAGE_REACTIONS)
    .union(Intents::DIRECT_MESSAGES)
    .union(Intents::DIRECT_MESSAGE_REACTIONS)
    .union(Intents::MESSAGE_CONTENT);

/// How often moved checkpoints are saved: what a crash replays.
const SAVE: Duration = Duration::from_secs(2);
/// How long the store may take for the last checkpoints.
const LAST_SAVE: Duration = Duration::from_secs(5);

/// Everything a listener needs.
pub struct Listener {
    /// The bot's token, for the gateway.
    pub token: Token,
    /// Discord's REST API, opened with the same token.
    pub discord: Discord,
    /// Where sessions and counts are kept.
    pub store: Store,
    /// Where events go.
    pub sink: Arc<dyn Sink>,
    /// Who listens.
    pub roster: Arc<Roster>,
    /// The gateway's address; `None` asks Discord.
    pub gateway_url: Option<String>,
    /// How many shards; `None` asks Discord.
    pub shards: Option<NonZeroU32>,
    /// Where health reports are served, if anywhere.
    pub health: Option<TcpListener>,
    /// When to lose patience.
    pub patience: Patience,
}

/// When the listener loses patience. The defaults are for production; tests have less time.
#[derive(Clone, Debug)]
pub struct Patience {
    /// With a server that does not say HELLO, READY or RESUMED.
    pub unanswered: Duration,
    /// With a backlog that does not shrink.
    pub full: Duration,
    /// Events received and not accepted by the queue that count as a backlog, those that wait for settings
    /// included. With twice as many held nothing more is taken in.
    pub backlog: usize,
    /// How long a connection holds to count as a good one.
    pub steady: Duration,
    /// With a queue that does not take what was received, at the end.
    pub flush: Duration,
    /// With settings of guilds and of the operator that were read so long ago.
    pub settings: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            unanswered: Duration::from_secs(30),
            full: Duration::from_secs(3),
            backlog: 1_000,
            steady: Duration::from_secs(30),
            flush: Duration::from_secs(15),
            settings: Duration::from_secs(30),
        }
    }
}

/// Listens until `stop` is cancelled, then closes resumably, sends what was received, and saves where it
/// stands. Dropping the future ends it at once, as a crash would; the next listener resumes either way.
///
/// # Errors
/// [`RunError::Unwelcome`] where Discord refuses the bot: do not call this again at once. Everything else is
/// a fault of the configuration or of the surroundings at start.
pub async fn run(listener: Listener, stop: CancellationToken) -> Result<(), RunError> {
    let Listener { token, discord, store, sink, roster, gateway_url, shards, health, patience } =
        listener;
    if roster.is_empty() {
        return Err(RunError::EmptyRoster);
    }
    if let Some(url) = gateway_url.as_ref().filter(|url| !is_gateway_url(url)) {
        return Err(RunError::GatewayUrl { url: url.clone() });
    }
    let introduce = |question| {
        move |source| match source {
            discord::Error::Unauthorized => RunError::unauthorized(),
            source => RunError::Introduce { question, source },
        }
    };
    let me = discord.me().await.map_err(introduce("who we are"))?;
    let application = discord.application().await.map_err(introduce("which application we are"))?;
    let gateway = discord.gateway_bot().await.map_err(introduce("where the gateway is"))?;
    let total = shards.map_or(gateway.shards.max(1), NonZeroU32::get);
    tracing::info!(application = %application.id, shards = total, "listening as {} with {total} shards", me.name);
    if !application.reads_message_content() {
        tracing::warn!(
            "message content intent is off: switch it on in the developer portal, or most messages stay unread"
        );
    }

    let counts = Arc::new(Counts::default());
    let ears = roster.iter().map(Ears::from).collect();
    let den = Arc::new(Den::new(me.id, application.id, ears));
    let houses = Arc::new(Houses::new(store.clone(), patience.settings, counts.clone()));
    houses.read_den().await;
    let (lanes, sending) = Lanes::new(sink.clone(), counts.clone());
    let budget = Budget::new(
        discord.clone(),
        store.clone(),
        application.id,
        total,
        gateway.session_start_limit,
    );
    let gateway_url = gateway_url.unwrap_or(gateway.url);
    // twilight takes the process's TLS provider and panics without one. An error means that there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = ConfigBuilder::new(token.reveal().to_owned(), INTENTS)
        .identify_properties(IdentifyProperties::new(
            "roast-den",
            "roast-den",
            std::env::consts::OS,
        ))
        .proxy_url(gateway_url)
        .queue(budget.clone())
        .build();

    // Ends the shards, also when one of them fails; the lanes and checkpoints end after them.
    let stop_shards = stop.child_token();
    let mut tasks = JoinSet::new();
    let (mut reports, mut checkpoints) = (Vec::new(), Vec::new());
    let began = Arc::new(Notify::new());
    for number in 0..total {
        let id = ShardId::new(number, total);
        let report = Arc::new(ShardReport::new(id));
        let checkpoint =
            Arc::new(Checkpoint::new(store.clone(), application.id, id, INTENTS, began.clone()));
        reports.push(report.clone());
        checkpoints.push(checkpoint.clone());
        let audiences = Arc::new(Audiences::since(now_ms()));
        let interactions = Interactions::new(
            discord.clone(),
            den.clone(),
            houses.clone(),
            lanes.clone(),
            audiences.clone(),
            counts.clone(),
        );
        let task = ShardTask {
            id,
            config: config.clone(),
            intake: Intake {
                den: den.clone(),
                houses: houses.clone(),
                checkpoint,
                lanes: lanes.clone(),
                interactions,
                counts: counts.clone(),
                ring: Ring::default(),
                traces: Traces::since(now_ms()),
                waiting: Waiting::default(),
                audiences,
                listed: HashSet::new(),
                unreadable: HashSet::new(),
            },
            budget: budget.clone(),
            sink: sink.clone(),
            report,
            patience: patience.clone(),
            stop: stop_shards.clone(),
        };
        tasks.spawn(task.run());
    }
    let depth = lanes.depth().clone();
    drop(lanes);

    let mut background = JoinSet::new();
    background.spawn(async move { houses.keep_den_known().await });
    if let Some(listener) = health {
        let health = Arc::new(Health { shards: reports, depth, counts: counts.clone() });
        background.spawn(health.serve(listener));
    }
    let mut sending = JoinSet::from_iter([sending]);
    let outcome = until_stopped(&mut tasks, &checkpoints, &began, &stop_shards, &mut sending).await;

    // The lanes end by themselves once the shards, which hold them, are gone and all is sent.
    let flushed = timeout(patience.flush, sending.join_next()).await.is_ok();
    if !flushed {
        tracing::warn!(
            "the queue did not take everything in time: what is left is replayed to the next listener"
        );
    }
    let saves = checkpoints.iter().map(|checkpoint| checkpoint.save());
    if timeout(LAST_SAVE, join_all(saves)).await.is_err() {
        tracing::warn!(
            "the store did not take the last checkpoints in time: the next listener resumes from the ones before"
        );
    }
    tracing::info!(flushed, "the listener has ended");
    outcome
}

/// Saves checkpoints until every shard has ended: because of `stop`, or because one of them cannot go on.
async fn until_stopped(
    shards: &mut JoinSet<Result<(), RunError>>,
    checkpoints: &[Arc<Checkpoint>],
    began: &Notify,
    stop: &CancellationToken,
    sending: &mut JoinSet<()>,
) -> Result<(), RunError> {
    let mut outcome = Ok(());
    let mut save = interval(SAVE);
    save.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let ended = tokio::select! {
            ended = shards.join_next() => match ended {
                None => return outcome,
                Some(Ok(ended)) => ended,
                Some(Err(_)) => Err(RunError::Broken { part: "shard" }),
            },
            // They end after the shards, unless they panicked.
            Some(Err(_)) = sending.join_next() => Err(RunError::Broken { part: "way to the queue" }),
            () = save_due(&mut save, began) => {
                join_all(checkpoints.iter().map(|checkpoint| checkpoint.save())).await;
                continue;
            }
        };
        if let Err(error) = ended {
            stop.cancel();
            // The first one is the cause.
            outcome = outcome.and(Err(error));
        }
    }
}

/// Ends when checkpoints are to be saved: now and then, and when a session has begun.
async fn save_due(save: &mut Interval, began: &Notify) {
    tokio::select! {
        _ = save.tick() => {}
        () = began.notified() => {}
    }
}
