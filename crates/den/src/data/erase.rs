//! `den data erase`.

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

use anyhow::Context;
use serde_json::json;
use store::{Erased, retention};
use twilight_model::id::{Id, marker::GuildMarker};

use super::{Whom, tell};
use crate::{
    clock::now_ms,
    config::Settings,
    progress::Count,
    table::{self, Opened, TableArgs, write_down},
};

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// Erases what is meant, after asking.
pub(super) async fn run(
    whom: Whom,
    yes: bool,
    args: &TableArgs,
    settings: &Settings,
) -> anyhow::Result<ExitCode> {
    table::with(args, settings, async |opened| {
        let guilds = match (&whom.guild, whom.left) {
            (Some(guild), _) => vec![*guild],
            (None, true) => left(opened).await?,
            (None, false) => Vec::new(),
        };
        let what = match (&whom.person, guilds.as_slice()) {
            (Some(person), _) => format!("everything of person {person}"),
            (None, []) => {
                let text = format!(
                    "no guild left {} more than {} days ago",
                    opened.place,
                    retention::LEFT_GUILD
                );
                tell(args.json, &text, json!({"messages": 0, "facts": 0, "guilds": []}));
                return Ok(ExitCode::SUCCESS);
            }
            (None, [guild]) => format!("everything said and learned in guild {guild}"),
            (None, many) => format!("everything said and learned in {} guilds", many.len()),
        };
        if !yes && !is_meant(&what, opened)? {
            println!("Nothing was erased.");
            return Ok(ExitCode::FAILURE);
        }
        let count = Count::of("messages erased:", None);
        let mut erased = Erased::default();
        if let Some(person) = whom.person {
            write_down(opened, None, format!("erase person {person}")).await?;
            let heard = |n: usize| count.at(n as u64);
            erased = opened.store.erase_person(person, now_ms(), heard).await.with_context(again)?;
        }
        for guild in &guilds {
            write_down(opened, Some(*guild), format!("erase guild {guild}")).await?;
            let before = erased.messages;
            let heard = |n: usize| count.at((before + n) as u64);
            erased += opened.store.erase_guild(*guild, now_ms(), heard).await.with_context(again)?;
        }
        drop(count);
        let Erased { messages, facts } = erased;
        let text = format!(
            "erased from {}: {what}: {messages} messages and {facts} facts. Exports and backups made before keep \
             them; remove those too",
            opened.place
        );
        tell(args.json, &text, json!({"messages": messages, "facts": facts, "guilds": guilds}));
        Ok(ExitCode::SUCCESS)
    })
    .await
}

async fn left(opened: &Opened) -> anyhow::Result<Vec<Id<GuildMarker>>> {
    let before_ms = now_ms().saturating_sub(retention::LEFT_GUILD * DAY_MS);
    opened.store.guilds_left_before(before_ms).await.context("look which guilds left")
}

fn again() -> &'static str {
    "not everything is erased; the same again goes on"
}

/// Asks on the terminal.
fn is_meant(what: &str, opened: &Opened) -> anyhow::Result<bool> {
    anyhow::ensure!(
        std::io::stdin().is_terminal(),
        "this erases {what} from {}, for good: say --yes if that is meant",
        opened.place
    );
    print!("Erase {what} from {}, for good? [y/N] ", opened.place);
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
