//! `den doctor`: whether everything is as it must be, and what mends what is not.
//!
//! Every part is looked at by itself and at the same time as the others, within a limit of time: a dead
//! endpoint costs seconds, and hides nothing else.

mod bot;
mod cast;
mod guild;
mod models;
mod permissions;
mod queues;
mod report;
mod servers;
mod table;

use std::{
    future::Future, num::NonZeroU64, path::PathBuf, process::ExitCode, sync::Arc, time::Duration,
};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesOrdered};
use personality::{Problems, Roster};
use tokio::time::Instant;

pub use self::{
    report::{Finding, Part, Report, State},
    table::look as table,
};
use crate::{
    config::Settings,
    progress::shown,
    trouble::{NO_CREDENTIALS, NO_REGION},
};

/// How long a part may take. Many guilds at Discord are many requests.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may take to find out whether there are credentials.
const CREDENTIALS: Duration = Duration::from_secs(3);

/// What `den doctor` is told.
#[derive(Clone, Debug, clap::Args)]
pub struct DoctorArgs {
    /// Look at a deployment: its table and its queues must be there. Holds by itself where DEN_TABLE or
    /// DEN_QUEUE_PREFIX is set
    #[arg(long)]
    deployment: bool,
    /// Look at the permissions in this guild only
    #[arg(long, value_name = "ID")]
    guild: Option<NonZeroU64>,
    /// The folder of personality files
    #[arg(long, value_name = "DIR", default_value = crate::cli::PERSONALITIES, env = "DEN_PERSONALITIES",
          hide_env_values = true, value_parser = crate::cli::folder)]
    personalities: PathBuf,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

/// What is looked at.
#[derive(Clone)]
pub(crate) struct Subject {
    pub(crate) settings: Settings,
    /// Where the personality files are.
    pub(crate) folder: PathBuf,
    pub(crate) roster: Result<Arc<Roster>, Problems>,
    /// Whether table and queues must be there.
    pub(crate) is_deployment: bool,
    /// Only this guild's permissions.
    pub(crate) guild: Option<NonZeroU64>,
    pub(crate) aws: SdkConfig,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
}

impl Subject {
    /// How bad it is when a part of a deployment is not as it must be.
    pub(crate) fn missing(&self) -> State {
        if self.is_deployment { State::Wrong } else { State::Note }
    }
}

/// Runs `den doctor`.
///
/// # Errors
/// When the report cannot be printed. What it finds ends in exit code 1 where something is wrong.
pub async fn run(args: DoctorArgs, settings: Settings) -> anyhow::Result<ExitCode> {
    let aws = shown("looking for AWS settings", aws::config()).await;
    let subject = Subject {
        is_deployment: args.deployment || settings.names_deployment,
        settings,
        roster: Roster::load(&args.personalities, &den_worker::allows).map(Arc::new),
        folder: args.personalities,
        guild: args.guild,
        dynamodb: aws_sdk_dynamodb::Client::new(&aws),
        sqs: aws_sdk_sqs::Client::new(&aws),
        aws,
    };
    let mut report = Report::default();
    let mut parts = examine(&subject);
    for waiting in Part::ALL {
        let Some(found) = shown(format!("looking at {}", waiting.object()), parts.next()).await
        else {
            break;
        };
        report.add(found);
        if !args.json {
            report.print_last()?;
        }
    }
    if args.json {
        report.print(true)?;
    } else {
        report.print_sum()?;
    }
    Ok(report.exit_code())
}

/// What is found, part by part in the order of [`Part::ALL`]; all of them are looked at at once.
fn examine(subject: &Subject) -> FuturesOrdered<BoxFuture<'static, Vec<Finding>>> {
    Part::ALL
        .into_iter()
        .map(|part| {
            let subject = subject.clone();
            let work = async move {
                match part {
                    Part::Personalities => cast::look(&subject),
                    Part::Discord => bot::look(&subject).await,
                    Part::Permissions => {
                        servers::look(&subject, Instant::now() + PATIENCE * 3 / 4).await
                    }
                    Part::Model => models::look(&subject).await,
                    Part::Table | Part::Queues => cloud(&subject, part).await,
                }
            };
            bounded(part, work).boxed()
        })
        .collect()
}

async fn bounded(part: Part, work: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| {
        let what = format!("no answer within {} seconds", PATIENCE.as_secs());
        vec![Finding::wrong(part, what, "check the network, and try again")]
    })
}

/// The parts of a deployment. Whoever has none, and no way to reach one, is told so once per part.
async fn cloud(subject: &Subject, part: Part) -> Vec<Finding> {
    if let Some((lacks, mend)) = lacks_aws(&subject.aws).await {
        if subject.is_deployment {
            return vec![Finding::wrong(part, format!("cannot be looked at: {lacks}"), mend)];
        }
        let instead = match part {
            Part::Table => "`den up` keeps everything in the folder .den",
            _ => "`den up` has an inbox of its own",
        };
        return vec![Finding::note(part, format!("none is looked at, as {lacks}; {instead}"))];
    }
    match part {
        Part::Table => {
            table::look(&subject.dynamodb, &subject.settings.table, subject.is_deployment).await
        }
        _ => queues::look(subject).await,
    }
}

/// What is missing to reach AWS at all, and the mend.
async fn lacks_aws(aws: &SdkConfig) -> Option<(&'static str, &'static str)> {
    if aws.region().is_none() {
        return Some(("no AWS region is named", NO_REGION));
    }
    let found = match aws.credentials_provider() {
        Some(provider) => {
            let found = tokio::time::timeout(CREDENTIALS, provider.provide_credentials()).await;
            found.is_ok_and(|found| found.is_ok())
        }
        None => false,
    };
    (!found).then_some(("no AWS credentials were found", NO_CREDENTIALS))
}

#[cfg(test)]
mod tests;
