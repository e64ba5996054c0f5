//! One shard for the life of the process: connection after connection, and what to do between them.

use std::{sync::Arc, time::Duration};

use queue::Sink;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use twilight_gateway::{Config, ConfigBuilder, Session, Shard, ShardId};

use crate::{
    Patience,
    backoff::backoff,
    budget::Budget,
    checkpoint::Restored,
    connection::{self, Ending},
    error::{RunError, chain},
    health::{Doing, ShardReport},
    intake::Intake,
    streak::{Streak, Verdict},
};

/// The longest pause: well within the time Discord keeps a session.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause before an identify, whose number is limited.
const LONGEST_IDENTIFY_PAUSE: Duration = Duration::from_secs(300);
/// The first wait for a queue that does not keep up, and the longest.
const FIRST_LOOK: Duration = Duration::from_millis(500);
const LONGEST_LOOK: Duration = Duration::from_secs(5);
/// How long a sink may take to say that it is there.
const PROBE: Duration = Duration::from_secs(5);

/// A shard and all it needs.
pub struct ShardTask {
    pub id: ShardId,
    pub config: Config<Budget>,
    pub intake: Intake,
    pub budget: Budget,
    pub sink: Arc<dyn Sink>,
    pub report: Arc<ShardReport>,
    pub patience: Patience,
    pub stop: CancellationToken,
}

impl ShardTask {
    /// Runs the shard until it is asked to stop, which keeps the session, or Discord will not have it.
    ///
    /// # Errors
    /// [`RunError::Restore`], [`RunError::Unwelcome`].
    pub async fn run(mut self) -> Result<(), RunError> {
        self.restore().await?;
        let outcome = self.connections().await;
        self.report.set(Doing::Stopped);
        self.intake.finish_waiting().await;
        // Bounded: each interaction in work has its three seconds.
        self.intake.interactions.finish().await;
        outcome
    }

    async fn restore(&self) -> Result<(), RunError> {
        let shard = self.id.number();
        match self.intake.checkpoint.restore().await {
            Ok(Restored::Nothing) => {}
            Ok(Restored::Session) => {
                tracing::info!(shard, "shard {shard} resumes the session of an earlier process")
            }
            Ok(Restored::Outdated) => {
                self.intake.counts.gaps.add();
                tracing::warn!(
                    shard,
                    "the stored session of shard {shard} is too old, or of other settings: what was said meanwhile is missed"
                );
            }
            Err(source) => return Err(RunError::Restore { shard, source }),
        }
        Ok(())
    }

    async fn connections(&mut self) -> Result<(), RunError> {
        let shard = self.id.number();
        let mut streak = Streak::default();
        loop {
            let began = Instant::now();
            let ending = self.connect(streak.use_resume_url()).await;
            let Ending { ended, was_established } = &ending;
            tracing::info!(shard, was_established, "a connection of shard {shard} ended: {ended}");
            let verdict = streak.judge(&ending, began.elapsed() > self.patience.steady);
            let goes_on = match verdict {
                Verdict::Stop => false,
                Verdict::GiveUp(code) => return Err(RunError::unwelcome(code)),
                Verdict::MakeRoom => self.wait_for_room().await,
                Verdict::Resume => self.pause(Doing::Pausing, streak.pause(LONGEST_PAUSE)).await,
                Verdict::Identify(why) => {
                    self.end_session(why);
                    self.pause(Doing::Pausing, streak.pause(LONGEST_IDENTIFY_PAUSE)).await
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    async fn connect(&mut self, use_resume_url: bool) -> Ending {
        self.report.set(Doing::Connecting);
        self.intake.counts.connections.add();
        let mut config = ConfigBuilder::from(self.config.clone());
        if let Some(position) = self.intake.checkpoint.tracker().received() {
            config = config.session(Session::new(position.sequence, position.session_id));
            if let Some(url) = self.intake.checkpoint.resume_url().filter(|_| use_resume_url) {
                config = config.resume_url(url);
            }
        }
        let mut shard = Shard::with_config(self.id, config.build());
        connection::run(
            &mut shard,
            &mut self.intake,
            &self.budget,
            &self.report,
            &self.patience,
            &self.stop,
        )
        .await
    }

    /// Gives the session up. What it had not replayed is lost, and that is said.
    fn end_session(&self, why: &str) {
        let mut tracker = self.intake.checkpoint.tracker();
        let Some(position) = tracker.received() else { return };
        tracker.end();
        self.intake.counts.gaps.add();
        let shard = self.id.number();
        tracing::warn!(
            shard,
            sequence = position.sequence,
            "the session of shard {shard} is lost, as {why}: what was said since event {} is missed",
            position.sequence
        );
    }

    /// Waits until the backlog is half gone and the sink says that it is there. The session waits at
    /// Discord meanwhile, for a few minutes. `false` if asked to stop.
    async fn wait_for_room(&mut self) -> bool {
        let shard = self.id.number();
        self.intake.counts.pauses.add();
        let held = self.intake.held();
        tracing::warn!(
            shard,
            held,
            "the queue does not keep up with shard {shard}: the session waits"
        );
        for attempt in 1.. {
            if !self.pause(Doing::WaitingForQueue, backoff(FIRST_LOOK, LONGEST_LOOK, attempt)).await
            {
                return false;
            }
            if self.intake.held() > self.patience.backlog / 2 {
                continue;
            }
            match timeout(PROBE, self.sink.probe()).await {
                Ok(Ok(())) => break,
                Ok(Err(error)) => {
                    tracing::info!(shard, error = %chain(&error), "the queue is not there yet")
                }
                Err(_) => tracing::info!(shard, "the queue does not answer yet"),
            }
        }
        tracing::info!(shard, "the queue takes events again: shard {shard} resumes");
        true
    }

    /// Sleeps, showing that it is alive, and deals with what waits for settings meanwhile. `false` if asked to
    /// stop.
    async fn pause(&mut self, doing: Doing, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        loop {
            self.report.set(doing);
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return !self.stop.is_cancelled();
            }
            tokio::select! {
                () = self.stop.cancelled() => return false,
                waited = self.intake.ready(), if self.intake.is_waiting() => self.intake.let_go(waited),
                () = sleep(left.min(Duration::from_secs(1))) => {}
            }
        }
    }
}
