//! The gateway listener: Discord's events onto the queue.
//!
//! The gateway is a log, and this keeps a checkpoint in it: the place up to which everything received is
//! accepted by the queue or rightly dropped. Whoever runs next resumes from there, so that a deploy, a crash
//! or an outage of the queue loses nothing that Discord still remembers.
//!
//! [`run()`] does it all: [`Listener`] says with what. An event's way through: `connection` hears a frame,
//! `intake` reads it, `houses` know what its guild has set, `routing` finds out whom it addresses, `lanes` carry
//! it to the sink, and `tracker` moves the checkpoint when it has arrived. What concerns no personality goes to
//! the `steward`: edits, deletions, signs on replies, guilds that come and go. Commands, buttons and forms have
//! a desk of their own, `interactions`, because they cannot wait.
//!
//! What this crate must never do: wait for the queue in the loop that reads the gateway; answer a bot, a
//! webhook or itself; identify without permission from `budget`; log a token or the text of a message.

mod audience;
mod backoff;
mod budget;
mod checkpoint;
mod commands;
mod connection;
mod counts;
mod error;
mod event;
mod forms;
mod frame;
mod health;
mod heard;
mod house;
mod houses;
mod intake;
mod interactions;
mod lanes;
mod names;
mod ring;
mod routing;
mod run;
mod shard;
mod steward;
mod streak;
mod traces;
mod tracker;
mod waiting;

pub use checkpoint::is_gateway_url;
pub use commands::registration;
pub use error::RunError;
pub use health::{Unwell, check};
pub use routing::{luck, spoken_by};
pub use run::{INTENTS, Listener, Patience, run};
