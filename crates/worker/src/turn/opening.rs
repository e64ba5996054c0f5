//! What a turn opens with: the one round trip, and which of what was delivered is heard.

use std::time::Duration;

use chat::Silence;
use futures_util::future::join_all;
use model::Chain;
use personality::Personality;
use queue::{Event, EventId};
use store::{
    Attempt, Claimed, Counter, Day, Gathered, Held, Progress, Purse, Scope, Subject, Wanted,
};
use tokio::time::timeout_at;

use super::{
    LAST_WORDS,
    answering::{Answering, Share},
    chain_of,
    limits::{self, Counted},
    marks, money,
    remembering::asked,
};
use crate::{
    Deadline, Verdict, Worker,
    clock::now_ms,
    files::{self, Files},
    settle::give_up,
    verdict::rest,
};

/// What was claimed, counted, reserved and read before anything is decided.
pub(super) struct Opening<'a> {
    worker: &'a Worker,
    who: &'a Personality,
    /// Everything that was delivered.
    events: &'a [Event],
    ids: Vec<EventId>,
    counters: Vec<Counter>,
    pub(super) attempt: Attempt,
    pub(super) chain: Chain,
    /// Who pays, where a model costs anything.
    pub(super) purses: Vec<Purse>,
    /// What the turn may cost.
    held: Held,
    pub(super) gathered: Gathered,
    /// Of each scope that is read, whether this worker knew its episodes already.
    pub(super) was_known: Vec<bool>,
    files: Files,
}

/// What is heard of a turn's events.
pub(super) struct Heard {
    /// Those that are not, and why.
    pub(super) unheard: Vec<(EventId, Silence)>,
    pub(super) counted: Counted,
    /// What came attached to those that are.
    pub(super) files: Files,
}

impl<'a> Opening<'a> {
    /// Claims the events and reads what the table knows about them, in one round trip.
    ///
    /// # Errors
    /// What becomes of all of them where that cannot be.
    pub(super) async fn gather(
        worker: &'a Worker,
        who: &'a Personality,
        events: &'a [Event],
        receives: u32,
        deadline: Deadline,
    ) -> Result<Self, Verdict> {
        let attempt = Attempt {
            token: format!("{:016x}", fastrand::u64(..)),
            now_ms: now_ms(),
            lock_ms: deadline.as_ms(),
        };
        let chain = worker.models.chain(&who.reply);
        let chain = chain.map_err(|e| Verdict::Dead { reason: e.to_string() })?;
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
            timeout_at(
                deadline.minus(LAST_WORDS),
                Box::pin(worker.store.gather(&wanted, &attempt))
            ),
            files::read(&worker.discord, events, chain.capabilities().images),
        );
        let error = match gathered {
            Ok(Ok(gathered)) => {
                let held = Held { day: Day::of(attempt.now_ms), amount: reserve };
                let was_known = known.iter().map(Option::is_some).collect();
                return Ok(Self {
                    worker,
                    who,
                    events,
                    ids,
                    counters,
                    attempt,
                    chain,
                    purses,
                    held,
                    gathered,
                    was_known,
                    files,
                });
            }
            Ok(Err(e)) => chain_of(&e),
            Err(_) => "the store did not answer in time".to_owned(),
        };
        tracing::warn!(event = %ids[0], error, "the store did not gather; the record returns");
        Err(Verdict::Retry { after: rest(receives) })
    }

    /// Gives back what was claimed, counted and reserved for events of which none is to be answered now.
    pub(super) async fn leave(&self, why: &Answering) -> Verdict {
        let (worker, leader) = (self.worker, &self.ids[0]);
        if let Some(Claimed::Won(progress)) = self.gathered.claims.first() {
            // Out of the claim first: else the next attempt would give it back once more.
            match worker.store.let_go(leader, &self.attempt).await {
                Ok(()) => {
                    self.give_back().await;
                    self.count_before(progress.held).await;
                }
                Err(e) => tracing::debug!(error = %e, "a reservation stays with its claim"),
            }
        } else {
            self.give_back().await;
        }
        let given_up = join_all(
            self.won()
                .map(|(id, before)| worker.store.give_up_uncounted(id, &self.attempt, before)),
        );
        if given_up.await.iter().all(Result::is_ok) {
            limits::take_back(worker, &self.counters, self.attempt.now_ms).await;
        }
        match why {
            Answering::Later { until_ms } => Verdict::Retry {
                after: Duration::from_millis(until_ms.saturating_sub(self.attempt.now_ms) + 1_000),
            },
            _ => Verdict::Done,
        }
    }

    /// Gives up what is not answered this time, and says which of the rest is heard: not what is deleted, nor what
    /// people say who are not to be answered or are beyond their limit.
    pub(super) async fn hear(&mut self, share: &mut Share) -> Heard {
        let (worker, now_ms) = (self.worker, self.attempt.now_ms);
        self.leave_others(share).await;
        let asked = marks::messages(self.events);
        marks::drop_deleted(&mut share.events, &asked, &self.gathered.rows);
        let mut unheard = marks::unheard(self.who, &share.events, &self.gathered.rows, now_ms);
        let mut heard = without(&share.events, &unheard);
        let mut counted = self.counted(share).await;
        let flood = counted.leave_out(&heard);
        if !flood.is_empty() {
            unheard.extend(flood);
            heard = without(&share.events, &unheard);
        }
        let files = match heard.len() == self.events.len() {
            true => std::mem::take(&mut self.files),
            // What came with words that are not heard is not looked at.
            false => files::read(&worker.discord, &heard, self.chain.capabilities().images).await,
        };
        Heard { unheard, counted, files }
    }

    /// Gives up what this turn does not answer, and takes back what counted it.
    async fn leave_others(&mut self, share: &Share) {
        let is_answered = |id: &EventId| share.events.iter().any(|event| event.id == *id);
        let others: Vec<_> = self.won().filter(|(id, _)| !is_answered(id)).collect();
        if others.is_empty() {
            return;
        }
        let store = &self.worker.store;
        let given_up = others
            .into_iter()
            .map(|(id, before)| store.give_up_uncounted(id, &self.attempt, before));
        if !join_all(given_up).await.iter().all(Result::is_ok) {
            return;
        }
        let is_theirs = |counter: &Counter| match counter.subject {
            Subject::Person(id) => share.events.iter().any(|event| event.author.id == id),
            Subject::Channel(_) | Subject::Guild(_) => true,
        };
        let counters = std::mem::take(&mut self.counters);
        let counts = std::mem::take(&mut self.gathered.counts);
        let all = counters.into_iter().zip(counts);
        let (kept, gone): (Vec<_>, Vec<_>) = all.partition(|(counter, _)| is_theirs(counter));
        (self.counters, self.gathered.counts) = kept.into_iter().unzip();
        let gone: Vec<Counter> = gone.into_iter().map(|(counter, _)| counter).collect();
        limits::take_back(self.worker, &gone, self.attempt.now_ms).await;
    }

    /// What the limits say of it: nothing, where it was let in before and is only finished.
    async fn counted(&mut self, share: &Share) -> Counted {
        let counters = std::mem::take(&mut self.counters);
        let (caps, now_ms) = (&self.gathered.rows.guild.limits, self.attempt.now_ms);
        let counted = Counted::new(self.who, caps, counters, &self.gathered.counts, now_ms);
        let claims = self.events.iter().zip(&self.gathered.claims);
        let is_answered = |event: &Event| share.events.iter().any(|known| known.id == event.id);
        let counted_before: Vec<&Event> = claims
            .filter(|(_, claim)| matches!(claim, Claimed::Won(before) if before.was_counted))
            .map(|(event, _)| event)
            .filter(|event| is_answered(event))
            .collect();
        let counted = counted.before(self.worker, &counted_before, now_ms).await;
        if share.progress.has_begun() { Counted::default() } else { counted }
    }

    /// Puts what is reserved under the leader's claim, and counts what an earlier attempt may have used. Returns
    /// what the turn holds.
    ///
    /// # Errors
    /// The store's; then all is given back, and the record is to return.
    pub(super) async fn hold(&self, share: &Share) -> Result<Option<Held>, store::Error> {
        let held = (!self.purses.is_empty()).then_some(self.held);
        let (store, leader) = (&self.worker.store, &share.events[0].id);
        if held.is_some()
            && !share.leads(&self.ids)
            // Reserved under a claim that was closed before: this turn's own is to hold it.
            && let Err(e) = store.hold(leader, &self.attempt, held).await
        {
            self.give_back().await;
            give_up(store, share.events.iter().map(|event| &event.id), &self.attempt).await;
            tracing::warn!(event = %leader, error = %chain_of(&e), "what a turn may cost was not noted; the record returns");
            return Err(e);
        }
        self.count_before(share.progress.held).await;
        Ok(held)
    }

    /// Counts what an earlier attempt held as spent: it may have asked a model, and nobody knows what that came to.
    async fn count_before(&self, held: Option<Held>) {
        let last = self.events.last().expect("a turn has at least one event");
        if let Some(before) = held
            && let Err(e) = money::count_as_spent(self.worker, last, &self.chain, before).await
        {
            tracing::warn!(error = %e, "what an earlier attempt used was not counted");
        }
    }

    async fn give_back(&self) {
        money::give_back(self.worker, &self.purses, self.held).await;
    }

    /// What this attempt claimed, and how far earlier ones had come.
    fn won(&self) -> impl Iterator<Item = (&EventId, &Progress)> {
        self.ids.iter().zip(&self.gathered.claims).filter_map(|(id, claim)| match claim {
            Claimed::Won(before) => Some((id, before)),
            _ => None,
        })
    }
}

/// The events that are heard.
pub(super) fn without(events: &[Event], unheard: &[(EventId, Silence)]) -> Vec<Event> {
    let is_heard = |event: &&Event| !unheard.iter().any(|(id, _)| *id == event.id);
    events.iter().filter(is_heard).cloned().collect()
}
