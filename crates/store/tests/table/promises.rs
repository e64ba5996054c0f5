//! What people are promised is what is kept: every time stands in one place.

use std::{fs, path::Path};

/// What a `ttl(` is made from, beside a constant: what the guild of the words has set.
const OF_A_GUILD: &str = "days";

#[test]
fn how_long_anything_is_kept_stands_in_retention_or_is_the_guilds_to_set() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut n_calls = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for (at, _) in text.match_indices("ttl(") {
            let before = text[..at].chars().next_back();
            let is_call = !before.is_some_and(|c| c.is_alphanumeric() || c == '_');
            if !is_call || text[..at].ends_with("fn ") {
                continue;
            }
            n_calls += 1;
            let arguments = arguments(&text[at + "ttl(".len()..]);
            let days = arguments.rsplit_once(", ").map_or("", |(_, days)| days.trim());
            assert!(
                days.contains("retention::") || days == OF_A_GUILD,
                "{}: ttl({arguments})",
                path.display()
            );
        }
    }
    assert!(n_calls > 12, "{n_calls} were found");
}

/// The text up to the closing parenthesis.
fn arguments(text: &str) -> &str {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}
