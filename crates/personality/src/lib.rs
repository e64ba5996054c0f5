//! What a character is: the file, its validation, its JSON Schema.
//!
//! A [`Personality`] is read from a TOML or JSON file; a [`Roster`] is all of a folder. Whatever is wrong is
//! told at once, each with its place ([`Problems`]). The crate knows nothing of Discord's API, models or
//! queues, and reads nothing but the files it is pointed at.

mod document;
mod file;
mod id;
mod pattern;
mod personality;
mod problem;
mod roster;
mod rules;
mod sampling;
mod schema;
mod settings;
mod shape;
mod snowflake;
mod template;

pub use id::{InvalidId, PersonalityId};
pub use personality::{Consent, Example, HigherSelf, Personality, RealPerson};
pub use problem::{Problem, Problems};
pub use roster::Roster;
pub use sampling::{Allows, Setting};
pub use schema::schema;
pub use settings::{Limits, Lines, Presence, Reply, Scaling};
pub use snowflake::{InvalidSnowflake, Snowflake};
