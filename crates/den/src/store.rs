//! `den store`: the table of a deployment.

use std::process::ExitCode;

use aws_sdk_dynamodb::Client;
use owo_colors::{OwoColorize, Stream::Stdout};
use serde_json::json;
use store::Store;

use crate::{
    config::Settings,
    doctor::{self, Report},
    progress::shown,
    trouble::{Call, NO_REGION, causes, mend},
};

/// What to do with the table.
#[derive(Clone, Copy, Debug, clap::Subcommand)]
pub enum StoreCommand {
    /// Make the table where it is missing, and switch its TTL on
    Init,
    /// Look whether the table is as it must be
    Check,
}

/// Runs `den store`.
///
/// # Errors
/// Where the table cannot be made, with what would mend it. What a check finds is printed, and ends in exit
/// code 1.
pub async fn run(
    command: StoreCommand,
    json: bool,
    settings: &Settings,
) -> anyhow::Result<ExitCode> {
    let aws = aws::config().await;
    anyhow::ensure!(aws.region().is_some(), "no region is named: {NO_REGION}");
    let client = Client::new(&aws);
    match command {
        StoreCommand::Init => init(client, &settings.table, json).await,
        StoreCommand::Check => {
            let what = format!("looking at table {}", settings.table);
            let found = shown(what, doctor::table(&client, &settings.table, true)).await;
            let mut report = Report::default();
            report.add(found);
            report.print(json)?;
            Ok(report.exit_code())
        }
    }
}

async fn init(client: Client, table: &str, json: bool) -> anyhow::Result<ExitCode> {
    let store = Store::new(client, table);
    let is_new = shown(format!("making table {table}"), store.init()).await.map_err(|error| {
        let object = format!("table {table}");
        let call = Call {
            action: "dynamodb:CreateTable, DescribeTable, DescribeTimeToLive and UpdateTimeToLive",
            object: &object,
            endpoint: "AWS_ENDPOINT_URL_DYNAMODB",
        };
        let mend = mend(call, &error, error.code());
        anyhow::anyhow!("{}; to mend it, {mend}", causes(&error))
    })?;
    if json {
        println!("{}", json!({"table": table, "created": is_new}));
        return Ok(ExitCode::SUCCESS);
    }
    let tick = "✓".if_supports_color(Stdout, |tick| tick.green()).to_string();
    let done = if is_new { "is made, with TTL on" } else { "was there, and its TTL is on" };
    println!("{tick} table {table} {done}");
    Ok(ExitCode::SUCCESS)
}
