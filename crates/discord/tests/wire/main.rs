//! What Discord sees of us, and what we make of what it says, at the wire.

#![allow(clippy::unwrap_used, missing_docs)]

mod bodies;
mod fetching;
mod lanes;
mod limits;
mod looking;
mod refusals;
mod retries;
mod script;
