//! What was done in a guild, by whom.

use store::Act;

use super::{rights::guild_or_den, stop::Stop};
use crate::steward::{Asked, Told};

/// Acts that are shown.
const SHOWN: u16 = 10;

/// The newest acts: of a guild to its admins, of the whole den to an operator in a direct message.
pub(super) async fn acts(asked: &Asked<'_>) -> Result<Told, Stop> {
    let guild = guild_or_den(asked)?;
    let acts = asked.worker.store.acts(guild, SHOWN).await?;
    if acts.is_empty() {
        return Ok(Told::line("Nothing was done yet."));
    }
    let mut text = String::new();
    for act in &acts {
        let line = line(act);
        if text.chars().count() + line.chars().count() > chat::MESSAGE_LIMIT {
            break;
        }
        text.push_str(&line);
    }
    Ok(Told::line(text))
}

fn line(act: &Act) -> String {
    let by = match act.by {
        Some(by) => format!("<@{by}>"),
        None => "from the command line".to_owned(),
    };
    format!("- <t:{}:f> {by}: {}\n", act.at_ms / 1000, act.what)
}
