//! Silence: of a personality in a guild, for one person, or everywhere for whom it imitates.

use std::collections::BTreeMap;

use personality::{Personality, PersonalityId};
use store::FOREVER;
use twilight_model::{
    channel::message::component::ButtonStyle,
    id::{Id, marker::GuildMarker},
};

use super::{
    rights::{is_imitated, number, whom},
    settings::{self, SOON},
    stop::{Stop, refused},
};
use crate::steward::{Asked, Told, Trouble, told::button};

/// The button under which the person a personality imitates silences it in the whole den.
pub(super) const EVERYWHERE: &str = "mute-everywhere";
/// The longest time of silence that ends by itself, in minutes: four weeks, as the command says.
const LONGEST: u32 = 4 * 7 * 24 * 60;

/// For whom.
enum Audience {
    Everybody(Id<GuildMarker>),
    /// For the person alone, and why no more than that.
    Me(Option<&'static str>),
}

/// Silences a personality.
pub(super) async fn mute(asked: &Asked<'_>) -> Result<Told, Stop> {
    let who = whom(asked)?;
    let minutes = number(asked, "minutes", 1, LONGEST)?;
    // As of when it was asked for: delivered twice, it ends at the same time.
    let until =
        minutes.map_or(FOREVER, |minutes| asked.event.received_at_ms + u64::from(minutes) * 60_000);
    match audience(asked, who, may_for_everybody(asked, who).await?)? {
        Audience::Everybody(guild) => {
            let how_long =
                minutes.map_or_else(String::new, |minutes| format!(" for {minutes} minutes"));
            let act = format!("mute {}{how_long}", who.id);
            let is_own = is_imitated(who, asked.who().id);
            settings::change(asked, guild, act, |row| {
                let mutes = if is_own { &mut row.withdrawn } else { &mut row.muted };
                mutes.retain(|_, until| *until > asked.now_ms);
                mutes.insert(who.id.clone(), until);
                Ok(())
            })
            .await?;
            let line = format!("**{}** is silent here{}. {SOON}", who.name, until_when(until));
            Ok(with_everywhere(asked, who, Told::line(line)))
        }
        Audience::Me(because) => {
            let store = &asked.worker.store;
            let change = store.change_preferences(asked.who().id, |mine| {
                mine.silenced.remove(&who.id);
                mine.silenced_until.retain(|id, until| *until > asked.now_ms && *id != who.id);
                if minutes.is_some() {
                    mine.silenced_until.insert(who.id.clone(), until);
                } else {
                    mine.silenced.insert(who.id.clone());
                }
            });
            change.await?;
            let mut line = match minutes {
                Some(_) => format!("**{}** does not answer you{}.", who.name, until_when(until)),
                None => {
                    format!(
                        "**{}** does not answer you any more, until you `/unmute` it.",
                        who.name
                    )
                }
            };
            if let Some(because) = because {
                line = format!("{line}\n{because}");
            }
            Ok(with_everywhere(asked, who, Told::line(line)))
        }
    }
}

/// Lets a personality speak again, as far as the person may.
pub(super) async fn unmute(asked: &Asked<'_>) -> Result<Told, Stop> {
    let who = whom(asked)?;
    let mut lines = Vec::new();
    let wanted = asked.option("for");
    let store = &asked.worker.store;
    if (wanted != Some("everybody") || asked.guild().is_none())
        && store.preferences(asked.who().id).await?.is_silenced(&who.id, asked.now_ms)
    {
        let change = store.change_preferences(asked.who().id, |mine| {
            mine.silenced.remove(&who.id);
            mine.silenced_until.remove(&who.id);
        });
        change.await?;
        lines.push(format!("**{}** answers you again.", who.name));
    }
    if let Some(guild) = asked.guild() {
        lines.extend(unmute_for_everybody(asked, who, guild).await?);
    }
    if store.den().await?.paused_personalities.contains(&who.id) {
        lines.push(format!(
            "**{}** is silent everywhere; only the people who run this den can change that.",
            who.name
        ));
    }
    if lines.is_empty() {
        lines.push(format!("**{}** may speak, and answers you.", who.name));
    }
    Ok(Told::line(lines.join("\n")))
}

/// Lets a personality speak again in a guild: a moderator takes back what moderators wanted, and the person it imitates
/// what they wanted, but neither what the other did. Says what holds now, where it was silent.
async fn unmute_for_everybody(
    asked: &Asked<'_>,
    who: &Personality,
    guild: Id<GuildMarker>,
) -> Result<Option<String>, Stop> {
    let row = asked.worker.store.guild(guild).await?;
    let until = |mutes: &BTreeMap<PersonalityId, u64>| {
        mutes.get(&who.id).copied().filter(|until| *until > asked.now_ms)
    };
    let (muted, withdrawn) = (until(&row.muted), until(&row.withdrawn));
    let is_for_all = asked.option("for") != Some("me");
    let lifts_mute = is_for_all && muted.is_some() && asked.moderates_guild().await?;
    let lifts_own = is_for_all && withdrawn.is_some() && is_imitated(who, asked.who().id);
    if lifts_mute || lifts_own {
        settings::change(asked, guild, format!("unmute {}", who.id), |row| {
            if lifts_mute {
                row.muted.remove(&who.id);
            }
            if lifts_own {
                row.withdrawn.remove(&who.id);
            }
            Ok(())
        })
        .await?;
    }
    let name = &who.name;
    Ok(match (muted.filter(|_| !lifts_mute), withdrawn.filter(|_| !lifts_own)) {
        (None, None) if lifts_mute || lifts_own => {
            Some(format!("**{name}** may speak here again. {SOON}"))
        }
        (None, None) => None,
        (Some(until), _) => Some(format!(
            "**{name}** is silent here for everybody{}; somebody with the permission Manage Messages can change that.",
            until_when(until)
        )),
        (None, Some(until)) => Some(format!(
            "**{name}** is silent here for everybody{}: the person it imitates wants that, and only they can change it.",
            until_when(until)
        )),
    })
}

/// Silences a personality in the whole den, for the person it imitates.
pub(super) async fn everywhere(asked: &Asked<'_>) -> Result<Told, Stop> {
    let named = asked.arguments().first().and_then(|id| id.parse().ok());
    let Some(who) = named.and_then(|id| asked.worker.roster.get(&id)) else {
        return refused("Nobody of that name lives here any more.");
    };
    if !is_imitated(who, asked.who().id) {
        return refused(format!("Only the person whom **{}** imitates can do that.", who.name));
    }
    let act = format!("silence {} everywhere: the person it imitates wants it", who.id);
    settings::change_den(asked, act, |den| {
        den.paused_personalities.insert(who.id.clone());
    })
    .await?;
    Ok(Told::line(format!(
        "**{}** is silent everywhere from now on. Only the people who run this den can let it speak again; ask \
         them, or ask them to remove it for good.",
        who.name
    )))
}

/// The person a personality imitates is offered to silence it everywhere.
fn with_everywhere(asked: &Asked<'_>, who: &Personality, told: Told) -> Told {
    if !is_imitated(who, asked.who().id) {
        return told;
    }
    let id = format!("{EVERYWHERE}:{}", who.id);
    told.with(vec![button(id, "Silence it everywhere", ButtonStyle::Danger)])
}

/// Whether the person may silence it in the whole guild, which managing messages in one channel does not allow.
async fn may_for_everybody(asked: &Asked<'_>, who: &Personality) -> Result<bool, Trouble> {
    Ok(is_imitated(who, asked.who().id) || asked.moderates_guild().await?)
}

fn audience(asked: &Asked<'_>, who: &Personality, may: bool) -> Result<Audience, Stop> {
    match (asked.guild(), asked.option("for")) {
        (Some(_), Some("me")) | (None, _) => Ok(Audience::Me(None)),
        (Some(guild), _) if may => Ok(Audience::Everybody(guild)),
        (Some(_), Some("everybody")) => refused(format!(
            "You need the permission Manage Messages for that. It has to hold in the whole server. `/mute \
             personality:{} for:me` works for everybody.",
            who.name
        )),
        (Some(_), _) => Ok(Audience::Me(Some(
            "To silence it for everybody here, one needs the permission Manage Messages in the whole server.",
        ))),
    }
}

/// ` until …`, in Discord's own words for a time; nothing where there is no end.
pub(super) fn until_when(until_ms: u64) -> String {
    match until_ms {
        FOREVER => String::new(),
        until => format!(" until <t:{0}:t> (<t:{0}:R>)", until / 1000),
    }
}
