//! The instructions a model was given, found again in what it says.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use personality::Personality;

use crate::fold::words;

/// Words in a row that nobody says by chance.
const RUN: usize = 8;
/// Letters such a run has at least: "a b c d e f g h" says nothing, and in scripts that are not written in
/// words, eight signs are too few.
const RUN_LETTERS: usize = 24;
/// Words in which a text with a word changed here and there is looked for.
const STRETCH: usize = 20;
/// Of the word triples in a stretch, how many must be the instructions' own: half.
const TRIPLES: usize = (STRETCH - 2) / 2;
/// Lines of its own description a character may quote: one is a turn of phrase, two are a list.
const OWN_LINES: usize = 1;

/// The instructions, as hashes of runs of their words.
///
/// What a character is made of, it may also say: its summary (which is public), what it likes to talk about,
/// its examples and fixed lines, and in what it is like and how it talks whatever stands in quotes, between
/// asterisks or behind a colon, since those are its catchphrases. Everything else is instructions.
#[derive(Clone, Debug, Default)]
pub(super) struct Instructions {
    runs: HashMap<u64, Whose>,
    triples: HashSet<u64>,
}

/// Where a run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// A line of what the character is like or how it talks, by its place.
    Own(usize),
    /// Any other instruction, or a run across lines.
    House,
}

impl Instructions {
    pub(super) fn of(who: &Personality, character: &str) -> Self {
        let speakable = speakable(who);
        let spoken: HashSet<u64> =
            speakable.iter().flat_map(|text| runs_of(&words(text))).collect();
        let spoken_triples: HashSet<u64> =
            speakable.iter().flat_map(|text| triples_of(&words(text))).collect();
        let is_own = |line: &str| {
            let higher =
                who.higher_self.iter().flat_map(|h| h.traits.iter().chain(&h.speech_patterns));
            who.traits
                .iter()
                .chain(&who.speech_patterns)
                .chain(higher)
                .any(|own| own.contains(line))
        };

        let mut instructions = Self::default();
        let mut n_lines = 0;
        for part in without(character, &speakable) {
            let mut line_of_word = Vec::new();
            let mut all = Vec::new();
            for line in part.lines() {
                n_lines += 1;
                let own = is_own(line.trim().trim_start_matches("- ").trim());
                let words = words(line);
                line_of_word.extend(std::iter::repeat_n((n_lines, own), words.len()));
                if !own {
                    instructions.triples.extend(triples_of(&words));
                }
                all.extend(words);
            }
            for (start, run) in all.windows(RUN).enumerate().filter(|(_, run)| is_long(run)) {
                let (first, last) = (line_of_word[start], line_of_word[start + RUN - 1]);
                let whose = match first.1 && first.0 == last.0 {
                    true => Whose::Own(first.0),
                    false => Whose::House,
                };
                match instructions.runs.entry(hash(run)) {
                    Entry::Vacant(entry) => _ = entry.insert(whose),
                    // Said in two places it is nobody's own.
                    Entry::Occupied(mut entry) => _ = entry.insert(Whose::House),
                }
            }
        }
        instructions.runs.retain(|run, _| !spoken.contains(run));
        instructions.triples.retain(|triple| !spoken_triples.contains(triple));
        instructions
    }

    /// Whether a text of these folded words repeats them, word for word or nearly.
    pub(super) fn are_repeated_in(&self, words: &[String]) -> bool {
        let mut own = HashSet::new();
        for run in words.windows(RUN) {
            match self.runs.get(&hash(run)) {
                Some(Whose::House) => return true,
                Some(Whose::Own(line)) => _ = own.insert(*line),
                None => {}
            }
        }
        own.len() > OWN_LINES || self.are_nearly_repeated_in(words)
    }

    fn are_nearly_repeated_in(&self, words: &[String]) -> bool {
        let known: Vec<bool> =
            words.windows(3).map(|triple| self.triples.contains(&hash(triple))).collect();
        known
            .windows(STRETCH - 2)
            .any(|stretch| stretch.iter().filter(|known| **known).count() >= TRIPLES)
    }
}

/// The texts a character may say as they stand.
fn speakable(who: &Personality) -> Vec<&str> {
    let lines = &who.lines;
    let fixed =
        [&lines.unavailable, &lines.late, &lines.over_limit, &lines.over_budget, &lines.puzzled];
    let examples = who.examples.iter().flat_map(|example| [&example.person, &example.reply]);
    let higher = who.higher_self.iter().flat_map(|higher| {
        let phrased = higher.traits.iter().chain(&higher.speech_patterns);
        phrased.flat_map(|line| catchphrases(line)).chain([higher.summary.as_str()])
    });
    let phrased = who.traits.iter().chain(&who.speech_patterns);
    [who.name.as_str(), &who.summary]
        .into_iter()
        .chain(examples.map(String::as_str))
        .chain(fixed.into_iter().map(String::as_str))
        .chain(who.interests.iter().map(String::as_str))
        .chain(phrased.flat_map(|line| catchphrases(line)))
        .chain(higher)
        .collect()
}

/// What a line about a character quotes: between quotes or asterisks, or behind its first colon.
fn catchphrases(line: &str) -> Vec<&str> {
    const PAIRS: [(char, char); 5] = [('\'', '\''), ('"', '"'), ('*', '*'), ('“', '”'), ('‘', '’')];
    let mut phrases = Vec::new();
    phrases.extend(line.split_once(": ").map(|(_, said)| said));
    for (open, close) in PAIRS {
        let mut rest = line;
        while let Some(start) = rest.find(open) {
            let before = rest[..start].chars().next_back();
            rest = &rest[start + open.len_utf8()..];
            // An apostrophe opens nothing.
            if before.is_some_and(char::is_alphanumeric) {
                continue;
            }
            let Some(end) = rest.find(close) else { break };
            phrases.push(&rest[..end]);
            rest = &rest[end + close.len_utf8()..];
        }
    }
    phrases
}

/// The pieces of `text` between whole occurrences of `speakable` texts of more than a few words: a run of words
/// does not reach across them.
fn without<'a>(text: &'a str, speakable: &[&str]) -> Vec<&'a str> {
    let mut pieces = vec![text];
    for said in speakable.iter().filter(|said| said.len() >= RUN_LETTERS) {
        pieces = pieces.into_iter().flat_map(|piece| piece.split(said)).collect();
    }
    pieces
}

fn runs_of(words: &[String]) -> Vec<u64> {
    words.windows(RUN).map(hash).collect()
}

fn triples_of(words: &[String]) -> Vec<u64> {
    words.windows(3).map(hash).collect()
}

fn is_long(run: &[String]) -> bool {
    run.iter().map(|word| word.chars().count()).sum::<usize>() >= RUN_LETTERS
}

/// FNV-1a, with a byte no word has between words.
fn hash(words: &[String]) -> u64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
