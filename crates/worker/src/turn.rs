//! A turn: gather → decide → ask → reply → settle.

mod answering;
mod limits;
mod marks;
mod money;
mod remembering;
mod speak;

use std::time::Duration;

use chat::{Context, Decision, Explanation, Known, Limit, Outcome, Said, Silence, Situation};
use model::Chain;
use personality::Personality;
use queue::{Event, EventId, What};
use store::{Answer, Attempt, Claimed, Day, Gathered, Held, Progress, Scope, Wanted};
use tokio::time::{Instant, timeout_at};

use self::{answering::Answering, money::Meter, remembering::Remembered};
pub(crate) use self::{
    marks::stopped,
    money::{budgets, count_as_spent, give_back, purses},
    remembering::{asked, question},
};
use crate::{
    Deadline, Verdict, Worker,
    clock::now_ms,
    files::{self, Files},
    reply::{POST_TIMEOUT, ReplyError},
    settle::{Settled, give_up, keep_rows, settle},
    space,
    verdict::rest,
    voice::{Stage, is_closed, is_final},
};

/// A claim that crashed so often is poison.
const POISON: u32 = 3;
/// A turn stops this long before its deadline, wherever it is, and gives its claims up: a worker that is
/// killed at the deadline counts as a crash of everything it has in hand.
const LAST_WORDS: Duration = Duration::from_millis(1_500);

/// Deals with `events`, oldest first, as one turn. Returns a verdict for each of those, from the front, that
/// it dealt with; at least one.
pub(crate) async fn turn(
    worker: &Worker,
    who: &Personality,
    events: &[Event],
    receives: u32,
    deadline: Deadline,
) -> Vec<Verdict> {
    let started = Instant::now();
    let attempt = Attempt {
        token: format!("{:016x}", fastrand::u64(..)),
        now_ms: now_ms(),
        lock_ms: deadline.as_ms(),
    };
    let all = |verdict: Verdict| vec![verdict; events.len()];
    let chain = match worker.models.chain(&who.reply) {
        Ok(chain) => chain,
        Err(e) => return all(Verdict::Dead { reason: e.to_string() }),
    };

    // gather
    let ids: Vec<EventId> = events.iter().map(|event| event.id.clone()).collect();
    let counters = limits::counters(who, events);
    let last = events.last().expect("a turn has at least one event");
    let most_read = chat::most_tokens(who, events);
    let reserve = chain.most(most_read, who.reply.max_tokens, &worker.prices).0;
    let purses = if reserve > 0 { money::purses(last) } else { Vec::new() };
    let scopes = Scope::read_in(last.guild_id, last.channel_id, &who.id);
    let known = worker.memory.known(&scopes);
    let (people, messages) = (marks::people(events), marks::messages(events));
    let wanted = Wanted {
        events: &ids,
        guild: last.guild_id,
        channel: last.channel_id,
        personality: &who.id,
        counters: &counters,
        people: &people,
        messages: &messages,
        reserve,
        purses: &purses,
        known: &known,
    };
    let (gathered, files) = tokio::join!(
        timeout_at(deadline.minus(LAST_WORDS), Box::pin(worker.store.gather(&wanted, &attempt))),
        files::read(&worker.discord, events, chain.capabilities().images),
    );
    let gathered = match gathered {
        Ok(Ok(gathered)) => gathered,
        failed => {
            let error = match failed {
                Ok(Err(e)) => chain_of(&e),
                _ => "the store did not answer in time".to_owned(),
            };
            tracing::warn!(event = %ids[0], error, "the store did not gather; the record returns");
            return all(Verdict::Retry { after: rest(receives) });
        }
    };
    let ms_gather = millis(started);
    let held = Held { day: Day::of(attempt.now_ms), amount: reserve };
    let mut share = match Answering::from(events, &gathered) {
        Answering::Now(share) => share,
        other => {
            if let Some(Claimed::Won(progress)) = gathered.claims.first() {
                // Out of the claim first: else the next attempt would give it back once more.
                match worker.store.let_go(&ids[0], &attempt).await {
                    Ok(()) => {
                        give_back(worker, &purses, held).await;
                        if let Some(before) = progress.held
                            && let Err(e) = count_as_spent(worker, &purses, before).await
                        {
                            tracing::warn!(error = %e, "what an earlier attempt used was not counted");
                        }
                    }
                    Err(e) => tracing::debug!(error = %e, "a reservation stays with its claim"),
                }
            } else {
                give_back(worker, &purses, held).await;
            }
            give_up(&worker.store, won(&ids, &gathered), &attempt).await;
            limits::take_back(worker, &counters, attempt.now_ms).await;
            return all(match other {
                Answering::Later { until_ms } => Verdict::Retry {
                    after: Duration::from_millis(until_ms.saturating_sub(attempt.now_ms) + 1_000),
                },
                _ => Verdict::Done,
            });
        }
    };
    let is_answered = |id: &EventId| share.events.iter().any(|event| event.id == *id);
    give_up(&worker.store, won(&ids, &gathered).filter(|id| !is_answered(id)), &attempt).await;
    marks::drop_deleted(&mut share.events, &gathered.rows);
    let unheard = marks::unheard(who, &share.events, &gathered.rows, attempt.now_ms);
    let heard: Vec<Event> = (share.events.iter())
        .filter(|event| !unheard.iter().any(|(id, _)| *id == event.id))
        .cloned()
        .collect();
    let files = match heard.len() == events.len() {
        true => files,
        // What came with words that are not heard is not looked at.
        false => files::read(&worker.discord, &heard, chain.capabilities().images).await,
    };
    let work = Turn {
        worker,
        who,
        attempt: &attempt,
        deadline,
        chain: &chain,
        started,
        events: &share.events,
        unheard: &unheard,
        absent: &share.absent,
        meter: Meter::holding((!purses.is_empty() && share.leads(&ids)).then_some(held)),
    };
    if !share.leads(&ids) {
        // Reserved under a claim that was closed before: this turn's own holds nothing.
        give_back(worker, &purses, held).await;
    }
    if let Some(before) = share.progress.held
        // It may have asked a model, and nobody knows what that came to.
        && let Err(e) = count_as_spent(worker, &purses, before).await
    {
        tracing::warn!(error = %e, "what an earlier attempt used was not counted");
    }
    if share.progress.crashed >= POISON {
        let mut verdicts = vec![Verdict::Done; share.closed_before];
        verdicts.push(work.poison(&share.progress).await);
        return verdicts;
    }

    // decide
    let limits = match share.progress.has_begun() {
        // It was let in once, and counted.
        true => {
            limits::take_back(worker, &counters, attempt.now_ms).await;
            Vec::new()
        }
        false => {
            let guild = &gathered.rows.guild.limits;
            limits::limits(who, guild, &counters, &gathered.counts, attempt.now_ms)
        }
    };
    let was_known: Vec<bool> = known.iter().map(Option::is_some).collect();
    let remembered = remembering::remember(
        worker,
        who,
        work.last(),
        work.events,
        &gathered,
        &was_known,
        attempt.now_ms,
    );
    let talk = remembering::talk(work.last(), &gathered);
    let decision = work.decide(&gathered, &files, &talk, &limits, &purses, &remembered);
    let decision = work.once(decision).await;
    let mut why = work.explanation();
    why.memories = remembered.used;
    why.ms.gather = ms_gather;
    why.ms.decide = millis(started);
    why.context = Context {
        window: talk.len(),
        preceding: work.last().preceding.len(),
        files: files.documents.len(),
        images: files.images.len(),
    };

    // ask, reply, settle
    let act = Box::pin(work.act(decision, files, &gathered, &share.progress, why));
    let done = timeout_at(deadline.minus(LAST_WORDS), act).await;
    let done = done.unwrap_or_else(|_| Err(Failed::Again("the deadline was near".to_owned())));
    let verdict = match done {
        Ok(()) => Verdict::Done,
        Err(failed) => {
            let reason = match failed {
                Failed::Again(reason) => {
                    if let Err(Failed::Again(e)) = work.pay().await {
                        tracing::warn!(error = e, "what a turn used was not counted");
                    }
                    give_up(&worker.store, work.events.iter().map(|event| &event.id), &attempt)
                        .await;
                    reason
                }
                Failed::Lost => "another attempt holds the claim".to_owned(),
            };
            tracing::warn!(event = %work.events[0].id, reason, "a turn did not finish; the record returns");
            Verdict::Retry { after: rest(receives) }
        }
    };
    vec![verdict; share.covered]
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

/// A turn that goes on.
struct Turn<'a> {
    worker: &'a Worker,
    who: &'a Personality,
    attempt: &'a Attempt,
    deadline: Deadline,
    chain: &'a Chain,
    started: Instant,
    events: &'a [Event],
    /// Those of them that are not heard, and why.
    unheard: &'a [(EventId, Silence)],
    /// Members of the answer begun earlier that were not delivered with it this time.
    absent: &'a [EventId],
    meter: Meter,
}

impl Turn<'_> {
    /// What is answered: the last that is heard, or, where none is, the last.
    fn last(&self) -> &Event {
        let is_heard = |event: &&Event| !self.unheard.iter().any(|(id, _)| *id == event.id);
        let heard = self.events.iter().rev().find(is_heard);
        heard.or(self.events.last()).expect("a turn has at least one event")
    }

    /// Everything the answer covers, the leader first.
    fn members(&self) -> Vec<EventId> {
        self.events
            .iter()
            .map(|event| event.id.clone())
            .chain(self.absent.iter().cloned())
            .collect()
    }

    fn stage(&self) -> Stage<'_> {
        Stage {
            discord: self.worker.discord.by(self.deadline.minus(POST_TIMEOUT)),
            store: &self.worker.store,
            who: self.who,
            event: self.last(),
            members: self.members(),
        }
    }

    async fn act(
        &self,
        decision: Decision,
        files: Files,
        gathered: &Gathered,
        progress: &Progress,
        why: Explanation,
    ) -> Result<(), Failed> {
        match (decision, &progress.answer) {
            // From an earlier attempt: it is not paid for twice.
            (_, Some(answer)) => self.finish(answer, gathered, progress, why).await,
            (Decision::StaySilent(because), None) => self.stay_silent(because, why, gathered).await,
            (Decision::Say { line, because }, None) => {
                self.say(&line, because, gathered, progress, why).await
            }
            (Decision::Speak(prompt), None) => {
                self.speak(&prompt, files, gathered, progress, why).await
            }
        }
    }

    /// That the budget is spent is said once a day in a guild, or in a direct message; then silence until it
    /// returns.
    async fn once(&self, decision: Decision) -> Decision {
        let Decision::Say { because: Silence::OverBudget, .. } = &decision else { return decision };
        let last = self.last();
        let space =
            last.guild_id.map_or(store::Space::Channel(last.channel_id), store::Space::Guild);
        let day = Day::of(self.attempt.now_ms);
        let first =
            self.worker.store.is_first(space, "over-budget", day, self.attempt.now_ms).await;
        match first {
            Ok(true) => decision,
            Ok(false) => Decision::StaySilent(Silence::OverBudget),
            Err(e) => {
                tracing::warn!(error = %e, "whether the budget's end was told is not known: it is not told");
                Decision::StaySilent(Silence::OverBudget)
            }
        }
    }

    fn decide(
        &self,
        gathered: &Gathered,
        files: &Files,
        talk: &[Said],
        limits: &[Limit],
        purses: &[store::Purse],
        remembered: &Remembered,
    ) -> Decision {
        let rows = &gathered.rows;
        let (now_ms, last) = (self.attempt.now_ms, self.last());
        let row = rows.channel.as_ref();
        let budgets = money::budgets(purses, &gathered.spending, &rows.guild, &rows.den, now_ms);
        let not_to_roast = marks::those(rows, |wants| wants.no_roast);
        let not_to_quote = marks::not_to_quote(self.events, rows);
        let left_out = marks::left_out(last, gathered);
        let closed = row.filter(|row| row.closed_until_ms > self.attempt.now_ms);
        chat::decide(&Situation {
            personality: self.who,
            events: self.events,
            known: Known {
                talk,
                documents: &files.documents,
                images: files.images.len(),
                limits,
                summary: remembering::summary(last, gathered),
                memories: &remembered.memories,
                budgets: &budgets,
                channel_closed: closed.map(|row| row.closed_code),
                stopped: marks::stopped(self.who, last, rows, now_ms),
                unheard: self.unheard,
                not_to_roast: &not_to_roast,
                not_to_quote: &not_to_quote,
                left_out: &left_out,
                is_wiser: rows.guild.is_higher_self(&self.who.id, last.channel_id),
                is_age_restricted: space::is_age_restricted(row),
            },
            now_ms,
        })
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            v: 1,
            personality: self.who.name.clone(),
            addressed: Explanation::addressed_by(self.last()),
            asker: self.last().author.id.to_string(),
            members: self.members(),
            ..Explanation::default()
        }
    }

    /// An event that killed its worker again and again goes aside, its neighbours proceed. Its claim is let
    /// go, not closed: until it lies among the dead letters it must not count as dealt with.
    async fn poison(&self, progress: &Progress) -> Verdict {
        let leader = &self.events[0].id;
        let mut why = self.explanation();
        why.reason = Some("poison".to_owned());
        self.finish_command(&self.who.lines.unavailable).await;
        let rows = keep_rows(
            &self.worker.store,
            self.who,
            (&self.events[0], self.last()),
            &progress.shown,
            &why,
        );
        let rows = rows.await;
        if let Err(Failed::Again(e)) = self.pay().await {
            tracing::warn!(error = e, "what a poisonous turn held is not given back");
        }
        let others = self.events[1..].iter().map(|event| &event.id);
        give_up(&self.worker.store, others, self.attempt).await;
        let released = self.worker.store.release(leader, self.attempt).await;
        match rows.and(released) {
            Ok(()) => Verdict::Dead { reason: format!("{} tries crashed", progress.crashed) },
            Err(e) => {
                tracing::warn!(event = %leader, error = %chain_of(&e), "a poisonous event waits");
                Verdict::Retry { after: rest(1) }
            }
        }
    }

    async fn stay_silent(
        &self,
        because: Silence,
        mut why: Explanation,
        gathered: &Gathered,
    ) -> Result<(), Failed> {
        self.finish_command(&because.told(&self.who.name)).await;
        why.reason = Some(reason(because));
        // What came too late is remembered all the same.
        self.settle(&[], None, &why, because == Silence::TooLate, gathered).await
    }

    /// Shows the answer of an earlier attempt.
    async fn finish(
        &self,
        answer: &Answer,
        gathered: &Gathered,
        progress: &Progress,
        mut why: Explanation,
    ) -> Result<(), Failed> {
        why.outcome = if answer.own_words { Outcome::Spoke } else { Outcome::Line };
        let mut reply = match self.begin_reply(gathered, progress).await {
            Ok(reply) => reply,
            Err(e) => return self.could_not_speak(e, why, gathered).await,
        };
        self.land(&mut reply, answer, &mut why).await?;
        let said = answer.own_words.then_some(answer.text.as_str());
        self.settle(reply.shown(), said, &why, true, gathered).await
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
            Err(e) => return self.could_not_speak(e, why, gathered).await,
        };
        let answer = Answer { text: line.to_owned(), own_words: false };
        self.land(&mut reply, &answer, &mut why).await?;
        self.settle(reply.shown(), None, &why, because == Silence::TooLate, gathered).await
    }

    async fn could_not_speak(
        &self,
        e: ReplyError,
        mut why: Explanation,
        gathered: &Gathered,
    ) -> Result<(), Failed> {
        match e {
            ReplyError::Discord { source, .. } if is_final(&source) => {
                why.outcome = Outcome::Silent;
                why.reason = Some(refusal(&source));
                self.settle(&[], None, &why, false, gathered).await
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
        gathered: &Gathered,
    ) -> Result<(), Failed> {
        self.pay().await?;
        let settled = Settled {
            worker: self.worker,
            who: self.who,
            gathered,
            digests: !self.chain.is_understudy(),
            events: self.events,
            last: self.last(),
            unheard: self.unheard,
            absent: self.absent,
            attempt: self.attempt,
            shown,
            said,
            why,
            remember,
        };
        Ok(Box::pin(settle(settled)).await?)
    }

    /// The question of a command, as it is shown above the answer.
    fn asked(&self) -> String {
        let What::Command(command) = &self.last().what else { return String::new() };
        let name = |name: &str| chat::plain(&chat::clean_name(name), 40);
        let (asker, who) = (name(&self.last().author.name), &self.who.name);
        let target = command.target.as_ref().map(|target| &target.author.name);
        let roasted = command.people.first().map(|person| &person.name).or(target);
        match (command.option("question"), roasted) {
            (Some(question), _) => format!("-# {asker} asks {who}: {}", chat::plain(question, 300)),
            (None, Some(person)) => format!("-# {asker} has {who} roast {}", name(person)),
            (None, None) => format!("-# {asker} asks {who}"),
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
}

fn won<'a>(ids: &'a [EventId], gathered: &'a Gathered) -> impl Iterator<Item = &'a EventId> {
    ids.iter()
        .zip(&gathered.claims)
        .filter(|(_, claim)| matches!(claim, Claimed::Won(_)))
        .map(|(id, _)| id)
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
pub(crate) fn chain_of(e: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(e), |e| e.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
