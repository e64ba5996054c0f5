//! The worker: an event in, a reply out.
//!
//! One binary. Under Lambda it serves the SQS event source ([`lambda`]), elsewhere it polls SQS itself
//! ([`poll`]), and `den up` hands it the events of its inbox. All three meet in [`Worker::serve`], which
//! deals with the deliveries of one message group in order. This crate links no web framework and no
//! embedded database.

mod ask;
mod charges;
mod chores;
mod clock;
pub mod config;
mod dead_letter;
mod files;
mod group;
pub mod lambda;
mod memory;
mod models;
pub mod poll;
mod reply;
mod retake;
mod settle;
mod source;
mod space;
mod steward;
mod sweep;
mod told;
mod turn;
mod verdict;
mod voice;

use std::sync::Arc;

use discord::Discord;
use model::Prices;
use personality::Roster;
use queue::Sink;
use store::Store;
use twilight_model::id::{Id, marker::UserMarker};

pub use charges::prices;
pub use clock::Deadline;
pub use dead_letter::DeadLetters;
pub use memory::Memory;
pub use models::{Models, Provider, allows};
pub use sweep::sweep;
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
    /// What models cost.
    pub prices: Arc<Prices>,
    /// What is indexed of the scopes served lately.
    pub memory: Memory,
    /// Where events go that a turn causes.
    pub sink: Arc<dyn Sink>,
    /// The people who run the den: they may do everything in it.
    pub operators: Arc<[Id<UserMarker>]>,
}
