//! Names in a question. People do not say their own name: a name is no word to search for, it tells whose words
//! are meant.

use super::{
    index::Index,
    query::Query,
    term::{Term, stem},
    vocabulary,
    weights::WEIGHTS,
    word::{Word, words},
};

/// A name in a question.
#[derive(Debug)]
pub(super) struct Name {
    /// The places of its words.
    pub(super) words: std::ops::Range<usize>,
    /// Who is called so, of those who said anything.
    pub(super) whose: Vec<u32>,
}

/// A name that more people share than this is none: "user", "the".
const MOST_NAMESAKES: usize = 3;

/// The names among the words of a question.
pub(super) fn find(asked: &[Word<'_>], query: &Query<'_>, index: &Index) -> Vec<Name> {
    // What somebody is called elsewhere, by the number that the index has for them, if it has one.
    let told: Vec<(String, Option<u32>)> = query
        .names
        .iter()
        .flat_map(|(name, id)| {
            words(name).into_iter().map(|word| (word.plain, index.people.number(id)))
        })
        .collect();
    let called = |word: &Word<'_>| {
        let told = told.iter().filter(|(plain, _)| *plain == word.plain);
        let mut whose: Vec<u32> = told.clone().filter_map(|(_, number)| *number).collect();
        whose.extend(index.people.called(&word.plain));
        whose.sort_unstable();
        whose.dedup();
        let is_name = !whose.is_empty() || told.count() > 0;
        is_name.then_some(whose)
    };
    let mut names = Vec::new();
    let mut at = 0;
    while at < asked.len() {
        let start = at;
        at += 1;
        let Some(mut whose) = called(&asked[start]) else {
            names.extend(nickname(asked, start, index));
            continue;
        };
        // The more of a name is said, the fewer are called so.
        while let Some(also) = asked.get(at).and_then(&called) {
            let both: Vec<u32> = whose.iter().copied().filter(|who| also.contains(who)).collect();
            if both.is_empty() {
                break;
            }
            whose = both;
            at += 1;
        }
        let said = &asked[start..at];
        if said.iter().any(is_meant) && whose.len() <= MOST_NAMESAKES {
            names.push(Name { words: start..at, whose });
        }
    }
    names
}

impl Index {
    /// The ids of the speakers whom a text names.
    pub fn named_in(&self, text: &str) -> Vec<&str> {
        let asked = words(text);
        let names = find(&asked, &Query::new(text, 0), self);
        let mut whose: Vec<u32> = names.into_iter().flat_map(|name| name.whose).collect();
        whose.sort_unstable();
        whose.dedup();
        whose.into_iter().map(|number| self.people.id(number)).collect()
    }
}

/// Whether a word of somebody's name is meant as a name.
fn is_meant(word: &Word<'_>) -> bool {
    let is_number = word.plain.bytes().all(|byte| byte.is_ascii_digit());
    let has_capital = word.raw.starts_with(char::is_uppercase) && !word.is_first;
    !is_number && (has_capital || !vocabulary::is_also_a_word(&word.plain))
}

/// "Mel" for Melanie.
fn nickname(words: &[Word<'_>], at: usize, index: &Index) -> Option<Name> {
    let word = &words[at];
    let is_like_one = word.raw.starts_with(char::is_uppercase)
        && !word.is_first
        && word.plain.len() >= 3
        && !vocabulary::is_also_a_word(&word.plain)
        && !vocabulary::is_time(&word.plain);
    let who = is_like_one.then(|| index.people.shortened(&word.plain))??;
    Some(Name { words: at..at + 1, whose: vec![who] })
}

/// The names of a question as terms: a message that has one may be about them.
pub(super) fn terms(asked: &[Word<'_>], names: &[Name]) -> Vec<Term> {
    let words = names.iter().flat_map(|name| &asked[name.words.clone()]);
    words.filter_map(|word| Some(Term::of(&stem(&word.plain)?))).collect()
}

/// Whose words a question asks for, and how much more theirs weigh.
pub(super) fn whose(
    words: &[Word<'_>],
    names: &[Name],
    query: &Query<'_>,
    index: &Index,
) -> Vec<(u32, f32)> {
    let mut whose: Vec<(u32, f32)> = Vec::new();
    let mut add = |who: u32, weight: f32| match whose.iter_mut().find(|(known, _)| *known == who) {
        Some((_, known)) => *known = known.max(weight),
        None => whose.push((who, weight)),
    };
    for who in names.iter().flat_map(|name| &name.whose) {
        add(*who, WEIGHTS.named);
    }
    let is_said = |known: &[&str]| words.iter().any(|word| known.contains(&word.plain.as_str()));
    let is_named = names.iter().any(|name| !name.whose.is_empty());
    let speaks_of_self = is_said(&["i", "my", "mine", "myself", "im", "ive"]);
    let asker = query.asker.and_then(|id| index.people.number(id));
    if let Some(asker) = asker {
        if speaks_of_self {
            add(asker, if is_named { WEIGHTS.asker_too } else { WEIGHTS.named });
        } else if is_said(&["me"]) && !is_named && !asks_you(words) {
            add(asker, WEIGHTS.asker_too);
        }
    }
    if !is_named && (asks_you(words) || !speaks_of_self && is_said(&["you", "your", "yours"])) {
        let you = query.you.and_then(|id| index.people.number(id));
        if let Some(you) = you.or_else(|| index.people.other(asker?)) {
            add(you, WEIGHTS.named);
        }
    }
    whose
}

/// Whether what "you" said or did is asked for, rather than what you remember of somebody.
fn asks_you(words: &[Word<'_>]) -> bool {
    const KNOW: [&str; 6] = ["remember", "know", "recall", "think", "guess", "remind"];
    words.windows(3).any(|three| {
        let [before, you, after] = [0, 1, 2].map(|at| three[at].plain.as_str());
        you == "you"
            && matches!(before, "did" | "do" | "have" | "had" | "were" | "are" | "would")
            && !KNOW.contains(&after)
    })
}
