//! What is asked of the index.

use std::fmt;

use super::term::{Term, terms};

/// A question to the index.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    /// What was asked, in the asker's words. See [`query_text`].
    pub text: &'a str,
    /// The id of who asks: their "I" means their own words.
    pub asker: Option<&'a str>,
    /// The id of who is asked: the asker's "you". Where two people talk, the other one without being told.
    pub you: Option<&'a str>,
    /// When it is asked, in milliseconds since the Unix epoch: "yesterday" is counted from it.
    pub now_ms: u64,
    /// How many messages are wanted at most.
    pub k: usize,
    /// Which messages, by their ids, are not wanted, as whoever asks has them before them.
    pub exclude: &'a dyn Fn(u64) -> bool,
    /// Names beyond those that messages bear, each with the id of whose it is.
    pub names: &'a [(&'a str, &'a str)],
}

impl<'a> Query<'a> {
    /// A question for ten messages by nobody in particular.
    pub fn new(text: &'a str, now_ms: u64) -> Self {
        Self { text, asker: None, you: None, now_ms, k: 10, exclude: &|_| false, names: &[] }
    }
}

impl fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not what people say.
        f.debug_struct("Query")
            .field("now_ms", &self.now_ms)
            .field("k", &self.k)
            .finish_non_exhaustive()
    }
}

/// The fewest words with a meaning that a question stands on by itself.
const ENOUGH: usize = 3;

/// What to ask for a message: itself, or, where it is as short as "and what about him?", also the two messages
/// before it, oldest first.
pub fn query_text(message: &str, before: &[&str]) -> String {
    let is_mark = |term: &Term| term.as_mark().is_some();
    let n = terms(message).iter().filter(|term| !is_mark(term)).count();
    if n >= ENOUGH {
        return message.to_owned();
    }
    let before = &before[before.len().saturating_sub(2)..];
    let mut text = before.join("\n");
    text.push('\n');
    text.push_str(message);
    text.trim_start().to_owned()
}
