//! The corpus, read.

use serde::Deserialize;

/// An attempt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// The carrier it was made for.
    pub via: String,
    /// What is written, repeated already.
    pub text: String,
    #[serde(default)]
    times: Option<usize>,
}

impl Attempt {
    /// The beginning, for messages.
    pub fn short(&self) -> String {
        self.text.chars().take(60).collect()
    }
}

pub fn read() -> Vec<Attempt> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Corpus {
        attempt: Vec<Attempt>,
    }
    let corpus: Corpus =
        toml::from_str(include_str!("corpus.toml")).expect("the corpus is a list of attempts");
    let mut attempts = corpus.attempt;
    for attempt in &mut attempts {
        attempt.text = attempt.text.repeat(attempt.times.unwrap_or(1));
    }
    attempts
}
