//! The listener's processor time per event, against a loop that reads and drops the same frames.
//!
//! One message at a time is a busy shard: each wakes the program. Many at once are a replay after a reconnect, where the
//! way through the kernel is shared and what the program does itself stands out.

use std::time::Duration;

use anyhow::Result;

use crate::{
    Programs, Scale,
    chatter::{Chatter, Round},
    figure::{Figure, Report, Unit},
};

/// Of the messages in which somebody is addressed, every so many-th is for us.
const ONE_IN: usize = 20;

/// Adds the listener's processor time, and what it holds.
///
/// # Errors
/// When a program does not hear everything that is said.
pub async fn measure(programs: &Programs, scale: Scale, report: &mut Report) -> Result<()> {
    let by_and_by = Chatter {
        n: scale.of(4_000, 200),
        n_at_once: 1,
        pause: Duration::from_millis(1),
        one_in: None,
    };
    let at_once = Chatter {
        n: scale.of(20_000, 400),
        n_at_once: 50,
        pause: Duration::from_millis(5),
        one_in: None,
    };
    let kinds = [
        ("listener.dropped", "one by one, nobody addressed", by_and_by),
        ("listener.mixed", "one by one, 1 in 20 for us", by_and_by.with_some_for_us()),
        ("listener.dropped_bursts", "50 at once, nobody addressed", at_once),
        ("listener.mixed_bursts", "50 at once, 1 in 20 for us", at_once.with_some_for_us()),
    ];
    let mut last = Vec::new();
    for (id, kind, chatter) in kinds {
        let mut rounds = Vec::new();
        for _ in 0..scale.of(3, 1) {
            rounds.push(chatter.heard_by_both(programs).await?);
        }
        report_processor_time(id, kind, &rounds, report);
        last = rounds;
    }
    report_memory(at_once.n, &last, report);
    Ok(())
}

impl Chatter {
    fn with_some_for_us(self) -> Self {
        Self { one_in: Some(ONE_IN), ..self }
    }
}

fn report_processor_time(id: &str, kind: &str, rounds: &[Round], report: &mut Report) {
    let samples = |of: &dyn Fn(&Round) -> f64| rounds.iter().map(of).collect::<Vec<_>>();
    let what = format!("listener, processor time over bare twilight's, {kind}");
    let ratios = samples(&|round| round.listener_us / round.bare_us);
    let ratio = Figure::new(format!("{id}.ratio"), what, Unit::Plain, ratios);
    report.add(ratio.aims_for(1.5, "within 1.5 times"));
    let ours = samples(&|round| round.listener_us);
    let what = "  the listener's, per event";
    report.add(Figure::new(format!("{id}.ours"), what, Unit::Microseconds, ours));
    let bare = samples(&|round| round.bare_us);
    report.add(Figure::new(format!("{id}.bare"), "  bare twilight's", Unit::Microseconds, bare));
}

fn report_memory(n: usize, rounds: &[Round], report: &mut Report) {
    let megabytes = |id, what: &str, of: &dyn Fn(&Round) -> f64| {
        let samples = rounds.iter().map(|round| of(round) / 1e6).collect();
        Figure::new(id, what, Unit::Megabytes, samples)
    };
    let aim = "under 20 MB for one shard";
    let what = "listener, resident after READY";
    let ready = megabytes("listener.resident_ready", what, &|round| round.ready.resident);
    report.add(ready.aims_for(20.0, aim));
    let what = format!("listener, resident after {n} events");
    let after = megabytes("listener.resident_after", &what, &|round| round.full.resident);
    report.add(after.aims_for(20.0, aim));
    let what = "  at its highest";
    report.add(megabytes("listener.resident_peak", what, &|round| round.full.peak));
}
