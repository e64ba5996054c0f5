//! Who lives here, and who is silent at the moment.

use personality::PersonalityId;

use super::{mute::until_when, pause::is_operators, stop::Stop};
use crate::steward::{Asked, Told};

/// Lists everybody, those who are silent here first.
pub(super) async fn residents(asked: &Asked<'_>) -> Result<Told, Stop> {
    let store = &asked.worker.store;
    let (den, mine) = tokio::try_join!(store.den(), store.preferences(asked.who().id))?;
    let row = match asked.guild() {
        Some(guild) => store.guild(guild).await?,
        None => store::GuildRow::default(),
    };
    let mut lines = Vec::new();
    match &row.paused {
        _ if den.paused.is_some() => {
            lines.push("Everybody rests: the people who run this den have paused it.".to_owned());
        }
        Some(pause) if is_operators(asked.worker, pause) => lines.push(
            "Everybody rests in this server: the people who run this den have paused it."
                .to_owned(),
        ),
        Some(_) => {
            lines.push("Everybody rests in this server; an admin can `/den resume`.".to_owned());
        }
        None => {}
    }
    let name = |id: &PersonalityId| asked.worker.roster.get(id).map(|who| who.name.clone());
    let mutes = row.muted.iter().chain(&row.withdrawn);
    for (id, until) in mutes.filter(|(_, until)| **until > asked.now_ms) {
        if let Some(name) = name(id) {
            lines.push(format!("**{name}** is silent here{}.", until_when(*until)));
        }
    }
    for name in den.paused_personalities.iter().filter_map(name) {
        lines.push(format!("**{name}** is silent everywhere."));
    }
    for name in mine.silenced.iter().filter_map(name) {
        lines.push(format!("**{name}** does not answer you, as you wished; `/unmute` changes it."));
    }
    for (id, until) in mine.silenced_until.iter().filter(|(_, until)| **until > asked.now_ms) {
        if let Some(name) = name(id) {
            let until = until_when(*until);
            lines.push(format!(
                "**{name}** does not answer you{until}, as you wished; `/unmute` changes it."
            ));
        }
    }
    lines.push(chat::introduce(asked.worker.roster.iter()));
    Ok(Told::line(lines.join("\n")))
}
