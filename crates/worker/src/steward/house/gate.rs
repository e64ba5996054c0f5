//! Whom the den lets in: people and guilds, decided by those who run it.

use twilight_model::id::{Id, marker::UserMarker};

use super::{
    greeting,
    rights::{WHICH_GUILD, named_guild, operator},
    settings,
    stop::{Stop, refused},
};
use crate::steward::{Asked, Told, Trouble};

/// Blocks a person in the whole den, or lets them in again.
pub(super) async fn block(asked: &Asked<'_>, is_blocked: bool) -> Result<Told, Stop> {
    operator(asked)?;
    let named = asked.option("person").and_then(|id| id.parse().ok()).and_then(Id::new_checked);
    let Some(person): Option<Id<UserMarker>> = named else {
        return refused("Whom do you mean? Choose a person, or paste their user id.");
    };
    if asked.worker.operators.contains(&person) {
        return refused("Who runs this den cannot be blocked in it.");
    }
    let store = &asked.worker.store;
    if store.preferences(person).await?.blocked != is_blocked {
        let verb = if is_blocked { "block" } else { "unblock" };
        asked.audit_in(None, format!("{verb} person {person}")).await?;
        store.change_preferences(person, |theirs| theirs.blocked = is_blocked).await?;
    }
    Ok(Told::line(match is_blocked {
        true => format!("Nobody of us answers <@{person}> any more, in any server."),
        false => format!("We answer <@{person}> again."),
    }))
}

/// Puts a guild on the allowlist, or takes it off. Once it is on it, it is greeted.
pub(super) async fn allow(asked: &Asked<'_>, is_allowed: bool) -> Result<Told, Stop> {
    operator(asked)?;
    let Some(guild) = named_guild(asked)?.or_else(|| asked.guild()) else {
        return refused(WHICH_GUILD);
    };
    let store = &asked.worker.store;
    if store.guild(guild).await?.allowed != is_allowed {
        let verb = if is_allowed { "allow" } else { "disallow" };
        asked.audit_in(Some(guild), format!("{verb} guild {guild}")).await?;
        let change = store.change_guild(guild, |row| {
            row.allowed = is_allowed;
            Ok::<_, Stop>(())
        });
        change.await??;
    }
    let den = store.den().await?;
    if is_allowed && den.allowlist {
        match greeting::greet(asked.worker, guild, &den).await {
            // We are not there yet: it is greeted when we come.
            Err(Trouble::Discord(e)) if e.is_final() => {
                tracing::info!(%guild, error = %e, "guild {guild} is let in, and not greeted yet");
            }
            greeted => greeted?,
        }
    }
    let mut line = match is_allowed {
        true => format!("Server {guild} is on the allowlist."),
        false => format!("Server {guild} is not on the allowlist."),
    };
    if !den.allowlist {
        line += " The allowlist is off: every server is served. `/den allowlist` turns it on.";
    }
    Ok(Told::line(line))
}

/// Turns the allowlist on or off. Without a word it is shown.
pub(super) async fn allowlist(asked: &Asked<'_>) -> Result<Told, Stop> {
    operator(asked)?;
    let store = &asked.worker.store;
    let is_on = store.den().await?.allowlist;
    let wanted = match asked.option("on") {
        None => is_on,
        Some("true" | "on") => true,
        Some("false" | "off") => false,
        Some(_) => return refused("Say `true` or `false`."),
    };
    if wanted != is_on {
        // Else it would end the talk it was turned on in.
        if let Some(here) = asked.guild().filter(|_| wanted) {
            let act = format!("allow guild {here}, as the allowlist is turned on in it");
            settings::change(asked, here, act, |row| {
                row.allowed = true;
                Ok(())
            })
            .await?;
        }
        let word = if wanted { "on" } else { "off" };
        let act = format!("turn the allowlist {word}");
        settings::change_den(asked, act, |den| den.allowlist = wanted).await?;
    }
    Ok(Told::line(match (wanted, asked.guild()) {
        (true, Some(_)) if !is_on => {
            "The allowlist is on: only servers on it are served. This one is on it; `/den allow` adds another."
        }
        (true, _) => "The allowlist is on: only servers on it are served. `/den allow` adds one.",
        (false, _) => "The allowlist is off: every server is served.",
    }))
}
