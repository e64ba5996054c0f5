//! How personalities behave in a channel: by chance, by default.

use personality::PersonalityId;
use store::GuildRow;

use super::{
    channels::place,
    rights::{guild_of_admin, number, whom},
    settings::{self, SOON},
    stop::Stop,
};
use crate::steward::{Asked, Told};

/// Sets the chance that somebody chimes in, in percent; without one, each personality's own holds.
pub(super) async fn chance(asked: &Asked<'_>) -> Result<Told, Stop> {
    let (guild, channel) = place(asked).await?;
    let percent = number(asked, "percent", 0, 100)?.and_then(|percent| u8::try_from(percent).ok());
    let act = match percent {
        Some(percent) => format!("set the chance to chime in in channel {channel} to {percent} %"),
        None => format!("leave the chance to chime in in channel {channel} to each personality"),
    };
    settings::change(asked, guild, act, |row| {
        settings::set(row, channel, |set| set.chime_in = percent)
    })
    .await?;
    Ok(Told::line(match percent {
        None => format!("In <#{channel}> everybody chimes in as often as they like. {SOON}"),
        Some(0) => format!("In <#{channel}> nobody speaks unasked. {SOON}"),
        Some(percent) => format!(
            "In <#{channel}> somebody chimes in after {percent} of 100 messages, by chance. {SOON}"
        ),
    }))
}

/// Sets who answers a bare mention, in a channel or, with `everywhere`, in the whole guild.
pub(super) async fn default(asked: &Asked<'_>) -> Result<Told, Stop> {
    let who = match asked.option("personality") {
        Some(_) => Some(whom(asked)?),
        None => None,
    };
    let id = who.map(|who| who.id.clone());
    let act = |place: &str| match &id {
        Some(id) => format!("let {id} answer bare mentions {place}"),
        None => format!("let nobody in particular answer bare mentions {place}"),
    };
    let place = if asked.option("everywhere") == Some("true") {
        let guild = guild_of_admin(asked)?;
        settings::change(asked, guild, act("everywhere"), |row| {
            row.default = id.clone();
            Ok(())
        })
        .await?;
        "everywhere in this server".to_owned()
    } else {
        let (guild, channel) = place(asked).await?;
        settings::change(asked, guild, act(&format!("in channel {channel}")), |row| {
            settings::set(row, channel, |set| set.default = id.clone())
        })
        .await?;
        format!("in <#{channel}>")
    };
    Ok(Told::line(match who {
        Some(who) => {
            format!("**{}** answers {place} when only the bot is mentioned. {SOON}", who.name)
        }
        None => format!("Nobody in particular answers a bare mention {place}. {SOON}"),
    }))
}

/// Shows what is set for a channel.
pub(super) async fn show(asked: &Asked<'_>) -> Result<Told, Stop> {
    let (guild, channel) = place(asked).await?;
    let row: GuildRow = asked.worker.store.guild(guild).await?;
    let set = row.channels.get(&channel).cloned().unwrap_or_default();
    let name = |id: &PersonalityId| {
        let who = asked.worker.roster.get(id);
        who.map_or_else(|| format!("{id} (who is gone)"), |who| format!("**{}**", who.name))
    };
    let named = |id: Option<&PersonalityId>| id.map(name);
    let chance = match set.chime_in {
        Some(percent) => format!("{percent} of 100 messages"),
        None => "as each one likes".to_owned(),
    };
    let wiser: Vec<String> = set.higher_self.iter().map(name).collect();
    let default = named(set.default.as_ref()).or_else(|| {
        named(row.default.as_ref()).map(|name| format!("{name}, as everywhere in this server"))
    });
    Ok(Told::line(format!(
        "<#{channel}>\n- bound to: {}\n- answers a bare mention: {}\n- chimes in: {chance}\n- wiser selves: {}",
        named(set.bound.as_ref()).unwrap_or_else(|| "nobody".to_owned()),
        default.unwrap_or_else(|| "nobody in particular".to_owned()),
        if wiser.is_empty() { "none".to_owned() } else { wiser.join(", ") },
    )))
}
