//! What a bot sees of the simulated Discord, driven by twilight, and by plain clients where twilight is too
//! well-behaved.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps says all there is to say when it fails"
)]

mod bot;
mod bounds;
mod commands;
mod components;
mod control;
mod den;
mod faults;
mod files;
mod forms;
mod gateway;
mod intents;
mod interactions;
mod limits;
mod mentions;
mod moderation;
mod offered;
mod options;
mod refusals;
mod resume;
mod specification;
mod surroundings;
mod webhooks;
