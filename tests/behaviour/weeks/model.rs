//! The model of these weeks. Its answers say no more than whether it was told something, so that nothing it
//! says is remembered in the place of what people said; its notes quote people, so that one sees whose words
//! are in them.

use bedrock_sim::{Call, Play};

/// Characters of each line that stand in the notes.
const QUOTED: usize = 40;

pub fn answer(call: &Call) -> Play {
    match is_digest(call) {
        true => Play::say(&notes(call)),
        false if memories(call).is_empty() => Play::say("Nobody told me."),
        false => Play::say("I have heard of it."),
    }
}

/// Whether a call asks for notes, not for an answer.
pub fn is_digest(call: &Call) -> bool {
    call.body["system"].to_string().contains("You keep the notes of")
}

/// What a call hands over of memory, mark by mark.
pub fn memories(call: &Call) -> Vec<String> {
    let texts = heard(call);
    texts.lines().filter(|line| line.starts_with("<memory")).map(str::to_owned).collect()
}

/// How many turns of earlier talk a call hands over.
pub fn n_turns(call: &Call) -> usize {
    let own = call.body["messages"].as_array().into_iter().flatten();
    let own = own.filter(|message| message["role"] == "assistant").count();
    (heard(call).matches("<said ").count() + own).saturating_sub(1)
}

/// Everything a call hands over of what people said.
fn heard(call: &Call) -> String {
    let messages = call.body["messages"].as_array().into_iter().flatten();
    let theirs = messages.filter(|message| message["role"] == "user");
    let parts = theirs.filter_map(|message| message["content"].as_array()).flatten();
    parts.filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n")
}

/// The notes that a call asks for.
pub fn notes(call: &Call) -> String {
    let heard = heard(call);
    let said = heard.lines().filter_map(|line| {
        let (by, rest) = line.strip_prefix("<said by=\"")?.split_once("\" line=\"")?;
        let (n, text) = rest.split_once("\">")?;
        Some((by, n, text.strip_suffix("</said>")?))
    });
    let (mut quotes, mut facts) = (Vec::new(), String::new());
    for (by, n, text) in said {
        let text = text.strip_prefix("Grim, ").unwrap_or(text);
        quotes.push(format!("{by}: {}", text.chars().take(QUOTED).collect::<String>()));
        if let Some(what) = text.strip_prefix("I learned to ") {
            facts += &format!("\nFACT {n} 6: {by} learned to {}", what.trim_end_matches('.'));
        }
    }
    format!("SUMMARY: {}{facts}", quotes.join(" / "))
}
