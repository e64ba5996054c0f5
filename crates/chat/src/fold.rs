//! Text as it is compared, and never shown.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;

use crate::clean::{JOINER, is_hidden};

/// The words of a text, each in the one form that all ways of writing it share: lower case, compatibility forms
/// (`ｆｕｌｌ`, `𝒻𝒶𝓃𝒸𝓎`) as plain letters, no accents, nothing invisible. Whatever is neither letter nor digit
/// ends a word: markup, dots and underscores join nothing. Look-alikes of other alphabets stay what they are.
pub(crate) fn words(text: &str) -> Vec<String> {
    let seen = text.chars().filter(|c| !is_hidden(*c) && *c != JOINER);
    let folded: String = seen
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_combining_mark(*c))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    folded.unicode_words().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_the_same_however_it_is_written() {
        for text in [
            "soup",
            "SOUP",
            "_soup_",
            "**Soup!**",
            "so\u{200D}up",
            "s\u{FE0F}o\u{200B}up",
            "ｓｏｕｐ",
            "𝓈𝑜𝓊𝓅",
            "sóüp",
            "s\u{0334}o\u{0334}u\u{0334}p",
        ] {
            assert_eq!(words(text), ["soup"], "{text}");
        }
        assert_eq!(words("pea.soup:hot_pot don’t"), ["pea", "soup", "hot", "pot", "don", "t"]);
    }

    #[test]
    fn scripts_without_spaces_are_split_into_signs() {
        assert_eq!(words("我的狗").len(), 3);
        assert!(words("👍 …").is_empty());
    }
}
