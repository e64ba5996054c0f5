//! The model of last resort: it knows a character's example lines and nothing else.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use futures_util::{StreamExt, stream};

use crate::{
    Answer, AskError, Capabilities, Chunk, Cue, Model, Part, Prompt, Role, Stop, Usage,
    capabilities,
};

/// Said with the first answer of a conversation, and to who asks.
const CONFESSION: &str = "(understudy: no model is configured; I only know my example lines)";
/// What it says when it was given no line at all.
const SPEECHLESS: &str = "…";
/// Words that say nothing about a line.
const COMMON: [&str; 30] = [
    "a", "an", "and", "are", "at", "be", "but", "do", "for", "have", "i", "in", "is", "it", "just",
    "me", "my", "not", "of", "on", "or", "so", "that", "the", "this", "to", "was", "with", "you",
    "your",
];
/// What people ask who want to know whom they talk to.
const WHO: [&str; 8] = [
    "who are you",
    "what are you",
    "what model",
    "which model",
    "are you a bot",
    "are you an ai",
    "are you real",
    "understudy",
];

/// Speaks from [`Prompt::script`], the same way every time, and says what it is.
///
/// It is for trying things out without an account. It may never stand in for a configured model:
/// [`crate::Chain`] refuses it there.
#[derive(Clone, Debug, Default)]
pub struct Understudy {
    pace: Duration,
}

impl Understudy {
    /// Speaks without pauses.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pauses this long before every word, so that a page has something to stream.
    #[must_use]
    pub fn paced(self, pace: Duration) -> Self {
        Self { pace }
    }
}

#[async_trait]
impl Model for Understudy {
    fn id(&self) -> &str {
        "understudy"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { images: false, ..capabilities(self.id()) }
    }

    async fn ask(&self, prompt: &Prompt) -> Result<Answer, AskError> {
        let text = answer(prompt);
        let words: Vec<String> = text.split_inclusive(' ').map(str::to_owned).collect();
        let end = Chunk::End { stop: Stop::EndTurn, usage: Usage::default() };
        let chunks = words.into_iter().map(Chunk::Text).chain([end]);
        let pace = self.pace;
        let paced = stream::iter(chunks).then(move |chunk| async move {
            if !pace.is_zero() && matches!(chunk, Chunk::Text(_)) {
                tokio::time::sleep(pace).await;
            }
            Ok(chunk)
        });
        Ok(paced.boxed())
    }

    fn is_understudy(&self) -> bool {
        true
    }
}

fn answer(prompt: &Prompt) -> String {
    let heard = &prompt.script.heard;
    let line = with_memory(choose(prompt, heard), prompt);
    let is_first = !prompt.turns.iter().any(|turn| turn.role == Role::Assistant);
    let plain = heard.to_lowercase();
    let is_asked = WHO.iter().any(|question| plain.contains(question));
    if is_first || is_asked { format!("{line}\n{CONFESSION}") } else { line }
}

/// The line, and below it what is remembered that has most to do with what was heard. It has no words of its own
/// for it, and so repeats it as it is.
fn with_memory(line: &str, prompt: &Prompt) -> String {
    let heard = words(&prompt.script.heard);
    let shared = |text: &&String| words(text).intersection(&heard).count();
    let fitting = prompt.script.remembered.iter().max_by_key(shared);
    match fitting.filter(|text| shared(text) > 0) {
        Some(text) => format!("{line}\n(remembered: “{text}”)"),
        None => line.to_owned(),
    }
}

/// The line whose cue shares most words with what was heard (the line's own words count half), and among
/// equals one by hash. What it said lately it says again only if it has nothing else.
fn choose<'a>(prompt: &'a Prompt, heard: &str) -> &'a str {
    let said = |line: &str| {
        let turns = prompt.turns.iter().rev().filter(|turn| turn.role == Role::Assistant).take(3);
        turns.flat_map(|turn| &turn.parts).filter_map(Part::text).any(|text| text.contains(line))
    };
    let cues = || prompt.script.cues.iter().filter(|cue| !cue.line.trim().is_empty());
    let mut fresh: Vec<&Cue> = cues().filter(|cue| !said(&cue.line)).collect();
    if fresh.is_empty() {
        fresh = cues().collect();
    }
    let heard_words = words(heard);
    let shared = |text: &str| words(text).intersection(&heard_words).count();
    let score = |cue: &Cue| 2 * shared(&cue.heard) + shared(&cue.line);
    let best = fresh.iter().map(|cue| score(cue)).max().unwrap_or_default();
    fresh.retain(|cue| score(cue) == best);
    let hash = hash(heard, prompt.turns.len());
    let place = usize::try_from(hash % (fresh.len().max(1) as u64)).unwrap_or_default();
    fresh.get(place).map_or(SPEECHLESS, |cue| cue.line.as_str())
}

fn words(text: &str) -> HashSet<String> {
    let plain = text.to_lowercase();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| !COMMON.contains(word)).map(str::to_owned).collect()
}

/// FNV-1a: the same in every build, unlike the standard library's hasher.
fn hash(text: &str, n_turns: usize) -> u64 {
    let bytes = text.bytes().chain((n_turns as u64).to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Script, Turn};

    fn said(role: Role, text: &str) -> Turn {
        Turn { role, parts: vec![Part::Text(text.to_owned())] }
    }

    fn after(turns: Vec<Turn>) -> String {
        let cues = [
            ("How is the sea today?", "The sea is calm."),
            ("Do you like my ship?", "It leaks, captain."),
            ("A drink?", "Rum? At this hour?"),
        ];
        let cues = cues.map(|(heard, line)| Cue { heard: heard.to_owned(), line: line.to_owned() });
        let heard =
            turns.last().and_then(|turn| turn.parts[0].text()).unwrap_or_default().to_owned();
        let script = Script { cues: cues.to_vec(), heard, ..Script::default() };
        answer(&Prompt { turns, script, ..Prompt::default() })
    }

    #[test]
    fn it_picks_the_line_whose_cue_shares_words_and_says_what_it_is_at_first() {
        let first = after(vec![said(Role::User, "does my ship look good?")]);
        assert_eq!(first, format!("It leaks, captain.\n{CONFESSION}"));
    }

    #[test]
    fn it_says_what_it_is_to_who_asks_and_else_keeps_in_character() {
        let hello = [said(Role::User, "hi"), said(Role::Assistant, "The sea is calm.")];
        let with = |text| hello.iter().cloned().chain([said(Role::User, text)]).collect();
        assert!(after(with("which model are you?")).ends_with(CONFESSION));
        assert_eq!(after(with("any rum left?")), "Rum? At this hour?");
    }

    #[test]
    fn it_does_not_repeat_itself_while_it_has_other_lines() {
        let turns = vec![
            said(Role::User, "ship?"),
            said(Role::Assistant, "It leaks, captain."),
            said(Role::User, "my ship!"),
        ];
        assert_ne!(after(turns), "It leaks, captain.");
    }

    #[test]
    fn it_repeats_what_is_remembered_of_who_asks_where_that_is_asked_about() {
        let asked = |heard: &str| {
            let remembered = ["my cat is called Biscuit", "my boat is green"].map(str::to_owned);
            let cues = vec![Cue { heard: "hi".to_owned(), line: "Ahoy.".to_owned() }];
            let script = Script { cues, heard: heard.to_owned(), remembered: remembered.into() };
            let turns = vec![said(Role::Assistant, "Hm."), said(Role::User, heard)];
            answer(&Prompt { turns, script, ..Prompt::default() })
        };
        assert_eq!(
            asked("what is my cat called?"),
            "Ahoy.\n(remembered: “my cat is called Biscuit”)"
        );
        assert_eq!(asked("nice weather"), "Ahoy.");
    }

    #[test]
    fn it_is_the_same_every_time_and_survives_having_no_lines() {
        let turns = || vec![said(Role::User, "zzz")];
        assert_eq!(after(turns()), after(turns()));
        let speechless = answer(&Prompt { turns: turns(), ..Prompt::default() });
        assert_eq!(speechless, format!("{SPEECHLESS}\n{CONFESSION}"));
    }
}
