//! `den data export`.

use std::{
    fs::{self, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;

use super::mark::{Mark, VERSION};
use crate::{clock::now_ms, progress::Count, table::Opened};

/// Writes everything to a file, or to standard output. Returns how many items that were.
pub(super) async fn export(from: &Opened, file: &Path) -> anyhow::Result<u64> {
    if file.as_os_str() == "-" {
        return write(from, &mut BufWriter::new(std::io::stdout())).await;
    }
    anyhow::ensure!(
        !file.exists(),
        "{} is there already: remove it, or name another",
        file.display()
    );
    // Under its own name it is whole.
    let part = PathBuf::from(format!("{}.part", file.display()));
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        // Nobody else on this machine is to read what people said.
        .mode(0o600)
        .open(&part)
        .with_context(|| format!("make {}", part.display()))?;
    let mut out = BufWriter::new(opened);
    let written = write(from, &mut out).await;
    let written = match (written, out.into_inner()) {
        (Ok(n), Ok(opened)) => opened.sync_all().map(|()| n).context("write to the disk"),
        (Ok(_), Err(e)) => Err(e.into_error().into()),
        (Err(e), _) => Err(e),
    };
    match written {
        Ok(n) => {
            fs::rename(&part, file).with_context(|| format!("name {}", file.display()))?;
            Ok(n)
        }
        Err(e) => {
            let _ = fs::remove_file(&part);
            Err(e).with_context(|| format!("write {}", file.display()))
        }
    }
}

async fn write(from: &Opened, out: &mut impl Write) -> anyhow::Result<u64> {
    let at_ms = now_ms();
    let begin = Mark::Export { v: VERSION, of: from.place.clone(), at_ms };
    writeln!(out, "{}", begin.line())?;
    let count = Count::of(format!("reading {}", from.place), None);
    let mut n = 0;
    let mut dump = from.store.dump(at_ms);
    while let Some(lines) = dump.next().await.with_context(|| format!("read {}", from.place))? {
        for line in &lines {
            writeln!(out, "{line}")?;
        }
        n += lines.len() as u64;
        count.at(n);
    }
    writeln!(out, "{}", Mark::End { items: n }.line())?;
    out.flush()?;
    Ok(n)
}
