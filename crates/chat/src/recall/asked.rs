//! What a question asks for: words, whose, when, and what kind of answer.

use super::{
    concept::{self, Concept},
    dates::{self, Span},
    index::Index,
    names,
    query::Query,
    term::{Mark, Term},
    word::{Word, only_words, pieces},
};

/// What a question asks for.
#[derive(Debug)]
pub(super) struct Asked {
    /// What its words mean, each once.
    pub(super) concepts: Vec<Concept>,
    /// Whose words are asked for, and how much more theirs weigh than others'.
    pub(super) whose: Vec<(u32, f32)>,
    /// The names it has, as terms.
    pub(super) names: Vec<Term>,
    /// The times it names.
    pub(super) spans: Vec<Span>,
    /// The marks that answers have.
    pub(super) marks: u32,
    /// Which of an old and a new answer it wants.
    pub(super) age: Age,
}

/// Which of an old and a new answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Age {
    /// The newer wins a tie.
    Any,
    /// "Where do you live now?"
    Newest,
    /// "What did you first think of it?"
    Oldest,
}

impl Asked {
    /// Reads a question, in the light of what is known.
    pub(super) fn read(query: &Query<'_>, index: &Index) -> Self {
        let pieces = pieces(query.text);
        let words = only_words(&pieces);
        let names = names::find(&words, query, index);
        let first_ms = index.times().map_or(query.now_ms, |(first, _)| first);
        Self {
            concepts: concept::read(&pieces, &names, index),
            whose: names::whose(&words, &names, query, index),
            names: names::terms(&words, &names),
            spans: dates::spans(&words, query.now_ms, first_ms),
            marks: marks(&words),
            age: age(&words),
        }
    }

    /// Whether a term is one of the question's own.
    pub(super) fn is_for(&self, term: Term) -> bool {
        self.concepts.iter().any(|thing| thing.terms[0].0 == term)
    }
}

/// The marks an answer is likely to have.
fn marks(words: &[Word<'_>]) -> u32 {
    let mut marks = 0;
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", |word| word.plain.as_str());
        marks |= match (word.plain.as_str(), next) {
            ("when", _) | ("what" | "which", "time" | "date" | "day" | "year" | "month") => {
                Mark::Time.bit()
            }
            ("how", "long" | "often" | "old") => Mark::Time.bit() | Mark::Number.bit(),
            ("how", "many" | "much" | "far" | "tall" | "big" | "fast") => Mark::Number.bit(),
            ("where" | "who" | "whose" | "name" | "names" | "called" | "named" | "which", _) => {
                Mark::Name.bit()
            }
            ("why", _) => Mark::Reason.bit(),
            _ => 0,
        };
    }
    marks
}

fn age(words: &[Word<'_>]) -> Age {
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", |word| word.plain.as_str());
        match (word.plain.as_str(), next) {
            ("now" | "currently" | "still" | "latest" | "lately" | "newest" | "nowadays", _)
            | ("these", "days")
            | ("last", "time")
            | ("most", "recent" | "recently") => return Age::Newest,
            ("originally" | "initially" | "earliest" | "formerly", _)
            | ("used", "to")
            | ("at", "first") => {
                return Age::Oldest;
            }
            _ => {}
        }
    }
    Age::Any
}
