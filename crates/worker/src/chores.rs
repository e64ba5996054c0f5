//! Chores: what asks a model again after the reply, as an event of its own, because Lambda has no
//! "afterwards".

use std::convert::Infallible;

use chat::{Said, digest_prompt, digested};
use futures_util::StreamExt;
use model::{Limits, Progress as Asked, Prompt, Report};
use personality::{Personality, Reply};
use queue::{Chore, Event, EventId, What};
use store::{
    About, Attempt, Claimed, Day, Entry, Episode, Fact, Gathered, Held, Origin, Scope, Speaker,
    Summary, Wanted,
};

use crate::{
    Deadline, Verdict, Worker, ask,
    clock::now_ms,
    memory::written_ms,
    space,
    turn::{budgets, give_back, purses, stopped},
    verdict::rest,
};

/// Turns of the window that a digest leaves alone: they are handed over as they are.
const RECENT: usize = 12;
/// A digest is made when so many turns have left that.
const ENOUGH: usize = 10;
/// After so many deliveries a digest is given up: the next answer orders another.
const PATIENCE: u32 = 4;
/// Tokens of a digest.
const MOST_TOKENS: u32 = 700;
/// Kept back from the model's time, to write down what it said.
const FINISH: std::time::Duration = std::time::Duration::from_secs(3);

/// Whether enough was said for another digest.
pub(crate) fn is_due(window: &[Episode], summary: &Summary) -> bool {
    digestible(window, summary).len() >= ENOUGH
}

/// What a digest takes in: older than the recent turns, newer than the last digest.
fn digestible<'a>(window: &'a [Episode], summary: &Summary) -> &'a [Episode] {
    let old = &window[..window.len().saturating_sub(RECENT)];
    let first = old.iter().position(|turn| Some(turn.message_id) > summary.upto);
    first.map_or(&[], |first| &old[first..])
}

/// Orders a digest of the channel of `after`. Best effort: the next answer orders it again.
pub(crate) async fn order(worker: &Worker, after: &Event) {
    let chore = Event {
        id: EventId::labelled(crate::turn::question(after), "digest", &after.personality),
        what: What::Chore(Chore::Digest),
        preceding: Vec::new(),
        received_at_ms: now_ms(),
        ..after.clone()
    };
    for sent in worker.sink.send(&[chore]).await {
        if let Err(e) = sent {
            tracing::info!(error = %e, "no digest was ordered; the next answer tries again");
        }
    }
}

/// Makes a digest.
pub(crate) async fn serve(
    worker: &Worker,
    who: &Personality,
    event: &Event,
    receives: u32,
    deadline: Deadline,
) -> Verdict {
    match digest(worker, who, event, deadline).await {
        Ok(()) => Verdict::Done,
        Err(e) if receives >= PATIENCE => {
            tracing::warn!(event = %event.id, error = %crate::turn::chain_of(&e), "a digest is given up");
            Verdict::Done
        }
        Err(e) => {
            tracing::info!(event = %event.id, error = %crate::turn::chain_of(&e), "a digest is tried again");
            Verdict::Retry { after: rest(receives) }
        }
    }
}

/// Why there is no digest.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Models(#[from] model::UnderstudyRefused),
    #[error("the model gave no digest")]
    Model,
}

async fn digest(
    worker: &Worker,
    who: &Personality,
    event: &Event,
    deadline: Deadline,
) -> Result<(), Trouble> {
    let chain = worker.models.chain(&who.reply)?;
    let attempt = Attempt {
        token: format!("{:016x}", fastrand::u64(..)),
        now_ms: now_ms(),
        lock_ms: deadline.as_ms(),
    };
    let reserve = chain.most(chat::most_tokens(who, &[]), MOST_TOKENS, &worker.prices).0;
    let purses = if reserve > 0 { purses(event) } else { Vec::new() };
    let wanted = Wanted {
        events: std::slice::from_ref(&event.id),
        guild: event.guild_id,
        channel: event.channel_id,
        personality: &who.id,
        counters: &[],
        people: &[],
        messages: &[],
        reserve,
        purses: &purses,
        known: &worker.memory.known(&Scope::read_in(event.guild_id, event.channel_id, &who.id)),
    };
    let gathered = worker.store.gather(&wanted, &attempt).await?;
    let held = Held { day: Day::of(attempt.now_ms), amount: reserve };
    let Some(Claimed::Won(progress)) = gathered.claims.first() else {
        give_back(worker, &purses, held).await;
        return Ok(());
    };
    if let Some(before) = progress.held {
        give_back(worker, &purses, before).await;
    }
    let rows = &gathered.rows;
    let over = budgets(&purses, &gathered.spending, &rows.guild, &rows.den, attempt.now_ms);
    let over = over.iter().any(|budget| budget.total > budget.cap);
    let lines = digestible(&gathered.window, &rows.summary);
    if over || lines.is_empty() || stopped(who, event, rows, attempt.now_ms).is_some() {
        worker.store.let_go(&event.id, &attempt).await?;
        give_back(worker, &purses, held).await;
        return Ok(worker.store.close(&event.id, &attempt, false, "{}").await?);
    }
    let said: Vec<Said> = lines.iter().map(said).collect();
    let prompt = digest_prompt(who, &rows.summary.text, &said);
    let reply =
        Reply { max_tokens: MOST_TOKENS, temperature: None, top_p: None, ..who.reply.clone() };
    let prompt = ask::prompt(&prompt, &Reply { stop: Vec::new(), ..reply }, Vec::new());
    let answered = asked(&chain, &prompt, deadline).await;
    let paid = pay(worker, event, who, &purses, held, &attempt, &chain, answered.as_ref());
    paid.await?;
    let text = answered.map(|(text, _)| text).ok_or(Trouble::Model);
    let text = match text {
        Ok(text) => text,
        Err(e) => {
            worker.store.give_up(&event.id, &attempt).await?;
            return Err(e);
        }
    };
    write_down(worker, who, event, &gathered, lines, &text).await?;
    Ok(worker.store.close(&event.id, &attempt, false, "{}").await?)
}

/// The model's answer and what it used; nothing where it gave none.
async fn asked(
    chain: &model::Chain,
    prompt: &Prompt,
    deadline: Deadline,
) -> Option<(String, Report)> {
    let mut asking = chain.ask(prompt, Limits::default(), deadline.minus(FINISH));
    let mut text = String::new();
    while let Some(next) = asking.next().await {
        match next {
            Asked::Text(words) => text.push_str(&words),
            Asked::Done(report) => return Some((text, report)),
        }
    }
    None
}

#[expect(clippy::too_many_arguments, reason = "who pays whom what for which answer")]
async fn pay(
    worker: &Worker,
    event: &Event,
    who: &Personality,
    purses: &[store::Purse],
    held: Held,
    attempt: &Attempt,
    chain: &model::Chain,
    answered: Option<&(String, Report)>,
) -> Result<(), store::Error> {
    worker.store.let_go(&event.id, attempt).await?;
    let Some((_, report)) = answered else {
        give_back(worker, purses, held).await;
        return Ok(());
    };
    let (cost, usage) = (chain.cost(report, &worker.prices).0, report.usage());
    let spent = i64::try_from(cost).unwrap_or(i64::MAX);
    let amount = i64::try_from(held.amount).unwrap_or(i64::MAX);
    for purse in purses {
        worker.store.spend(*purse, held.day, -amount, spent).await?;
    }
    let entry = Entry {
        day: held.day,
        guild: event.guild_id,
        personality: who.id.clone(),
        model: report.model().unwrap_or(chain.id()).to_owned(),
        turns: 1,
        tokens_in: usage.input.into(),
        tokens_cached: usage.cache_read.into(),
        tokens_out: usage.output.into(),
        cost,
    };
    worker.store.enter(&entry).await
}

async fn write_down(
    worker: &Worker,
    who: &Personality,
    event: &Event,
    gathered: &Gathered,
    lines: &[Episode],
    text: &str,
) -> Result<(), store::Error> {
    let digest = digested(text, lines.len());
    let old = &gathered.rows.summary;
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Ok(()) };
    let speakers = lines.iter().filter_map(|line| match &line.speaker {
        Speaker::Person { id, .. } => Some(*id),
        Speaker::Me => line.to,
    });
    let mut speakers: Vec<_> = old.speakers.iter().copied().chain(speakers).collect();
    speakers.sort_unstable();
    speakers.dedup();
    let new = Summary {
        text: digest.summary,
        upto: Some(last.message_id),
        from: old.from.or(Some(first.message_id)),
        speakers,
        dropped: old.dropped,
        distilled: Some(last.message_id),
    };
    let changed = worker.store.change_summary(event.channel_id, &who.id, now_ms(), |summary| {
        // Something it is made of was erased meanwhile: it is not kept.
        if summary.dropped == new.dropped {
            *summary = new.clone();
            return Ok::<_, Infallible>(true);
        }
        Ok(false)
    });
    let Ok(is_kept) = changed.await?;
    if !is_kept {
        return Ok(());
    }
    let row = gathered.rows.channel.clone();
    let scope = space::scope_of(worker, event, &who.id, row).await;
    for (n, found) in digest.facts.into_iter().enumerate() {
        let line = &lines[found.line];
        let Speaker::Person { id, name } = &line.speaker else { continue };
        let fact = Fact {
            id: format!("{}-{n}", line.message_id),
            text: found.text,
            by: *id,
            by_name: name.clone(),
            channel_id: line.channel_id,
            message_id: Some(line.message_id),
            at_ms: written_ms(line.message_id),
            until_ms: None,
            origin: Origin::Distilled,
            weight: found.weight,
        };
        let added = worker.store.change_book(&scope, About::Person(*id), |book| {
            book.name.clone_from(name);
            book.add(fact.clone())
        });
        if added.await?.is_ok() {
            worker.store.trace(*id, &scope, event.channel_id, now_ms()).await?;
        }
    }
    let ids: Vec<_> = lines.iter().map(|line| line.message_id).collect();
    for gone in worker.store.buried(&ids).await? {
        worker.store.forget_message(gone, now_ms()).await?;
        worker.store.drop_summary(event.channel_id, &who.id, now_ms()).await?;
    }
    Ok(())
}

fn said(turn: &Episode) -> Said {
    let by = match &turn.speaker {
        Speaker::Person { name, .. } => Some(name.clone()),
        Speaker::Me => None,
    };
    Said { by, text: turn.text.clone() }
}
