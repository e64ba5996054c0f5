//! Reasoning that some servers leave in the text, between `<think>` and `</think>` at its start.

const OPENING: &str = "<think>";
const CLOSING: &str = "</think>";

/// Takes leading reasoning out of a text that comes in pieces.
#[derive(Default)]
pub(super) struct Thoughts {
    place: Place,
    held: String,
}

#[derive(Default)]
enum Place {
    /// What came so far may become `<think>`.
    #[default]
    Start,
    Inside,
    Outside,
}

impl Thoughts {
    /// The visible part of the next piece, and of what was held back before it.
    pub(super) fn strip(&mut self, piece: &str) -> String {
        if let Place::Outside = self.place {
            return piece.to_owned();
        }
        self.held.push_str(piece);
        if let Place::Start = self.place {
            let begun = self.held.trim_start();
            if begun.starts_with(OPENING) {
                self.place = Place::Inside;
            } else if OPENING.starts_with(begun) {
                return String::new();
            } else {
                return self.rest();
            }
        }
        let Some(end) = self.held.find(CLOSING) else {
            return String::new();
        };
        self.held.drain(..end + CLOSING.len());
        self.rest()
    }

    /// What is still held back once nothing follows: the start of an answer, never a thought.
    pub(super) fn rest(&mut self) -> String {
        let is_thought = matches!(self.place, Place::Inside) && self.held.contains(OPENING);
        self.place = Place::Outside;
        let held = std::mem::take(&mut self.held);
        if is_thought { String::new() } else { held }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(pieces: &[&str]) -> String {
        let mut thoughts = Thoughts::default();
        let seen: String = pieces.iter().map(|piece| thoughts.strip(piece)).collect();
        seen + &thoughts.rest()
    }

    #[test]
    fn leading_thoughts_are_not_said_aloud() {
        assert_eq!(
            stripped(&["<think>\nhmm", " a pun?</th", "ink>\nArr!", " Ahoy"]),
            "\nArr! Ahoy"
        );
        assert_eq!(stripped(&["\n<th", "ink>hm</think>Arr"]), "Arr");
    }

    #[test]
    fn an_answer_without_thoughts_is_whole() {
        assert_eq!(stripped(&["<", "3 you"]), "<3 you");
        assert_eq!(stripped(&["<th"]), "<th");
        assert_eq!(stripped(&["I <think> so"]), "I <think> so");
    }

    #[test]
    fn thoughts_that_never_end_stay_thoughts() {
        assert_eq!(stripped(&["<think>and then", " and then"]), "");
    }
}
