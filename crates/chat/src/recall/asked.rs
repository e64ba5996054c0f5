//! What a question asks for: words, whose, when, and what kind of answer.

use std::borrow::Cow;

use super::{
    dates::{self, Span},
    index::Index,
    kin::{self, Kin},
    names::{self, Name},
    query::Query,
    slips,
    term::{Mark, Term, pairs, stem},
    vocabulary,
    weights::WEIGHTS,
    word::{Piece, Word, pieces, words},
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

/// Something asked for, and the terms it goes by.
#[derive(Debug)]
pub(super) struct Concept {
    /// The terms, each with how well it stands for the thing. The first is the question's own.
    pub(super) terms: Vec<(Term, f32)>,
    /// How much of the question it is.
    pub(super) weight: f32,
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
        let words = words(query.text);
        let names = names::find(&words, query, index);
        let first_ms = index.times().map_or(query.now_ms, |(first, _)| first);
        let mut asked = Self {
            concepts: Vec::new(),
            whose: names::whose(&words, &names, query, index),
            names: names::terms(&words, &names),
            spans: dates::spans(&words, query.now_ms, first_ms),
            marks: marks(&words),
            age: age(&words),
        };
        asked.read_words(&words, &names, index);
        for piece in pieces(query.text) {
            if let Piece::Run(run) = piece {
                asked.concepts.extend(pairs(run).into_iter().map(Concept::of));
            }
        }
        asked
    }

    /// Whether a term is one of the question's own.
    pub(super) fn is_for(&self, term: Term) -> bool {
        self.concepts.iter().any(|thing| thing.terms[0].0 == term)
    }

    fn read_words(&mut self, words: &[Word<'_>], names: &[Name], index: &Index) {
        let is_name = |at: usize| names.iter().any(|name| name.words.contains(&at));
        let mut before: Option<(usize, &str)> = None;
        for (at, word) in words.iter().enumerate() {
            if vocabulary::is_stop(&word.plain) || is_name(at) {
                continue;
            }
            let Some(stem) = stem(&word.plain) else { continue };
            let weight = if vocabulary::is_frame(&word.plain) {
                WEIGHTS.frame
            } else if vocabulary::is_light(&word.plain)
                || vocabulary::base(&word.plain).is_some_and(vocabulary::is_light)
            {
                WEIGHTS.light
            } else if vocabulary::is_time(&word.plain)
                || word.raw.starts_with(|c: char| c.is_ascii_digit())
            {
                WEIGHTS.time_word
            } else {
                1.0
            };
            let term = Term::of(&stem);
            if let Some(known) = self.concepts.iter_mut().find(|known| known.terms[0].0 == term) {
                known.weight = known.weight.max(weight);
                continue;
            }
            let mut concept = Concept { terms: vec![(term, 1.0)], weight };
            concept.widen(&stem, &word.plain, index);
            // "book store" is found as "bookstore".
            if let Some((place, first)) = before
                && place + 1 == at
            {
                let joined = [first, word.plain.as_str()].concat();
                let joined = Term::of(&self::stem(&joined).unwrap_or(Cow::Borrowed(&joined)));
                if index.postings.contains_key(&joined) {
                    concept.terms.push((joined, 1.0));
                }
            }
            self.concepts.push(concept);
            before = Some((at, &word.plain));
        }
    }
}

impl Concept {
    fn of(term: Term) -> Self {
        Self { terms: vec![(term, 1.0)], weight: 1.0 }
    }

    /// Adds what else the thing may be called.
    fn widen(&mut self, stem: &str, plain: &str, index: &Index) {
        let (term, _) = self.terms[0];
        let kin = kin::of(term).iter().map(|(term, kin)| match kin {
            Kin::Alike => (*term, WEIGHTS.alike),
            Kin::Instance => (*term, WEIGHTS.instance),
        });
        self.terms.extend(kin.filter(|(term, _)| index.postings.contains_key(term)));
        // Whoever uses a word that nobody ever used may have slipped.
        let is_known = index.postings.contains_key(&term);
        if stem.chars().count() >= if is_known { 6 } else { 4 } {
            let weight = if is_known { WEIGHTS.rare_slip } else { WEIGHTS.slip };
            let n_own = index.postings.get(&term).map_or(0, Vec::len);
            slips::each(stem, |slip| {
                if let Some(postings) = index.postings.get(&slip)
                    && (!is_known || postings.len() * 3 <= n_own)
                    && !self.terms.iter().any(|(known, _)| *known == slip)
                {
                    self.terms.push((slip, weight));
                }
            });
        }
        if !is_known && plain.is_ascii() {
            // "bookstore" is found as "book store".
            for at in 3..plain.len().saturating_sub(2) {
                let halves = [&plain[..at], &plain[at..]];
                let halves =
                    halves.map(|half| Term::of(&self::stem(half).unwrap_or(Cow::Borrowed(half))));
                if halves.iter().all(|half| index.postings.contains_key(half)) {
                    self.terms.extend(halves.map(|half| (half, WEIGHTS.half)));
                }
            }
        }
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
