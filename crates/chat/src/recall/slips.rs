//! Slips of the finger: every word that is one letter away.

use super::term::Term;

/// Calls `found` with the term of everything that becomes of a stem by one letter too many, too few, wrong, or
/// swapped with its neighbour.
pub(super) fn each(stem: &str, mut found: impl FnMut(Term)) {
    let Some(letters) = alphabet(stem) else { return };
    let chars: Vec<char> = stem.chars().collect();
    let mut text = String::with_capacity(stem.len() + 2);
    let mut say = |chars: &mut dyn Iterator<Item = char>| {
        text.clear();
        text.extend(chars);
        found(Term::of(&text));
    };
    for at in 0..=chars.len() {
        let (before, rest) = chars.split_at(at);
        for letter in letters.clone() {
            say(&mut before.iter().copied().chain([letter]).chain(rest.iter().copied()));
        }
        let Some((old, after)) = rest.split_first() else { continue };
        say(&mut before.iter().chain(after).copied());
        for letter in letters.clone().filter(|letter| letter != old) {
            say(&mut before.iter().copied().chain([letter]).chain(after.iter().copied()));
        }
        if let Some((next, after)) = after.split_first()
            && next != old
        {
            say(&mut before.iter().copied().chain([*next, *old]).chain(after.iter().copied()));
        }
    }
}

fn alphabet(stem: &str) -> Option<std::ops::RangeInclusive<char>> {
    match stem.chars().next()? {
        'a'..='z' => Some('a'..='z'),
        'а'..='я' => Some('а'..='я'),
        'α'..='ω' => Some('α'..='ω'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reaches(stem: &str, other: &str) -> bool {
        let mut is_found = false;
        each(stem, |term| is_found |= term == Term::of(other));
        is_found
    }

    #[test]
    fn one_letter_is_forgiven_and_two_are_not() {
        for slip in ["garden", "gaarden", "gardn", "gatden", "gadren"] {
            assert!(slip == "garden" || reaches(slip, "garden"), "{slip}");
        }
        assert!(!reaches("gardenia", "garden"));
        assert!(!reaches("7", "8") && !reaches("", "a"));
    }
}
