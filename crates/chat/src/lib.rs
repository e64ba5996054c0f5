//! What a character does: pure decisions, values in and values out.
//!
//! This crate awaits nothing and reads no clock and no environment. What a turn knows is gathered by the
//! worker; what it does about it is decided here: [`decide()`] says whether and how to speak, [`Draft`] says
//! which messages should stand in the channel while the answer grows, [`Explanation`] says why.

mod clean;
mod decide;
mod draft;
mod explanation;
mod listing;
mod prompt;
mod split;
mod tokens;

pub use clean::{clean, clean_name, plain, visible};
pub use decide::{Decision, Known, Limit, Silence, Situation, decide};
pub use draft::{Draft, Opening};
pub use explanation::{Context, Explanation, Milliseconds, Outcome, Tokens};
pub use listing::{explain_in_words, introduce};
pub use prompt::{Document, Prompt, Said, Turn, Who, prompt};
pub use split::{MESSAGE_LIMIT, split};
