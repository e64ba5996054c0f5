//! The listener's processor time per event, against a loop that reads and drops the same frames.
//!
//! Both run as processes of their own, one after the other, in towns that are alike. A shipped program has the
//! allocator of the target it is shipped for, so the loop is built for the same target.

use std::{
    io::{BufRead, BufReader},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::{
    Programs, Scale,
    figure::{Figure, Report, Unit},
    program::{Memory, Program},
    town::{TOKEN, Town},
};

/// Channels people talk in.
const CHANNELS: usize = 50;
/// Of the messages meant for somebody, every so many-th.
const ONE_IN: usize = 20;

/// Adds the listener's processor time, and what it holds.
///
/// # Errors
/// When a program does not hear everything that is said.
pub async fn measure(programs: &Programs, scale: Scale, report: &mut Report) -> Result<()> {
    let talk = Talk { n: scale.of(20_000, 600), n_at_once: scale.of(50, 20) };
    let n_rounds = scale.of(3, 1);
    let nobody = talk.rounds(programs, None, n_rounds).await?;
    let some = talk.rounds(programs, Some(ONE_IN), n_rounds).await?;

    let what = "listener, processor time over bare twilight's, nobody addressed";
    let ids = ["listener.cpu_dropped", "listener.cpu_dropped_ours", "listener.cpu_dropped_bare"];
    report_ratio(ids, what, &nobody, report);
    let what = format!("listener, processor time over bare twilight's, 1 in {ONE_IN} for us");
    let ids = ["listener.cpu_mixed", "listener.cpu_mixed_ours", "listener.cpu_mixed_bare"];
    report_ratio(ids, &what, &some, report);
    let addressed = nobody.iter().zip(&some).map(|(nobody, some)| {
        (some.listener_us - nobody.listener_us) * ONE_IN as f64 + nobody.listener_us
    });
    let what = "  so for each one that is for us, with its way to the queue";
    report.add(Figure::new(
        "listener.cpu_addressed",
        what,
        Unit::Microseconds,
        addressed.collect(),
    ));

    let rounds = || nobody.iter().chain(&some);
    let resident = |id, what: &str, of: &dyn Fn(&Round) -> f64| {
        let samples = rounds().map(|round| of(round) / 1e6).collect();
        Figure::new(id, what, Unit::Megabytes, samples)
    };
    let aim = "under 20 MB for one shard";
    let what = "listener, resident after READY";
    let ready = resident("listener.resident_ready", what, &|round| round.ready.resident);
    report.add(ready.aims_for(20.0, aim));
    let what = format!("listener, resident after {} events", talk.n);
    let after = resident("listener.resident_after", &what, &|round| round.full.resident);
    report.add(after.aims_for(20.0, aim));
    let what = "  at its highest";
    report.add(resident("listener.resident_peak", what, &|round| round.full.peak));
    Ok(())
}

fn report_ratio(ids: [&'static str; 3], what: &str, rounds: &[Round], report: &mut Report) {
    let ratios = rounds.iter().map(|round| round.listener_us / round.bare_us).collect();
    let ratio = Figure::new(ids[0], what, Unit::Plain, ratios);
    report.add(ratio.aims_for(1.5, "within 1.5 times"));
    let ours = rounds.iter().map(|round| round.listener_us).collect();
    report.add(Figure::new(ids[1], "  the listener's, per event", Unit::Microseconds, ours));
    let bare = rounds.iter().map(|round| round.bare_us).collect();
    report.add(Figure::new(ids[2], "  bare twilight's", Unit::Microseconds, bare));
}

/// The same talk, heard by both. Processor times are per event, in microseconds.
struct Round {
    listener_us: f64,
    bare_us: f64,
    ready: Memory,
    full: Memory,
}

/// What people say to each other.
struct Talk {
    n: usize,
    /// Said at once, every few milliseconds: a busy shard, not a replay.
    n_at_once: usize,
}

struct Heard {
    per_event_us: f64,
    ready: Memory,
    full: Memory,
    intents: u64,
}

impl Talk {
    async fn rounds(
        &self,
        programs: &Programs,
        one_in: Option<usize>,
        n: usize,
    ) -> Result<Vec<Round>> {
        let mut rounds = Vec::with_capacity(n);
        for _ in 0..n {
            let heard = self.with_listener(programs, one_in).await.context("with the listener")?;
            let bare = self.with_bare_loop(programs, one_in, heard.intents).await;
            let bare_us = bare.context("with the bare loop")?;
            let Heard { per_event_us: listener_us, ready, full, .. } = heard;
            rounds.push(Round { listener_us, bare_us, ready, full });
        }
        Ok(rounds)
    }

    async fn with_listener(&self, programs: &Programs, one_in: Option<usize>) -> Result<Heard> {
        let town = Town::build(CHANNELS).await?;
        let listener = town.listener(programs).await?;
        let (ready, used) = (listener.memory()?, listener.processor_time_at_rest().await?);
        let n_for_us = self.go_on_in(&town, one_in).await?;
        let used = listener.processor_time_at_rest().await? - used;
        let n_heard = town.queues.n_waiting();
        if n_heard != n_for_us {
            bail!("{n_heard} of {n_for_us} events came to the queue");
        }
        let sessions = town.sim.world().sessions();
        let intents = sessions.first().context("the listener has a session")?.intents;
        Ok(Heard {
            per_event_us: self.per_event_us(used),
            ready,
            full: listener.memory()?,
            intents,
        })
    }

    /// Returns the processor time per event in microseconds.
    async fn with_bare_loop(
        &self,
        programs: &Programs,
        one_in: Option<usize>,
        intents: u64,
    ) -> Result<f64> {
        let town = Town::build(CHANNELS).await?;
        let arguments = ["bare", town.sim.gateway_url(), TOKEN, &intents.to_string()];
        let mut bare = Program::start(&programs.bench, &arguments, &[], town.folder.path())?;
        bare.until(town.connected()).await?;
        let used = bare.processor_time_at_rest().await?;
        self.go_on_in(&town, one_in).await?;
        let used = bare.processor_time_at_rest().await? - used;
        drop(bare.child.stdin.take());
        let mut said = String::new();
        let output = bare.child.stdout.take().context("its output is piped")?;
        BufReader::new(output).read_line(&mut said).context("read what it heard")?;
        let n_heard: usize = said.trim().parse().context("read what it heard")?;
        if n_heard < self.n {
            bail!("{n_heard} of {} frames were heard", self.n);
        }
        Ok(self.per_event_us(used))
    }

    /// People talk. Returns how many messages were for us.
    async fn go_on_in(&self, town: &Town, one_in: Option<usize>) -> Result<usize> {
        let world = town.sim.world();
        let mut n_for_us = 0;
        for n in 0..self.n {
            let is_for_us = one_in.is_some_and(|one_in| n % one_in == 0);
            n_for_us += usize::from(is_for_us);
            let to = if is_for_us { "Grim, " } else { "By the way, " };
            let text = format!(
                "{to}did anybody see where the big ladle went, number {n}? It was here in the morning."
            );
            // Rooms and people take turns at different paces, so that everybody gets everywhere.
            let (person, channel) =
                (town.people[n % town.people.len()], town.channels[n / 7 % CHANNELS]);
            world.say(person, channel, &text).context("say something")?;
            if n % self.n_at_once == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok(n_for_us)
    }

    fn per_event_us(&self, used: Duration) -> f64 {
        used.as_secs_f64() * 1e6 / self.n as f64
    }
}
