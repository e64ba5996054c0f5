//! The worker binary: settings, clients, then [`den_worker::lambda::run`] or [`den_worker::poll::run`].

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use den_worker::{DeadLetters, Memory, Models, Worker, config::Config};
use discord::{Discord, Settings};
use personality::{PersonalityId, Roster};
use queue::{STEWARD, SqsSink};
use store::Store;
use tokio_util::sync::CancellationToken;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
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
