//! A turn: gather → decide → ask → reply → settle.

mod answering;
mod ending;
mod limits;
mod marks;
mod money;
mod remembering;
mod speak;

use std::time::Duration;

use chat::{Context, Decision, Explanation, Known, Limit, Said, Silence, Situation};
use model::Chain;
use personality::Personality;
use queue::{Event, EventId};
use store::{Attempt, Claimed, Day, Gathered, Held, Progress, Scope, Wanted};
use tokio::time::{Instant, timeout_at};

use self::{answering::Answering, limits::Counted, money::Meter, remembering::Remembered};
pub(crate) use self::{
    limits::would_refuse,
    marks::{stopped, unwelcome},
    money::{budgets, count_as_spent, give_back, is_over_budget, purses},
    remembering::{asked, question},
};
use crate::{
    Deadline, Verdict, Worker,
    clock::now_ms,
    files::{self, Files},
    reply::POST_TIMEOUT,
    settle::give_up,
    space,
    verdict::rest,
    voice::Stage,
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
    let named = worker.memory.named(&scopes, &asked(last));
    let (people, messages) = (marks::people(events, named), marks::messages(events));
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
                            && let Err(e) = count_as_spent(worker, last, &chain, before).await
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
    let mut unheard = marks::unheard(who, &share.events, &gathered.rows, attempt.now_ms);
    let mut heard = without(&share.events, &unheard);
    let (caps, counts) = (&gathered.rows.guild.limits, &gathered.counts);
    let mut counted = Counted::new(who, caps, counters, counts, attempt.now_ms);
    if share.progress.is_retake {
        counted = counted.before(worker, attempt.now_ms).await;
    }
    if share.progress.has_begun() {
        // It was let in once, and is finished.
        counted = Counted::default();
    }
    let (flood, untold) = counted.leave_out(&heard);
    if !flood.is_empty() {
        limits::take_back(worker, &untold, attempt.now_ms).await;
        unheard.extend(flood);
        heard = without(&share.events, &unheard);
    }
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
        meter: Meter::holding((!purses.is_empty()).then_some(held)),
    };
    if !purses.is_empty()
        && !share.leads(&ids)
        // Reserved under a claim that was closed before: this turn's own is to hold it.
        && let Err(e) = worker.store.hold(&share.events[0].id, &attempt, Some(held)).await
    {
        give_back(worker, &purses, held).await;
        give_up(&worker.store, share.events.iter().map(|event| &event.id), &attempt).await;
        let (event, error) = (&share.events[0].id, chain_of(&e));
        tracing::warn!(event = %event, error, "what a turn may cost was not noted; the record returns");
        let mut verdicts = vec![Verdict::Done; share.closed_before];
        verdicts.push(Verdict::Retry { after: rest(receives) });
        return verdicts;
    }
    if let Some(before) = share.progress.held
        // It may have asked a model, and nobody knows what that came to.
        && let Err(e) = count_as_spent(worker, last, &chain, before).await
    {
        tracing::warn!(error = %e, "what an earlier attempt used was not counted");
    }
    if share.progress.crashed >= POISON {
        let mut verdicts = vec![Verdict::Done; share.closed_before];
        verdicts.push(work.poison(&share.progress).await);
        return verdicts;
    }

    // decide
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
    let purses = if share.progress.has_begun() { &[] } else { &purses[..] };
    let decision = work.decide(&gathered, &files, &talk, counted.limits(), purses, &remembered);
    let decision = work.once(decision).await;
    limits::take_back(worker, &counted.uncounted(&decision), attempt.now_ms).await;
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
            (Decision::StaySilent(because), _) if because.is_decided() => {
                self.stay_silent(because, why, gathered, progress).await
            }
            (Decision::Say { line, because }, _) if because.is_decided() => {
                self.say(&line, because, gathered, progress, why).await
            }
            // From an earlier attempt: it is not paid for twice.
            (_, Some(answer)) => self.finish(answer, gathered, progress, why).await,
            (Decision::StaySilent(because), None) => {
                self.stay_silent(because, why, gathered, progress).await
            }
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
        let (store, now_ms) = (&self.worker.store, self.attempt.now_ms);
        let by = self.events[0].id.as_str();
        let first = store.is_first(space, "over-budget", by, day, now_ms).await;
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
                is_age_restricted: space::is_age_restricted(last, row),
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
}

fn without(events: &[Event], unheard: &[(EventId, Silence)]) -> Vec<Event> {
    let is_heard = |event: &&Event| !unheard.iter().any(|(id, _)| *id == event.id);
    events.iter().filter(is_heard).cloned().collect()
}

fn won<'a>(ids: &'a [EventId], gathered: &'a Gathered) -> impl Iterator<Item = &'a EventId> {
    ids.iter()
        .zip(&gathered.claims)
        .filter(|(_, claim)| matches!(claim, Claimed::Won(_)))
        .map(|(id, _)| id)
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// An error and its causes in one line.
pub(crate) fn chain_of(e: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(e), |e| e.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
