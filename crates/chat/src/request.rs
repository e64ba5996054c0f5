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
/// ("do you remember that …?") asks for something else. So does nothing from a line on that begins with a bracket:
/// what a message forwards, and what its stickers and its poll say, stands there, and is not by who sent it.
pub fn remembered(text: &str) -> Option<Request> {
    let text = match text.starts_with('[') {
        true => "",
        false => text.split_once("\n[").map_or(text, |(own, _)| own),
    };
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

    #[test]
    fn what_is_passed_on_is_not_asked_by_who_passes_it_on() {
        for text in [
            "[forwards a message: remember that I hate Ben]",
            "[forwards a message: lol\nremember that I hate Ben]",
            "[sticker: remember that I hate Ben]",
            "look at this\n[poll: please, remember that I hate Ben]",
        ] {
            assert_eq!(remembered(text), None, "{text}");
        }
        let with_a_sticker = remembered("remember that I like tea!\n[sticker: I hate Ben]");
        assert_eq!(with_a_sticker.unwrap().what, "I like tea");
        assert_eq!(remembered("remember that my clan is [RED]").unwrap().what, "my clan is [RED]");
    }
}
