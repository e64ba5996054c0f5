//! What a bot sees of the simulated Discord, driven by twilight, and by plain clients where twilight is too
//! well-behaved.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps says all there is to say when it fails"
)]

mod bounds;
mod commands;
mod control;
mod den;
mod faults;
mod gateway;
mod intents;
mod interactions;
mod limits;
mod mentions;
mod refusals;
mod resume;
mod specification;
mod webhooks;
