//! A turn: gather → decide → ask → reply → settle.

mod answering;
mod ending;
mod limits;
mod marks;
mod money;
mod opening;
mod remembering;
mod speak;

use std::{sync::OnceLock, time::Duration};

use chat::{Context, Decision, Explanation, Known, Limit, Memory, Said, Silence, Situation};
use model::Chain;
use personality::Personality;
use queue::{Event, EventId};
use store::{Attempt, Counter, Day, Gathered, Progress, Scope};
use tokio::time::{Instant, timeout_at};
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

use self::{
    answering::Answering,
    limits::Counted,
    money::Meter,
    opening::{Heard, Opening},
};
pub(crate) use self::{
    limits::would_refuse,
    marks::{stopped, unwelcome},
    money::{budgets, count_as_spent, give_back, is_over_budget, purses},
    remembering::{Source, asked, question},
};
use crate::{
    Deadline, Verdict, Worker, files::Files, reply::POST_TIMEOUT, settle::give_up, space,
    verdict::rest, voice::Stage,
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
    let mut opening = match Opening::gather(worker, who, events, receives, deadline).await {
        Ok(opening) => opening,
        Err(verdict) => return vec![verdict; events.len()],
    };
    let ms_gather = millis(started);
    let mut share = match Answering::from(events, &opening.gathered) {
        Answering::Now(share) => share,
        other => return vec![opening.leave(&other).await; events.len()],
    };
    let Heard { unheard, counted, files } = opening.hear(&mut share).await;
    let Ok(held) = opening.hold(&share).await else {
        return share.of_the_leader(Verdict::Retry { after: rest(receives) });
    };
    let work = Turn {
        worker,
        who,
        attempt: &opening.attempt,
        deadline,
        chain: &opening.chain,
        started,
        events: &share.events,
        unheard: &unheard,
        absent: &share.absent,
        meter: Meter::holding(held),
        sources: OnceLock::new(),
    };
    if share.progress.crashed >= POISON {
        return share.of_the_leader(work.poison(&share.progress).await);
    }
    let act = Box::pin(work.decide_and_act(&opening, &share.progress, counted, files, ms_gather));
    let done = timeout_at(deadline.minus(LAST_WORDS), act).await;
    let done = done.unwrap_or_else(|_| Err(Failed::Again("the deadline was near".to_owned())));
    let verdict = match done {
        Ok(()) => Verdict::Done,
        Err(failed) => work.again(failed, receives).await,
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
    /// The words of before that are handed over, once they are chosen.
    sources: OnceLock<Vec<Source>>,
}

/// What of before may be handed over, and what may not.
struct Before {
    memories: Vec<Memory>,
    talk: Vec<Said>,
    left_out: Vec<Id<MessageMarker>>,
    not_to_quote: Vec<Id<UserMarker>>,
    not_to_roast: Vec<Id<UserMarker>>,
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

    /// Decides what the events are answered, and does it.
    async fn decide_and_act(
        &self,
        opening: &Opening<'_>,
        progress: &Progress,
        counted: Counted,
        files: Files,
        ms_gather: u64,
    ) -> Result<(), Failed> {
        let gathered = &opening.gathered;
        let remembered = remembering::remember(
            self.worker,
            self.who,
            self.last(),
            self.events,
            gathered,
            &opening.was_known,
            self.attempt.now_ms,
        );
        let mut not_to_roast = marks::not_to_roast(self.events, &gathered.rows);
        not_to_roast.extend(self.unasked(opening).await?);
        let before = Before {
            memories: remembered.memories,
            talk: remembering::talk(self.last(), gathered),
            left_out: marks::left_out(self.last(), gathered),
            not_to_quote: marks::not_to_quote(self.events, &gathered.rows),
            not_to_roast,
        };
        let purses = if progress.has_begun() { &[] } else { &opening.purses[..] };
        let decision = self.decide(gathered, &files, &before, counted.limits(), purses);
        let decision = self.once(decision, counted.refusing()).await;
        let uncounted = counted.uncounted(&decision);
        limits::take_back(self.worker, &uncounted, self.attempt.now_ms).await;
        let mut why = self.explanation();
        why.memories = remembered.used;
        let mut sources = remembered.sources;
        let Before { not_to_quote, left_out, .. } = &before;
        sources.extend(remembering::sources(self.last(), gathered, not_to_quote, left_out));
        // Nobody else sets it.
        let _ = self.sources.set(sources);
        why.ms.gather = ms_gather;
        why.ms.decide = millis(self.started);
        why.context = Context {
            window: before.talk.len(),
            preceding: self.last().preceding.len(),
            files: files.documents.len(),
            images: files.images.len(),
        };
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

    /// Gives up the claims of a turn that did not finish, so that the next attempt need not wait for them.
    async fn again(&self, failed: Failed, receives: u32) -> Verdict {
        let reason = match failed {
            Failed::Again(reason) => {
                if let Err(Failed::Again(e)) = self.pay().await {
                    tracing::warn!(error = e, "what a turn used was not counted");
                }
                let claimed = self.events.iter().map(|event| &event.id);
                give_up(&self.worker.store, claimed, self.attempt).await;
                reason
            }
            Failed::Lost => "another attempt holds the claim".to_owned(),
        };
        tracing::warn!(event = %self.events[0].id, reason, "a turn did not finish; the record returns");
        Verdict::Retry { after: rest(receives) }
    }

    /// That the budget is spent is said once a day in a guild, or in a direct message, and that a limit is reached
    /// once in its span; then silence until it returns.
    async fn once(&self, decision: Decision, refusing: Option<&Counter>) -> Decision {
        let (store, now_ms) = (&self.worker.store, self.attempt.now_ms);
        let (what, because) = match (&decision, refusing) {
            (Decision::Say { because: because @ Silence::OverBudget, .. }, _) => {
                ("over-budget".to_owned(), *because)
            }
            (Decision::Say { because: because @ Silence::OverLimit, .. }, Some(counter)) => {
                (format!("over-limit-{}", counter.name(now_ms)), *because)
            }
            _ => return decision,
        };
        let last = self.last();
        let space =
            last.guild_id.map_or(store::Space::Channel(last.channel_id), store::Space::Guild);
        let by = self.events[0].id.as_str();
        match store.is_first(space, &what, by, Day::of(now_ms), now_ms).await {
            Ok(true) => decision,
            Ok(false) => Decision::StaySilent(because),
            Err(e) => {
                tracing::warn!(error = %e, "whether an end was told of is not known: it is not told");
                Decision::StaySilent(because)
            }
        }
    }

    /// Of the people who are only named, those who do not want to be roasted and whom the one round trip did not ask
    /// about: a worker that is new to a place learns from it who is known there.
    async fn unasked(&self, opening: &Opening<'_>) -> Result<Vec<Id<UserMarker>>, Failed> {
        let last = self.last();
        let scopes = Scope::read_in(last.guild_id, last.channel_id, &self.who.id);
        let new = scopes.into_iter().zip(&opening.was_known).filter(|(_, was_known)| !**was_known);
        let new: Vec<Scope> = new.map(|(scope, _)| scope).collect();
        let mut named = self.worker.memory.named(&new, &asked(last));
        named.retain(|id| !opening.gathered.rows.people.contains_key(id));
        if named.is_empty() {
            return Ok(named);
        }
        named.truncate(store::MOST_PEOPLE);
        let rows = self.worker.store.marks(None, &named, &[]).await?;
        Ok(marks::those(&rows, |wants| wants.no_roast))
    }

    fn decide(
        &self,
        gathered: &Gathered,
        files: &Files,
        before: &Before,
        limits: &[Limit],
        purses: &[store::Purse],
    ) -> Decision {
        let rows = &gathered.rows;
        let (now_ms, last) = (self.attempt.now_ms, self.last());
        let row = rows.channel.as_ref();
        let budgets = money::budgets(purses, &gathered.spending, &rows.guild, &rows.den, now_ms);
        let closed = row.filter(|row| row.closed_until_ms > self.attempt.now_ms);
        chat::decide(&Situation {
            personality: self.who,
            events: self.events,
            known: Known {
                talk: &before.talk,
                documents: &files.documents,
                images: files.images.len(),
                limits,
                summary: remembering::summary(last, gathered),
                memories: &before.memories,
                budgets: &budgets,
                channel_closed: closed.map(|row| row.closed_code),
                stopped: marks::stopped(self.who, last, rows, now_ms),
                unheard: self.unheard,
                not_to_roast: &before.not_to_roast,
                not_to_quote: &before.not_to_quote,
                left_out: &before.left_out,
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

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// An error and its causes in one line.
pub(crate) fn chain_of(e: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(e), |e| e.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
