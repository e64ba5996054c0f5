//! From a message in a channel to the first words of the answer below it: gateway, listener, queue, worker, REST.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use discord_sim::{Change, Poster};
use tokio::sync::broadcast::Receiver;

use crate::{
    Programs, Scale,
    door::PATIENCE,
    figure::{Figure, Report, Unit},
    program::Program,
    town::{GRIM, Town},
};

/// Adds how long a person waits for the first words, where the model answers at once.
///
/// # Errors
/// When nobody answers.
pub async fn measure(programs: &Programs, scale: Scale, report: &mut Report) -> Result<()> {
    let town = Town::build(1).await?;
    let _listener = town.listener(programs).await?;
    let environment = [town.environment(), vec![("DEN_PERSONALITY", GRIM.to_owned())]].concat();
    let mut worker = Program::start(&programs.worker, &[], &environment, town.folder.path())?;
    let polls = |after: Instant| {
        let polls = move |exchange: &crate::door::Exchange| {
            exchange.what == "ReceiveMessage" && exchange.arrived > after
        };
        town.queues.door.sees("the worker's next poll", polls)
    };
    worker.until(polls(worker.started)).await?;

    let mut changes = town.sim.world().subscribe();
    let mut waited = Vec::new();
    // The first ones learn the channel, its webhook and their connections.
    let n_rehearsed = 3;
    for day in 0..n_rehearsed + scale.of(100, 5) {
        let said = Instant::now();
        town.say_to_grim(day)?;
        worker.until(first_words(&mut changes)).await?;
        if day >= n_rehearsed {
            waited.push(said.elapsed().as_secs_f64() * 1e3);
        }
        let is_deleted = |exchange: &crate::door::Exchange| {
            exchange.what == "DeleteMessageBatch" && exchange.arrived > said
        };
        worker.until(town.queues.door.sees("the end of the turn", is_deleted)).await?;
        town.queues.door.forget();
    }
    let what = "a message in Discord → first words of the answer, with an instant model";
    report.add(Figure::new("den.first_words", what, Unit::Milliseconds, waited));
    Ok(())
}

async fn first_words(changes: &mut Receiver<Change>) -> Result<()> {
    let spoken = async {
        loop {
            let change = changes.recv().await.context("the world goes on")?;
            let Change::MessageCreated { message } = change else { continue };
            if !matches!(message.posted_by, Poster::Person) {
                return Ok(());
            }
        }
    };
    match tokio::time::timeout(PATIENCE, spoken).await {
        Ok(spoken) => spoken,
        Err(_) => bail!("nobody answers"),
    }
}
