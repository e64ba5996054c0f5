//! `cargo xtask bench`: the programs as they are shipped, measured by the bench program of `tests`.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::{
    checkout::Checkout,
    command::{cargo, run as run_command},
    package::{Architecture, package_release},
    terminal, tools,
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

    terminal::begin("bench", "what they need, beside what they aim for");
    let mut bench = cargo(checkout);
    bench.args(["run", "--release", "--locked", "--package", "tests", "--bin", "bench", "--"]);
    bench.args(arguments);
    bench.envs(tools::installed(checkout).environment());
    bench.env("DEN_BENCH_LISTENER", packaged.listener).env("DEN_BENCH_WORKER", packaged.worker);
    run_command(bench.env("DEN_BENCH_SIZES", path))
}
