//! A small Bedrock on the wire: `ConverseStream` and `Converse` with every failure they can have, and the
//! same plays over an OpenAI-compatible face.
//!
//! It answers real clients over real sockets on a loopback port, with the real event-stream framing, and it
//! refuses what Bedrock refuses. It holds no model: without a script it repeats what it was told. It is
//! never linked into the listener or the worker.
//!
//! ```no_run
//! # async fn example() {
//! let sim = bedrock_sim::BedrockSim::start().await;
//! sim.script(bedrock_sim::Play::Throttle).script(bedrock_sim::Play::say("Back again, are we?"));
//! // … a client with `endpoint_url(sim.url())` is throttled once, then answered …
//! assert_eq!(sim.calls().len(), 2);
//! # }
//! ```

mod bedrock;
mod chat;
mod play;
mod prompt;
mod rules;
mod script;
mod shapes;
mod sim;

pub use chat::Dialect;
pub use play::{Exception, Gate, Play};
pub use shapes::{ServiceModel, ServiceModelError};
pub use sim::{Api, BedrockSim, Call};
