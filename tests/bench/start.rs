//! Cold start: from the start of the process to the first time it asks for work.

use std::time::Duration;

use anyhow::Result;

use crate::{
    Programs, Scale,
    door::Door,
    figure::{Figure, Report, Unit},
    lambda::{Lambda, NEXT},
    program::Program,
    town::Town,
};

/// Adds how long the worker takes to its first poll: of Lambda's Runtime API, and of a queue.
///
/// # Errors
/// When it never polls.
pub async fn measure(programs: &Programs, scale: Scale, report: &mut Report) -> Result<()> {
    let n = scale.of(31, 2);
    let (town, lambda) = (Town::build(1).await?, Lambda::open().await?);
    // With the files that are shipped, which are read at every start.
    let mut environment = town.environment();
    environment.retain(|(name, _)| *name != "DEN_PERSONALITIES");
    environment.push(("DEN_PERSONALITIES", programs.personalities.to_string_lossy().into_owned()));

    let next = format!("GET {NEXT}");
    let under_lambda = [environment.clone(), lambda.environment()].concat();
    let (mut first_next, mut idle) = (Vec::new(), Vec::new());
    for _ in 0..n {
        let (ms, worker) = start(programs, &town, &under_lambda, &lambda.door, &next).await?;
        first_next.push(ms);
        idle.push(worker.memory()?.resident / 1e6);
    }
    let mut first_receive = Vec::new();
    for _ in 0..n {
        let door = &town.queues.door;
        let (ms, _) = start(programs, &town, &environment, door, "ReceiveMessage").await?;
        first_receive.push(ms);
    }
    let aim = "under 20 ms";
    let under_lambda = "worker, cold start to the first poll under Lambda";
    report.add(
        Figure::new("worker.cold_start_lambda", under_lambda, Unit::Milliseconds, first_next)
            .aims_for(20.0, aim),
    );
    let by_itself = "worker, cold start to the first poll of a queue by itself";
    report.add(
        Figure::new("worker.cold_start_sqs", by_itself, Unit::Milliseconds, first_receive)
            .aims_for(20.0, aim),
    );
    let idle = Figure::new(
        "worker.resident_started",
        "worker, resident when started",
        Unit::Megabytes,
        idle,
    );
    report.add(idle.aims_for(30.0, "under 30 MB"));
    Ok(())
}

/// Starts a worker; returns how long it took to ask `door` for `what`.
async fn start(
    programs: &Programs,
    town: &Town,
    environment: &[(&str, String)],
    door: &Door,
    what: &str,
) -> Result<(f64, Program)> {
    let mut worker = Program::start(&programs.worker, &[], environment, town.folder.path())?;
    let began = worker.started;
    let polled = door.sees(what, |exchange| exchange.arrived > began && exchange.what == what);
    let polled = worker.until(polled).await?;
    let took = polled.arrived.duration_since(began);
    // Whatever it still does after asking belongs to its memory.
    tokio::time::sleep(Duration::from_millis(20)).await;
    Ok((took.as_secs_f64() * 1e3, worker))
}
