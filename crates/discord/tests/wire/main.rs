//! What Discord sees of us, and what we make of what it says, at the wire.

#![allow(clippy::unwrap_used, missing_docs)]

mod access;
mod bodies;
mod fetching;
mod interactions;
mod lanes;
mod limits;
mod looking;
mod reactions;
mod refusals;
mod retries;
mod script;
mod town;
