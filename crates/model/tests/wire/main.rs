//! Models asked over real sockets: what a simulated Bedrock does, and what comes of it.

#![expect(
    clippy::unwrap_used,
    reason = "a test helper that unwraps says all there is to say when it fails"
)]

mod bedrock;
mod money;
mod openai;
mod patience;
mod support;
mod understudy;
