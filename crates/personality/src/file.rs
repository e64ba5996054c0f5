//! One personality file, from bytes to a [`Personality`].

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    Allows, Personality, Problem, Problems,
    document::{Node, Source},
    rules, schema, shape,
};

/// Files larger than this are no personality, whatever they are.
const MAX_BYTES: u64 = 256 * 1024;

/// A file as far as it could be read. What is wrong with it is told; the rest is still there, so that it can
/// be compared with its neighbours.
pub(crate) struct Reading {
    pub source: Source,
    pub root: Option<Node>,
    pub personality: Option<Personality>,
    pub problems: Vec<Problem>,
}

impl Personality {
    /// Reads one from a text, as if it stood in `file`: JSON where that ends in `.json`, else TOML. A picture
    /// it names must exist beside `file`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(file: &Path, text: &str, allows: &Allows<'_>) -> Result<Self, Problems> {
        let reading = Reading::of(file.to_owned(), text.to_owned(), allows);
        Problems::none_of(reading.problems)?;
        Ok(reading.personality.expect("a file without problems is a personality"))
    }
}

impl Reading {
    /// Opens and reads a file.
    pub fn open(file: &Path, allows: &Allows<'_>) -> Self {
        match text(file) {
            Ok(text) => Self::of(file.to_owned(), text, allows),
            Err((what, right)) => Self {
                problems: vec![Problem::of_file(file, what, right)],
                source: Source { file: file.to_owned(), text: String::new() },
                root: None,
                personality: None,
            },
        }
    }

    fn of(file: PathBuf, text: String, allows: &Allows<'_>) -> Self {
        let source = Source { file, text };
        let root = match source.parse() {
            Ok(root) => root,
            Err(problems) => return Self { source, root: None, personality: None, problems },
        };
        let mut problems = shape::check(&source, &root, schema());
        problems.extend(rules::check(&source, &root, allows));
        let mut personality = None;
        if problems.is_empty() {
            match deserialize(&root) {
                Ok(read) => personality = Some(read),
                // The schema lets through what serde refuses: our mistake, but the writer must still be told.
                Err(error) => {
                    problems.push(source.problem(0, "", error.to_string(), String::new()))
                }
            }
        }
        Self { source, root: Some(root), personality, problems }
    }
}

fn deserialize(root: &Node) -> Result<Personality, serde_json::Error> {
    let mut json = root.to_json();
    if let Some(object) = json.as_object_mut() {
        object.remove("$schema");
    }
    Personality::deserialize(json)
}

/// The text of a file, without the mark that some editors put first; or what is wrong with the file, and
/// what would be right.
fn text(file: &Path) -> Result<String, (String, &'static str)> {
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| (format!("cannot be read: {error}"), ""))?;
    if bytes.len() as u64 > MAX_BYTES {
        let right = "a personality file is a text of at most 256 KiB";
        return Err(("is larger than 256 KiB".to_owned(), right));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        (format!("line {line} is no UTF-8"), "save the file as UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
