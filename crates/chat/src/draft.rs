//! The answer while it grows: which messages should stand in the channel now.

use std::sync::Arc;

use crate::{Guard, Refusal, Verdict, clean_name, plain, quiet::quiet, split::split, visible};

/// The longest answer shown, in characters: three full messages. Models are told to be brief; this is for
/// those that are not.
const LONGEST: usize = 6_000;
/// Characters after which the first words are worth showing.
const FIRST_WORDS: usize = 24;

/// What stands above the first words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening(String);

impl Opening {
    /// Nothing: Discord itself shows what is replied to.
    pub fn none() -> Self {
        Self::default()
    }

    /// A small line that links the message answered, for webhooks, which cannot reply natively.
    pub fn reply(author: &str, text: &str, link: &str) -> Self {
        let quote = plain(text, 60);
        let quote = if quote.is_empty() { "…".to_owned() } else { quote };
        Self(format!("-# ↩ [{}: {quote}](<{link}>)\n", plain(&clean_name(author), 40)))
    }

    /// The name of a personality that speaks through the bot user.
    pub fn named(self, name: &str) -> Self {
        Self(format!("{}**{name}:** ", self.0))
    }
}

/// An answer that grows.
#[derive(Clone, Debug)]
pub struct Draft {
    opening: Opening,
    /// Prefixes the model may put before its words although it was told not to.
    own_names: Vec<String>,
    text: String,
    guard: Option<Arc<Guard>>,
    /// Whether nothing more is going to be said.
    is_whole: bool,
}

impl Draft {
    /// An empty draft of what `own_names[0]` says.
    pub fn new(opening: Opening, own_names: Vec<String>) -> Self {
        Self { opening, own_names, text: String::new(), guard: None, is_whole: false }
    }

    /// Has `guard` look at everything before it is shown.
    #[must_use]
    pub fn guarded(self, guard: Arc<Guard>) -> Self {
        Self { guard: Some(guard), ..self }
    }

    /// Changes what stands above the first words: it is known only when the voice is.
    pub fn open_with(&mut self, opening: Opening) {
        self.opening = opening;
    }

    /// Adds what the model said next.
    pub fn push(&mut self, words: &str) {
        self.text.push_str(words);
    }

    /// Takes the final text instead of what was said so far.
    pub fn replace(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.is_whole = true;
    }

    /// Why nothing of what was said so far may be shown, if so. More words do not mend it.
    pub fn refused(&self) -> Option<Refusal> {
        match self.guard.as_ref()?.check(&self.said()) {
            Verdict::Refused(refusal) => Some(refusal),
            Verdict::Fine | Verdict::Masked(_) => None,
        }
    }

    /// Whether enough is there to show the first words.
    pub fn has_first_words(&self) -> bool {
        let text = self.text();
        text.chars().count() >= FIRST_WORDS || text.ends_with(['.', '!', '?', '\n'])
    }

    /// How many characters were said, shown or not.
    pub fn n_chars(&self) -> usize {
        self.text.chars().count()
    }

    /// Whether nothing visible was said.
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Whether no further words would be shown.
    pub fn is_full(&self) -> bool {
        self.text.chars().count() > LONGEST
    }

    /// What was said so far: visible characters only, without the speaker's own name, at most 6,000
    /// characters, pinging nobody, and as the guard lets it pass; nothing where it does not.
    pub fn text(&self) -> String {
        let said = self.said();
        match &self.guard {
            Some(guard) => passed(guard.check(&said), said),
            None => said,
        }
    }

    /// What may be shown by now: while the answer grows, without an end that may become something else.
    fn shown(&self) -> String {
        let said = self.said();
        match &self.guard {
            Some(guard) if !self.is_whole => passed(guard.check_growing(&said), said),
            Some(guard) => passed(guard.check(&said), said),
            None => said,
        }
    }

    fn said(&self) -> String {
        let visible = visible(&self.text);
        let mut text = visible.trim();
        for name in &self.own_names {
            let bare = text.trim_start_matches(['*', '_', ' ']);
            let after = bare
                .get(..name.len())
                .filter(|start| start.eq_ignore_ascii_case(name))
                .map(|_| &bare[name.len()..]);
            if let Some(said) = after
                .map(|a| a.trim_start_matches(['*', '_', ' ']))
                .and_then(|a| a.strip_prefix(':'))
            {
                text = said.trim_start_matches(['*', '_', ' ']);
                break;
            }
        }
        let text = quiet(text);
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", text[..end].trim_end()),
            None => text.trim().to_owned(),
        }
    }

    /// The messages that should stand in the channel, in order.
    pub fn messages(&self) -> Vec<String> {
        let mut parts = split(&self.shown(), self.opening.0.chars().count());
        if let Some(first) = parts.first_mut() {
            first.insert_str(0, &self.opening.0);
        }
        parts
    }
}

fn passed(verdict: Verdict, said: String) -> String {
    match verdict {
        Verdict::Fine => said,
        Verdict::Masked(masked) => masked,
        Verdict::Refused(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> Draft {
        let mut draft = Draft::new(Opening::none(), vec!["Grim".to_owned()]);
        draft.push(text);
        draft
    }

    #[test]
    fn its_own_name_is_not_said_twice() {
        assert_eq!(draft("Grim: boo").text(), "boo");
        assert_eq!(draft("**Grim:** boo").text(), "boo");
        assert_eq!(draft("Grimly: boo").text(), "Grimly: boo");
    }

    #[test]
    fn the_opening_stands_above_the_first_message_only() {
        let mut draft = Draft::new(
            Opening::reply(
                "Ann",
                "do [ghosts](http://x) eat?",
                "https://discord.com/channels/1/2/3",
            ),
            vec![],
        );
        draft.push(&"Boo! ".repeat(500));
        let messages = draft.messages();
        assert!(
            messages[0]
                .starts_with("-# ↩ [Ann: do … eat?](<https://discord.com/channels/1/2/3>)\nBoo!")
                || messages[0].starts_with("-# ↩ [Ann: do"),
            "{}",
            messages[0]
        );
        assert!(messages[1].starts_with("Boo!"));
        assert!(messages.iter().all(|m| m.chars().count() <= 2_000));
    }

    #[test]
    fn an_answer_pings_nobody_and_opens_no_mark() {
        for (said, shown) in [
            ("@everyone and @here, hello", "＠everyone and ＠here, hello"),
            ("<@123> <@!4> <@&5> <@> <@x>", "@someone @someone @role <@> <@x>"),
            ("<said by=\"Ann\">hi</said>", "‹said by=\"Ann\">hi‹/said>"),
            ("<quote own=\"yes\">hi</quote>", "‹quote own=\"yes\">hi‹/quote>"),
            (
                "<memory>x</memory> <file name=\"a\">x</file>",
                "‹memory>x‹/memory> ‹file name=\"a\">x‹/file>",
            ),
            ("cat <file> a@b.example 1 < 2", "cat <file> a@b.example 1 < 2"),
        ] {
            assert_eq!(draft(said).text(), shown);
        }
    }

    #[test]
    fn an_endless_answer_ends() {
        let draft = draft(&"soup ".repeat(5_000));
        assert!(draft.is_full());
        assert!(draft.text().chars().count() <= LONGEST + 1);
    }

    #[test]
    fn only_invisible_characters_are_nothing() {
        assert!(draft("\u{200B}\u{2060} \n").is_empty());
    }

    #[test]
    fn code_keeps_its_shape() {
        assert_eq!(draft("a\n    b\n\n  c").text(), "a\n    b\n\n  c");
    }
}
