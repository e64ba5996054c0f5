//! Turns, against a simulated Discord, a simulated Bedrock and an embedded table, all on the wire.

mod answered;
mod meanwhile;
mod once;
mod paid;
mod remembered;
mod stopped;
mod troubled;
mod world;
