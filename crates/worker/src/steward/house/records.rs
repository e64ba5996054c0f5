//! What was done in a guild, by whom.

use store::Act;

use super::{report, rights::guild_of_admin, stop::Stop};
use crate::steward::{Asked, Told};

/// Acts that are shown.
const SHOWN: u16 = 10;

/// The newest acts: of a guild to its admins, of the whole den to an operator in a direct message.
pub(super) async fn acts(asked: &Asked<'_>) -> Result<Told, Stop> {
    let guild = match asked.guild() {
        None if asked.is_operator() => None,
        _ => Some(guild_of_admin(asked)?),
    };
    let acts = asked.worker.store.acts(guild, SHOWN).await?;
    if acts.is_empty() {
        return Ok(Told::line("Nothing was done yet."));
    }
    let mut text = String::new();
    for act in &acts {
        let line = line(act, report::reason_of(asked.worker, act).await?);
        if text.chars().count() + line.chars().count() > chat::MESSAGE_LIMIT {
            break;
        }
        text.push_str(&line);
    }
    Ok(Told::line(text))
}

fn line(act: &Act, reason: Option<String>) -> String {
    let by = match act.by {
        Some(by) => format!("<@{by}>"),
        None => "from the command line".to_owned(),
    };
    let reason = reason.map(|reason| format!(" “{reason}”")).unwrap_or_default();
    format!("- <t:{}:f> {by}: {}{reason}\n", act.at_ms / 1000, act.what)
}
