//! `den up`: everything in one process, and a page to chat in.

mod town;

use std::{path::Path, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use discord::Token;
use discord_sim::{App, ChannelId, GuildId, Sim, UserId, World};
use futures_util::FutureExt;
use model::Prices;
use personality::{Personality, Roster};
use serde_json::Value;
use store::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use twilight_model::id::Id;

use self::town::Town;
use crate::{
    choice::{Choice, choose},
    cli::UpArgs,
    commands,
    config::Settings,
    engine::{Engine, Where},
    page::{Avatar, Card, Page, Person},
};

/// The simulated bot's token; it opens nothing but the simulator of this process.
const SIM_TOKEN: &str = "the-simulators-own-token";

/// How long the den may take to listen to a Discord in the same process.
const CONNECT: Duration = Duration::from_secs(20);

/// A den over a simulated Discord.
pub struct Den {
    /// The simulated Discord.
    pub world: World,
    /// The den's bot in it.
    pub bot: App,
    /// Its one guild.
    pub guild: GuildId,
    /// Its first channel.
    pub channel: ChannelId,
    /// The person at the keyboard.
    pub you: UserId,
    /// All the people, you first.
    pub people: Vec<Person>,
    /// What is kept.
    pub store: Store,
    /// Who lives here.
    pub roster: Arc<Roster>,
    /// Which model speaks, and why.
    pub model_note: String,
    engine: Engine,
    sim: Sim,
}

impl Den {
    /// Builds the world and starts a den in it, over the folder `data`.
    ///
    /// # Errors
    /// When the folder is in use, or a part cannot start.
    pub async fn start(
        data: &Path,
        choice: Choice,
        roster: Arc<Roster>,
        prices: Arc<Prices>,
    ) -> anyhow::Result<Self> {
        let sim = Sim::start(discord_sim::Settings::default())
            .await
            .context("start the simulated Discord")?;
        let world = sim.world();
        let bot = world.add_application("Roast Den", SIM_TOKEN);
        let Town { guild, channel, people } = town::build(&world)?;
        let at = Where {
            token: Token::parse(SIM_TOKEN)?,
            api_url: sim.url().to_owned(),
            gateway_url: Some(sim.gateway_url().to_owned()),
            prices,
            // Whoever has the page has the den.
            operators: vec![Id::new(people[0].id.get())],
            newborn: Some(Id::new(bot.application_id.get())),
        };
        let engine = Engine::start(&at, data, roster.clone(), choice.models, None).await?;
        commands::sync(&engine.worker.discord, Id::new(bot.application_id.get())).await?;
        // What is said before the den listens is not heard.
        let listens =
            world.wait_until(CONNECT, |world| world.sessions().iter().any(|s| s.connected));
        listens.await.context("wait until the den listens")?;
        let you = people[0].id;
        let store = engine.worker.store.clone();
        Ok(Self {
            world,
            bot,
            guild,
            channel,
            you,
            people,
            store,
            roster,
            model_note: choice.note,
            engine,
            sim,
        })
    }

    /// What the page shows of it.
    fn page(&self, personalities: &Path) -> Page {
        let store = self.store.clone();
        Page {
            world: self.world.clone(),
            guild: self.guild,
            bot: self.bot.clone(),
            people: self.people.clone(),
            personalities: self.roster.iter().map(|who| card(who, personalities)).collect(),
            model_note: self.model_note.clone(),
            explain: Arc::new(move |message| {
                let store = store.clone();
                async move {
                    let all = store.why(Id::new_checked(message)?).await.ok()?;
                    let all: Vec<Value> =
                        all.iter().filter_map(|why| serde_json::from_str(why).ok()).collect();
                    (!all.is_empty()).then_some(Value::Array(all))
                }
                .boxed()
            }),
        }
    }

    /// Waits until everything heard is dealt with.
    pub async fn quiet(&self) {
        self.engine.quiet().await;
    }

    /// Stops it in order.
    pub async fn stop(self) {
        self.engine.stop().await;
        self.sim.stop().await;
    }
}

/// Runs `den up` until Ctrl-C or SIGTERM.
///
/// # Errors
/// When a part cannot start, or Discord refuses the bot.
pub async fn run(args: UpArgs, settings: Settings) -> anyhow::Result<ExitCode> {
    let roster = Arc::new(Roster::load(&args.personalities, &den_worker::allows)?);
    let aws = aws::config().await;
    let choice = choose(settings.model.as_ref(), &aws).await?;
    let stop = stop_signal()?;
    match settings.token.clone() {
        Some(token) => join(args, settings, token, roster, choice, stop).await,
        None => play(args, roster, choice, settings.prices()?, stop).await,
    }
}

/// A den in a simulated Discord, with a page.
async fn play(
    args: UpArgs,
    roster: Arc<Roster>,
    choice: Choice,
    prices: Arc<Prices>,
    stop: CancellationToken,
) -> anyhow::Result<ExitCode> {
    let listener = TcpListener::bind(args.page).await.with_context(|| {
        format!("listen at {}: is another den running? Name another address with --page", args.page)
    })?;
    let address = listener.local_addr().context("find the page's address")?;
    let den = Den::start(&args.data, choice, roster, prices).await?;
    crate::say::ready(&den, address);
    let page =
        crate::page::serve(den.page(&args.personalities), listener, stop.clone().cancelled_owned());
    let served = page.await.context("serve the page");
    crate::say::stopping();
    den.stop().await;
    served.map(|()| ExitCode::SUCCESS)
}

/// A den in the real Discord.
async fn join(
    args: UpArgs,
    settings: Settings,
    token: Token,
    roster: Arc<Roster>,
    choice: Choice,
    stop: CancellationToken,
) -> anyhow::Result<ExitCode> {
    let at = Where {
        token,
        api_url: settings.discord_url.clone(),
        gateway_url: settings.gateway_url.clone(),
        prices: settings.prices()?,
        operators: settings.operators.clone(),
        newborn: None,
    };
    let mut engine = Engine::start(&at, &args.data, roster.clone(), choice.models, None).await?;
    let me = engine
        .worker
        .discord
        .application()
        .await
        .context("ask Discord who we are; see `den doctor`");
    let synced = match me {
        Ok(me) => commands::sync(&engine.worker.discord, me.id).await.map(|_| me.name),
        Err(e) => Err(e),
    };
    let ended = match synced {
        Ok(name) => {
            crate::say::joined(&name, &roster, &choice.note);
            tokio::select! {
                () = stop.cancelled() => Ok(()),
                ended = engine.ended() => ended,
            }
        }
        Err(e) => Err(e),
    };
    crate::say::stopping();
    engine.stop().await;
    ended.map(|()| ExitCode::SUCCESS)
}

fn card(who: &Personality, folder: &Path) -> Card {
    let avatar = who.avatar_file().and_then(|file| {
        let media_type = match file.rsplit('.').next()? {
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "webp" => "image/webp",
            _ => "image/jpeg",
        };
        let bytes = std::fs::read(folder.join(file)).ok()?;
        Some(Avatar { media_type: media_type.to_owned(), bytes })
    });
    Card {
        id: who.id.to_string(),
        name: who.name.clone(),
        summary: who.summary.clone(),
        avatar,
        color: Some(who.color.clone()),
        names: who.presence.names.iter().cloned().chain([who.name.clone()]).collect(),
    }
}

/// Cancelled at Ctrl-C or SIGTERM.
fn stop_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .context("listen for SIGTERM")?;
    let cancelled = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        cancelled.cancel();
    });
    Ok(stop)
}
