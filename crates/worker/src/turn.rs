//! A turn: gather → decide → ask → reply → settle.

use std::time::Duration;

use chat::{
    Context, Decision, Explanation, Known, Limit, Outcome, Said, Silence, Situation, Tokens,
};
use futures_util::StreamExt;
use model::{Chain, Limits, Progress as Asked, Report};
use personality::Personality;
use queue::{Event, EventId, What};
use store::{Attempt, Claimed, Counter, Gathered, Progress, Speaker, Subject, Wanted};
use tokio::{task::JoinHandle, time::Instant};

use crate::{
    Deadline, Verdict, Worker, ask,
    clock::now_ms,
    files::{self, Files},
    group::rest,
    reply::{POST_TIMEOUT, Reply, ReplyError},
    settle::{Settled, give_up, settle},
    voice::{Stage, is_closed},
};

/// A claim that crashed so often is poison.
const POISON: u32 = 3;
/// Kept back from the model's time, to finish cleanly what was shown: the final post and settling.
const FINISH: Duration = Duration::from_secs(2);
/// A typing indicator lasts ten seconds (See Discord Docs/Trigger Typing Indicator).
const TYPING: Duration = Duration::from_secs(8);

/// Deals with `events`, oldest first, as one turn. Returns how many of them, from the front, this verdict
/// is about.
pub(crate) async fn turn(
    worker: &Worker,
    who: &Personality,
    events: &[Event],
    receives: u32,
    deadline: Deadline,
) -> (usize, Verdict) {
    let started = Instant::now();
    let attempt = Attempt {
        token: format!("{:016x}", fastrand::u64(..)),
        now_ms: now_ms(),
        lock_ms: deadline.as_ms(),
    };
    let chain = match worker.models.chain(&who.reply) {
        Ok(chain) => chain,
        Err(e) => return (events.len(), Verdict::Dead { reason: e.to_string() }),
    };

    // gather
    let ids: Vec<EventId> = events.iter().map(|event| event.id.clone()).collect();
    let counters = counters(who, events);
    let wanted = Wanted {
        events: &ids,
        channel: events[0].channel_id,
        personality: &who.id,
        counters: &counters,
    };
    let (gathered, files) = tokio::join!(
        worker.store.gather(&wanted, &attempt),
        files::read(&worker.discord, events, chain.capabilities().images),
    );
    let gathered = match gathered {
        Ok(gathered) => gathered,
        Err(e) => {
            tracing::warn!(event = %ids[0], error = %chain_of(&e), "the store did not gather; the record returns");
            return (events.len(), Verdict::Retry { after: rest(receives) });
        }
    };
    let ms_gather = millis(started);

    // What of it is ours to answer now.
    let answering = match Answering::from(events, &gathered) {
        Answering::Nothing => {
            take_back(worker, &counters, attempt.now_ms).await;
            return (events.len(), Verdict::Done);
        }
        Answering::Later { until_ms } => {
            let won = won(&ids, &gathered);
            give_up(&worker.store, won, &attempt).await;
            take_back(worker, &counters, attempt.now_ms).await;
            let after = Duration::from_millis(until_ms.saturating_sub(attempt.now_ms))
                + Duration::from_secs(1);
            return (events.len(), Verdict::Retry { after });
        }
        answering => answering,
    };
    let Answering::Now { covered, events: answered, progress } = answering else {
        unreachable!("the other cases returned");
    };
    let left_over =
        won(&ids, &gathered).filter(|id| !answered.iter().any(|event| event.id == **id));
    give_up(&worker.store, left_over, &attempt).await;
    let work = Turn {
        worker,
        who,
        attempt: &attempt,
        deadline,
        chain: &chain,
        started,
        events: &answered,
    };
    if progress.crashed >= POISON {
        return (covered, work.poison(progress.crashed).await);
    }

    // decide
    let talk: Vec<Said> = gathered.window.iter().map(said).collect();
    let limits: Vec<Limit> = limits(who, &counters, &gathered.counts, attempt.now_ms);
    let channel = gathered.channel.as_ref();
    let situation = Situation {
        personality: who,
        events: &answered,
        known: Known {
            talk: &talk,
            documents: &files.documents,
            images: files.images.len(),
            limits: &limits,
            channel_closed: channel
                .filter(|row| row.closed_until_ms > attempt.now_ms)
                .map(|row| row.closed_code),
        },
        now_ms: attempt.now_ms,
    };
    let decision = chat::decide(&situation);
    let mut why = work.explanation();
    why.ms.gather = ms_gather;
    why.ms.decide = millis(started);
    why.context = Context {
        window: talk.len(),
        preceding: answered.last().map_or(0, |event| event.preceding.len()),
        files: files.documents.len(),
        images: files.images.len(),
    };

    // ask, reply, settle
    let done = match decision {
        Decision::StaySilent(because) => work.stay_silent(because, why).await,
        Decision::Say { line, because } => {
            work.say(&line, because, &gathered, &progress, why).await
        }
        Decision::Speak(prompt) => work.speak(&prompt, files, &gathered, &progress, why).await,
    };
    match done {
        Ok(()) => (covered, Verdict::Done),
        Err(Failed::Again(reason)) => {
            tracing::warn!(event = %answered[0].id, reason, "a turn is given up; the record returns");
            give_up(&worker.store, answered.iter().map(|event| &event.id), &attempt).await;
            (covered, Verdict::Retry { after: rest(receives) })
        }
        Err(Failed::Lost) => {
            tracing::warn!(event = %answered[0].id, "another attempt holds the claim; the record returns");
            (covered, Verdict::Retry { after: rest(receives) })
        }
    }
}

/// Why a turn did not finish.
enum Failed {
    /// Try again later; the claim is still ours to give up.
    Again(String),
    /// Another attempt has the claim: nothing may be written.
    Lost,
}

impl From<store::Error> for Failed {
    fn from(e: store::Error) -> Self {
        match e {
            store::Error::ClaimLost { .. } => Failed::Lost,
            e => Failed::Again(chain_of(&e)),
        }
    }
}

/// Which of the events this turn answers.
enum Answering {
    /// All of them are dealt with.
    Nothing,
    /// Another attempt is at one of them.
    Later { until_ms: u64 },
    /// These, going on from there; `covered` of the events are then dealt with.
    Now { covered: usize, events: Vec<Event>, progress: Progress },
}

impl Answering {
    fn from(events: &[Event], gathered: &Gathered) -> Self {
        let live = gathered.claims.iter().find_map(|claim| match claim {
            Claimed::Live { until_ms } => Some(*until_ms),
            _ => None,
        });
        if let Some(until_ms) = live {
            return Answering::Later { until_ms };
        }
        let mut open =
            events.iter().zip(&gathered.claims).enumerate().filter_map(|(at, (event, claim))| {
                match claim {
                    Claimed::Won(progress) => Some((at, event, progress)),
                    _ => None,
                }
            });
        let Some((first, leader, progress)) = open.next() else {
            return Answering::Nothing;
        };
        let has_shown = !progress.shown.is_empty() || progress.text.is_some();
        let mut covered = first + 1;
        let mut answered = vec![leader.clone()];
        for (at, event, _) in open {
            // What was shown answers those that were its members then; after a crash before that, the
            // leader is tried alone, so that a poisonous message takes no neighbour with it.
            let goes_along = if has_shown {
                progress.members.contains(&event.id)
            } else {
                progress.crashed == 0
            };
            if !goes_along || at != covered {
                break;
            }
            covered = at + 1;
            answered.push(event.clone());
        }
        Answering::Now { covered, events: answered, progress: progress.clone() }
    }
}

/// A turn that goes on.
struct Turn<'a> {
    worker: &'a Worker,
    who: &'a Personality,
    attempt: &'a Attempt,
    deadline: Deadline,
    chain: &'a Chain,
    started: Instant,
    events: &'a [Event],
}

impl Turn<'_> {
    fn last(&self) -> &Event {
        self.events.last().expect("a turn has at least one event")
    }

    fn stage(&self) -> Stage<'_> {
        Stage {
            discord: &self.worker.discord,
            store: &self.worker.store,
            who: self.who,
            event: self.last(),
            leader: &self.events[0].id,
        }
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            v: 1,
            personality: self.who.name.clone(),
            addressed: Explanation::addressed_by(self.last()),
            asker: self.last().author.id.to_string(),
            members: self.events.iter().map(|event| event.id.clone()).collect(),
            ..Explanation::default()
        }
    }

    /// A turn that killed its worker again and again: its event goes aside, its neighbours proceed.
    async fn poison(&self, crashed: u32) -> Verdict {
        let mut why = self.explanation();
        why.reason = Some("poison".to_owned());
        match self.settle(&[], None, &why, false).await {
            Ok(()) => Verdict::Dead { reason: format!("{crashed} tries crashed") },
            Err(Failed::Again(_) | Failed::Lost) => Verdict::Retry { after: rest(1) },
        }
    }

    async fn stay_silent(&self, because: Silence, mut why: Explanation) -> Result<(), Failed> {
        self.finish_command("…").await;
        why.reason = Some(reason(because));
        // What came too late is remembered all the same.
        self.settle(&[], None, &why, because == Silence::TooLate).await
    }

    /// Says a fixed line, without a model.
    async fn say(
        &self,
        line: &str,
        because: Silence,
        gathered: &Gathered,
        progress: &Progress,
        mut why: Explanation,
    ) -> Result<(), Failed> {
        why.outcome = Outcome::Line;
        why.reason = Some(reason(because));
        let mut reply = match self.begin_reply(gathered, progress).await {
            Ok(reply) => reply,
            Err(e) => return self.could_not_speak(e, why).await,
        };
        self.land(&mut reply, line, &mut why).await?;
        self.settle(reply.shown(), None, &why, because == Silence::TooLate).await
    }

    /// Asks the model and shows its answer as it grows.
    async fn speak(
        &self,
        prompt: &chat::Prompt,
        files: Files,
        gathered: &Gathered,
        progress: &Progress,
        mut why: Explanation,
    ) -> Result<(), Failed> {
        why.outcome = Outcome::Spoke;
        if let Some(text) = &progress.text {
            // Generated by an earlier attempt: it is not paid for twice.
            let mut reply = match self.begin_reply(gathered, progress).await {
                Ok(reply) => reply,
                Err(e) => return self.could_not_speak(e, why).await,
            };
            self.land(&mut reply, text, &mut why).await?;
            return self.settle(reply.shown(), Some(text), &why, true).await;
        }
        let typing = self.type_meanwhile();
        let asked = ask::prompt(prompt, &self.who.reply, files.images);
        let until = self.deadline.minus(POST_TIMEOUT + FINISH);
        let mut asking = self.chain.ask(&asked, Limits::default(), until);
        // The voice is found while the model thinks.
        let (reply, mut next) = tokio::join!(self.begin_reply(gathered, progress), asking.next());
        let mut reply = match reply {
            Ok(reply) => reply,
            Err(e) => return self.could_not_speak(e, why).await,
        };
        let report = loop {
            match next {
                Some(Asked::Text(words)) => reply.draft.push(&words),
                Some(Asked::Done(report)) => break report,
                None => {
                    return Err(Failed::Again(
                        "the model's answer ended without an end".to_owned(),
                    ));
                }
            }
            if reply.draft.is_full() {
                break full(asking).await;
            }
            next = match reply.next_showing() {
                None => asking.next().await,
                Some(at) => tokio::select! {
                    biased;
                    next = asking.next() => next,
                    () = tokio::time::sleep_until(at) => {
                        typing.stop();
                        self.show_progress(&mut reply, &mut why).await?;
                        asking.next().await
                    }
                },
            };
        };
        typing.stop();
        why.ms.model = millis(self.started);
        let text = self.conclude(&reply, report, &mut why);
        self.land(&mut reply, &text, &mut why).await?;
        let said = (why.outcome == Outcome::Spoke).then_some(text.as_str());
        self.settle(reply.shown(), said, &why, true).await
    }

    async fn show_progress(
        &self,
        reply: &mut Reply<'_>,
        why: &mut Explanation,
    ) -> Result<(), Failed> {
        let first = reply.shown().is_empty();
        match reply.show_progress().await {
            Ok(()) => {
                if first {
                    why.ms.first_text = millis(self.started);
                }
                Ok(())
            }
            // The final text meets the same refusal, and explains it.
            Err(ReplyError::Discord { source, .. }) if source.is_final() => Ok(()),
            Err(ReplyError::Discord { source, .. }) => {
                tracing::info!(event = %self.events[0].id, error = %source, "an edit did not land; the final text will");
                Ok(())
            }
            Err(ReplyError::Store(e)) => Err(e.into()),
        }
    }

    /// The text to stand in the end, and what became of the asking.
    fn conclude(&self, reply: &Reply<'_>, report: Report, why: &mut Explanation) -> String {
        let usage = report.usage();
        why.model = report.model().map(str::to_owned);
        why.fallback = report.model().is_some_and(|model| model != self.chain.id());
        why.tries = u32::try_from(report.tries()).unwrap_or(u32::MAX);
        why.tokens = Tokens {
            r#in: usage.input.into(),
            out: usage.output.into(),
            cache_read: usage.cache_read.into(),
        };
        let said = reply.draft.text();
        match report.outcome {
            model::Outcome::Complete { .. } if !said.is_empty() => said,
            model::Outcome::CutOff { .. } if !said.is_empty() => {
                why.reason = Some("model_cut_off".to_owned());
                format!(
                    "{}…\n-# ({} lost the thread here)",
                    said.trim_end_matches(['.', '…', ' ']),
                    self.who.name
                )
            }
            model::Outcome::Failed(_) => {
                why.outcome = Outcome::Line;
                why.reason = Some("model_failed".to_owned());
                self.who.lines.unavailable.clone()
            }
            _ => {
                why.outcome = Outcome::Line;
                why.reason = Some("model_empty".to_owned());
                self.who.lines.unavailable.clone()
            }
        }
    }

    /// Keeps the final text, then makes it stand in the channel.
    async fn land(
        &self,
        reply: &mut Reply<'_>,
        text: &str,
        why: &mut Explanation,
    ) -> Result<(), Failed> {
        self.worker.store.generated(&self.events[0].id, self.attempt, text).await?;
        reply.draft.replace(text);
        let first = reply.shown().is_empty();
        match reply.show_all().await {
            Ok(()) => {
                why.ms.reply = millis(self.started);
                if first {
                    why.ms.first_text = why.ms.reply;
                }
                Ok(())
            }
            Err(ReplyError::Discord { source, .. }) if source.is_final() => {
                tracing::info!(event = %self.events[0].id, error = %source, "discord does not take the reply");
                why.outcome = Outcome::Silent;
                why.reason = Some(refusal(&source));
                Ok(())
            }
            Err(ReplyError::Discord { source, .. }) => Err(Failed::Again(chain_of(&source))),
            Err(ReplyError::Store(e)) => Err(e.into()),
        }
    }

    /// The reply in its voice, with whatever an earlier attempt left in the channel.
    async fn begin_reply<'t>(
        &'t self,
        gathered: &Gathered,
        progress: &Progress,
    ) -> Result<Reply<'t>, ReplyError> {
        let stage = self.stage();
        let voice = stage.voice(gathered.channel.clone());
        let asked = self.asked();
        let (voice, ()) = tokio::join!(voice, self.finish_command(&asked));
        let voice = voice.map_err(|source| ReplyError::Discord {
            channel: self.last().channel_id.get(),
            source,
        })?;
        let mut reply = Reply::new(
            self.stage(),
            self.attempt,
            voice,
            gathered.channel.clone(),
            progress.shown.clone(),
            self.deadline,
        );
        if progress.crashed > 0 {
            reply.adopt(progress.started_ms).await?;
        }
        Ok(reply)
    }

    async fn could_not_speak(&self, e: ReplyError, mut why: Explanation) -> Result<(), Failed> {
        match e {
            ReplyError::Discord { source, .. } if source.is_final() => {
                why.outcome = Outcome::Silent;
                why.reason = Some(refusal(&source));
                self.settle(&[], None, &why, false).await
            }
            ReplyError::Discord { source, .. } => Err(Failed::Again(chain_of(&source))),
            ReplyError::Store(e) => Err(e.into()),
        }
    }

    async fn settle(
        &self,
        shown: &[store::Shown],
        said: Option<&str>,
        why: &Explanation,
        remember: bool,
    ) -> Result<(), Failed> {
        let settled = Settled {
            store: &self.worker.store,
            who: self.who,
            events: self.events,
            attempt: self.attempt,
            shown,
            said,
            why,
            remember,
        };
        Ok(settle(settled).await?)
    }

    /// The question of a command, as it is shown above the answer.
    fn asked(&self) -> String {
        match &self.last().what {
            What::Command(command) => {
                let question = command.options.get("question").map_or("", String::as_str);
                let name = chat::plain(&chat::clean_name(&self.last().author.name), 40);
                format!("-# {name} asks {}: {}", self.who.name, chat::plain(question, 300))
            }
            What::Message(_) => String::new(),
        }
    }

    /// Completes the deferred answer of a command; the personality speaks in a message of its own, as
    /// answers to commands cannot carry its name and face.
    async fn finish_command(&self, content: &str) {
        let What::Command(command) = &self.last().what else { return };
        let completed =
            self.worker.discord.complete(self.last().application_id, &command.token, content, None);
        if let Err(e) = completed.await {
            // Its 15 minutes are over, or it was completed by an earlier attempt: the answer still comes.
            tracing::info!(event = %self.events[0].id, error = %e, "a command's deferral was not completed");
        }
    }

    /// Shows that the personality is typing until it is stopped.
    fn type_meanwhile(&self) -> Typing {
        let discord = self.worker.discord.clone();
        let channel = self.last().channel_id;
        Typing(tokio::spawn(async move {
            loop {
                if let Err(e) = discord.typing(channel).await {
                    tracing::debug!(channel = %channel, error = %e, "typing is not shown");
                }
                tokio::time::sleep(TYPING).await;
            }
        }))
    }
}

/// A typing indicator that ends with its turn.
struct Typing(JoinHandle<()>);

impl Typing {
    fn stop(&self) {
        self.0.abort();
    }
}

impl Drop for Typing {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Nobody reads on: the rest is not generated. What was used is estimated by the model's own bound.
async fn full(asking: model::Asking<'_>) -> Report {
    asking.finish().await
}

fn won<'a>(ids: &'a [EventId], gathered: &'a Gathered) -> impl Iterator<Item = &'a EventId> {
    ids.iter()
        .zip(&gathered.claims)
        .filter(|(_, claim)| matches!(claim, Claimed::Won(_)))
        .map(|(id, _)| id)
}

/// The limits that count these events.
fn counters(who: &Personality, events: &[Event]) -> Vec<Counter> {
    const MINUTE: u64 = 60;
    const DAY: u64 = 86_400;
    let counter = |subject, span_s| Counter { subject, personality: who.id.clone(), span_s };
    let last = events.last().expect("a turn has at least one event");
    let mut people: Vec<_> = events.iter().map(|event| event.author.id).collect();
    people.sort_unstable();
    people.dedup();
    let people = people.into_iter().map(|id| counter(Subject::Person(id), MINUTE));
    let channel = counter(Subject::Channel(last.channel_id), MINUTE);
    let guild = last.guild_id.map(|id| counter(Subject::Guild(id), DAY));
    people.chain([channel]).chain(guild).collect()
}

fn limits(who: &Personality, counters: &[Counter], counts: &[u64], now_ms: u64) -> Vec<Limit> {
    let cap = |counter: &Counter| match counter.subject {
        Subject::Person(_) => who.limits.per_person_per_minute,
        Subject::Channel(_) => who.limits.per_channel_per_minute,
        Subject::Guild(_) => who.limits.per_guild_per_day,
    };
    let limit = |(counter, count): (&Counter, &u64)| Limit {
        count: *count,
        cap: cap(counter).into(),
        ends_in_ms: counter.ends_in_ms(now_ms),
    };
    counters.iter().zip(counts).map(limit).collect()
}

/// A claim that was lost counts nothing: its turn was counted by whoever holds it.
async fn take_back(worker: &Worker, counters: &[Counter], now_ms: u64) {
    let taken_back = counters.iter().map(|counter| worker.store.count(counter, -1, now_ms));
    for result in futures_util::future::join_all(taken_back).await {
        if let Err(e) = result {
            tracing::debug!(error = %e, "a count was not taken back; its span ends by itself");
        }
    }
}

fn said(turn: &store::WindowTurn) -> Said {
    let by = match &turn.speaker {
        Speaker::Person { name, .. } => Some(name.clone()),
        Speaker::Me => None,
    };
    Said { by, text: turn.text.clone() }
}

fn reason(because: Silence) -> String {
    because.word().to_owned()
}

fn refusal(e: &discord::Error) -> String {
    if is_closed(e) {
        Silence::ChannelClosed.word().to_owned()
    } else {
        "discord_refused".to_owned()
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// An error and its causes in one line.
fn chain_of(e: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(e), |e| e.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
