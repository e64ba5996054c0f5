//! Where events go.

use async_trait::async_trait;

use crate::Event;

/// Accepts events for personalities. In production two exist: [`crate::SqsSink`], and the inbox of a den
/// that runs in one process.
///
/// An accepted event survives the death of the process that sent it. Sending the same event again is
/// harmless: its id deduplicates it.
#[async_trait]
pub trait Sink: Send + Sync {
    /// Sends events, in order, and answers for each of them in the same order. A failed event holds back
    /// the later events of its group, which then fail with [`SendError::HeldBack`], so that order survives.
    async fn send(&self, events: &[Event]) -> Vec<Result<(), SendError>>;

    /// Whether the sink would accept events now; used before the gateway session is resumed.
    async fn probe(&self) -> Result<(), SendError>;
}

/// Why an event was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The sink cannot be reached, or is busy: try again.
    #[error("send event {id}: {reason}")]
    Unavailable {
        /// The event, or the queue's name for a probe.
        id: String,
        /// What the sink said.
        reason: String,
    },
    /// The sink will never take this event: drop it, count it.
    #[error("send event {id}: refused: {reason}")]
    Refused {
        /// The event.
        id: String,
        /// What the sink said.
        reason: String,
    },
    /// An earlier event of its group failed: try both again, in order.
    #[error("send event {id}: held back behind an earlier event of its channel")]
    HeldBack {
        /// The event.
        id: String,
    },
}
