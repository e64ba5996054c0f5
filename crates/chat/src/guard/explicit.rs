//! Sexually explicit words, for places that are not age-restricted.

use std::{collections::HashSet, sync::OnceLock};

use unicode_segmentation::UnicodeSegmentation;

/// The words, one a line; `#` begins a comment, and a word that ends with `*` stands for all that begin so.
const WORDS: &str = include_str!("explicit.txt");

struct Words {
    whole: HashSet<&'static str>,
    beginnings: Vec<&'static str>,
}

/// Whether a text has an explicit word.
///
/// It compares whole words, in the few languages of the list, and sees neither meaning nor pictures: it keeps
/// the plainest things out of places where they must not stand, and is no moderator. Words with an innocent
/// second meaning are not in the list. What may be said of bodies, health and love is not its business.
pub(super) fn is_explicit(text: &str) -> bool {
    static LIST: OnceLock<Words> = OnceLock::new();
    let list = LIST.get_or_init(read);
    text.unicode_words().any(|word| {
        let word = word.to_lowercase();
        list.whole.contains(word.as_str())
            || list.beginnings.iter().any(|beginning| word.starts_with(beginning))
    })
}

fn read() -> Words {
    let lines = WORDS.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let (beginnings, whole): (Vec<_>, Vec<_>) =
        lines.filter(|line| !line.is_empty()).partition(|line| line.ends_with('*'));
    Words {
        whole: whole.into_iter().collect(),
        beginnings: beginnings.into_iter().map(|word| word.trim_end_matches('*')).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_list_is_found_however_it_is_written() {
        let list = read();
        assert!(list.whole.len() > 20);
        for word in list.whole.iter().chain(&list.beginnings) {
            assert_eq!(*word, word.to_lowercase());
            assert!(is_explicit(word) && is_explicit(&format!("**{}**!", word.to_uppercase())));
        }
    }

    #[test]
    fn innocent_words_are_left_alone() {
        for text in [
            "She sells cockles in Essex, Scunthorpe and Penistone.",
            "Summa cum laude, in a bedroom-cum-study.",
            "A cocktail, a peacock, a Dickens novel, the analysis of a title.",
            "The nurse explained the pregnancy and the breast cancer screening.",
            "I love you. We slept together on the couch after the film.",
            "This sandwich is food porn, as the young say.",
        ] {
            assert!(!is_explicit(text), "{text}");
        }
    }
}
