//! Long answers as several messages.

/// The longest message, in characters (See Discord Docs/Message Resource).
pub const MESSAGE_LIMIT: usize = 2_000;

/// What a code fence costs when it is closed and opened again, language name included.
const FENCE_ROOM: usize = 40;

/// Splits `text` into messages of at most 2,000 characters, the first one leaving `opening` characters
/// free. Breaks at paragraphs, lines, sentences or words, in that order; a code fence that is cut is closed
/// and opened again; nothing changes its order.
pub fn split(text: &str, opening: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim().to_owned();
    let mut room = MESSAGE_LIMIT.saturating_sub(opening);
    while rest.chars().count() > room {
        let cut = cut_at(&rest, room - FENCE_ROOM);
        let (head, tail) = (rest[..cut].trim_end().to_owned(), &rest[cut..]);
        match open_fence(&head) {
            Some(fence) => {
                // Indentation is part of code: only the line break at the cut goes.
                let tail = tail.strip_prefix('\n').unwrap_or(tail);
                rest = format!("{fence}\n{tail}");
                parts.push(format!("{head}\n```"));
            }
            None => {
                rest = tail.trim_start().to_owned();
                parts.push(head);
            }
        }
        room = MESSAGE_LIMIT;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// The byte at which to cut so that at most `room` characters stand before it.
fn cut_at(text: &str, room: usize) -> usize {
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    let head = &text[..end];
    // A break too early would make a message of one line; from there on words are better.
    let earliest = end / 3;
    let found = [
        head.rfind("\n\n"),
        head.rfind('\n'),
        [". ", "! ", "? ", "… "]
            .iter()
            .filter_map(|stop| head.rfind(stop).map(|at| at + stop.len()))
            .max(),
        head.rfind(char::is_whitespace),
    ];
    let end_of_word = found.into_iter().flatten().find(|at| *at > earliest);
    end_of_word.unwrap_or_else(|| grapheme_end(head))
}

/// A cut inside one endless word still keeps letters and their marks, and emoji, whole.
fn grapheme_end(head: &str) -> usize {
    use unicode_segmentation::UnicodeSegmentation;
    match head.grapheme_indices(true).next_back() {
        Some((at, _)) if at > 0 => at,
        _ => head.len(),
    }
}

/// The opening line of the code fence that `text` leaves open.
fn open_fence(text: &str) -> Option<String> {
    let mut open = None;
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            open = match open {
                Some(_) => None,
                // ```code``` on one line opens nothing.
                None if language.contains("```") => None,
                None => {
                    Some(format!("```{}", language.chars().take(20).collect::<String>().trim()))
                }
            };
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_answer_is_one_message() {
        assert_eq!(split(" hello ", 0), ["hello"]);
        assert!(split("  ", 0).is_empty());
    }

    #[test]
    fn every_part_fits_and_no_word_is_lost() {
        let text = "The soup was thin. The captain wept.\nAgain and again he stirred. ".repeat(150);
        let parts = split(&text, 300);
        assert!(parts[0].chars().count() <= MESSAGE_LIMIT - 300);
        assert!(parts.iter().all(|part| part.chars().count() <= MESSAGE_LIMIT), "{parts:?}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&parts.join(" ")), words(&text));
    }

    #[test]
    fn a_cut_code_fence_is_closed_and_opened_again() {
        let code =
            format!("Look:\n```rust\n{}```\nDone.", "    let soup = stir(soup);\n".repeat(200));
        let parts = split(&code, 0);
        assert!(parts.len() > 2);
        for part in &parts {
            assert_eq!(part.matches("```").count() % 2, 0, "{part}");
            assert!(part.chars().count() <= MESSAGE_LIMIT);
        }
        assert!(parts[1].starts_with("```rust\n    let soup"), "{}", parts[1]);
        assert_eq!(parts.iter().map(|p| p.matches("let soup").count()).sum::<usize>(), 200);
    }

    #[test]
    fn one_endless_word_is_cut_between_letters() {
        let family = "👨\u{200D}👩\u{200D}👧";
        let parts = split(&family.repeat(1_000), 0);
        assert!(parts.iter().all(|part| part.starts_with('👨') && part.ends_with('👧')));
        assert_eq!(parts.concat(), family.repeat(1_000));
    }
}
