//! What a character does: pure decisions, values in and values out.
//!
//! This crate awaits nothing and reads no clock and no environment. What a turn knows is gathered by the
//! worker; what it does about it is decided here: [`decide()`] says whether and how to speak, [`Draft`] says
//! which messages should stand in the channel while the answer grows, [`Explanation`] says why.

mod choose;
mod clean;
mod day;
mod decide;
mod digest;
mod draft;
mod explanation;
mod fold;
mod guard;
mod listing;
mod prompt;
mod quiet;
pub mod recall;
mod request;
mod split;
mod supersede;
mod tokens;

pub use choose::{Statement, choose};
pub use clean::{clean, clean_name, plain, visible};
pub use day::day;
pub use decide::{Budget, Decision, Known, Limit, Silence, Situation, decide, refusing};
pub use digest::{Digest, Found, digest_prompt, digested};
pub use draft::{Draft, Opening};
pub use explanation::{Context, Explanation, Milliseconds, Outcome, Tokens, Used};
pub use guard::{Guard, Refusal, Verdict};
pub use listing::{explain_in_words, introduce};
pub use prompt::{
    Document, Heard, MEMORY_TOKENS, Material, Memory, Prompt, Said, Turn, Who, most_tokens, prompt,
};
pub use request::{Request, remembered};
pub use split::{MESSAGE_LIMIT, split};
pub use supersede::supersedes;
pub use tokens::estimate;
