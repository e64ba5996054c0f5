//! The gateway listener: Discord's events onto the queue.
//!
//! The gateway is a log, and this keeps a checkpoint in it: the place up to which everything received is
//! accepted by the queue or rightly dropped. Whoever runs next resumes from there, so that a deploy, a crash
//! or an outage of the queue loses nothing that Discord still remembers.
//!
//! [`run()`] does it all: [`Listener`] says with what. An event's way through: `connection` hears a frame,
//! `intake` reads it, `routing` finds out whom it addresses, `lanes` carry it to the sink, and `tracker`
//! moves the checkpoint when it has arrived.
//!
//! What this crate must never do: wait for the queue in the loop that reads the gateway; answer a bot, a
//! webhook or itself; identify without permission from `budget`; log a token or the text of a message.

mod backoff;
mod budget;
mod checkpoint;
mod commands;
mod connection;
mod counts;
mod error;
mod event;
mod frame;
mod health;
mod intake;
mod interactions;
mod lanes;
mod names;
mod ring;
mod routing;
mod run;
mod shard;
mod streak;
mod tracker;

pub use checkpoint::is_gateway_url;
pub use commands::{COMMANDS, Kind, Row, Text, To, registration};
pub use error::RunError;
pub use health::is_healthy;
pub use routing::{luck, spoken_by};
pub use run::{INTENTS, Listener, Patience, run};
