//! Handing people everything that is kept of them.

use serde::Serialize;
use serde_json::{Value, json};
use store::Preferences;

use super::{belongings::Belongings, privacy::counted};
use crate::steward::{Asked, Told, Trouble};

/// What the file is called.
const FILE: &str = "what-the-den-knows.json";
/// Bytes of each kind of words in it, so that with everything around them it stays below what Discord takes
/// from a bot: 10 MiB.
const MOST_BYTES: usize = 2 << 20;

/// Answers `/privacy export`.
pub(super) async fn export(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let belongings = Belongings::gather(asked).await?;
    let (messages, memories) = (belongings.messages.len(), belongings.memories.len());
    let (bytes, left_out) = file(belongings, &chat::day(asked.now_ms));
    let mut text = format!(
        "Here is everything this den keeps of you: {} and {}, and what you chose. Only you see this.",
        counted(messages, "message"),
        counted(memories, "memory"),
    );
    if left_out > 0 {
        text.push_str(&format!(
            " The oldest {left_out} had no room in one file; the operator of this den can hand you all of it."
        ));
    }
    Ok(Told { file: Some((FILE.to_owned(), bytes)), ..Told::line(text) })
}

/// The file, and how many of the oldest words had no room in it.
fn file(mut belongings: Belongings, day: &str) -> (Vec<u8>, usize) {
    #[derive(Serialize)]
    struct File<'a> {
        what: &'static str,
        made_on: &'a str,
        preferences: Value,
        memories: &'a [Value],
        messages: &'a [Value],
        answers_to_you: &'a [Value],
        reports: &'a [Value],
        left_out: usize,
    }
    let Belongings { messages, answers, memories, .. } = &mut belongings;
    let left_out = newest(messages) + newest(answers) + newest(memories);
    let file = File {
        what: "Everything that this den keeps of you. Counters and explanations hold no words and are left out.",
        made_on: day,
        preferences: preferences(&belongings.preferences),
        memories: &belongings.memories,
        messages: &belongings.messages,
        answers_to_you: &belongings.answers,
        reports: &belongings.reports,
        left_out,
    };
    let bytes = serde_json::to_vec_pretty(&file);
    (bytes.expect("it has string keys and no failing parts"), left_out)
}

/// Leaves as many of the newest as there is room for, and returns how many that left out.
fn newest(words: &mut Vec<Value>) -> usize {
    let mut room = MOST_BYTES;
    let kept = words.iter().rev().take_while(|one| {
        let size = one.to_string().len();
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    let left_out = words.len() - kept.count();
    words.drain(..left_out);
    left_out
}

fn preferences(wants: &Preferences) -> Value {
    json!({
        "roasts": !wants.no_roast,
        "memory": !wants.no_memory,
        "quoting": !wants.no_quote,
        "silenced": wants.silenced,
        "silenced_until": wants.silenced_until,
        "blocked_by_operator": wants.blocked,
        "erased_on": (wants.erased_at_ms > 0).then(|| chat::day(wants.erased_at_ms)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_messages_the_newest_are_handed_over() {
        let text = "x".repeat(4_000);
        let mut messages: Vec<Value> =
            (0..2_000).map(|n| json!({"message": n, "text": text})).collect();
        let left_out = newest(&mut messages);
        assert!(left_out > 0 && messages.len() + left_out == 2_000);
        assert_eq!(messages.last().map(|message| &message["message"]), Some(&json!(1_999)));

        let all = Belongings {
            preferences: Preferences::default(),
            messages: (0..100_000).map(|n| json!({"message": n, "text": "short"})).collect(),
            answers: (0..2_000).map(|n| json!({"message": n, "text": text})).collect(),
            memories: (0..3_000).map(|n| json!({"text": text, "n": n})).collect(),
            reports: vec![],
            n_places: 1,
        };
        let (bytes, _) = file(all, "2026-11-21");
        assert!(bytes.len() < 10 << 20, "{} bytes", bytes.len());
    }
}
