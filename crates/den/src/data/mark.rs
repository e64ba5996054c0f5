//! The first and the last line of an export: which they are, and that it is whole.

use serde::{Deserialize, Serialize};

/// The version of the lines.
pub(super) const VERSION: u32 = 1;

/// A line that is no item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "den", rename_all = "snake_case")]
pub(super) enum Mark {
    /// The first.
    Export {
        /// Version of the lines.
        v: u32,
        /// Of which table, in words.
        of: String,
        /// When it was begun, in milliseconds since the Unix epoch.
        at_ms: u64,
    },
    /// The last: without it, the export broke off.
    End {
        /// How many lines lie between.
        items: u64,
    },
}

impl Mark {
    /// The line.
    pub(super) fn line(&self) -> String {
        serde_json::to_string(self).expect("a mark has string keys and no failing parts")
    }

    /// The mark a line is; none where it is an item.
    pub(super) fn read(line: &str) -> Option<Self> {
        // Keys are sorted in items, and theirs begin otherwise: most lines need not be parsed here.
        line.starts_with(r#"{"den":"#).then(|| serde_json::from_str(line).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_known_from_an_item() {
        let end = Mark::End { items: 7 };
        assert_eq!(end.line(), r#"{"den":"end","items":7}"#);
        assert_eq!(Mark::read(&end.line()), Some(end));
        let begin = Mark::Export { v: 1, of: "the den in .den".to_owned(), at_ms: 5 };
        assert_eq!(Mark::read(&begin.line()), Some(begin));
        assert_eq!(Mark::read(r#"{"pk":{"S":"DEN"},"sk":{"S":"ROW"}}"#), None);
    }
}
