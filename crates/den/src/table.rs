//! The table a command is about: a deployment's, or that of a den on this machine.

use std::path::{Path, PathBuf};

use anyhow::Context;
use aws_sdk_dynamodb::Client;
use store::Store;

use crate::{
    config::Settings,
    local::{InUse, LocalTable},
    progress::shown,
    trouble::{Call, NO_REGION, causes, mend},
};

/// The folder of a den on this machine, unless another one is named.
pub(crate) const USUAL: &str = ".den";

/// Which den, and how the result is printed.
#[derive(Clone, Debug, clap::Args)]
pub struct TableArgs {
    /// The folder of a den on this machine; without it, the table DEN_TABLE names, else .den
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print JSON, for scripts
    #[arg(long, global = true)]
    pub json: bool,
}

/// A table that can be worked with until it is closed.
pub(crate) struct Opened {
    /// The table.
    pub(crate) store: Store,
    /// How people call it: `the den in .den`, `table roast-den`.
    pub(crate) place: String,
    /// Whether a deployment works with it.
    pub(crate) is_deployed: bool,
    local: Option<LocalTable>,
}

impl Opened {
    /// Closes it.
    pub(crate) async fn close(self) {
        if let Some(local) = self.local {
            local.close().await;
        }
    }
}

/// Opens the table that is meant, does the work, and closes it, however that ended.
///
/// # Errors
/// Where there is no such table, or it is in use; and those of the work.
pub(crate) async fn with<T>(
    args: &TableArgs,
    settings: &Settings,
    work: impl AsyncFnOnce(&Opened) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let opened = shown("opening the table", open(args, settings)).await?;
    let done = work(&opened).await;
    opened.close().await;
    done
}

async fn open(args: &TableArgs, settings: &Settings) -> anyhow::Result<Opened> {
    match &args.data {
        Some(folder) => open_folder(folder).await,
        None if settings.names_deployment => open_table(&settings.table).await,
        None => open_folder(Path::new(USUAL)).await,
    }
}

/// Opens the table of a den on this machine, which must be there.
pub(crate) async fn open_folder(folder: &Path) -> anyhow::Result<Opened> {
    is_there(folder)?;
    open_new_folder(folder).await
}

/// # Errors
/// Where no den is in a folder.
pub(crate) fn is_there(folder: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        folder.join("den.db").exists(),
        "there is no den in {}: name its folder with --data, or a deployment's table with DEN_TABLE",
        folder.display()
    );
    Ok(())
}

/// The same, made where it is missing.
pub(crate) async fn open_new_folder(folder: &Path) -> anyhow::Result<Opened> {
    let place = format!("the den in {}", folder.display());
    let local = LocalTable::open(folder).await.map_err(|error| match error.is::<InUse>() {
        true => anyhow::anyhow!(
            "{place} is running and holds its folder: stop it first, or, where it can do this itself, use /den \
             and /privacy in its Discord"
        ),
        false => error,
    })?;
    Ok(Opened { store: local.store.clone(), place, is_deployed: false, local: Some(local) })
}

/// Opens a deployment's table, which must be there.
pub(crate) async fn open_table(name: &str) -> anyhow::Result<Opened> {
    let aws = aws::config().await;
    anyhow::ensure!(aws.region().is_some(), "no region is named: {NO_REGION}");
    let store = Store::new(Client::new(&aws), name);
    let place = format!("table {name}");
    let is_there = store.exists().await.map_err(|error| of_aws(&place, &error));
    anyhow::ensure!(is_there?, "there is no {place}: `DEN_TABLE={name} den store init` makes it");
    Ok(Opened { store, place, is_deployed: true, local: None })
}

fn of_aws(place: &str, error: &store::Error) -> anyhow::Error {
    let call = Call {
        action: "dynamodb:DescribeTable",
        object: place,
        endpoint: "AWS_ENDPOINT_URL_DYNAMODB",
    };
    anyhow::anyhow!("{}; to mend it, {}", causes(error), mend(call, error, error.code()))
}

/// Writes down what the operator does from the command line, then does it.
///
/// # Errors
/// Where it cannot be written down: then it is not done.
pub(crate) async fn write_down(
    opened: &Opened,
    guild: Option<twilight_model::id::Id<twilight_model::id::marker::GuildMarker>>,
    what: String,
) -> anyhow::Result<()> {
    let act = store::Act { at_ms: crate::clock::now_ms(), guild, by: None, what };
    opened.store.audit(&act).await.context("nothing was changed")
}
