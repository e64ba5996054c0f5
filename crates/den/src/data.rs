//! `den data`: everything that is kept, moved or erased.

mod copy;
mod erase;
mod export;
mod import;
mod mark;
mod waiting;

use std::{path::PathBuf, process::ExitCode};

use serde_json::{Value, json};
use twilight_model::id::{
    Id,
    marker::{GuildMarker, UserMarker},
};

use crate::{
    config::Settings,
    table::{self, TableArgs},
};

/// What `den data --help` teaches.
pub(crate) const EXAMPLES: &str = "\
An export is JSON lines, one item a line in DynamoDB's own notation. It holds what people said
and the webhooks' tokens: keep it like a password. What is erased here later is not erased there.

Examples:
  den data export den.jsonl                       the den in .den, or DEN_TABLE
  den data export - | gzip > den.jsonl.gz
  den data import den.jsonl --data /tmp/other     makes the folder where it is missing
  den data copy --from .den --to-table roast-den  from the laptop to AWS
  den data copy --from-table roast-den --to .den  and back
  den data erase --person 301                     every word of theirs, everywhere
  den data erase --guild 1042                     every word said in a guild
  den data erase --left --yes                     guilds that left more than 30 days ago

To move a den: stop it, let its queues run dry, copy, start it at the new place. What was
answered is not answered again, and what waits is answered there.";

/// What to do with what is kept.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum DataCommand {
    /// Write everything to a file
    Export {
        /// A file that is not there yet, or `-` for standard output
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Which den.
        #[command(flatten)]
        table: TableArgs,
    },
    /// Read everything from a file
    Import {
        /// What an export wrote, or `-` for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// What may be overwritten.
        #[command(flatten)]
        over: Over,
        /// Which den.
        #[command(flatten)]
        table: TableArgs,
    },
    /// Copy everything from one table to another
    Copy {
        /// Where from.
        #[command(flatten)]
        from: From,
        /// Where to.
        #[command(flatten)]
        to: To,
        /// What may be overwritten.
        #[command(flatten)]
        over: Over,
        /// Print JSON, for scripts
        #[arg(long)]
        json: bool,
    },
    /// Erase a person, a guild, or the guilds that left
    Erase {
        /// What is erased.
        #[command(flatten)]
        whom: Whom,
        /// Ask nothing
        #[arg(long)]
        yes: bool,
        /// Which den.
        #[command(flatten)]
        table: TableArgs,
    },
}

/// Whether what is there may be overwritten.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Over {
    /// Also where something is already: the same keys are overwritten. A copy that broke off goes on so
    #[arg(long)]
    over: bool,
}

/// Where a copy comes from.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct From {
    /// From the folder of a den on this machine
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// From a deployment's table
    #[arg(long, value_name = "TABLE")]
    from_table: Option<String>,
}

/// Where a copy goes.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct To {
    /// To the folder of a den on this machine, made where it is missing
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// To a deployment's table
    #[arg(long, value_name = "TABLE")]
    to_table: Option<String>,
}

/// What is erased.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Whom {
    /// A person, by their Discord id: what they said and what is known about them, everywhere
    #[arg(long, value_name = "ID")]
    person: Option<Id<UserMarker>>,
    /// A guild: what was said and learned there
    #[arg(long, value_name = "ID")]
    guild: Option<Id<GuildMarker>>,
    /// All guilds that removed the den more than 30 days ago
    #[arg(long)]
    left: bool,
}

/// Runs `den data`.
///
/// # Errors
/// Where a table or a file cannot be used; what was done until then is said.
pub async fn run(command: DataCommand, settings: &Settings) -> anyhow::Result<ExitCode> {
    match command {
        DataCommand::Export { file, table } => {
            let (n, place) = table::with(&table, settings, async |opened| {
                table::write_down(opened, None, "export everything".to_owned()).await?;
                Ok((export::export(opened, &file).await?, opened.place.clone()))
            })
            .await?;
            match file.as_os_str() == "-" {
                // Standard output is the export itself.
                true => eprintln!("{} of {place} are exported", items(n)),
                false => {
                    let text = format!("{} of {place} are in {}", items(n), file.display());
                    tell(table.json, &text, json!({"items": n}));
                }
            }
        }
        DataCommand::Import { file, over, table } => {
            import::run(&file, over.over, &table, settings).await?;
        }
        DataCommand::Copy { from, to, over, json } => {
            copy::run(from, to, over.over, json, settings).await?;
        }
        DataCommand::Erase { whom, yes, table } => {
            return erase::run(whom, yes, &table, settings).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what was done.
fn tell(as_json: bool, text: &str, json: Value) {
    match as_json {
        true => println!("{json}"),
        false => println!("{text}"),
    }
}

fn items(n: u64) -> String {
    match n {
        1 => "1 item".to_owned(),
        n => format!("{n} items"),
    }
}
