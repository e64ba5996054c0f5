//! Turns, against a simulated Discord, a simulated Bedrock and an embedded table, all on the wire.

mod answered;
mod counted;
mod meanwhile;
mod once;
mod paid;
mod remembered;
mod stopped;
mod taken_back;
mod troubled;
mod world;
