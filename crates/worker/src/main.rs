//! The worker binary: settings, clients, then [`den_worker::lambda::run`] or [`den_worker::poll::run`].

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use den_worker::{DeadLetters, Memory, Models, Worker, config::Config};
use discord::{Discord, Settings};
use personality::{PersonalityId, Roster};
use queue::{STEWARD, SqsSink};
use store::Store;
use tokio_util::sync::CancellationToken;

const HELP: &str = "\
Answers what the listener put into the queues of the personalities.

  den-worker              under AWS Lambda: serves its invocations; elsewhere: polls the queues until SIGTERM or Ctrl-C
  den-worker --version

It is set up by environment variables: DISCORD_TOKEN and DEN_MODEL, and for all but the usual places DEN_PERSONALITIES,
DEN_PERSONALITY, DEN_TABLE, DEN_QUEUE_PREFIX, DEN_OPERATORS, DEN_MODEL_URL and others, which docs/reference/environment.md
lists; AWS_REGION and credentials as usual. `den doctor` checks them.

Exit codes: 0 stopped as asked, 1 failed, 2 called wrongly.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {}
        ["--help" | "-h" | "help"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        ["--version" | "-V"] => {
            println!("den-worker {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!(
                "`{}` is nothing it knows; `den-worker --help` says what is",
                arguments.join(" ")
            );
            return ExitCode::from(2);
        }
    }
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:?}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn work() -> anyhow::Result<()> {
    tracing_subscriber::fmt().json().with_max_level(tracing::Level::INFO).with_target(false).init();
    let config = Config::from_env()?;
    let aws = aws::config().await;
    let roster = Roster::load(&config.personalities, &den_worker::allows)?;
    let sqs = aws_sdk_sqs::Client::new(&aws);
    let host = config
        .discord_url
        .strip_prefix("http://")
        .map(|host| host.trim_end_matches('/').to_owned());
    let worker = Worker {
        store: Store::new(aws_sdk_dynamodb::Client::new(&aws), &config.table),
        discord: Discord::new(Settings {
            api_url: config.discord_url.clone(),
            attachment_host: host,
            ..Settings::new(Some(config.token.clone()))
        })?,
        models: Models::configured(&config.model, &aws)?,
        dead_letters: DeadLetters::Sqs { client: sqs.clone(), prefix: config.queue_prefix.clone() },
        roster: Arc::new(roster),
        prices: Arc::new(den_worker::prices(config.prices.as_deref())?),
        memory: Memory::default(),
        sink: Arc::new(SqsSink::new(sqs.clone(), config.queue_prefix.clone())),
        operators: config.operators.clone().into(),
    };
    if config.is_lambda {
        return den_worker::lambda::run(worker, sqs, &config.queue_prefix)
            .await
            .map_err(|e| anyhow::anyhow!("serve Lambda's invocations: {e}"));
    }
    let served = served(&worker.roster, config.personality.as_deref())?;
    den_worker::poll::run(worker, sqs, &config.queue_prefix, served, shutdown()?).await
}

/// The personalities whose queues are polled.
fn served(roster: &Roster, only: Option<&str>) -> anyhow::Result<Vec<PersonalityId>> {
    let steward: PersonalityId = STEWARD.parse()?;
    match only {
        None => Ok(roster.iter().map(|who| who.id.clone()).chain([steward]).collect()),
        Some(ids) => ids
            .split(',')
            .map(|id| {
                let id: PersonalityId = id.trim().parse()?;
                anyhow::ensure!(
                    id == steward || roster.get(&id).is_some(),
                    "DEN_PERSONALITY: no file describes {id}"
                );
                Ok(id)
            })
            .collect(),
    }
}

/// Cancelled at SIGTERM or Ctrl-C.
fn shutdown() -> anyhow::Result<CancellationToken> {
    let token = CancellationToken::new();
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .context("listen for SIGTERM")?;
    let cancelled = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("shutting down; started turns are finished");
        cancelled.cancel();
        // A second wish is granted at once.
        tokio::time::sleep(Duration::from_secs(30)).await;
        std::process::exit(1);
    });
    Ok(token)
}
