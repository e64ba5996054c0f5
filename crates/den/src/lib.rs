//! The command line: everything in one process, and what an operator needs.
//!
//! [`cli`] says what can be typed; each command is a module of its own. `den up` and `den chat` start a whole
//! den ([`up`]); the other commands look at a deployment, or at files, and end.

pub mod allowlist;
pub mod block;
pub mod budget;
pub mod choice;
pub mod cli;
pub mod commands;
pub mod config;
pub mod cost;
pub mod data;
pub mod doctor;
pub mod engine;
pub mod inbox;
pub mod local;
pub mod page;
pub mod pause;
pub mod personality;
pub mod reports;
pub mod store;
pub mod up;
pub mod why;

mod browser;
mod chat;
mod clock;
mod progress;
mod recall;
mod say;
mod table;
mod trouble;
