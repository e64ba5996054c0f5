//! How much may be asked in a guild, and how long its words are kept.

use store::GuildLimits;

use super::{
    rights::{called, guild_meant, guild_of_admin, number},
    settings,
    stop::Stop,
};
use crate::steward::{Asked, Told};

/// The most answers a guild may set, to a person or in a channel in a minute.
const A_MINUTE: u32 = 1_000;
/// The most answers a guild may set for itself in a day.
const A_DAY: u32 = 1_000_000;
/// The shortest and the longest time words may be kept, in days: a week, two years.
const SHORTEST: u32 = 7;
const LONGEST: u32 = 730;

/// Sets the limits; each that is left out stays as it is, 0 leaves it to each personality. Without any they are
/// shown.
pub(super) async fn limits(asked: &Asked<'_>) -> Result<Told, Stop> {
    let guild = guild_of_admin(asked)?;
    let person = number(asked, "person", 0, A_MINUTE)?;
    let channel = number(asked, "channel", 0, A_MINUTE)?;
    let server = number(asked, "guild", 0, A_DAY)?;
    let change = |limits: &mut GuildLimits| {
        let set = |limit: &mut Option<u32>, wanted: Option<u32>| {
            if let Some(wanted) = wanted {
                *limit = Some(wanted).filter(|wanted| *wanted > 0);
            }
        };
        set(&mut limits.per_person_per_minute, person);
        set(&mut limits.per_channel_per_minute, channel);
        set(&mut limits.per_guild_per_day, server);
    };
    let mut after = asked.worker.store.guild(guild).await?.limits;
    change(&mut after);
    let act = format!("set the limits: {}", listed(&after));
    let row = settings::change(asked, guild, act, |row| {
        change(&mut row.limits);
        Ok(row.limits)
    });
    Ok(Told::line(format!("With each personality: {}.", listed(&row.await?))))
}

fn listed(limits: &GuildLimits) -> String {
    let limit = |limit: Option<u32>, of: &str| match limit {
        Some(limit) => format!("{limit} {of}"),
        None => format!("as its file says {of}"),
    };
    [
        limit(limits.per_person_per_minute, "per person and minute"),
        limit(limits.per_channel_per_minute, "per channel and minute"),
        limit(limits.per_guild_per_day, "in the server per day"),
    ]
    .join(", ")
}

/// Sets for how many days words are kept. Without a number it is shown.
pub(super) async fn retention(asked: &Asked<'_>) -> Result<Told, Stop> {
    let guild = guild_meant(asked)?;
    let place = called(asked, guild);
    let days = number(asked, "days", SHORTEST, LONGEST)?.and_then(|days| u16::try_from(days).ok());
    let Some(days) = days else {
        let kept = asked.worker.store.guild(guild).await?.retention_days();
        return Ok(Told::line(format!("What is said to us in {place} is kept for {kept} days.")));
    };
    settings::change(asked, guild, format!("keep words for {days} days"), |row| {
        row.retention_days = Some(days);
        Ok(())
    })
    .await?;
    Ok(Told::line(format!(
        "What is said to us in {place} from now on is kept for {days} days. What was said before keeps the time it had; \
         `/forget` deletes at once."
    )))
}
