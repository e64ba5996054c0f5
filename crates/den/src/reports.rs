//! `den reports`: what people reported.

use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Value, json};
use store::Report;

use crate::{
    config::Settings,
    pause::in_utc,
    table::{self, TableArgs},
};

/// What `den reports --help` teaches.
pub(crate) const EXAMPLES: &str = "\
Whoever reads why something was said can report it. The reason and who gave it are for those who
run the den alone. They go when that person has everything of theirs erased, and after a year.

Examples:
  den reports                     the newest ones
  den reports --limit 100 --json | jq -r '.reports[].link'
  den why LINK                    what the reply was made of
  den pause --personality turbo   until it is mended";

/// Which reports are asked about.
#[derive(Clone, Debug, clap::Args)]
pub struct ReportsArgs {
    /// How many, the newest first
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    #[command(flatten)]
    table: TableArgs,
}

/// Runs `den reports`.
///
/// # Errors
/// Where the reports cannot be read.
pub async fn run(args: ReportsArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let reports = table::with(&args.table, settings, async |opened| {
        opened
            .store
            .reports(args.limit, crate::clock::now_ms())
            .await
            .context("read what was reported")
    })
    .await?;
    match args.table.json {
        true => println!("{:#}", json!({"reports": reports.iter().map(json).collect::<Vec<_>>()})),
        false => print!("{}", in_words(&reports)),
    }
    Ok(ExitCode::SUCCESS)
}

fn json(report: &Report) -> Value {
    json!({
        "at_ms": report.at_ms,
        "guild": report.guild,
        "channel": report.channel,
        "message": report.message_id,
        "link": report.link(),
        "personality": report.personality,
        "reporter": report.by,
        "reason": report.reason,
    })
}

fn in_words(reports: &[Report]) -> String {
    if reports.is_empty() {
        return "Nothing was reported.\n".to_owned();
    }
    reports.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(report: &Report) -> String {
    let Report { at_ms, by, channel, personality, reason, .. } = report;
    let place = match report.guild {
        Some(guild) => format!("guild {guild}, channel {channel}"),
        None => "a direct message".to_owned(),
    };
    format!(
        "{}  {personality} in {place}, reported by {by}\n  {}\n  {reason}\n",
        in_utc(*at_ms),
        report.link()
    )
}
