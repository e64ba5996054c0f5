//! `den allowlist`: which guilds are served.

use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;
use twilight_model::id::{Id, marker::GuildMarker};

use crate::{
    config::Settings,
    table::{self, Opened, TableArgs, write_down},
};

/// What `den allowlist --help` teaches.
pub(crate) const EXAMPLES: &str = "\
It is off at first: whoever invites the bot is served. Once it is on, other guilds are told so,
in one line, when they join. Direct messages are answered either way; `den block` is for people.

Examples:
  den allowlist add 1042
  den allowlist on
  den allowlist show --json";

/// What to do with the allowlist.
#[derive(Clone, Copy, Debug, clap::Subcommand)]
pub enum AllowlistCommand {
    /// Serve only the guilds on it
    On,
    /// Serve every guild
    Off,
    /// Put a guild on it
    Add {
        /// The guild
        #[arg(value_name = "ID")]
        guild: Id<GuildMarker>,
    },
    /// Take a guild off it
    Remove {
        /// The guild
        #[arg(value_name = "ID")]
        guild: Id<GuildMarker>,
    },
    /// Say whether it is on, and who is on it
    Show,
}

/// Runs `den allowlist`.
///
/// # Errors
/// Where the table cannot be changed.
pub async fn run(
    command: AllowlistCommand,
    args: TableArgs,
    settings: &Settings,
) -> anyhow::Result<ExitCode> {
    let (is_on, guilds) = table::with(&args, settings, async |opened| {
        change(opened, command).await?;
        let den = opened.store.den().await?;
        let guilds = opened.store.allowed_guilds().await.context("read the allowlist")?;
        Ok((den.allowlist, guilds))
    })
    .await?;
    if args.json {
        println!("{:#}", json!({"on": is_on, "guilds": guilds}));
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}", in_words(is_on, &guilds));
    Ok(ExitCode::SUCCESS)
}

async fn change(opened: &Opened, command: AllowlistCommand) -> anyhow::Result<()> {
    let store = &opened.store;
    match command {
        AllowlistCommand::On | AllowlistCommand::Off => {
            let is_on = matches!(command, AllowlistCommand::On);
            let what = if is_on { "allowlist on" } else { "allowlist off" };
            write_down(opened, None, what.to_owned()).await?;
            store.change_den(|den| den.allowlist = is_on).await?;
        }
        AllowlistCommand::Add { guild } => {
            write_down(opened, Some(guild), "allow the guild".to_owned()).await?;
            store.set_allowed(guild, true).await?;
        }
        AllowlistCommand::Remove { guild } => {
            write_down(opened, Some(guild), "no longer allow the guild".to_owned()).await?;
            store.set_allowed(guild, false).await?;
        }
        AllowlistCommand::Show => {}
    }
    Ok(())
}

fn in_words(is_on: bool, guilds: &[Id<GuildMarker>]) -> String {
    let ids: Vec<String> = guilds.iter().map(ToString::to_string).collect();
    let ids = ids.join(", ");
    match (is_on, guilds.is_empty()) {
        (true, true) => {
            "The allowlist is on, and no guild is on it: nobody is served. Add one: den allowlist add ID".to_owned()
        }
        (true, false) => format!("The allowlist is on: only these guilds are served: {ids}"),
        (false, true) => "The allowlist is off: every guild is served.".to_owned(),
        (false, false) => {
            format!("The allowlist is off: every guild is served. On it would be: {ids}")
        }
    }
}
