//! Rest for everybody in a guild.

use store::{GuildRow, Pause};

use super::{
    rights::guild_of_admin,
    settings,
    stop::{Stop, refused},
};
use crate::{
    Worker,
    steward::{Asked, Told},
};

/// Lets nobody answer in the guild.
pub(super) async fn pause(asked: &Asked<'_>) -> Result<Told, Stop> {
    let guild = guild_of_admin(asked)?;
    let pause = Pause { by: Some(asked.who().id), at_ms: asked.now_ms };
    settings::change(asked, guild, "pause", |row| {
        row.paused.get_or_insert_with(|| pause.clone());
        Ok(())
    })
    .await?;
    Ok(Told::line("Everybody rests in this server until `/den resume`. Commands go on working."))
}

/// Lets them answer again. Who runs the den has the last word.
pub(super) async fn resume(asked: &Asked<'_>) -> Result<Told, Stop> {
    let guild = guild_of_admin(asked)?;
    settings::change(asked, guild, "resume", |row: &mut GuildRow| {
        match &row.paused {
            Some(pause) if is_operators(asked.worker, pause) && !asked.is_operator() => refused(
                "The people who run this den have paused it in this server; only they can let it go on.",
            ),
            _ => {
                row.paused = None;
                Ok(())
            }
        }
    })
    .await?;
    let all = match asked.worker.store.den().await?.paused {
        Some(_) => " But the people who run this den have paused all of it.",
        None => "",
    };
    Ok(Told::line(format!("Everybody may speak in this server.{all}")))
}

/// Whether the people who run the den paused it, from Discord or from the command line.
pub(super) fn is_operators(worker: &Worker, pause: &Pause) -> bool {
    pause.by.is_none_or(|by| worker.operators.contains(&by))
}
