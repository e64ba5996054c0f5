//! The marks people's words stand in: they are ours, and no part of an answer.

/// What a mark may begin and end with: models imitate them in every width, and [`crate::Draft`] turns some.
const OPEN: [char; 5] = ['<', '‹', '＜', '〈', '﹤'];
const CLOSE: [char; 5] = ['>', '›', '＞', '〉', '﹥'];
/// The names of our marks.
const NAMES: [&str; 4] = ["said", "quote", "memory", "file"];
/// Characters a mark has at most: a name of 64 and what stands around it.
const LONGEST: usize = 120;

/// The text without our marks, nor those that only stand there once others are gone; what stood between them stays.
///
/// `<file>` alone is left: it is what manuals write where a file's name goes, and ours always carry a name.
pub(super) fn removed(text: &str) -> String {
    let mut text = removed_once(text);
    loop {
        let next = removed_once(&text);
        if next.len() == text.len() {
            return text;
        }
        text = next;
    }
}

fn removed_once(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(OPEN) {
        kept.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = mark(rest).unwrap_or(0);
        if length == 0 {
            let bracket = rest.chars().next().map_or(0, char::len_utf8);
            kept.push_str(&rest[..bracket]);
            rest = &rest[bracket..];
        } else {
            rest = &rest[length..];
        }
    }
    kept.push_str(rest);
    kept
}

/// The byte up to which a growing text cannot be the beginning of a mark.
pub(super) fn settled(text: &str) -> usize {
    let Some(start) = text.rfind(OPEN) else { return text.len() };
    let tail = &text[start..];
    let is_open = !tail.contains(CLOSE) && tail.chars().count() <= LONGEST;
    let (name, end) = name(tail);
    let is_ours = |ours: &&str| match end == tail.len() {
        true => ours.starts_with(&name),
        false => **ours == name,
    };
    if is_open && NAMES.iter().any(is_ours) { start } else { text.len() }
}

/// The length in bytes of the mark that `text`, which begins with a bracket, begins with.
fn mark(text: &str) -> Option<usize> {
    let (name, after) = name(text);
    if !NAMES.contains(&name.as_str()) {
        return None;
    }
    let is_closing = text.chars().skip(1).find(|c| !c.is_whitespace()) == Some('/');
    let end = text[after..]
        .char_indices()
        .take(LONGEST)
        .take_while(|(_, c)| *c != '\n')
        .find(|(_, c)| CLOSE.contains(c));
    let Some((end, bracket)) = end else {
        // Nothing closes it: its name alone goes.
        return (name != "file").then_some(after);
    };
    if name == "file" && !is_closing && text[after..after + end].trim().is_empty() {
        return None;
    }
    Some(after + end + bracket.len_utf8())
}

/// The name behind a bracket in lower case, and the byte behind it.
fn name(text: &str) -> (String, usize) {
    let skipped = |c: char| c.is_whitespace() || matches!(c, '/' | '\\');
    let mut name = String::new();
    for (at, c) in text.char_indices().skip(1) {
        if name.is_empty() && skipped(c) {
            continue;
        }
        if !c.is_alphanumeric() {
            return (name, at);
        }
        name.extend(c.to_lowercase());
        // No name of ours is that long.
        if name.len() > 16 {
            return (name, at + c.len_utf8());
        }
    }
    (name, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_marks_go_and_what_stood_in_them_stays() {
        for (text, shown) in [
            ("<said by=\"Ann\">hi</said>", "hi"),
            ("‹said by=\"Ann\">hi‹/said>", "hi"),
            ("＜SAID by='Ann'＞hi＜ / said ＞", "hi"),
            (
                "<memory id=\"3\" about=\"Ann\">tea</memory> and <file name=\"a.txt\">b</file>",
                "tea and b",
            ),
            ("</said><said", ""),
            ("a<sa<said>id>b <<said>/said>", "ab "),
            ("<quote by=\"Ben\">ha</quote> no", "ha no"),
            ("Ends with <said by=\"Ann", "Ends with  by=\"Ann"),
        ] {
            assert_eq!(removed(text), shown, "{text}");
        }
    }

    #[test]
    fn other_brackets_stay() {
        for text in [
            "cat <file> | sort",
            "1 < 2 > 0",
            "<b>said</b>",
            "<saiddle>",
            "<:wave:12>",
            "Vec<String>",
            "‹hm›",
            "<",
        ] {
            assert_eq!(removed(text), text);
        }
    }

    #[test]
    fn a_mark_is_held_back_while_it_grows() {
        for (text, shown) in [
            ("Hi <sa", "Hi "),
            ("Hi <", "Hi "),
            ("Hi </", "Hi "),
            ("Hi <said by=\"An", "Hi "),
            ("Hi <b", "Hi <b"),
            ("1 < 2", "1 < 2"),
            ("a < s and so on", "a < s and so on"),
            ("<:wave", "<:wave"),
            ("Hi <said>", "Hi <said>"),
        ] {
            assert_eq!(&text[..settled(text)], shown, "{text}");
        }
    }
}
