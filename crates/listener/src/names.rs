//! Hearing a name called at the start of a text.
//!
//! "Grim, hi", "hey grim!", "@Grim hi" and "Grim and Mabel: what now?" call; "Grim's jokes" and
//! "grim-faced" do not, and neither does a name in the middle.

/// What people say before a name.
const GREETINGS: [&str; 19] = [
    "hey",
    "hi",
    "hello",
    "hiya",
    "heya",
    "hallo",
    "yo",
    "oi",
    "ok",
    "okay",
    "dear",
    "psst",
    "ahoy",
    "good morning",
    "good afternoon",
    "good evening",
    "good night",
    "so",
    "there",
];

/// How many greetings in a row are skipped, as in "ok, hey there Grim".
const MAX_GREETINGS: usize = 3;

/// The positions in `names` of those called at the start of `text`, in the order called. A name is given
/// as `(whose, name in lower case)`.
pub fn called(text: &str, names: &[(usize, String)]) -> Vec<usize> {
    let mut whom: Vec<usize> = Vec::new();
    let mut rest = after_greetings(text);
    let mut must_be_set_off = false;
    loop {
        let Some((who, after)) = longest_name(rest, names) else { return whom };
        // "Grim, Mabel is late" calls one; "Grim, Mabel: are you late?" calls two.
        if must_be_set_off && !is_set_off(after) {
            return whom;
        }
        if !whom.contains(&who) {
            whom.push(who);
        }
        let Some((joined, by_comma)) = after_joiner(after) else { return whom };
        (rest, must_be_set_off) = (joined, by_comma);
    }
}

/// The text after "hey", "ok, hi there", `@` and the like.
fn after_greetings(text: &str) -> &str {
    let mut rest = bare(text);
    for _ in 0..MAX_GREETINGS {
        let greeted = GREETINGS
            .iter()
            .filter_map(|greeting| strip_word(rest, greeting))
            .min_by_key(|after| after.len());
        match greeted {
            Some(after) => rest = bare(after),
            None => break,
        }
    }
    rest
}

/// Without the white space and light punctuation that may stand before a name.
fn bare(text: &str) -> &str {
    text.trim_start_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, ',' | '.' | '!' | '-' | '–' | '—' | '@' | '*' | '"' | '“' | '…')
    })
}

fn longest_name<'t>(text: &'t str, names: &[(usize, String)]) -> Option<(usize, &'t str)> {
    let text = text.trim_start().trim_start_matches('@');
    let called = names.iter().filter_map(|(who, name)| Some((*who, strip_word(text, name)?)));
    called.min_by_key(|(_, after)| after.len())
}

/// Strips `word`, given in lower case, where it stands as a word of its own at the start.
fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let mut expected = word.chars();
    let mut rest = text;
    while !expected.as_str().is_empty() {
        let c = rest.chars().next()?;
        for lower in c.to_lowercase() {
            if expected.next() != Some(lower) {
                return None;
            }
        }
        rest = &rest[c.len_utf8()..];
    }
    let mut following = rest.chars();
    let ends_here = match following.next() {
        None => true,
        Some('\'' | '’' | '-' | '_') => !following.next().is_some_and(char::is_alphanumeric),
        Some(c) => !c.is_alphanumeric(),
    };
    ends_here.then_some(rest)
}

/// The text after "and", "&", "+" or a comma, and whether it was only a comma.
fn after_joiner(text: &str) -> Option<(&str, bool)> {
    let trimmed = text.trim_start_matches(|c: char| c.is_whitespace() || c == '*');
    let (after_comma, by_comma) = match trimmed.strip_prefix([',', '/']) {
        Some(after) => (after.trim_start(), true),
        None => (trimmed, false),
    };
    let word = strip_word(after_comma, "and").or_else(|| after_comma.strip_prefix(['&', '+']));
    match word {
        Some(after) => Some((after, false)),
        None if by_comma => Some((after_comma, true)),
        None => None,
    }
}

fn is_set_off(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '*');
    rest.is_empty()
        || rest.starts_with([',', ':', ';', '!', '?', '.', '-', '–', '—', '&', '+', '/'])
        || strip_word(rest, "and").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_heard_where_they_call() {
        let names = ["grim", "the reaper", "mabel", "old mabel", "zoë"];
        let names: Vec<_> =
            names.iter().enumerate().map(|(n, name)| (n, (*name).to_owned())).collect();
        let heard = |text: &str| {
            let called = called(text, &names);
            called.iter().map(|n| names[*n].1.as_str()).collect::<Vec<_>>().join("+")
        };
        let table = [
            ("Grim, hi", "grim"),
            ("GRIM", "grim"),
            ("  grim what do you think", "grim"),
            ("hey Grim!", "grim"),
            ("Hey, grim: hello", "grim"),
            ("ok hey there Grim", "grim"),
            ("Good morning, Grim", "grim"),
            ("@Grim hello", "grim"),
            ("hey @grim", "grim"),
            ("**Grim** listen", "grim"),
            ("the reaper, please", "the reaper"),
            ("Old Mabel, tea?", "old mabel"),
            ("ZOË?", "zoë"),
            ("Grim and Mabel: who is older?", "grim+mabel"),
            ("Grim & Mabel & Zoë hi", "grim+mabel+zoë"),
            ("Grim, Mabel: who is older?", "grim+mabel"),
            ("Grim, Mabel, and Zoë, hi", "grim+mabel+zoë"),
            ("Grim, grim, grim!", "grim"),
            ("Grim, Mabel is late", "grim"),
            ("Grim and I went out", "grim"),
            ("Grim's jokes are old", ""),
            ("Grim’s jokes are old", ""),
            ("grim-faced people", ""),
            ("grimace", ""),
            ("what does Grim think?", ""),
            ("hey", ""),
            ("so there", ""),
            ("", ""),
            ("💀 Grim", ""),
        ];
        for (text, expected) in table {
            assert_eq!(heard(text), expected, "heard in `{text}`");
        }
    }
}
