//! The worker: an event in, a reply out.
//!
//! One binary. Under Lambda it serves the SQS event source ([`lambda`]), elsewhere it polls SQS itself
//! ([`poll`]), and `den up` hands it the events of its inbox. All three meet in [`Worker::serve`], which
//! deals with the deliveries of one message group in order. This crate links no web framework and no
//! embedded database.

mod ask;
mod clock;
pub mod config;
mod dead_letter;
mod files;
mod group;
pub mod lambda;
mod models;
pub mod poll;
mod reply;
mod retake;
mod settle;
mod source;
mod steward;
mod turn;
mod verdict;
mod voice;

use std::sync::Arc;

use discord::Discord;
use personality::Roster;
use store::Store;

pub use clock::Deadline;
pub use dead_letter::DeadLetters;
pub use models::{Models, Provider, allows};
pub use verdict::{Delivery, Verdict};

/// Everything a turn works with. Cheap to clone.
#[derive(Clone)]
pub struct Worker {
    /// Who lives here.
    pub roster: Arc<Roster>,
    /// What is kept.
    pub store: Store,
    /// Discord's REST API.
    pub discord: Discord,
    /// The models of this deployment.
    pub models: Models,
    /// Where bodies go that nobody can deal with.
    pub dead_letters: DeadLetters,
}
