//! `cargo xtask bench`: the programs as they are shipped, measured by the bench program of `tests`.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::{
    checkout::Checkout,
    command::run as run_command,
    package::{Architecture, build_release, package_release},
    terminal,
};

/// Builds, measures, prints a table.
///
/// # Errors
/// When something cannot be built, or the bench program fails.
pub fn run(checkout: &Checkout, arguments: &[String]) -> Result<()> {
    terminal::begin("build", "the programs as they are shipped");
    let Some(packaged) = package_release(checkout, Architecture::HOST)? else {
        bail!("without the shipped programs there is nothing to measure");
    };
    let size = |path: &std::path::Path| {
        fs::metadata(path)
            .map(|file| file.len())
            .with_context(|| format!("look at {}", path.display()))
    };
    let sizes = json!({
        "den-listener": size(&packaged.listener)?,
        "den-worker": size(&packaged.worker)?,
        "den-worker.zip": size(&packaged.zip)?,
    });
    let path = checkout.target().join("lambda/sizes.json");
    fs::write(&path, sizes.to_string()).with_context(|| format!("write {}", path.display()))?;

    // For the same target as the programs: it is what the listener's processor time is held against.
    let bench = build_release(checkout, Architecture::HOST, "tests", "bench")?;

    terminal::begin("bench", "what they need, beside what they aim for");
    let mut bench = Command::new(bench);
    bench.arg("--json").arg(checkout.target().join("bench.json")).args(arguments);
    bench.env("DEN_BENCH_LISTENER", packaged.listener).env("DEN_BENCH_WORKER", packaged.worker);
    run_command(bench.env("DEN_BENCH_SIZES", path))
}
