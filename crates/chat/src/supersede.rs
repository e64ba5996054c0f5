//! Whether a new statement takes the place of an old one.
//!
//! Without a model that can only be seen where people say what there is one of: where they live, what their cat is
//! called. Of two such statements the newer one holds. Everything else may be true side by side: whoever is allergic
//! to nuts may be allergic to milk as well.

/// Verbs of which a person does one thing at a time, each with the words that may follow.
const ONE_AT_A_TIME: &[(&str, &[&str])] = &[
    ("live", &["in", "at", "on"]),
    ("moved", &["to"]),
    ("work", &["at", "for", "in", "as"]),
    ("study", &["at", "in"]),
];
/// What there is one of, where somebody says "my … is": anything with a favourite, a name and the like.
const ONE_OF: &[&str] = &[
    "name",
    "nickname",
    "age",
    "birthday",
    "address",
    "email",
    "number",
    "job",
    "boss",
    "city",
    "pronouns",
    "timezone",
    "exam",
    "appointment",
    "flight",
    "wedding",
];
/// The most words between "my" and "is": "my little sister's cat".
const MOST_WORDS: usize = 4;

/// Whether `new`, said later by the same person about the same, takes the place of `old`.
pub fn supersedes(new: &str, old: &str) -> bool {
    match (subject(new), subject(old)) {
        (Some(new), Some(old)) => new == old,
        _ => false,
    }
}

/// What a statement says the one thing of: `live in`, `my cat called`. None where there may be several.
fn subject(text: &str) -> Option<String> {
    let text = text.to_lowercase().replace(" on to ", " to ");
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches([',', '.', '!', '"'])).collect();
    let words = words.strip_prefix(&["now"]).unwrap_or(&words);
    match words {
        ["i", rest @ ..] => {
            let rest = rest.strip_prefix(&["now"]).unwrap_or(rest);
            let (verb, after) = (rest.first()?, rest.get(1)?);
            let (verb, prepositions) = ONE_AT_A_TIME.iter().find(|(known, _)| known == verb)?;
            prepositions.contains(after).then(|| format!("{verb} {after}"))
        }
        ["my", rest @ ..] => {
            let at =
                rest.iter().take(MOST_WORDS + 1).position(|word| matches!(*word, "is" | "are"))?;
            let (of, said) = (&rest[..at], rest.get(at + 1)?);
            let said = if *said == "now" { rest.get(at + 2)? } else { said };
            let is_called = matches!(*said, "called" | "named");
            let is_one = of.first()?.starts_with("favo") || ONE_OF.contains(of.last()?);
            let of = of.join(" ");
            (is_called || is_one)
                .then(|| format!("my {of}{}", if is_called { " called" } else { "" }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_there_is_one_of_the_newer_statement_holds() {
        for (new, old) in [
            ("I live in Munich", "I live in Berlin"),
            ("I now live in Munich.", "i live in Berlin"),
            ("I moved on to Trier", "I moved to Bonn"),
            ("my cat is called Crumpet", "My cat is called Biscuit"),
            ("my favourite soup is leek", "my favourite soup is pea"),
            ("my birthday is on 3 May", "my birthday is in June"),
            ("my exam is on Friday", "my exam is on Monday"),
        ] {
            assert!(supersedes(new, old), "{new} / {old}");
        }
    }

    #[test]
    fn what_may_be_true_side_by_side_stays() {
        for (new, old) in [
            ("I am allergic to milk", "I am allergic to nuts"),
            ("I like tea", "I like soup"),
            ("my brother is a doctor", "my brother is tall"),
            ("my dog is called Rex", "my cat is called Biscuit"),
            ("I live for soup", "I live in Berlin"),
            ("I work as a nurse", "I work in Bremen"),
            ("my cat", "my cat is called Biscuit"),
            ("", ""),
        ] {
            assert!(!supersedes(new, old), "{new} / {old}");
        }
    }
}
