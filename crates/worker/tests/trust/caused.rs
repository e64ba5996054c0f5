//! What workers cause: notes to be made, questions to be asked again.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use queue::{Event, SendError, Sink};

/// Keeps whatever workers cause until a test has it dealt with.
#[derive(Default)]
pub struct Caused(Mutex<Vec<Event>>);

impl Caused {
    /// Everything that was caused since the last look.
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Sink for Caused {
    async fn send(&self, events: &[Event]) -> Vec<Result<(), SendError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(events.iter().cloned());
        events.iter().map(|_| Ok(())).collect()
    }

    async fn probe(&self) -> Result<(), SendError> {
        Ok(())
    }
}
