//! Recall: how long a question takes over 5,000 messages, and how soon a worker that starts cold can ask one.
//!
//! The index is a function of the messages and nothing else, so it is measured where it is, and not through a
//! program around it.

use std::{fs, hint::black_box, path::PathBuf, time::Instant};

use anyhow::{Context, Result};
use chat::recall::{Index, Message, Query, Term, terms};
use serde_json::Value;

use crate::{
    Scale,
    figure::{Figure, Report, Unit},
};

/// As many messages as gather reads at most.
const MESSAGES: usize = 5_000;
const DAY_MS: u64 = 86_400_000;

/// Who asks, and what.
type Asked = (String, String);

/// Adds how long a question takes, and how long it takes to build the index.
///
/// # Errors
/// When the histories of `tests/recall` cannot be read.
pub fn measure(scale: Scale, report: &mut Report) -> Result<()> {
    let (messages, questions) = histories()?;
    let last_ms = messages.last().context("a history has messages")?.at_ms;
    let mut index = Index::new();
    messages.iter().for_each(|message| index.insert(message.clone()));
    let mut per_question = Vec::new();
    for _ in 0..scale.of(10, 1) {
        for (asker, question) in &questions {
            let query = Query { asker: Some(asker), ..Query::new(question, last_ms + DAY_MS) };
            let began = Instant::now();
            black_box(index.recall(&query));
            per_question.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    let milliseconds = |id, what, samples| Figure::new(id, what, Unit::Milliseconds, samples);
    let what = "recall, a question over 5,000 messages";
    report.add(milliseconds("recall.question", what, per_question).aims_for(0.5, "under 0.5 ms"));

    let read: Vec<Vec<Term>> = messages.iter().map(|message| terms(&message.text)).collect();
    let (mut from_terms, mut from_words) = (Vec::new(), Vec::new());
    for _ in 0..scale.of(31, 2) {
        let (given, again) = (messages.clone(), messages.clone());
        let began = Instant::now();
        let mut index = Index::new();
        given
            .into_iter()
            .zip(&read)
            .for_each(|(message, terms)| index.insert_with_terms(message, terms));
        from_terms.push(began.elapsed().as_secs_f64() * 1e3);
        black_box(index);

        let began = Instant::now();
        let mut index = Index::new();
        again.into_iter().for_each(|message| index.insert(message));
        from_words.push(began.elapsed().as_secs_f64() * 1e3);
        black_box(index);
    }
    let what = "  the index of them, from the terms that pages keep";
    report.add(milliseconds("recall.build_from_terms", what, from_terms));
    let what = "  the same, from the words";
    report.add(milliseconds("recall.build_from_words", what, from_words));
    Ok(())
}

/// The histories of `tests/recall` one after the other, and once more later, until there are enough; and who asks
/// what.
fn histories() -> Result<(Vec<Message>, Vec<Asked>)> {
    let mut told = Vec::new();
    let mut questions = Vec::new();
    for space in ["pair", "guild"] {
        told.extend(lines(&format!("history-{space}.jsonl"))?);
        for line in lines(&format!("questions-{space}.jsonl"))? {
            questions.push((text(&line, "asker")?, text(&line, "query")?));
        }
    }
    let mut messages = Vec::new();
    for id in 0..MESSAGES {
        let line = &told[id % told.len()];
        let again = (id / told.len()) as u64;
        let at_ms = line["ts"].as_u64().context("a message has a time")?;
        let channel = text(line, "channel")?;
        messages.push(Message {
            id: id as u64,
            channel: channel.bytes().map(u64::from).sum(),
            speaker: text(line, "speaker")?,
            name: text(line, "speaker")?,
            at_ms: at_ms + again * 365 * DAY_MS,
            text: text(line, "text")?,
            reply_to: None,
        });
    }
    Ok((messages, questions))
}

fn lines(file: &str) -> Result<Vec<Value>> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/recall")).join(file);
    let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().with_context(|| format!("read {}", path.display()))
}

fn text(line: &Value, key: &str) -> Result<String> {
    Ok(line[key].as_str().with_context(|| format!("a line has no {key}"))?.to_owned())
}
