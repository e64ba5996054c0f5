//! What a turn may cost, reserved before the model is asked and settled from what it used.

use std::sync::Mutex;

use chat::Budget;
use futures_util::future::try_join_all;
use model::{Chain, Microdollars};
use personality::Personality;
use queue::{Event, EventId};
use store::{Attempt, Day, DenRow, Entry, GuildRow, Held, Purse, Rows, Spending};

use super::{Failed, Turn};
use crate::Worker;

/// The purses that pay for an event: its guild's, and the den's.
pub(crate) fn purses(event: &Event) -> Vec<Purse> {
    event.guild_id.map(Purse::Guild).into_iter().chain([Purse::Den]).collect()
}

/// The budgets that hold, with what the purses have given.
pub(crate) fn budgets(
    purses: &[Purse],
    spending: &[Spending],
    guild: &GuildRow,
    den: &DenRow,
    now_ms: u64,
) -> Vec<Budget> {
    let cap = |purse: &Purse| match purse {
        // A guild may set less than the operator allows, never more.
        Purse::Guild(_) => [guild.budget, den.guild_budget].into_iter().flatten().min(),
        Purse::Den => den.budget,
    };
    let ends_in_ms = Day::of(now_ms).ends_in_ms(now_ms);
    let budget = |(purse, spending): (&Purse, &Spending)| {
        Some(Budget { total: spending.total(), cap: cap(purse)?, ends_in_ms })
    };
    purses.iter().zip(spending).filter_map(budget).collect()
}

/// Whether a budget has no room for a turn that answers an event now, or no model is there to answer it. Reserves
/// nothing.
///
/// # Errors
/// The store's.
pub(crate) async fn is_over_budget(
    worker: &Worker,
    who: &Personality,
    event: &Event,
    rows: &Rows,
    now_ms: u64,
) -> Result<bool, store::Error> {
    let Ok(chain) = worker.models.chain(&who.reply) else { return Ok(true) };
    let most_read = chat::most_tokens(who, std::slice::from_ref(event));
    let reserve = chain.most(most_read, who.reply.max_tokens, &worker.prices).0;
    if reserve == 0 {
        return Ok(false);
    }
    let (purses, day) = (purses(event), Day::of(now_ms));
    let spending =
        try_join_all(purses.iter().map(|purse| worker.store.spending(*purse, day))).await?;
    let budgets = budgets(&purses, &spending, &rows.guild, &rows.den, now_ms);
    Ok(budgets.iter().any(|budget| budget.total + reserve > budget.cap))
}

/// What a turn holds and what it has used so far.
#[derive(Debug, Default)]
pub(super) struct Meter(Mutex<Reading>);

#[derive(Clone, Debug, Default)]
struct Reading {
    held: Option<Held>,
    used: Option<Used>,
}

/// What asking a model came to.
#[derive(Clone, Debug)]
pub(super) struct Used {
    pub(super) model: String,
    pub(super) cost: Microdollars,
    pub(super) tokens: chat::Tokens,
}

impl Meter {
    /// A meter of a turn that holds so much.
    pub(super) fn holding(held: Option<Held>) -> Self {
        Self(Mutex::new(Reading { held, used: None }))
    }

    /// Notes what was used.
    pub(super) fn used(&self, used: Used) {
        self.lock().used = Some(used);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Reading> {
        // A reading is written whole.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn take(&self) -> Reading {
        std::mem::take(&mut *self.lock())
    }

    fn put_back(&self, reading: Reading) {
        *self.lock() = reading;
    }
}

/// Gives back what was reserved and is not going to be used. What cannot be given back is too much reserved
/// until the day ends, never too little.
pub(crate) async fn give_back(worker: &Worker, purses: &[Purse], held: Held) {
    let amount = i64::try_from(held.amount).unwrap_or(i64::MAX);
    for purse in purses {
        if let Err(e) = worker.store.settle_purse(*purse, held.day, amount, 0).await {
            tracing::warn!(error = %e, "a reservation was not given back; it ends with its day");
        }
    }
}

/// Counts what an earlier attempt reserved as spent: it may have asked a model, and nobody knows what that
/// came to.
pub(crate) async fn count_as_spent(
    worker: &Worker,
    event: &Event,
    chain: &Chain,
    held: Held,
) -> Result<(), store::Error> {
    let amount = i64::try_from(held.amount).unwrap_or(i64::MAX);
    for purse in purses(event) {
        worker.store.settle_purse(purse, held.day, amount, amount).await?;
    }
    let entry = Entry {
        day: held.day,
        guild: event.guild_id,
        personality: event.personality.clone(),
        model: chain.id().to_owned(),
        turns: 1,
        tokens_in: 0,
        tokens_cached: 0,
        tokens_out: 0,
        cost: held.amount,
    };
    worker.store.enter(&entry).await
}

impl Turn<'_> {
    /// Settles what the turn holds from what it used. Done again, it does nothing.
    pub(super) async fn pay(&self) -> Result<(), Failed> {
        let Reading { held, used } = self.meter.take();
        let leader: &EventId = &self.events[0].id;
        let attempt: &Attempt = self.attempt;
        let released = match held {
            None => 0,
            Some(held) => match self.worker.store.let_go(leader, attempt).await {
                Ok(()) => i64::try_from(held.amount).unwrap_or(i64::MAX),
                Err(e) => {
                    // Whoever has the claim now counts all that we held as spent.
                    if !matches!(e, store::Error::ClaimLost { .. }) {
                        self.meter.put_back(Reading { held: Some(held), used });
                    }
                    return Err(e.into());
                }
            },
        };
        let day = held.map_or_else(|| Day::of(attempt.now_ms), |held| held.day);
        let cost = used.as_ref().map_or(0, |used| used.cost.0);
        if released == 0 && used.is_none() {
            return Ok(());
        }
        let spent = i64::try_from(cost).unwrap_or(i64::MAX);
        for purse in purses(self.last()) {
            self.worker.store.settle_purse(purse, day, released, spent).await?;
        }
        let Some(used) = used else { return Ok(()) };
        let entry = Entry {
            day,
            guild: self.last().guild_id,
            personality: self.who.id.clone(),
            model: used.model,
            turns: 1,
            tokens_in: used.tokens.r#in,
            tokens_cached: used.tokens.cache_read,
            tokens_out: used.tokens.out,
            cost,
        };
        Ok(self.worker.store.enter(&entry).await?)
    }
}
