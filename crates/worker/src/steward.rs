//! The steward: the worker without a character, which serves a guild's commands and whatever must not wait
//! behind a turn.
//!
//! What it does is the same however often it is done: a command that comes twice finds its work done, and its
//! answer completes a deferred interaction, so no claim is needed.

mod asked;
mod house;
mod memory;
mod told;

use queue::{Event, What};
use store::{Day, Space};

pub(crate) use self::{asked::Asked, memory::rewrite, told::Told};
use crate::{
    Deadline, Verdict, Worker, clock::now_ms, reply::POST_TIMEOUT, sweep::sweep, verdict::rest,
    voice::is_final,
};

/// After so many deliveries, what fails for good goes aside: it must not hold up its channel for ever.
const PATIENCE: u32 = 6;

/// Why the steward did not finish: tried again later.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The table's.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Discord's, where it is not final.
    #[error(transparent)]
    Discord(#[from] discord::Error),
    /// The queue's.
    #[error(transparent)]
    Queue(#[from] queue::SendError),
    /// What it is about may still be on its way.
    #[error("the reply may still be written")]
    TooEarly,
}

/// Serves an event of the steward's.
pub(crate) async fn serve(
    worker: &Worker,
    event: &Event,
    receives: u32,
    deadline: Deadline,
) -> Verdict {
    let done = match &event.what {
        What::Command(_) | What::Press(_) => answer(worker, event, deadline).await,
        What::Reaction(reaction) => house::reacted(worker, event, reaction).await,
        What::Edited(edited) => memory::edited(worker, event, edited).await,
        What::Deleted { message_ids } => memory::deleted(worker, event, message_ids).await,
        What::ChannelDeleted => memory::channel_deleted(worker, event).await,
        What::Joined => house::joined(worker, event).await,
        What::Left => house::left(worker, event).await,
        What::Message(_) | What::Again(_) | What::Chore(_) => {
            return Verdict::Dead { reason: "the steward has no character".to_owned() };
        }
    };
    if done.is_ok() {
        sweep_daily(worker, event).await;
    }
    match done {
        Ok(()) => Verdict::Done,
        Err(Trouble::Discord(e)) if is_final(&e) => {
            tracing::info!(event = %event.id, error = %e, "discord does not take the steward's answer");
            Verdict::Done
        }
        Err(Trouble::Store(e)) if receives >= PATIENCE && !e.is_passing() => {
            Verdict::Dead { reason: crate::turn::chain_of(&e) }
        }
        Err(e) => {
            tracing::warn!(event = %event.id, error = %crate::turn::chain_of(&e), "the steward tries again");
            Verdict::Retry { after: rest(receives) }
        }
    }
}

/// Looks once a day for each server that has work for us whether other servers have left and their days are over: no
/// clock rings for that. Best effort: tomorrow is soon enough.
async fn sweep_daily(worker: &Worker, event: &Event) {
    let Some(guild) = event.guild_id else { return };
    let (now_ms, by) = (now_ms(), event.id.as_str());
    let first = worker.store.is_first(Space::Guild(guild), "sweep", by, Day::of(now_ms), now_ms);
    let swept = match first.await {
        Ok(true) => sweep(&worker.store, now_ms).await.map(drop),
        other => other.map(drop),
    };
    if let Err(e) = swept {
        tracing::warn!(error = %e, "servers that left were not looked for; tomorrow they are");
    }
}

/// Answers a command, a button, a choice or a form, in the place the listener has kept for the answer.
async fn answer(worker: &Worker, event: &Event, deadline: Deadline) -> Result<(), Trouble> {
    let Some(asked) = Asked::of(worker, event) else { return Ok(()) };
    let told = match asked.verb() {
        _ if is_turned_away(&asked).await? => Told::line(
            "This den is only open to servers its operator has let in, and this one is not among them.",
        ),
        verb if memory::knows(verb) => Box::pin(memory::answer(&asked)).await?,
        _ => Box::pin(house::answer(&asked)).await?.unwrap_or_else(|| {
            Told::line(
                "I do not know this one yet. Perhaps I am being updated; try again in a minute.",
            )
        }),
    };
    told.complete(&worker.discord.by(deadline.minus(POST_TIMEOUT)), event, asked.token()).await
}

/// Whether it comes out of a guild that is not let in. What people want with what is theirs is done there all
/// the same, and what those who run the den want: they let the guild in so.
async fn is_turned_away(asked: &Asked<'_>) -> Result<bool, Trouble> {
    let Some(guild) = asked.guild() else { return Ok(false) };
    let is_done = match asked.verb().split(' ').next().unwrap_or_default() {
        "privacy" | "forget" | "erase" | "forget-me" | "forget-here" | "drop" => true,
        "den" => asked.is_operator(),
        _ => false,
    };
    if is_done || !asked.worker.store.den().await?.allowlist {
        return Ok(false);
    }
    Ok(!asked.worker.store.guild(guild).await?.allowed)
}
