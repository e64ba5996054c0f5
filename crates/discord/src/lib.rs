//! Talking to Discord's REST API with manners.
//!
//! `twilight-http` names the routes and shapes the requests, `twilight-validate` checks what goes into
//! them; sending is done here, because twilight repeats a request that met a 429 at once and without
//! end. [`Discord::send`] learns limits from every response, waits as long as Discord says, gives up at
//! the deadline, repeats only what may be repeated, and stops long before Discord would ban the address.
//!
//! What this crate must never do: log a token or the text of a message; ping anyone (every message it
//! writes or edits says `allowed_mentions: {"parse": []}`); send a POST a second time when the first may
//! have been carried out ([`Error::Uncertain`] says so instead); fetch a file from a host that is not
//! Discord's.
//!
//! Crates like `governor` pace by configured quotas. Discord's limits are not configured but told, per
//! bucket, in the headers of each response, and change without notice; so the pacing is ours as well.

mod access;
mod answer;
mod bucket;
mod call;
mod client;
pub mod code;
mod commands;
mod error;
mod failure;
mod fetch;
mod followups;
mod guilds;
mod interactions;
mod invalid;
mod limits;
mod looking;
mod messages;
mod permissions;
mod reactions;
mod route;
mod send;
mod settings;
mod setup;
mod webhooks;

pub use access::Audience;
pub use answer::{Room, Scope};
pub use call::{Call, Lane, Reply};
pub use client::{Discord, OpenError};
pub use error::Error;
pub use fetch::FetchError;
pub use guilds::{Channel, Guild, GuildName, Member, MemberUser, Role};
pub use looking::Seen;
pub use messages::{Edited, Outgoing, Posted};
pub use permissions::permissions;
pub use settings::{Settings, Token, TokenError};
pub use setup::{Application, Me};
pub use webhooks::{Speaker, Webhook};
