//! `den recall`: the memory's search by itself, speaking JSON lines, so that anybody can measure it.

mod journal;
mod request;
mod spaces;

use std::{
    io::{self, BufRead, Read, Write},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use jiff::Timestamp;
use serde_json::{Value, json};

use self::{
    journal::Journal,
    request::{Request, Unreadable},
    spaces::Spaces,
};

/// The version of the protocol that is spoken.
const PROTOCOL: u64 = 1;
/// The longest line that is read: a thousand of Discord's longest messages.
const MAX_LINE: usize = 4 << 20;

/// What is said to standard input's lines on standard output.
struct Memory {
    spaces: Spaces,
    journal: Option<Journal>,
}

/// Runs `den recall` until it is told bye, or its input ends.
///
/// # Errors
/// Where the folder in `home` cannot be kept, or standard input or output fails.
pub fn run(home: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let mut spaces = Spaces::default();
    let journal = match home {
        Some(home) => {
            let opened = Journal::open(&home, &mut spaces);
            Some(opened.with_context(|| format!("keep a memory in {}", home.display()))?)
        }
        None => None,
    };
    let mut memory = Memory { spaces, journal };
    memory.converse(&mut io::stdin().lock(), &mut io::stdout().lock())?;
    Ok(ExitCode::SUCCESS)
}

impl Memory {
    /// Answers line by line.
    fn converse(
        &mut self,
        input: &mut impl BufRead,
        output: &mut impl Write,
    ) -> anyhow::Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let is_whole = read_line(input, &mut line).context("read standard input")?;
            if line.is_empty() {
                break;
            }
            let request =
                if is_whole { Request::read(&line) } else { Err(Unreadable::long(MAX_LINE)) };
            let is_bye = matches!(request, Ok(Request::Bye));
            let answer =
                request.map_err(anyhow::Error::from).and_then(|request| self.answer(request));
            // The chain of causes in one line: whoever reads this is a program.
            let answer = answer.unwrap_or_else(|error| json!({ "error": format!("{error:#}") }));
            writeln!(output, "{answer}").and_then(|()| output.flush())?;
            if is_bye {
                return Ok(());
            }
        }
        self.keep()
    }

    fn answer(&mut self, request: Request) -> anyhow::Result<Value> {
        match request {
            Request::Hello => {
                Ok(json!({ "ok": true, "name": "roast-den", "persistent": self.journal.is_some() }))
            }
            Request::Remember(told) => {
                if let Some(journal) = &mut self.journal {
                    journal.remember(&told).context("write it down")?;
                }
                let is_edit = self.spaces.remember(told);
                if is_edit && let Some(journal) = &mut self.journal {
                    journal.outdate();
                }
                Ok(json!({ "ok": true }))
            }
            Request::Recall(asked) => Ok(json!({ "ids": self.spaces.recall(&asked) })),
            Request::Forget(whom) => {
                let n = self.spaces.forget(&whom);
                if let Some(journal) = &mut self.journal {
                    journal.forget(&whom).context("write it down")?;
                }
                Ok(json!({ "ok": true, "forgotten": n }))
            }
            Request::Flush | Request::Bye => {
                self.keep()?;
                Ok(json!({ "ok": true }))
            }
            Request::Stats => {
                let bytes = match &mut self.journal {
                    Some(journal) => journal.bytes().context("look at the files")?,
                    None => self.spaces.bytes(),
                };
                Ok(json!({ "items": self.spaces.len(), "bytes": bytes }))
            }
        }
    }

    /// Brings what was said so far where a power cut cannot reach it.
    fn keep(&mut self) -> anyhow::Result<()> {
        match &mut self.journal {
            Some(journal) => journal.keep(&self.spaces).context("keep it on disk"),
            None => Ok(()),
        }
    }
}

/// Reads a line into `line`, up to its end or the bound. Returns whether it is whole; the rest of one that is
/// not is passed over.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    let bound = MAX_LINE as u64 + 1;
    input.by_ref().take(bound).read_until(b'\n', line)?;
    if line.ends_with(b"\n") || (line.len() as u64) < bound {
        return Ok(true);
    }
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let n = end.map_or(buffer.len(), |at| at + 1);
        input.consume(n);
        if end.is_some() {
            return Ok(false);
        }
    }
}

/// Now, in milliseconds since the Unix epoch.
fn now_ms() -> u64 {
    u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
