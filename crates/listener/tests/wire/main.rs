//! The listener against a small Discord on the wire: what people do there, and what reaches the queue.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps says all there is to say when it fails"
)]

mod acknowledging;
mod following;
mod frames;
mod guilds;
mod hearing;
mod pressing;
mod process;
mod queueing;
mod sessions;
mod settings;
mod town;
