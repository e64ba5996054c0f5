//! The histories, as they lie beside this file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};

/// What was said in a space, and what is asked of it.
#[derive(Default)]
pub struct History {
    /// In the order in which it was said.
    pub messages: Vec<Said>,
    /// In no order.
    pub questions: Vec<Question>,
}

/// A message.
#[derive(Deserialize)]
pub struct Said {
    space: String,
    pub id: String,
    pub channel: String,
    pub speaker: String,
    /// In milliseconds since the Unix epoch.
    pub ts: u64,
    pub text: String,
    pub reply_to: Option<String>,
}

/// A question, and the messages that hold its answer.
#[derive(Deserialize)]
pub struct Question {
    space: String,
    pub asker: String,
    /// In milliseconds since the Unix epoch.
    pub now: u64,
    pub query: String,
    pub answers: Vec<String>,
}

/// The histories that lie beside this file.
pub fn own() -> BTreeMap<String, History> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("recall"))
}

/// Every history in a folder, by its space.
pub fn read(folder: &Path) -> BTreeMap<String, History> {
    let mut all: BTreeMap<String, History> = BTreeMap::new();
    for path in files(folder, "history") {
        for said in lines::<Said>(&path) {
            all.entry(said.space.clone()).or_default().messages.push(said);
        }
    }
    for path in files(folder, "questions") {
        for question in lines::<Question>(&path) {
            let history = all.get_mut(&question.space);
            history.expect("every question has its history").questions.push(question);
        }
    }
    for history in all.values() {
        for question in &history.questions {
            for answer in &question.answers {
                let is_there = history.messages.iter().any(|message| message.id == *answer);
                assert!(is_there, "no message {answer} answers `{}`", question.query);
            }
        }
    }
    all
}

fn files(folder: &Path, beginning: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("histories in {}: {error}", folder.display()));
    let files = files.map(|file| file.expect("it can be listed").path());
    let is_wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(beginning) && name.ends_with(".jsonl")
    };
    let mut files: Vec<PathBuf> = files.filter(is_wanted).collect();
    files.sort();
    files
}

fn lines<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let text = fs::read_to_string(path).expect("a listed file can be read");
    let read = |(number, line)| match serde_json::from_str(line) {
        Ok(read) => read,
        Err(error) => panic!("{}:{number}: {error}", path.display()),
    };
    (1..).zip(text.lines()).map(read).collect()
}
