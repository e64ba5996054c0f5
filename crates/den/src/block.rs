//! `den block` and `den unblock`: a person speaks with nobody here.

use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;
use twilight_model::id::{Id, marker::UserMarker};

use crate::{
    config::Settings,
    table::{self, TableArgs, write_down},
};

/// What `den block --help` teaches.
pub(crate) const EXAMPLES: &str = "\
A blocked person is answered by nobody, in no guild and in no direct message, and is not told.
They can still see, export and erase what is kept of them.

Examples:
  den block 301                   in Discord: Developer Mode, then Copy User ID
  den unblock 301";

/// Who.
#[derive(Clone, Debug, clap::Args)]
pub struct BlockArgs {
    /// The person's Discord id
    #[arg(value_name = "ID")]
    person: Id<UserMarker>,
    #[command(flatten)]
    table: TableArgs,
}

/// Runs `den block`, or `den unblock` where `blocked` is false.
///
/// # Errors
/// Where the table cannot be changed.
pub async fn run(args: BlockArgs, blocked: bool, settings: &Settings) -> anyhow::Result<ExitCode> {
    let person = args.person;
    table::with(&args.table, settings, async |opened| {
        let verb = if blocked { "block" } else { "unblock" };
        write_down(opened, None, format!("{verb} person {person}")).await?;
        let changed = opened.store.change_preferences(person, |row| row.blocked = blocked).await;
        changed.map(drop).with_context(|| format!("{verb} {person}"))
    })
    .await?;
    match (args.table.json, blocked) {
        (true, _) => println!("{}", json!({"person": person, "blocked": blocked})),
        (false, true) => println!("Person {person} is blocked: nobody answers them."),
        (false, false) => println!("Person {person} is not blocked."),
    }
    Ok(ExitCode::SUCCESS)
}
