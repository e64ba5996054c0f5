//! `den data import`.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::{Context, bail};
use serde_json::json;
use store::LoadError;

use super::{
    items,
    mark::{Mark, VERSION},
    tell, waiting,
};
use crate::{
    config::Settings,
    progress::Count,
    table::{Opened, TableArgs, open_new_folder, open_table, write_down},
};

/// Items written together.
const SOME: usize = 500;

/// Reads a file, or standard input, into the table that is meant.
pub(super) async fn run(
    file: &Path,
    over: bool,
    args: &TableArgs,
    settings: &Settings,
) -> anyhow::Result<()> {
    let is_piped = file.as_os_str() == "-";
    if !is_piped {
        // A pass that writes nothing: a file that broke off is refused before anything is changed.
        check(&mut open(file)?).with_context(|| format!("read {}", file.display()))?;
    }
    let to = match &args.data {
        Some(folder) => open_new_folder(folder).await?,
        None if settings.names_deployment => open_table(&settings.table).await?,
        None => open_new_folder(Path::new(".den")).await?,
    };
    let imported = import(file, over, &to).await;
    let handed = match imported {
        Ok(n) => waiting::hand_over(&to, settings).await.map(|handed| (n, handed)),
        Err(e) => Err(e),
    };
    let place = to.place.clone();
    to.close().await;
    let (n, handed) = handed?;
    let mut text = format!("{} are in {place}", items(n));
    text.push_str(&waiting::told(handed));
    tell(args.json, &text, json!({"items": n, "queued": handed}));
    Ok(())
}

async fn import(file: &Path, over: bool, to: &Opened) -> anyhow::Result<u64> {
    may_write(to, over).await?;
    write_down(to, None, "import an export".to_owned()).await?;
    let described = || format!("read {}", file.display());
    if file.as_os_str() == "-" {
        return read(&mut std::io::stdin().lock(), to).await.context("read standard input");
    }
    read(&mut open(file)?, to).await.with_context(described)
}

/// Refuses to write over what is there, unless that is meant.
pub(super) async fn may_write(to: &Opened, over: bool) -> anyhow::Result<()> {
    anyhow::ensure!(
        over || to.store.is_empty().await?,
        "{} holds something already: say --over to overwrite what has the same keys, or to go on where a copy \
         broke off",
        to.place
    );
    Ok(())
}

fn open(file: &Path) -> anyhow::Result<BufReader<File>> {
    Ok(BufReader::new(File::open(file).with_context(|| format!("open {}", file.display()))?))
}

/// Reads it to its end without writing anything.
fn check(input: &mut impl BufRead) -> anyhow::Result<()> {
    let mut lines = Lines::new(input);
    while let Some(item) = lines.next()? {
        store::check_item(&item).with_context(|| format!("line {}", lines.n_read))?;
    }
    Ok(())
}

async fn read(input: &mut impl BufRead, to: &Opened) -> anyhow::Result<u64> {
    let count = Count::of(format!("writing to {}", to.place), None);
    let mut lines = Lines::new(input);
    let mut some = Vec::with_capacity(SOME);
    loop {
        let next = lines.next();
        let is_end = matches!(next, Ok(None) | Err(_));
        if let Ok(Some(item)) = &next {
            some.push(item.clone());
        }
        if some.len() == SOME || is_end {
            let before = lines.n_read.saturating_sub(some.len());
            to.store.load(&some).await.map_err(|error| placed(error, before))?;
            some.clear();
            count.at(lines.n_items);
        }
        // What came before a line that cannot be read is written.
        if next?.is_none() {
            return Ok(lines.n_items);
        }
    }
}

/// Names the line of the whole input.
fn placed(error: LoadError, before: usize) -> anyhow::Error {
    match error {
        LoadError::Line { line, source } => {
            anyhow::Error::new(source).context(format!("line {}", before + line + 1))
        }
        other => other.into(),
    }
}

/// The items of an export, and whether it is one.
struct Lines<'a, R> {
    input: &'a mut R,
    n_read: usize,
    n_items: u64,
}

impl<'a, R: BufRead> Lines<'a, R> {
    fn new(input: &'a mut R) -> Self {
        Self { input, n_read: 0, n_items: 0 }
    }

    /// The next item; none at the end of a whole export.
    fn next(&mut self) -> anyhow::Result<Option<String>> {
        let mut line = String::new();
        self.input.read_line(&mut line).with_context(|| format!("line {}", self.n_read + 1))?;
        self.n_read += 1;
        let line = line.trim_end();
        match Mark::read(line) {
            Some(Mark::Export { v, .. }) if self.n_read == 1 => {
                anyhow::ensure!(
                    v <= VERSION,
                    "a newer den wrote it (version {v}): update this one"
                );
                return self.next();
            }
            _ if self.n_read == 1 => bail!("this is no export of a den: its first line says none"),
            Some(Mark::End { items }) if items == self.n_items => return Ok(None),
            Some(_) => bail!("line {}: a part is missing before it", self.n_read),
            None if line.is_empty() => bail!(
                "it ends too early, after {}: the export broke off, or was not copied whole",
                items(self.n_items)
            ),
            None => {}
        }
        self.n_items += 1;
        Ok(Some(line.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: &str = r#"{"den":"export","v":1,"of":"the den in .den","at_ms":5}"#;
    const ITEM: &str = r#"{"pk":{"S":"DEN"},"sk":{"S":"ROW"},"v":{"N":"1"}}"#;
    const END: &str = r#"{"den":"end","items":1}"#;

    fn checked(lines: &[&str]) -> String {
        match check(&mut (lines.join("\n") + "\n").as_bytes()) {
            Ok(()) => "whole".to_owned(),
            Err(e) => format!("{e:#}"),
        }
    }

    #[test]
    fn an_export_that_is_not_whole_says_what_is_wrong() {
        assert_eq!(checked(&[BEGIN, ITEM, END]), "whole");
        let all = [
            checked(&[]),
            checked(&["once upon a time"]),
            checked(&[BEGIN, ITEM]),
            checked(&[BEGIN, END]),
            checked(&[BEGIN, ITEM, "{", END]),
            checked(&[&BEGIN.replace("\"v\":1", "\"v\":9"), ITEM, END]),
            checked(&[BEGIN, &ITEM.replace("{\"N\":\"1\"}", "{\"N\":\"9\"}"), END]),
        ];
        insta::assert_snapshot!(all.join("\n"), @r"
        this is no export of a den: its first line says none
        this is no export of a den: its first line says none
        it ends too early, after 1 item: the export broke off, or was not copied whole
        line 2: a part is missing before it
        line 3: it is no item in DynamoDB's JSON
        a newer den wrote it (version 9): update this one
        line 2: a newer den wrote it (version 9): update this one first
        ");
    }
}
