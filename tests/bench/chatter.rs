//! People talking to each other in a town, heard by the listener, or by a loop that reads and drops.

use std::{
    io::{BufRead, BufReader},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    Programs,
    program::{Memory, Program},
    town::{TOKEN, Town},
};

/// Channels people talk in.
const CHANNELS: usize = 50;

/// What people say, and how fast.
#[derive(Clone, Copy)]
pub struct Chatter {
    /// Messages.
    pub n: usize,
    /// How many are said in one go.
    pub n_at_once: usize,
    /// How long it is from one go to the next.
    pub pause: Duration,
    /// Every so many-th is for us; of none, nobody is.
    pub one_in: Option<usize>,
}

/// The same chatter, heard by both. Processor times are per message, in microseconds.
pub struct Round {
    /// The listener's.
    pub listener_us: f64,
    /// That of the loop that reads and drops.
    pub bare_us: f64,
    /// What the listener holds after READY.
    pub ready: Memory,
    /// What it holds after all of it.
    pub full: Memory,
}

impl Chatter {
    /// Lets both hear it, one after the other, in towns that are alike.
    ///
    /// # Errors
    /// When one of them does not hear everything.
    pub async fn heard_by_both(&self, programs: &Programs) -> Result<Round> {
        let heard = self.heard_by_listener(programs).await;
        let (listener_us, intents, ready, full) = heard.context("with the listener")?;
        let bare_us = self.heard_by_loop(programs, intents).await;
        let bare_us = bare_us.context("with a loop that reads and drops")?;
        Ok(Round { listener_us, bare_us, ready, full })
    }

    async fn heard_by_listener(&self, programs: &Programs) -> Result<(f64, u64, Memory, Memory)> {
        let town = Town::build(CHANNELS).await?;
        let listener = town.listener(programs).await?;
        let (ready, used) = (listener.memory()?, listener.processor_time_at_rest().await?);
        let n_for_us = self.goes_on_in(&town).await?;
        let used = listener.processor_time_at_rest().await? - used;
        let n_queued = town.queues.n_waiting();
        if n_queued != n_for_us {
            bail!("{n_queued} of {n_for_us} events came to the queue");
        }
        let sessions = town.sim.world().sessions();
        let intents = sessions.first().context("the listener has a session")?.intents;
        Ok((self.per_message_us(used), intents, ready, listener.memory()?))
    }

    async fn heard_by_loop(&self, programs: &Programs, intents: u64) -> Result<f64> {
        let town = Town::build(CHANNELS).await?;
        let arguments = ["bare", town.sim.gateway_url(), TOKEN, &intents.to_string()];
        let mut bare = Program::start(&programs.bench, &arguments, &[], town.folder.path())?;
        bare.until(town.connected()).await?;
        let used = bare.processor_time_at_rest().await?;
        self.goes_on_in(&town).await?;
        let used = bare.processor_time_at_rest().await? - used;
        // The end of its input is the sign to tell how much it heard.
        drop(bare.child.stdin.take());
        let mut said = String::new();
        let output = bare.child.stdout.take().context("its output is piped")?;
        BufReader::new(output).read_line(&mut said).context("read what it heard")?;
        let n_heard: usize = said.trim().parse().context("read what it heard")?;
        if n_heard < self.n {
            bail!("{n_heard} of {} frames were heard", self.n);
        }
        Ok(self.per_message_us(used))
    }

    /// Says it all. Returns how many messages were for us.
    async fn goes_on_in(&self, town: &Town) -> Result<usize> {
        let world = town.sim.world();
        let mut pause = interval(self.pause);
        // Late is late: what was missed is not said in one go.
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut n_for_us = 0;
        for n in 0..self.n {
            if n % self.n_at_once == 0 {
                pause.tick().await;
            }
            let is_for_us = self.one_in.is_some_and(|one_in| n % one_in == 0);
            n_for_us += usize::from(is_for_us);
            let to = if is_for_us { "Grim, " } else { "By the way, " };
            let text = format!(
                "{to}did anybody see where the big ladle went, number {n}? It was here in the morning."
            );
            // Rooms and people take turns at different paces, so that everybody gets everywhere.
            let person = town.people[n % town.people.len()];
            let channel = town.channels[n / 7 % CHANNELS];
            world.say(person, channel, &text).context("say something")?;
        }
        Ok(n_for_us)
    }

    fn per_message_us(&self, used: Duration) -> f64 {
        used.as_secs_f64() * 1e6 / self.n as f64
    }
}
