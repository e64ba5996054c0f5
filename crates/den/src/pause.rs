//! `den pause` and `den resume`: a personality, a guild or the whole den stops answering at once, without a
//! deploy.

use std::{collections::BTreeSet, convert::Infallible, path::PathBuf, process::ExitCode};

use anyhow::Context;
use personality::{PersonalityId, Roster};
use serde_json::json;
use store::{DenRow, FOREVER, GuildRow, Pause};
use twilight_model::id::{Id, marker::GuildMarker};

use crate::{
    chat,
    clock::now_ms,
    config::Settings,
    table::{self, Opened, TableArgs, write_down},
};

/// What `den pause --help` teaches.
pub(crate) const EXAMPLES: &str = "\
It holds from the next message on; an answer that is being written is finished. Whoever speaks
to one that is paused is told nothing. The commands that show and delete what is kept work on.

A guild's admins cannot take this back, but for a single personality, which is muted there.

Examples:
  den pause                                   nobody answers anywhere
  den pause --guild 1042                      nobody answers there
  den pause --personality turbo               turbo answers nowhere
  den pause --personality turbo --guild 1042  turbo does not answer there
  den resume --guild 1042                     takes back exactly that";

/// What stops, or goes on.
#[derive(Clone, Debug, clap::Args)]
pub struct PauseArgs {
    /// Only this personality
    #[arg(long, value_name = "NAME")]
    personality: Option<String>,
    /// Only in this guild
    #[arg(long, value_name = "ID")]
    guild: Option<Id<GuildMarker>>,
    /// The folder of personality files
    #[arg(long, value_name = "DIR", default_value = crate::cli::PERSONALITIES, env = "DEN_PERSONALITIES",
          hide_env_values = true, value_parser = crate::cli::folder)]
    personalities: PathBuf,
    #[command(flatten)]
    table: TableArgs,
}

/// Runs `den pause`, or `den resume` where `paused` is false.
///
/// # Errors
/// A name nobody has, or a table that cannot be changed.
pub async fn run(args: PauseArgs, paused: bool, settings: &Settings) -> anyhow::Result<ExitCode> {
    let who = args.personality.as_deref();
    let who = who.map(|name| named(name, &args.personalities)).transpose()?;
    let (den, guild) = table::with(&args.table, settings, async |opened| {
        write_down(opened, args.guild, act(paused, who.as_ref(), args.guild)).await?;
        set(opened, paused, who.as_ref(), args.guild).await.context("change what is paused")
    })
    .await?;
    if args.table.json {
        let guild = args.guild.zip(guild).map(|(id, row)| {
            let mute: Vec<_> = mute(&row).collect();
            json!({"id": id, "paused": row.paused.is_some(), "mute": mute})
        });
        let den = json!({
            "paused": den.paused.is_some(),
            "paused_personalities": den.paused_personalities,
            "guild": guild,
        });
        println!("{den:#}");
    } else {
        print!("{}", in_words(&den, args.guild.zip(guild).as_ref()));
    }
    Ok(ExitCode::SUCCESS)
}

async fn set(
    opened: &Opened,
    paused: bool,
    who: Option<&PersonalityId>,
    guild: Option<Id<GuildMarker>>,
) -> Result<(DenRow, Option<GuildRow>), store::Error> {
    let pause = paused.then(|| Pause { by: None, at_ms: now_ms() });
    let Some(guild) = guild else {
        let change = |den: &mut DenRow| match who {
            Some(who) => set_member(&mut den.paused_personalities, who, paused),
            None => set_pause(&mut den.paused, pause.as_ref()),
        };
        return Ok((opened.store.change_den(change).await?, None));
    };
    let change = |row: &mut GuildRow| {
        match who {
            Some(who) if paused => {
                row.muted.insert(who.clone(), FOREVER);
            }
            Some(who) => {
                row.muted.remove(who);
            }
            None => set_pause(&mut row.paused, pause.as_ref()),
        }
        Ok::<_, Infallible>(row.clone())
    };
    let Ok(row) = opened.store.change_guild(guild, change).await?;
    Ok((opened.store.den().await?, Some(row)))
}

/// What the operator paused is paused since the first time; what an admin paused becomes the operator's.
fn set_pause(now: &mut Option<Pause>, wanted: Option<&Pause>) {
    let is_ours = now.as_ref().is_some_and(|pause| pause.by.is_none());
    if wanted.is_none() || !is_ours {
        *now = wanted.cloned();
    }
}

fn set_member(set: &mut BTreeSet<PersonalityId>, who: &PersonalityId, is_in: bool) {
    match is_in {
        true => set.insert(who.clone()),
        false => set.remove(who),
    };
}

/// The personality that is meant. Where its files are not at hand, the id is taken as it is.
fn named(name: &str, folder: &std::path::Path) -> anyhow::Result<PersonalityId> {
    if folder.is_dir() {
        let roster = Roster::load(folder, &den_worker::allows)?;
        return Ok(chat::find(&roster, name)?.id.clone());
    }
    Ok(name.parse::<PersonalityId>()?)
}

fn act(paused: bool, who: Option<&PersonalityId>, guild: Option<Id<GuildMarker>>) -> String {
    let verb = if paused { "pause" } else { "resume" };
    match (who, guild) {
        (Some(who), _) => format!("{verb} {who}"),
        (None, Some(_)) => format!("{verb} the guild"),
        (None, None) => format!("{verb} the den"),
    }
}

fn mute(row: &GuildRow) -> impl Iterator<Item = &PersonalityId> {
    let now_ms = now_ms();
    let all = row.muted.keys().chain(row.withdrawn.keys()).collect::<BTreeSet<_>>();
    all.into_iter().filter(move |who| row.is_muted(who, now_ms))
}

/// What is so now.
fn in_words(den: &DenRow, guild: Option<&(Id<GuildMarker>, GuildRow)>) -> String {
    let mut lines = Vec::new();
    match &den.paused {
        Some(pause) => lines.push(format!(
            "The den is paused since {}: nobody answers anywhere.",
            in_utc(pause.at_ms)
        )),
        None if den.paused_personalities.is_empty() && guild.is_none() => {
            lines.push("The den answers.".to_owned());
        }
        None => {}
    }
    for who in &den.paused_personalities {
        lines.push(format!("{who} is paused: it answers nowhere."));
    }
    if let Some((id, row)) = guild {
        match &row.paused {
            Some(pause) => {
                let since = in_utc(pause.at_ms);
                lines.push(format!("Guild {id} is paused since {since}: nobody answers there."));
            }
            None => lines.push(format!("Guild {id} is not paused.")),
        }
        lines.extend(mute(row).map(|who| format!("{who} is mute in guild {id}.")));
    }
    lines.join("\n") + "\n"
}

/// A time as people read it.
pub(crate) fn in_utc(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    at.map_or_else(|| "always".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_so_now_is_said_whole() {
        let pause = Some(Pause { by: None, at_ms: 1_795_000_000_000 });
        let den = DenRow {
            paused: pause.clone(),
            paused_personalities: ["turbo".parse().unwrap()].into(),
            ..DenRow::default()
        };
        let row = GuildRow {
            paused: pause,
            muted: [("grim".parse().unwrap(), FOREVER)].into(),
            ..GuildRow::default()
        };
        insta::assert_snapshot!(in_words(&den, Some(&(Id::new(1042), row))), @r"
        The den is paused since 2026-11-18 11:06 UTC: nobody answers anywhere.
        turbo is paused: it answers nowhere.
        Guild 1042 is paused since 2026-11-18 11:06 UTC: nobody answers there.
        grim is mute in guild 1042.
        ");
        let resumed = in_words(&DenRow::default(), Some(&(Id::new(1042), GuildRow::default())));
        assert_eq!(resumed, "Guild 1042 is not paused.\n");
        assert_eq!(in_words(&DenRow::default(), None), "The den answers.\n");
    }
}
