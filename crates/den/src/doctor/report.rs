//! What was found, and how it is told.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use owo_colors::{OwoColorize, Stream::Stdout};
use serde::Serialize;
use serde_json::json;

/// Something that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The files of the characters.
    Personalities,
    /// The token and what belongs to the application.
    Discord,
    /// What the bot may do where.
    Permissions,
    /// Whether the models answer.
    Model,
    /// The deployment's table.
    Table,
    /// The deployment's queues.
    Queues,
}

impl Part {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 6] = [
        Self::Personalities,
        Self::Discord,
        Self::Permissions,
        Self::Model,
        Self::Table,
        Self::Queues,
    ];

    fn title(self) -> &'static str {
        match self {
            Self::Personalities => "Personalities",
            Self::Discord => "Discord",
            Self::Permissions => "Permissions",
            Self::Model => "Model",
            Self::Table => "Table",
            Self::Queues => "Queues",
        }
    }

    /// What is looked at, for whoever waits.
    pub(super) fn object(self) -> &'static str {
        match self {
            Self::Personalities => "the personalities",
            Self::Discord => "the bot at Discord",
            Self::Permissions => "the permissions in every channel",
            Self::Model => "the model, with a question",
            Self::Table => "the table",
            Self::Queues => "the queues",
        }
    }
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it must be.
    Fine,
    /// Worth knowing, and nobody has to act.
    Note,
    /// Somebody has to mend it.
    Wrong,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    pub part: Part,
    /// How it is.
    pub state: State,
    /// What.
    pub what: String,
    /// What would be right, as an instruction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

impl Finding {
    pub(super) fn fine(part: Part, what: impl Into<String>) -> Self {
        Self { part, state: State::Fine, what: what.into(), mend: None }
    }

    pub(super) fn note(part: Part, what: impl Into<String>) -> Self {
        Self { part, state: State::Note, what: what.into(), mend: None }
    }

    pub(super) fn wrong(part: Part, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { part, state: State::Wrong, what: what.into(), mend: Some(mend.into()) }
    }

    /// The same with another state.
    pub(super) fn rated(self, state: State) -> Self {
        Self { state, ..self }
    }

    /// The same with something one may do about it.
    pub(super) fn mended_by(self, mend: impl Into<String>) -> Self {
        Self { mend: Some(mend.into()), ..self }
    }
}

/// Everything that was found, part by part.
#[derive(Clone, Debug, Default)]
pub struct Report {
    parts: Vec<Vec<Finding>>,
}

impl Report {
    /// Adds what was found of a part.
    pub fn add(&mut self, found: Vec<Finding>) {
        self.parts.push(found);
    }

    /// Everything, in order.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.parts.iter().flatten()
    }

    fn n_wrong(&self) -> usize {
        self.findings().filter(|finding| finding.state == State::Wrong).count()
    }

    /// 1 where something is wrong.
    pub fn exit_code(&self) -> ExitCode {
        if self.n_wrong() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Prints all of it.
    ///
    /// # Errors
    /// When standard output does not take it.
    pub fn print(&self, json: bool) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if json {
            let checks: Vec<_> = self.findings().collect();
            return writeln!(out, "{:#}", json!({"ok": self.n_wrong() == 0, "checks": checks}));
        }
        for part in &self.parts {
            write_part(&mut out, part)?;
        }
        self.write_sum(&mut out)
    }

    /// Prints the part that was added last.
    pub(super) fn print_last(&self) -> io::Result<()> {
        let Some(part) = self.parts.last() else { return Ok(()) };
        write_part(&mut io::stdout().lock(), part)
    }

    /// Prints what it comes to.
    pub(super) fn print_sum(&self) -> io::Result<()> {
        self.write_sum(&mut io::stdout().lock())
    }

    fn write_sum(&self, out: &mut impl Write) -> io::Result<()> {
        let sum = match self.n_wrong() {
            0 => {
                return writeln!(
                    out,
                    "{}",
                    "Nothing is wrong.".if_supports_color(Stdout, |sum| sum.green())
                );
            }
            1 => "One thing is wrong.".to_owned(),
            n => format!("{n} things are wrong."),
        };
        writeln!(out, "{}", sum.if_supports_color(Stdout, |sum| sum.red()))
    }
}

fn write_part(out: &mut impl Write, findings: &[Finding]) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    writeln!(out, "{}", first.part.title().if_supports_color(Stdout, |title| title.bold()))?;
    for finding in findings {
        write_finding(out, finding)?;
    }
    writeln!(out)
}

fn write_finding(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let sign = match finding.state {
        State::Fine => "✓".if_supports_color(Stdout, |sign| sign.green()).to_string(),
        State::Note => "·".if_supports_color(Stdout, |sign| sign.blue()).to_string(),
        State::Wrong => "✗".if_supports_color(Stdout, |sign| sign.red()).to_string(),
    };
    writeln!(out, "  {sign} {}", finding.what.replace('\n', "\n    "))?;
    if let Some(mend) = &finding.mend {
        let arrow = "→".if_supports_color(Stdout, |arrow| arrow.yellow());
        writeln!(out, "    {arrow} {mend}")?;
    }
    Ok(())
}

#[cfg(test)]
impl Report {
    /// What a person sees.
    pub(super) fn text(&self) -> String {
        owo_colors::set_override(false);
        let mut out = Vec::new();
        for part in &self.parts {
            write_part(&mut out, part).expect("a vector takes everything");
        }
        self.write_sum(&mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("only texts were written")
    }
}
