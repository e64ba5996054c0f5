//! The house: who may speak where and how much, and what may be done with a reply.

mod again;
mod budget;
mod channels;
mod gate;
mod greeting;
mod higher;
mod limits;
mod mute;
mod pause;
mod persona;
mod records;
mod report;
mod residents;
mod rights;
mod settings;
mod spend;
mod stop;
mod take_back;
mod why;

use queue::{Event, Reaction, Sign};

use self::stop::Stop;
use super::{Asked, Told, Trouble};
use crate::{Worker, clock::now_ms, memory::written_ms};

/// A reply without a row that is younger than this, in milliseconds, may still be written.
const STILL_WRITTEN_MS: u64 = 120_000;

/// Answers a command or button; nothing where this part does not know it.
pub(super) async fn answer(asked: &Asked<'_>) -> Result<Option<Told>, Trouble> {
    let told = if asked.is_press() { pressed(asked).await } else { used(asked).await };
    match told {
        Ok(told) => Ok(told),
        Err(Stop::Refused(line)) => Ok(Some(Told::line(line))),
        Err(Stop::Trouble(trouble)) => Err(trouble),
    }
}

async fn pressed(asked: &Asked<'_>) -> Result<Option<Told>, Stop> {
    let told = match asked.verb() {
        mute::EVERYWHERE => mute::everywhere(asked).await,
        report::REPORT => report::report(asked).await,
        _ => return Ok(None),
    };
    told.map(Some)
}

async fn used(asked: &Asked<'_>) -> Result<Option<Told>, Stop> {
    let told = match asked.verb() {
        "personalities" => residents::residents(asked).await,
        "mute" => mute::mute(asked).await,
        "unmute" => mute::unmute(asked).await,
        "bind" => channels::bind(asked).await,
        "unbind" => channels::unbind(asked).await,
        "persona chance" => persona::chance(asked).await,
        "persona default" => persona::default(asked).await,
        "persona show" => persona::show(asked).await,
        "higherself on" => higher::turn(asked, true).await,
        "higherself off" => higher::turn(asked, false).await,
        "den spend" => spend::spend(asked).await,
        "den limits" => limits::limits(asked).await,
        "den budget" => budget::budget(asked).await,
        "den retention" => limits::retention(asked).await,
        "den pause" => pause::pause(asked).await,
        "den resume" => pause::resume(asked).await,
        "den audit" => records::acts(asked).await,
        "den reports" => report::reports(asked).await,
        "den block" => gate::block(asked, true).await,
        "den unblock" => gate::block(asked, false).await,
        "den allow" => gate::allow(asked, true).await,
        "den disallow" => gate::allow(asked, false).await,
        "den allowlist" => gate::allowlist(asked).await,
        "Why did it say that?" => why::why(asked).await,
        "Delete" => take_back::delete(asked).await,
        "Answer again" => again::again(asked).await,
        _ => return Ok(None),
    };
    told.map(Some)
}

/// Does what a sign on a reply asks for, where it is from somebody who may. Nobody is told off for a sign.
pub(super) async fn reacted(
    worker: &Worker,
    event: &Event,
    reaction: &Reaction,
) -> Result<(), Trouble> {
    let Some(row) = worker.store.reply(reaction.message_id).await? else {
        // The row is written when the reply is whole.
        let said_ms = written_ms(reaction.message_id);
        return match said_ms + STILL_WRITTEN_MS > now_ms() {
            true => Err(Trouble::TooEarly),
            false => Ok(()),
        };
    };
    if row.channel_id != event.channel_id {
        return Ok(());
    }
    if reaction.sign == Sign::Why {
        return why::show(worker, event, &row).await;
    }
    if !rights::may_take_back(worker, event, &row).await? {
        return Ok(());
    }
    let done = match reaction.sign {
        Sign::Again => again::answer(worker, event, &row).await,
        Sign::Delete | Sign::Why => take_back::take_back(worker, event, &row, now_ms()).await,
    };
    match done {
        Ok(()) => Ok(()),
        Err(Stop::Refused(because)) => {
            tracing::info!(event = %event.id, because, "a sign on a reply changes nothing");
            Ok(())
        }
        Err(Stop::Trouble(trouble)) => Err(trouble),
    }
}

/// Says the one line on joining a guild.
pub(super) async fn joined(worker: &Worker, event: &Event) -> Result<(), Trouble> {
    match event.guild_id {
        Some(guild) => greeting::joined(worker, guild).await,
        None => Ok(()),
    }
}

/// Notes that a guild removed the den: from now on the days run after which all of it is erased.
pub(super) async fn left(worker: &Worker, event: &Event) -> Result<(), Trouble> {
    if let Some(guild) = event.guild_id {
        worker.store.set_left(guild, Some(event.received_at_ms)).await?;
    }
    Ok(())
}
