//! The things that a question asks for, each with the terms it may go by.

use std::borrow::Cow;

use super::{
    index::Index,
    kin::{self, Kin},
    names::Name,
    slips,
    term::{Term, pairs, stem},
    vocabulary,
    weights::WEIGHTS,
    word::{Piece, Word},
};

/// Something asked for, and the terms it goes by.
#[derive(Debug)]
pub(super) struct Concept {
    /// The terms, each with how well it stands for the thing. The first is the question's own.
    pub(super) terms: Vec<(Term, f32)>,
    /// How much of the question it is.
    pub(super) weight: f32,
}

/// A question of more things than this is about the rarest of them.
const MOST: usize = 40;
/// Longer words are no words, and nobody slips in them.
const LONG: usize = 24;

/// The things that the pieces of a question ask for, each once, names left out.
pub(super) fn read(pieces: &[Piece<'_>], names: &[Name], index: &Index) -> Vec<Concept> {
    let mut found: Vec<(Concept, Option<Asked>)> = Vec::new();
    let mut add = |term, weight: f32, word| {
        let known = found.iter_mut().find(|(known, _)| known.terms[0].0 == term);
        match known {
            Some((known, _)) => known.weight = known.weight.max(weight),
            None => found.push((Concept { terms: vec![(term, 1.0)], weight }, word)),
        }
    };
    let is_name = |at: usize| names.iter().any(|name| name.words.contains(&at));
    let mut n_words = 0;
    let mut before = None;
    for piece in pieces {
        let word = match piece {
            Piece::Word(word) => word,
            Piece::Run(run) => {
                pairs(run).into_iter().for_each(|term| add(term, 1.0, None));
                continue;
            }
        };
        let is_asked = !vocabulary::is_stop(&word.plain) && !is_name(n_words);
        n_words += 1;
        let stem = if is_asked { stem(&word.plain) } else { None };
        let Some(stem) = stem else {
            before = None;
            continue;
        };
        let asked = Asked { stem: stem.as_ref().to_owned(), plain: &word.plain, before };
        add(Term::of(&stem), weight(word), Some(asked));
        before = Some(word.plain.as_str());
    }
    if found.len() > MOST {
        let worth =
            |concept: &Concept| concept.weight * index.rarity(index.n_with(concept.terms[0].0));
        found.sort_by(|(a, _), (b, _)| worth(b).total_cmp(&worth(a)));
        found.truncate(MOST);
    }
    let widened = found.into_iter().map(|(mut concept, asked)| {
        if let Some(asked) = asked {
            concept.widen(&asked, index);
        }
        concept
    });
    widened.collect()
}

/// A word of a question.
struct Asked<'a> {
    stem: String,
    plain: &'a str,
    /// The word before it, where that is asked for as well.
    before: Option<&'a str>,
}

/// How much of a question a word is, whatever the history.
fn weight(word: &Word<'_>) -> f32 {
    let plain = word.plain.as_str();
    if vocabulary::is_frame(plain) {
        WEIGHTS.frame
    } else if vocabulary::is_light(plain)
        || vocabulary::base(plain).is_some_and(vocabulary::is_light)
    {
        WEIGHTS.light
    } else if vocabulary::is_time(plain) || plain.starts_with(|c: char| c.is_ascii_digit()) {
        WEIGHTS.time_word
    } else {
        1.0
    }
}

impl Concept {
    /// Adds what else the thing may be called.
    fn widen(&mut self, asked: &Asked<'_>, index: &Index) {
        let (term, _) = self.terms[0];
        for (term, kin) in kin::of(term) {
            let weight = match kin {
                Kin::Alike => WEIGHTS.alike,
                Kin::Instance => WEIGHTS.instance,
            };
            self.add(*term, weight, index);
        }
        if asked.plain.len() <= LONG {
            self.forgive(&asked.stem, index);
            if index.n_with(term) == 0 {
                self.halve(asked.plain, index);
            }
        }
        // "book store" is found as "bookstore".
        if let Some(before) = asked.before {
            self.add(term_of(&[before, asked.plain].concat()), 1.0, index);
        }
    }

    /// Adds what is one letter away: whoever uses a word that nobody ever used may have slipped, and whoever
    /// once wrote nearly what many write.
    fn forgive(&mut self, stem: &str, index: &Index) {
        let n_own = index.n_with(self.terms[0].0);
        let (weight, shortest, most) = match n_own {
            0 => (WEIGHTS.slip, 4, usize::MAX),
            n => (WEIGHTS.rare_slip, 6, n / 3),
        };
        if stem.chars().count() < shortest {
            return;
        }
        slips::each(stem, |slip| {
            if index.n_with(slip) <= most {
                self.add(slip, weight, index);
            }
        });
    }

    /// "bookstore" is found as "book store".
    fn halve(&mut self, plain: &str, index: &Index) {
        if !plain.is_ascii() {
            return;
        }
        for at in 3..plain.len().saturating_sub(2) {
            let halves = [term_of(&plain[..at]), term_of(&plain[at..])];
            if halves.iter().all(|half| index.n_with(*half) > 0) {
                halves.into_iter().for_each(|half| self.add(half, WEIGHTS.half, index));
            }
        }
    }

    /// Adds a term that somebody used.
    fn add(&mut self, term: Term, weight: f32, index: &Index) {
        if index.n_with(term) > 0 && !self.terms.iter().any(|(known, _)| *known == term) {
            self.terms.push((term, weight));
        }
    }
}

fn term_of(plain: &str) -> Term {
    Term::of(&stem(plain).unwrap_or(Cow::Borrowed(plain)))
}
