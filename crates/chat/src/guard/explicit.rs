//! Sexually explicit words, for places that are not age-restricted.

use std::{collections::HashSet, sync::OnceLock};

/// The words, one a line; `#` begins a comment, and a word that ends with `*` stands for all that begin so.
const WORDS: &str = include_str!("explicit.txt");

struct Words {
    whole: HashSet<&'static str>,
    beginnings: Vec<&'static str>,
}

/// Whether an explicit word is among the folded words of a text.
///
/// It compares whole words, in the few languages of the list, and sees neither meaning nor pictures: it keeps
/// the plainest things out of places where they must not stand, and is no moderator. Words with an innocent
/// second meaning are not in the list. What may be said of bodies, health and love is not its business.
pub(super) fn is_explicit(words: &[String]) -> bool {
    static LIST: OnceLock<Words> = OnceLock::new();
    let list = LIST.get_or_init(read);
    words.iter().any(|word| {
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
    use crate::fold::words;

    #[test]
    fn every_word_of_the_list_is_found_however_it_is_written() {
        let list = read();
        assert!(list.whole.len() > 20);
        for word in list.whole.iter().chain(&list.beginnings) {
            assert_eq!(words(word), [*word]);
            for text in [(*word).to_owned(), format!("**{}**!", word.to_uppercase())] {
                assert!(is_explicit(&words(&text)), "{text}");
            }
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
            assert!(!is_explicit(&words(text)), "{text}");
        }
    }
}
