//! The listener as a process: configuration, clients, [`run`], and the exit code.
//!
//! `den-listener healthcheck` asks a running listener whether it is well; it needs no shell, so that an
//! image without one can use it.

mod config;

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context as _;
use den_listener::{Listener, Patience, RunError, check, run};
use discord::{Discord, Settings};
use personality::Roster;
use queue::SqsSink;
use store::Store;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// How long to stay up when Discord refuses the bot. Nothing helps but a person, and whatever restarts this
/// process at once would ask Discord again and again.
const UNWELCOME: Duration = Duration::from_secs(300);

const HELP: &str = "\
Listens to Discord's gateway and puts what people say into the queues of the personalities.

  den-listener                listens until SIGTERM or Ctrl-C
  den-listener healthcheck    asks the listener at DEN_HEALTH_ADDR whether it is well: 0 is yes
  den-listener --version

It is set up by environment variables: DISCORD_TOKEN, and for all but the usual places DEN_PERSONALITIES, DEN_TABLE,
DEN_QUEUE_PREFIX, DEN_SHARDS and DEN_HEALTH_ADDR (127.0.0.1:8080); AWS_REGION and credentials as usual.
`den doctor` checks them.

Exit codes: 0 stopped as asked, 1 failed, 2 called wrongly, 77 Discord refuses this bot (after five minutes, so that
whatever restarts it does not ask Discord again and again), 78 the environment is not usable.
";

/// Exit codes: see `sysexits.h` for the last two.
const BAD_USAGE: u8 = 2;
const BAD_CONFIGURATION: u8 = 78;
const REFUSED_BY_DISCORD: u8 = 77;
const FAILED: u8 = 1;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {}
        ["healthcheck"] => return healthcheck().await,
        ["--help" | "-h" | "help"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        ["--version" | "-V"] => {
            println!("den-listener {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!(
                "`{}` is nothing it knows; `den-listener --help` says what is",
                arguments.join(" ")
            );
            return ExitCode::from(BAD_USAGE);
        }
    }
    tracing_subscriber::fmt().json().flatten_event(true).init();
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(problems) => {
            tracing::error!("the configuration is not usable:\n{problems}");
            return ExitCode::from(BAD_CONFIGURATION);
        }
    };
    let stop = CancellationToken::new();
    let ended = listen(config, stop.clone()).await;
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the listener failed: {error:#}");
            if !matches!(error.downcast_ref(), Some(RunError::Unwelcome { .. })) {
                return ExitCode::from(FAILED);
            }
            tracing::info!(
                "staying up for {} s, so as not to ask discord again at once",
                UNWELCOME.as_secs()
            );
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(UNWELCOME) => {}
            }
            ExitCode::from(REFUSED_BY_DISCORD)
        }
    }
}

async fn listen(config: Config, stop: CancellationToken) -> anyhow::Result<()> {
    stop_on_signals(stop.clone()).context("listen for signals")?;
    let roster =
        Roster::load(&config.personalities, &config::ALLOWS).context("read the personalities")?;
    let settings =
        Settings { api_url: config.api_url, ..Settings::new(Some(config.token.clone())) };
    let discord = Discord::new(settings).context("set up the connection to discord")?;
    let health = TcpListener::bind(config.health_addr).await;
    let health =
        health.with_context(|| format!("serve health reports at {}", config.health_addr))?;
    let aws = aws::config().await;
    let listener = Listener {
        token: config.token,
        discord,
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), config.table),
        sink: Arc::new(SqsSink::new(aws_sdk_sqs::Client::new(&aws), config.queue_prefix)),
        roster: Arc::new(roster),
        gateway_url: config.gateway_url,
        shards: config.shards,
        health: Some(health),
        patience: Patience::default(),
    };
    run(listener, stop).await.map_err(Into::into)
}

/// Cancels `stop` at SIGTERM, which is how a deployment ends a task, and at Ctrl-C.
fn stop_on_signals(stop: CancellationToken) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("asked to stop");
        stop.cancel();
    });
    Ok(())
}

async fn healthcheck() -> ExitCode {
    let asked = match config::health_addr_from_env() {
        Ok(address) => check(address).await.map_err(|unwell| unwell.to_string()),
        Err(problem) => Err(problem),
    };
    match asked {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(FAILED)
        }
    }
}
