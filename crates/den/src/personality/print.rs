//! What `den personality` prints: for people, and with `--json` for programs.

use std::{
    io::{self, Write},
    path::Path,
};

use ::personality::{Personality, PersonalityId, Problem, Problems, Roster};
use anyhow::bail;
use owo_colors::{OwoColorize, Stream::Stdout};
use serde_json::json;

/// Where a new file lies, and what to do with it.
pub(super) fn written(
    out: &mut impl Write,
    id: &PersonalityId,
    file: &Path,
    json: bool,
) -> io::Result<()> {
    if json {
        return writeln!(out, "{}", json!({"id": id, "file": file}));
    }
    let tick = "✓".if_supports_color(Stdout, |text| text.green());
    writeln!(out, "{tick} wrote {}", file.display())?;
    writeln!(out, "  Give it a voice in your editor, then: den personality check && den chat {id}")
}

/// That nothing is wrong.
pub(super) fn checked(out: &mut impl Write, roster: &Roster, json: bool) -> io::Result<()> {
    if json {
        let ids: Vec<_> = roster.iter().map(|personality| &personality.id).collect();
        return writeln!(out, "{:#}", json!({"personalities": ids, "problems": []}));
    }
    let tick = "✓".if_supports_color(Stdout, |text| text.green());
    for personality in roster {
        writeln!(out, "{tick} {} ({})", personality.name, personality.id)?;
    }
    Ok(())
}

/// Who there is.
pub(super) fn listed(out: &mut impl Write, roster: &Roster, json: bool) -> io::Result<()> {
    if json {
        let rows: Vec<_> = roster
            .iter()
            .map(|personality| {
                json!({
                    "id": personality.id,
                    "name": personality.name,
                    "aliases": personality.presence.names,
                    "summary": personality.summary,
                })
            })
            .collect();
        return writeln!(out, "{:#}", json!(rows));
    }
    let width = roster.iter().map(|personality| personality.id.as_str().len()).max().unwrap_or(0);
    for personality in roster {
        writeln!(out, "{:width$}  {}", personality.id.to_string(), heading(personality))?;
        let summary = personality.summary.if_supports_color(Stdout, |text| text.dimmed());
        writeln!(out, "{:width$}  {summary}", "")?;
    }
    Ok(())
}

/// One personality, by id, name or alias, as it was understood.
pub(super) fn shown(
    out: &mut impl Write,
    roster: &Roster,
    name: &str,
    json: bool,
) -> anyhow::Result<()> {
    let Some(personality) = roster.by_name(name) else {
        let ids: Vec<_> = roster.iter().map(|personality| personality.id.as_str()).collect();
        bail!("no personality is called `{name}`; there are: {}", ids.join(", "));
    };
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(personality)?)?;
        return Ok(());
    }
    writeln!(out, "{}  {}", heading(personality), personality.id)?;
    writeln!(out, "{}", personality.summary)?;
    if let Some(real) = &personality.real_name {
        writeln!(out, "Imitates {}, who agreed on {}.", real.name, real.consent.given_on)?;
    }
    for (title, entries) in [
        ("Answers to", &personality.presence.names),
        ("Is", &personality.traits),
        ("Talks", &personality.speech_patterns),
        ("Likes", &personality.interests),
        ("Remembers", &personality.memory_triggers),
        ("Never", &personality.never),
    ] {
        section(out, title, entries)?;
    }
    section(out, "Roasts", std::slice::from_ref(&personality.roast_style))?;
    if let Some(higher_self) = &personality.higher_self {
        section(out, "At its wisest", std::slice::from_ref(&higher_self.summary))?;
    }
    if let Some(example) = personality.examples.first() {
        let exchange = [format!("> {}", example.person), example.reply.clone()];
        section(out, "Sounds like", &exchange)?;
    }
    let (reply, limits, scaling) = (&personality.reply, &personality.limits, &personality.scaling);
    let model = reply.model.as_deref().unwrap_or("the deployment's model");
    let runs = [
        format!("asks {model} for at most {} tokens", reply.max_tokens),
        format!(
            "answers a person {} and a channel {} times a minute, a guild {} times a day",
            limits.per_person_per_minute, limits.per_channel_per_minute, limits.per_guild_per_day,
        ),
        format!(
            "serves {} channels at once, with {} MiB and {} s each",
            scaling.max_concurrency, scaling.memory_mb, scaling.timeout_s,
        ),
    ];
    section(out, "Runs", &runs)?;
    Ok(())
}

/// The name, in the personality's own colour where the terminal has any.
fn heading(personality: &Personality) -> String {
    let channel = |at: usize| {
        let digits = personality.color.get(at..at + 2).unwrap_or_default();
        u8::from_str_radix(digits, 16).unwrap_or(u8::MAX)
    };
    let (red, green, blue) = (channel(1), channel(3), channel(5));
    let name = personality.name.if_supports_color(Stdout, |name| name.truecolor(red, green, blue));
    name.to_string()
}

fn section(out: &mut impl Write, title: &str, entries: &[String]) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", title.if_supports_color(Stdout, |title| title.bold()))?;
    for entry in entries {
        writeln!(out, "  {entry}")?;
    }
    Ok(())
}

/// Everything that is wrong.
pub(super) fn problems(out: &mut impl Write, problems: &Problems, json: bool) -> io::Result<()> {
    if json {
        return writeln!(out, "{:#}", json!({"problems": problems}));
    }
    for each in problems {
        problem(out, each)?;
    }
    let mut files: Vec<_> = problems.iter().map(|problem| &problem.file).collect();
    files.dedup();
    let plural = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let sum = format!("{} in {}", plural(problems.len(), "problem"), plural(files.len(), "file"));
    writeln!(out, "{}", sum.if_supports_color(Stdout, |text| text.bold()))
}

/// A problem the way compilers tell it: what, where, and the line with a mark below the place.
fn problem(out: &mut impl Write, problem: &Problem) -> io::Result<()> {
    let key = if problem.key.is_empty() { String::new() } else { format!("{} ", problem.key) };
    let error = "error:".if_supports_color(Stdout, |text| text.red());
    let what = format!("{key}{}", problem.what);
    writeln!(out, "{error} {}", what.if_supports_color(Stdout, |text| text.bold()))?;
    let arrow = "-->".if_supports_color(Stdout, |text| text.blue());
    let file = problem.file.display();
    if problem.line == 0 {
        writeln!(out, "   {arrow} {file}")?;
    } else {
        writeln!(out, "   {arrow} {file}:{}:{}", problem.line, problem.column)?;
    }
    let right = problem.right.if_supports_color(Stdout, |text| text.yellow());
    let bar = "|".if_supports_color(Stdout, |text| text.blue());
    if problem.excerpt.chars().count() >= problem.column && problem.column > 0 {
        let line = problem.excerpt.replace('\t', " ");
        let mark = "^".if_supports_color(Stdout, |text| text.red());
        writeln!(out, "{:4} {bar} {line}", problem.line)?;
        writeln!(out, "     {bar} {:>1$}{mark} {right}", "", problem.column - 1)?;
    } else if !problem.right.is_empty() {
        writeln!(out, "     {bar} {right}")?;
    }
    writeln!(out)
}
