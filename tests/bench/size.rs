//! Sizes of what is shipped.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    Programs, Scale,
    figure::{Figure, Report, Unit},
};

/// Adds the sizes that packaging found; quickly, those of the programs at hand.
///
/// # Errors
/// When packaging told nothing.
pub fn measure(programs: &Programs, scale: Scale, report: &mut Report) -> Result<()> {
    let sizes: Value = match &programs.sizes {
        Some(path) => {
            let told = fs::read(path).with_context(|| format!("read {}", path.display()))?;
            serde_json::from_slice(&told).with_context(|| format!("read {}", path.display()))?
        }
        None if scale.is_quick => {
            report.note("The sizes are those of the programs at hand, not of what is shipped.");
            let size = |path| fs::metadata(path).map(|file| file.len());
            json!({
                "den-listener": size(&programs.listener).context("look at the listener")?,
                "den-worker": size(&programs.worker).context("look at the worker")?,
            })
        }
        None => bail!(
            "DEN_BENCH_SIZES names no file: `cargo xtask bench` packages the programs and does"
        ),
    };
    let megabytes = |name: &str| {
        let bytes = sizes[name].as_f64().with_context(|| format!("no size of {name} is told"))?;
        Ok::<_, anyhow::Error>(vec![bytes / 1e6])
    };
    if programs.sizes.is_some() {
        let zip = Figure::new(
            "size.worker_zip",
            "worker, zip",
            Unit::Megabytes,
            megabytes("den-worker.zip")?,
        );
        report.add(zip.aims_for(8.0, "under 8 MB"));
    }
    let worker =
        Figure::new("size.worker", "worker, program", Unit::Megabytes, megabytes("den-worker")?);
    report.add(worker);
    let listener = megabytes("den-listener")?;
    let listener = Figure::new(
        "size.listener",
        "listener, program: nearly all of its image",
        Unit::Megabytes,
        listener,
    );
    report.add(listener.aims_for(12.0, "image under 12 MB"));
    Ok(())
}
