//! Chores: what asks a model again after the reply, as an event of its own, because Lambda has no
//! "afterwards".

use std::convert::Infallible;

use chat::{Digest, Said, digest_prompt, digested};
use futures_util::StreamExt;
use model::{Chain, Limits, Outcome, Progress as Asked, Prompt, Report};
use personality::{Personality, Reply};
use queue::{Chore, Event, EventId, What};
use store::{
    About, Attempt, Claimed, Day, Entry, Episode, Fact, Gathered, Held, Origin, Progress, Purse,
    Scope, Speaker, Summary, Wanted,
};
use twilight_model::id::{Id, marker::UserMarker};

use crate::{
    Deadline, Verdict, Worker, ask,
    clock::now_ms,
    memory::written_ms,
    settle::give_up,
    turn::{budgets, count_as_spent, give_back, purses, stopped},
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
/// A digest that crashed so often is given up.
const POISON: u32 = 2;
/// Kept back from the model's time, to write down what it said.
const FINISH: std::time::Duration = std::time::Duration::from_secs(3);

const DAY_MS: u64 = 86_400_000;

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
    #[error("another attempt is at it")]
    Busy,
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
    // Who spoke is known once the window is read, one round trip later: nobody waits for a digest.
    let window = worker.store.window(event.channel_id, &who.id, attempt.now_ms).await?;
    let people = speakers(&window);
    let wanted = Wanted {
        events: std::slice::from_ref(&event.id),
        guild: event.guild_id,
        channel: event.channel_id,
        personality: &who.id,
        counters: &[],
        people: &people,
        messages: &[],
        reserve,
        purses: &purses,
        known: &worker.memory.known(&Scope::read_in(event.guild_id, event.channel_id, &who.id)),
    };
    let mut gathered = worker.store.gather(&wanted, &attempt).await?;
    gathered.rows.summary = carried_on(&gathered, attempt.now_ms);
    let held = Held { day: Day::of(attempt.now_ms), amount: reserve };
    let progress = match gathered.claims.first() {
        Some(Claimed::Won(progress)) => progress.clone(),
        claim => {
            give_back(worker, &purses, held).await;
            return match claim {
                // Acknowledged, it would be lost with the attempt that is at it.
                Some(Claimed::Live { .. }) => Err(Trouble::Busy),
                _ => Ok(()),
            };
        }
    };
    let making = Making { worker, who, event, chain: &chain, attempt: &attempt, deadline };
    let made = making.make(&gathered, &progress, &purses, held).await;
    if made.is_err() {
        // So that the next attempt need not wait for the lock.
        give_up(&worker.store, std::iter::once(&event.id), &attempt).await;
    }
    made
}

/// A digest in the making, under a claim of its own.
struct Making<'a> {
    worker: &'a Worker,
    who: &'a Personality,
    event: &'a Event,
    chain: &'a Chain,
    attempt: &'a Attempt,
    deadline: Deadline,
}

impl Making<'_> {
    async fn make(
        &self,
        gathered: &Gathered,
        progress: &Progress,
        purses: &[Purse],
        held: Held,
    ) -> Result<(), Trouble> {
        let Self { worker, who, event, chain, attempt, deadline } = *self;
        if let Some(before) = progress.held {
            // It may have asked a model, and nobody knows what that came to.
            count_as_spent(worker, event, chain, before).await?;
        }
        let rows = &gathered.rows;
        let over = budgets(purses, &gathered.spending, &rows.guild, &rows.den, attempt.now_ms);
        let over = over.iter().any(|budget| budget.total > budget.cap);
        let is_due = is_due(&gathered.window, &rows.summary) && progress.crashed < POISON;
        let lines: Vec<Episode> = digestible(&gathered.window, &rows.summary)
            .iter()
            .filter(|line| may_digest(line, gathered))
            .cloned()
            .collect();
        if over
            || !is_due
            || lines.is_empty()
            || stopped(who, event, rows, attempt.now_ms).is_some()
        {
            worker.store.let_go(&event.id, attempt).await?;
            give_back(worker, purses, held).await;
            return Ok(worker.store.close(&event.id, attempt, false, "{}").await?);
        }
        let said: Vec<Said> = lines.iter().map(said).collect();
        let prompt = digest_prompt(who, &rows.summary.text, &said);
        let reply =
            Reply { max_tokens: MOST_TOKENS, temperature: None, top_p: None, ..who.reply.clone() };
        let prompt = ask::prompt(&prompt, &Reply { stop: Vec::new(), ..reply }, Vec::new());
        let answered = asked(chain, &prompt, deadline).await;
        self.pay(purses, held, answered.as_ref()).await?;
        // Only a whole answer in the form asked for takes the place of what is known.
        let digest = match answered {
            Some((text, report)) => match report.outcome {
                Outcome::Complete { .. } => digested(&text, &said),
                // A guardrail kept it, and would again.
                Outcome::Kept { .. } => Digest::default(),
                Outcome::CutOff { .. } | Outcome::Failed(_) => return Err(Trouble::Model),
            },
            None => return Err(Trouble::Model),
        };
        match (digest.summary.is_empty(), digest.facts.is_empty()) {
            (false, _) => write_down(worker, who, event, gathered, &lines, digest).await?,
            // Asked for again, it would be paid for again after every answer. Recall has the words.
            (true, false) => {
                let digest = Digest { summary: rows.summary.text.clone(), ..digest };
                write_down(worker, who, event, gathered, &lines, digest).await?;
            }
            (true, true) => {
                tracing::warn!(event = %event.id, "the model gives no digest of these lines; they are passed over");
                pass_over(worker, who, event, gathered, &lines).await?;
            }
        }
        Ok(worker.store.close(&event.id, attempt, false, "{}").await?)
    }

    async fn pay(
        &self,
        purses: &[Purse],
        held: Held,
        answered: Option<&(String, Report)>,
    ) -> Result<(), store::Error> {
        let Self { worker, who, event, chain, attempt, .. } = *self;
        worker.store.let_go(&event.id, attempt).await?;
        let Some((_, report)) = answered else {
            give_back(worker, purses, held).await;
            return Ok(());
        };
        let (cost, usage) = (chain.cost(report, &worker.prices).0, report.usage());
        let spent = i64::try_from(cost).unwrap_or(i64::MAX);
        let amount = i64::try_from(held.amount).unwrap_or(i64::MAX);
        for purse in purses {
            worker.store.settle_purse(*purse, held.day, amount, spent).await?;
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
}

/// The model's answer and what it used; nothing where it gave none.
async fn asked(chain: &Chain, prompt: &Prompt, deadline: Deadline) -> Option<(String, Report)> {
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

/// Goes on behind lines of which no digest is to be had.
async fn pass_over(
    worker: &Worker,
    who: &Personality,
    event: &Event,
    gathered: &Gathered,
    lines: &[Episode],
) -> Result<(), store::Error> {
    let old = &gathered.rows.summary;
    let upto = old.upto.max(lines.last().map(|line| line.message_id));
    let (channel, days) = (event.channel_id, gathered.rows.guild.retention_days());
    let changed = worker.store.change_summary(channel, &who.id, days, now_ms(), |summary| {
        if summary.dropped == old.dropped {
            *summary = Summary { upto, ..old.clone() };
        }
        Ok::<_, Infallible>(())
    });
    let Ok(()) = changed.await?;
    Ok(())
}

/// Writes down the facts, then the summary with how far it was looked through: killed in between, the next attempt
/// looks through the same again, and nothing is passed over.
async fn write_down(
    worker: &Worker,
    who: &Personality,
    event: &Event,
    gathered: &Gathered,
    lines: &[Episode],
    digest: Digest,
) -> Result<(), store::Error> {
    let old = &gathered.rows.summary;
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Ok(()) };
    let speakers = lines.iter().flat_map(Episode::people);
    let mut speakers: Vec<_> = old.speakers.iter().copied().chain(speakers).collect();
    speakers.sort_unstable();
    speakers.dedup();
    let new = Summary {
        text: digest.summary,
        upto: Some(last.message_id),
        from: old.from.or(Some(first.message_id)),
        speakers,
        dropped: old.dropped,
        distilled: old.distilled.max(Some(last.message_id)),
    };
    let mut added = Vec::new();
    for (n, found) in digest.facts.into_iter().enumerate() {
        let line = &lines[found.line];
        let Speaker::Person { id, name } = &line.speaker else { continue };
        // What was looked through before may have been corrected or deleted by people since.
        if Some(line.message_id) <= old.distilled {
            continue;
        }
        // Where the words are at home, the fact is: a channel may have become public since.
        let keepers = worker.store.keepers(line.message_id).await?;
        let Some(keeper) = keepers.into_iter().find(|keeper| keeper.personality == who.id) else {
            continue;
        };
        let scope = keeper.scope();
        let fact = Fact {
            id: format!("{}-{n}", line.message_id),
            text: found.text,
            by: *id,
            by_name: name.clone(),
            to: None,
            channel_id: line.channel_id,
            message_id: Some(line.message_id),
            at_ms: written_ms(line.message_id),
            until_ms: None,
            origin: Origin::Distilled,
            weight: found.weight,
        };
        let kept = worker.store.change_book(&scope, About::Person(*id), |book| {
            book.name.clone_from(name);
            book.add(fact.clone())
        });
        if kept.await?.is_ok() {
            worker.store.trace(*id, &scope, event.channel_id, now_ms()).await?;
            added.push((scope, fact.id));
        }
    }
    let (channel, days) = (event.channel_id, gathered.rows.guild.retention_days());
    let changed = worker.store.change_summary(channel, &who.id, days, now_ms(), |summary| {
        // Something it is made of was erased meanwhile: it is not kept.
        if summary.dropped == new.dropped {
            *summary = new.clone();
            return Ok::<_, Infallible>(true);
        }
        Ok(false)
    });
    let Ok(is_kept) = changed.await?;
    if !is_kept {
        // Nobody knows whether it is in these facts.
        for (scope, fact) in added {
            worker.store.forget_facts(&scope, |known| known.id == fact).await?;
        }
    }
    Ok(())
}

/// The people who spoke in a window, the newest first, then those who were answered there or whose words an answer
/// repeats: a digest knows so many only.
fn speakers(window: &[Episode]) -> Vec<Id<UserMarker>> {
    let newest = || window.iter().rev();
    let spoke = newest().filter_map(|turn| match &turn.speaker {
        Speaker::Person { id, .. } => Some(*id),
        Speaker::Me => None,
    });
    let mut people = Vec::new();
    for user in spoke.chain(newest().flat_map(Episode::people)) {
        if !people.contains(&user) {
            people.push(user);
        }
    }
    people
}

/// The summary that a digest goes on from: begun anew where it is made of words of somebody who does not want to
/// be quoted any more, or of words older than the guild keeps them. Each digest writes what it goes on from into the
/// next summary, so that words would otherwise never go from a channel where people speak.
fn carried_on(gathered: &Gathered, now_ms: u64) -> Summary {
    let summary = gathered.rows.summary.clone();
    let is_unquoted = |id| gathered.memory.iter().any(|memory| memory.unquoted.contains(id));
    let since_ms = now_ms.saturating_sub(gathered.rows.guild.retention_days() * DAY_MS);
    let is_too_old = summary.from.is_some_and(|from| written_ms(from) < since_ms);
    match is_too_old || summary.speakers.iter().any(is_unquoted) {
        false => summary,
        true => Summary { text: String::new(), speakers: Vec::new(), from: None, ..summary },
    }
}

/// Whether a line may be taken in: whoever said it, or was answered with it, wants to be remembered and quoted,
/// as far as is known.
fn may_digest(line: &Episode, gathered: &Gathered) -> bool {
    line.people().all(|id| {
        let is_unquoted = gathered.memory.iter().any(|memory| memory.unquoted.contains(&id));
        let wants = gathered.rows.people.get(&id);
        !is_unquoted
            && wants.is_some_and(|wants| {
                !wants.no_memory
                    && !wants.no_quote
                    && !wants.blocked
                    && written_ms(line.message_id) > wants.erased_at_ms
            })
    })
}

fn said(turn: &Episode) -> Said {
    let by = match &turn.speaker {
        Speaker::Person { name, .. } => Some(name.clone()),
        Speaker::Me => None,
    };
    Said { by, text: turn.text.clone() }
}
