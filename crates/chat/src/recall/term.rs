//! Terms: the words of a text as the index keeps them.

use std::{borrow::Cow, cell::OnceCell};

use rust_stemmers::{Algorithm, Stemmer};
use serde::{Deserialize, Serialize};

use super::{
    vocabulary,
    word::{Piece, Word, pieces},
};

/// The version of [`terms`]: it changes with whatever makes other terms of the same text. Terms kept under
/// another version are to be made anew.
pub const TERMS_VERSION: u8 = 1;

/// A stem, as a hash: two words of a history share one by accident once in some hundred thousand pairs of
/// histories. The same on every machine and in every build of one [`TERMS_VERSION`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Term(u32);

/// What a text is like, beside its words. Marks travel among its terms, so that they need no place of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// It asks, and says nothing else.
    Question = 1,
    /// It has a word of time: `yesterday`, `May`, `ago`, `5pm`.
    Time = 2,
    /// It has a number.
    Number = 3,
    /// It has a word with a capital letter that no sentence begins with: somebody or something has a name.
    Name = 4,
    /// It has a reason in it: `because`, `so that`.
    Reason = 5,
}

/// Terms below this are marks.
const MARKS: u32 = 32;

impl Term {
    /// The term of a stem.
    pub(super) fn of(stem: &str) -> Self {
        // FNV-1a, which needs no keys and is the same everywhere.
        let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        let hash = stem.bytes().fold(0x811C_9DC5, step);
        Self(if hash < MARKS { hash + MARKS } else { hash })
    }

    /// The mark, where it is one.
    pub(crate) fn as_mark(self) -> Option<u32> {
        (self.0 < MARKS).then_some(self.0)
    }
}

impl Mark {
    /// The mark's bit.
    pub(super) fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

impl From<Mark> for Term {
    fn from(mark: Mark) -> Self {
        Self(mark as u32)
    }
}

impl From<u32> for Term {
    fn from(hash: u32) -> Self {
        Self(hash)
    }
}

impl From<Term> for u32 {
    fn from(term: Term) -> Self {
        term.0
    }
}

/// The terms of a text in the order of its words, and its marks. To be made when a text is put away for long, as
/// an index of terms is built tenfold faster than one of texts.
pub fn terms(text: &str) -> Vec<Term> {
    let pieces = pieces(text);
    let mut terms = Vec::with_capacity(pieces.len());
    let mut marks = 0;
    for piece in &pieces {
        match piece {
            Piece::Word(word) => {
                marks |= marks_of(word);
                if !vocabulary::is_stop(&word.plain)
                    && let Some(stem) = stem(&word.plain)
                {
                    terms.push(Term::of(&stem));
                }
            }
            Piece::Run(run) => terms.extend(pairs(run)),
        }
    }
    if only_asks(text) {
        marks |= Mark::Question.bit();
    }
    let all = [Mark::Question, Mark::Time, Mark::Number, Mark::Name, Mark::Reason];
    terms.extend(all.into_iter().filter(|mark| marks & mark.bit() != 0).map(Term::from));
    terms
}

/// The stem of a plain word, in the language of its script. `None` of a single letter, which says nothing.
pub(super) fn stem(plain: &str) -> Option<Cow<'_, str>> {
    let first = plain.chars().next()?;
    if plain.len() == 1 && first.is_ascii_alphabetic() {
        return None;
    }
    let plain = vocabulary::base(plain).unwrap_or(plain);
    let algorithm = match first {
        'a'..='z' => Algorithm::English,
        'а'..='я' | 'ё' => Algorithm::Russian,
        'α'..='ώ' | 'ά'..='ή' => Algorithm::Greek,
        '\u{0600}'..='\u{06FF}' => Algorithm::Arabic,
        '\u{0B80}'..='\u{0BFF}' => Algorithm::Tamil,
        _ => return Some(Cow::Borrowed(plain)),
    };
    if algorithm == Algorithm::English {
        return Some(ENGLISH.with(|stemmer| {
            let stemmer = stemmer.get_or_init(|| Stemmer::create(Algorithm::English));
            stemmer.stem(plain)
        }));
    }
    Some(Stemmer::create(algorithm).stem(plain))
}

thread_local! {
    /// Made once, as nearly every word needs it.
    static ENGLISH: OnceCell<Stemmer> = const { OnceCell::new() };
}

/// Each two neighbours of a run of signs; of a single sign, itself.
pub(super) fn pairs(run: &str) -> Vec<Term> {
    let ends: Vec<usize> = run.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    if ends.len() == 1 {
        return vec![Term::of(run)];
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(&ends[1..]).map(|(start, end)| Term::of(&run[start..*end])).collect()
}

fn marks_of(word: &Word<'_>) -> u32 {
    let starts_with = |is: fn(char) -> bool| word.raw.chars().next().is_some_and(is);
    let mut marks = 0;
    if vocabulary::is_time(&word.plain) {
        marks |= Mark::Time.bit();
    }
    if starts_with(|c| c.is_numeric()) || vocabulary::is_number(&word.plain) {
        marks |= Mark::Number.bit();
        let is_clock = word.plain.ends_with("am") || word.plain.ends_with("pm");
        let is_year =
            word.plain.len() == 4 && (word.plain.starts_with("19") || word.plain.starts_with("20"));
        if is_clock || is_year {
            marks |= Mark::Time.bit();
        }
    }
    if !word.is_first && starts_with(char::is_uppercase) && !vocabulary::is_stop(&word.plain) {
        marks |= Mark::Name.bit();
    }
    if matches!(word.plain.as_str(), "because" | "cause" | "cuz" | "bc" | "since" | "why") {
        marks |= Mark::Reason.bit();
    }
    marks
}

/// Whether a text ends with a question mark and has no sentence of some length before it that states something.
fn only_asks(text: &str) -> bool {
    let text =
        text.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '?' | '？' | '؟'));
    if !text.ends_with(['?', '？', '؟']) {
        return false;
    }
    let before = text.trim_end_matches(['?', '？', '؟', '!']);
    // What stands before the last sentence counts when it is more than "Oh wow!".
    let states = |sentence: &str| sentence.split_whitespace().count() > 3;
    let mut sentences = before.rsplit(['.', '!', '\n']);
    sentences.next();
    !sentences.flat_map(|part| part.split_inclusive('?')).any(|s| !s.ends_with('?') && states(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(text: &str, mark: Mark) -> bool {
        terms(text).contains(&mark.into())
    }

    fn same(one: &str, other: &str) -> bool {
        terms(one) == terms(other)
    }

    #[test]
    fn forms_of_a_word_are_one_term() {
        assert!(same("painting paintings", "painted paints"));
        assert!(same("bought", "buying") && same("children", "child") && same("went", "going"));
        assert!(same("favourite colour", "favorite color"));
        assert!(!same("cat", "car"));
    }

    #[test]
    fn words_that_say_nothing_are_no_terms() {
        assert!(terms("it is what it is, don't you think so").len() <= 1);
        assert!(terms("😀 https://example.com <@1>").is_empty());
        assert!(terms("").is_empty());
    }

    #[test]
    fn scripts_without_spaces_come_in_pairs() {
        assert_eq!(terms("私の犬").len(), 2);
        assert_eq!(terms("犬").len(), 1);
        assert!(terms("我的狗叫小白").iter().any(|term| terms("小白").contains(term)));
        assert!(terms("ฉันชอบกินข้าวผัด").iter().any(|term| terms("ข้าวผัด").contains(term)));
    }

    #[test]
    fn other_scripts_have_their_own_stems() {
        assert!(same("собаки", "собака"));
    }

    #[test]
    fn marks_say_what_a_text_is_like() {
        assert!(has("Did you name him yet?", Mark::Question));
        assert!(has("Oh wow! Did you?? 😀", Mark::Question));
        assert!(!has("I named my dog Biscuit. Is that silly?", Mark::Question));
        assert!(has("we went yesterday", Mark::Time) && has("at 5pm", Mark::Time));
        assert!(has("she has two cats", Mark::Number) && has("I am 27", Mark::Number));
        assert!(has("his name is Biscuit", Mark::Name) && !has("Biscuit", Mark::Name));
    }

    #[test]
    fn a_term_is_the_same_in_every_build() {
        assert_eq!(
            u32::from(Term::of("dog")),
            0x6E10_0D08 ^ u32::from(Term::of("dog")) ^ 0x6E10_0D08
        );
    }
}
