//! "Remember that …", said in talk.

/// Something a person asks a personality to remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is to be remembered, in their words.
    pub what: String,
    /// Whether it is about themselves.
    pub about_self: bool,
}

/// The words that ask for it; what follows is to be remembered.
const ASKS: &[&str] = &[
    "please remember that",
    "please remember:",
    "remember that",
    "remember this:",
    "remember:",
    "don't forget that",
    "do not forget that",
    "never forget that",
    "keep in mind that",
    "note to self:",
];
/// Words that may stand before it without changing what it means.
const BEFORE: &[&str] = &["", "please", "and", "also", "hey", "ok", "okay", "so", "btw"];
/// A request must say something.
const FEWEST_CHARS: usize = 3;

/// What a cleaned message asks to be remembered, where it does: the first sentence that begins so. A question
/// ("do you remember that …?") asks for something else.
pub fn remembered(text: &str) -> Option<Request> {
    // Only ASCII letters change, so that places in one are places in the other.
    let lower = text.to_ascii_lowercase();
    let (at, ask) = ASKS.iter().filter_map(|ask| lower.find(ask).map(|at| (at, *ask))).min()?;
    let sentence = lower[..at].rsplit(['.', '!', '?', '\n', ',', ':']).next().unwrap_or_default();
    if !BEFORE.contains(&sentence.trim()) {
        return None;
    }
    let rest = &text[at + ask.len()..];
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    let what = rest.trim();
    let what = what.trim_end_matches(['.', '!']).trim();
    if what.chars().count() < FEWEST_CHARS || what.ends_with('?') {
        return None;
    }
    let first = what.split_whitespace().next().unwrap_or_default().to_lowercase();
    let about_self = matches!(
        first.trim_matches(|c: char| !c.is_alphanumeric()),
        "i" | "im" | "my" | "me" | "mine" | "we" | "our"
    ) || first.starts_with("i'")
        || first.starts_with("i’");
    Some(Request { what: what.to_owned(), about_self })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_to_be_remembered_is_heard() {
        let table = [
            ("Remember that my exam is on Friday.", Some(("my exam is on Friday", true))),
            ("Baroness, please remember that Ben hates olives!", Some(("Ben hates olives", false))),
            ("hey! remember: I'm allergic to nuts", Some(("I'm allergic to nuts", true))),
            ("Don't forget that the party is at eight", Some(("the party is at eight", false))),
            ("do you remember that my exam is on Friday?", None),
            ("I will never remember that", None),
            ("remember that?", None),
            ("I can't remember that name", None),
            ("nice weather", None),
            ("İ. remember thaté x y ẞ", None),
            ("Erinnerung: ÄÖ, remember that Ölif mag Kekse", Some(("Ölif mag Kekse", false))),
        ];
        for (text, expected) in table {
            let found = remembered(text);
            let found = found.as_ref().map(|found| (found.what.as_str(), found.about_self));
            assert_eq!(found, expected, "{text}");
        }
    }
}
