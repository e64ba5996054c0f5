//! The prompt: what is asked.

use std::fmt;

use bytes::Bytes;

use crate::{
    Capabilities,
    answer::{Expected, Usage, tokens},
};

/// Stands where a turn is needed and nobody said anything: conversations start and end with the user.
const NOTHING: &str = "…";
/// Stands for an image that the model cannot see.
const UNSEEN: &str = "[an image]";
/// About what an image of ordinary size counts.
const IMAGE_TOKENS: u32 = 1_500;
/// More than the largest image counts with any model known: 4,784 with Claude (See Claude Docs/Vision).
const IMAGE_AT_MOST: u32 = 6_000;
/// More than a part adds by standing apart: its role and the marks around it.
const PART_AT_MOST: u32 = 16;
/// More than a server puts before a prompt on its own.
const PREAMBLE_AT_MOST: u32 = 1_024;
/// The image formats that both APIs take.
const IMAGES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// What a model is asked. Turns may come as they are kept: runs of one role are merged, blank texts dropped
/// and missing ends filled before they are sent.
#[derive(Clone, Default)]
pub struct Prompt {
    /// Who the model is to be, in parts.
    pub system: Vec<SystemPart>,
    /// The conversation, oldest first.
    pub turns: Vec<Turn>,
    /// The greatest length of the answer in tokens, at least 1. Always sent: quotas are reserved by it.
    pub max_tokens: u32,
    /// How adventurous the answer is; what the model does not take is left out.
    pub sampling: Sampling,
    /// What the [`crate::Understudy`] goes by. Models are not sent it.
    pub script: Script,
}

/// What the [`crate::Understudy`] goes by.
#[derive(Clone, Default)]
pub struct Script {
    /// What it may say.
    pub cues: Vec<Cue>,
    /// What was said last, as people wrote it; the last turn may carry marks around it.
    pub heard: String,
    /// What is remembered of who said it, in their own words.
    pub remembered: Vec<String>,
}

/// A line, and what it answers.
#[derive(Clone)]
pub struct Cue {
    /// What somebody says.
    pub heard: String,
    /// What to answer.
    pub line: String,
}

/// Shows sizes only: prompts are never logged.
impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt")
            .field("n_system", &self.system.len())
            .field("n_turns", &self.turns.len())
            .field("max_tokens", &self.max_tokens)
            .field("sampling", &self.sampling)
            .finish_non_exhaustive()
    }
}

/// A part of the system prompt.
#[derive(Clone)]
pub struct SystemPart {
    /// The text.
    pub text: String,
    /// Whether everything up to here stays the same from call to call, so that a cache point pays.
    pub cache: bool,
}

/// What one side said.
#[derive(Clone)]
pub struct Turn {
    /// Which side.
    pub role: Role,
    /// What was said and shown.
    pub parts: Vec<Part>,
}

/// A side of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// People.
    User,
    /// The model.
    Assistant,
}

/// A piece of a turn.
#[derive(Clone)]
pub enum Part {
    /// Text.
    Text(String),
    /// An image, for models that see.
    Image {
        /// `image/png`, `image/jpeg`, `image/gif` or `image/webp`; others are not shown.
        media_type: String,
        /// The file.
        bytes: Bytes,
    },
}

/// How the next token is chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampling {
    /// 0 to 1 at Bedrock, to 2 elsewhere.
    pub temperature: Option<f32>,
    /// 0 to 1. Left out beside a temperature where a model takes only one of them.
    pub top_p: Option<f32>,
    /// Texts that end the answer; at most four are sent, blank ones never.
    pub stop: Vec<String>,
}

impl Sampling {
    /// The stop sequences that can be sent.
    pub(crate) fn stops(&self) -> Vec<String> {
        self.stop.iter().filter(|stop| !stop.trim().is_empty()).take(4).cloned().collect()
    }
}

impl Prompt {
    /// The conversation as APIs want it: it starts and ends with the user, roles alternate, nothing is
    /// blank, and images stand only where they can be seen.
    pub(crate) fn conversation(&self, capabilities: &Capabilities) -> Vec<Turn> {
        let mut turns: Vec<Turn> = Vec::new();
        let nothing = || Turn { role: Role::User, parts: vec![Part::Text(NOTHING.to_owned())] };
        for turn in &self.turns {
            let parts: Vec<Part> =
                turn.parts.iter().filter_map(|part| sendable(part, capabilities)).collect();
            match turns.last_mut() {
                _ if parts.is_empty() => {}
                Some(last) if last.role == turn.role => last.parts.extend(parts),
                Some(_) => turns.push(Turn { role: turn.role, parts }),
                None => {
                    if turn.role == Role::Assistant {
                        turns.push(nothing());
                    }
                    turns.push(Turn { role: turn.role, parts });
                }
            }
        }
        if turns.last().is_none_or(|last| last.role == Role::Assistant) {
            // Ending with the assistant would be a prefill, which newer models refuse.
            turns.push(nothing());
        }
        turns
    }

    /// The system parts that are not blank.
    pub(crate) fn system(&self) -> impl Iterator<Item = &SystemPart> {
        self.system.iter().filter(|part| !part.text.trim().is_empty())
    }

    /// Every text of the prompt.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let said = self.turns.iter().flat_map(|turn| &turn.parts).filter_map(Part::text);
        self.system.iter().map(|part| part.text.as_str()).chain(said)
    }

    /// About how many tokens the prompt has.
    pub(crate) fn tokens(&self) -> u32 {
        let n_chars = self.texts().map(|text| text.chars().count()).sum();
        let parts = self.turns.iter().flat_map(|turn| &turn.parts);
        let n_images = parts.filter(|part| matches!(part, Part::Image { .. })).count();
        let images = u32::try_from(n_images).unwrap_or(u32::MAX).saturating_mul(IMAGE_TOKENS);
        tokens(n_chars).saturating_add(images)
    }

    /// A number of tokens the prompt does not exceed with any model: tokens are made of bytes, at least one
    /// each, so that a text has no more tokens than bytes. About four times what English really has; for
    /// reserving money, not for guessing.
    pub fn at_most_tokens(&self) -> u32 {
        let parts = || self.turns.iter().flat_map(|turn| &turn.parts);
        let images = parts().filter(|part| matches!(part, Part::Image { .. })).count();
        let bytes = self.texts().map(str::len).fold(0, usize::saturating_add);
        let count = |n: usize, each: u32| u32::try_from(n).unwrap_or(u32::MAX).saturating_mul(each);
        [
            count(bytes, 1),
            count(images, IMAGE_AT_MOST),
            // One more: a turn that is filled in at an end.
            count(self.system.len() + parts().count() + 2, PART_AT_MOST),
            PREAMBLE_AT_MOST,
        ]
        .into_iter()
        .fold(0, u32::saturating_add)
    }

    /// What is known of an answer before it comes.
    pub(crate) fn expected(&self) -> Expected {
        Expected { input: self.tokens(), max_output: self.max_tokens.max(1) }
    }

    /// What an answer of `n_chars` characters to this prompt probably used.
    pub fn estimate(&self, n_chars: usize) -> Usage {
        self.expected().usage(n_chars)
    }
}

impl Part {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Part::Text(text) => Some(text),
            Part::Image { .. } => None,
        }
    }
}

fn sendable(part: &Part, capabilities: &Capabilities) -> Option<Part> {
    match part {
        Part::Text(text) if text.trim().is_empty() => None,
        Part::Text(_) => Some(part.clone()),
        Part::Image { media_type, .. }
            if capabilities.images && IMAGES.contains(&media_type.as_str()) =>
        {
            Some(part.clone())
        }
        Part::Image { .. } => Some(Part::Text(UNSEEN.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities;

    fn said(role: Role, text: &str) -> Turn {
        Turn { role, parts: vec![Part::Text(text.to_owned())] }
    }

    /// The conversation a blind model is sent, as `u:` and `a:` lines.
    fn sent(turns: Vec<Turn>) -> Vec<String> {
        let prompt = Prompt { turns, max_tokens: 10, ..Prompt::default() };
        let conversation = prompt.conversation(&capabilities("amazon.nova-micro-v1:0"));
        let line = |turn: &Turn| {
            let texts: Vec<&str> = turn.parts.iter().filter_map(Part::text).collect();
            let side = if turn.role == Role::User { "u" } else { "a" };
            format!("{side}: {}", texts.join(" + "))
        };
        conversation.iter().map(line).collect()
    }

    #[test]
    fn runs_of_one_side_are_merged_and_blanks_dropped() {
        let turns = vec![
            said(Role::User, "hi"),
            said(Role::User, " \n"),
            said(Role::User, "anyone?"),
            said(Role::Assistant, "me"),
            said(Role::User, "good"),
        ];
        assert_eq!(sent(turns), ["u: hi + anyone?", "a: me", "u: good"]);
    }

    #[test]
    fn a_conversation_starts_and_ends_with_the_user() {
        assert_eq!(sent(vec![said(Role::Assistant, "so…")]), ["u: …", "a: so…", "u: …"]);
        assert_eq!(sent(vec![]), ["u: …"]);
        assert_eq!(sent(vec![said(Role::User, "   ")]), ["u: …"]);
    }

    #[test]
    fn an_image_nobody_can_see_is_named() {
        let image =
            Part::Image { media_type: "image/png".to_owned(), bytes: Bytes::from_static(b"png") };
        assert_eq!(sent(vec![Turn { role: Role::User, parts: vec![image] }]), ["u: [an image]"]);
    }

    #[test]
    fn no_prompt_has_more_tokens_than_its_bound() {
        // Where a tokenizer knows nothing, each byte is a token: letters of rare scripts, and garbage.
        let text = "ᚠᚢᚦ\u{10FFFF} a".repeat(50);
        let prompt = |parts| {
            let turns = vec![Turn { role: Role::User, parts }];
            Prompt { turns, max_tokens: 10, ..Prompt::default() }
        };
        let worded = prompt(vec![Part::Text(text.clone())]);
        assert!(worded.at_most_tokens() as usize >= text.len());
        assert!(worded.at_most_tokens() >= worded.tokens());
        let png = || Part::Image {
            media_type: "image/png".to_owned(),
            bytes: Bytes::from_static(b"png"),
        };
        let seen = prompt(vec![Part::Text(text), png(), png()]);
        assert!(seen.at_most_tokens() - worded.at_most_tokens() > 2 * 4_784);
        assert!(Prompt::default().at_most_tokens() >= Prompt::default().tokens());
    }

    #[test]
    fn a_prompt_shows_no_words_when_it_is_printed() {
        let prompt = Prompt { turns: vec![said(Role::User, "secret")], ..Prompt::default() };
        assert!(!format!("{prompt:?}").contains("secret"));
    }
}
