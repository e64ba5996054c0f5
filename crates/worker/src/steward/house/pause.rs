//! Rest: for everybody or for one, in a guild or in the whole den.

use personality::Personality;
use store::{FOREVER, Pause};
use twilight_model::id::{Id, marker::GuildMarker};

use super::{
    rights::{called, guild_meant, operator, whom},
    settings,
    stop::{Stop, refused},
};
use crate::{
    Worker,
    steward::{Asked, Told},
};

/// Who rests.
struct Meant<'a> {
    /// Nobody in particular: everybody.
    who: Option<&'a Personality>,
    /// Without one, in the whole den.
    guild: Option<Id<GuildMarker>>,
}

impl<'a> Meant<'a> {
    /// What is asked for, where the person may have it: the whole den is its operators'.
    fn by(asked: &Asked<'a>) -> Result<Self, Stop> {
        let who = match asked.option("personality") {
            Some(_) => Some(whom(asked)?),
            None => None,
        };
        if asked.option("everywhere") != Some("true") {
            return Ok(Self { who, guild: Some(guild_meant(asked)?) });
        }
        operator(asked)?;
        if asked.option("guild").is_some() {
            return refused("Everywhere, or in one server? Leave one of them out.");
        }
        Ok(Self { who, guild: None })
    }

    fn act(&self, verb: &str) -> String {
        match (self.who, self.guild) {
            (Some(who), _) => format!("{verb} {}", who.id),
            (None, Some(_)) => verb.to_owned(),
            (None, None) => format!("{verb} the den"),
        }
    }

    /// Who, and where: `**Grim**`, `in this server`.
    fn called(&self, asked: &Asked<'_>) -> (String, String) {
        let who =
            self.who.map_or_else(|| "Everybody".to_owned(), |who| format!("**{}**", who.name));
        let place = self.guild.map(|guild| format!("in {}", called(asked, guild)));
        (who, place.unwrap_or_else(|| "everywhere".to_owned()))
    }
}

/// Lets nobody answer, or one of them no longer. One alone is muted in a guild.
pub(super) async fn pause(asked: &Asked<'_>) -> Result<Told, Stop> {
    let meant = Meant::by(asked)?;
    let pause = Pause { by: Some(asked.who().id), at_ms: asked.event.received_at_ms };
    // What an admin paused becomes the operator's, who has the last word.
    let set = |paused: &mut Option<Pause>| {
        let stays = |now: &Pause| is_operators(asked.worker, now) || !asked.is_operator();
        if !paused.as_ref().is_some_and(stays) {
            *paused = Some(pause.clone());
        }
    };
    match meant.guild {
        Some(guild) => {
            settings::change(asked, guild, meant.act("pause"), |row| {
                match meant.who {
                    Some(who) => drop(row.muted.insert(who.id.clone(), FOREVER)),
                    None => set(&mut row.paused),
                }
                Ok(())
            })
            .await?;
        }
        None => {
            settings::change_den(asked, meant.act("pause"), |den| match meant.who {
                Some(who) => drop(den.paused_personalities.insert(who.id.clone())),
                None => set(&mut den.paused),
            })
            .await?;
        }
    }
    let (who, place) = meant.called(asked);
    let again = match meant.who {
        Some(_) => "until the same with `/den resume`",
        None => "until `/den resume`",
    };
    Ok(Told::line(format!("{who} rests {place} {again}. Commands go on working.")))
}

/// Lets them answer again. Who runs the den has the last word.
pub(super) async fn resume(asked: &Asked<'_>) -> Result<Told, Stop> {
    let meant = Meant::by(asked)?;
    let (is_paused, is_withdrawn) = match meant.guild {
        Some(guild) => {
            settings::change(asked, guild, meant.act("resume"), |row| {
                match (meant.who, &row.paused) {
                    (Some(who), _) => drop(row.muted.remove(&who.id)),
                    (None, Some(pause))
                        if is_operators(asked.worker, pause) && !asked.is_operator() =>
                    {
                        return refused(
                            "The people who run this den have paused it in this server; only they can let it go on.",
                        );
                    }
                    (None, _) => row.paused = None,
                }
                let is_withdrawn = |who: &Personality| row.is_muted(&who.id, asked.now_ms);
                Ok((row.paused.is_some(), meant.who.is_some_and(is_withdrawn)))
            })
            .await?
        }
        None => {
            settings::change_den(asked, meant.act("resume"), |den| match meant.who {
                Some(who) => drop(den.paused_personalities.remove(&who.id)),
                None => den.paused = None,
            })
            .await?;
            (false, false)
        }
    };
    let (who, place) = meant.called(asked);
    let mut line = format!("{who} may speak {place}.");
    if is_withdrawn {
        line += " But the person it imitates wants it silent there, and only they can change that.";
    }
    if is_paused {
        line += " But everybody rests there until `/den resume` without a name.";
    }
    line += &still_resting(asked, &meant).await?;
    Ok(Told::line(line))
}

/// What keeps silent, in the whole den, whoever was to speak again; nothing where nothing does.
async fn still_resting(asked: &Asked<'_>, meant: &Meant<'_>) -> Result<String, Stop> {
    let den = asked.worker.store.den().await?;
    if den.paused.is_some() {
        return Ok(" But the people who run this den have paused all of it.".to_owned());
    }
    let resting = den.paused_personalities.iter();
    let resting = resting.filter(|id| meant.who.is_none_or(|who| who.id == **id));
    let names: Vec<String> = resting
        .filter_map(|id| asked.worker.roster.get(id))
        .map(|who| format!("**{}**", who.name))
        .collect();
    Ok(match names.as_slice() {
        [] => String::new(),
        names => format!(" Silent everywhere all the same: {}.", names.join(", ")),
    })
}

/// Whether the people who run the den paused it, from Discord or from the command line.
pub(super) fn is_operators(worker: &Worker, pause: &Pause) -> bool {
    pause.by.is_none_or(|by| worker.operators.contains(&by))
}
