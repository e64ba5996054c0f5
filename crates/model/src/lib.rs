//! Asking a language model: Bedrock, OpenAI-compatible endpoints, the understudy.
//!
//! A [`Model`] takes a [`Prompt`] and answers with a stream of [`Chunk`]s. A [`Chain`] asks one model, tries
//! again where that helps, turns to a fallback where it does not, and bounds all of it in time and length.
//! [`Prices`] says what that can cost, and what it did cost.
//!
//! This crate knows nothing of Discord, personalities or storage, reads no environment, and never logs a
//! prompt or an answer. What a character says and whom it answers is not decided here.

mod answer;
mod asking;
mod bedrock;
mod capabilities;
mod chain;
mod error;
mod http;
mod money;
mod openai;
mod price;
mod prices;
mod prompt;
mod report;
mod understudy;

pub use answer::{Answer, Chunk, Model, Stop, Usage};
pub use asking::Asking;
pub use bedrock::{Bedrock, BedrockSettings, Guardrail};
pub use capabilities::{Capabilities, Setting, Thinking, allows, capabilities};
pub use chain::{Chain, UnderstudyRefused};
pub use error::{AskError, Cause, TimeLimit};
pub use http::{ClientError, http_client};
pub use money::{InvalidAmount, Microdollars};
pub use openai::{OpenAiCompatible, Secret};
pub use price::{Long, Price, Rates};
pub use prices::{Prices, PricesError, price};
pub use prompt::{Cue, Part, Prompt, Role, Sampling, Script, SystemPart, Turn};
pub use report::{Attempt, Limits, Outcome, Progress, Report};
pub use understudy::Understudy;
