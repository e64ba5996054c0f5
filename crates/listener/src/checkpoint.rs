//! A shard's checkpoint: followed in memory, saved when it moved, restored by the next process.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use store::{GatewaySession, Store};
use tokio::sync::Notify;
use twilight_gateway::{Session, ShardId};
use twilight_model::{
    gateway::Intents,
    id::{Id, marker::ApplicationMarker},
};

use crate::{
    error::chain,
    tracker::{Place, Position, Tracker},
};

/// How old a stored session may be to be worth a RESUME. Discord keeps sessions for "a few minutes" and
/// says no to older ones, which costs one round trip and no identify.
const WORTH_TRYING: Duration = Duration::from_secs(15 * 60);

/// Of a shard: where its log stands, and where to resume it.
pub struct Checkpoint {
    store: Store,
    application_id: Id<ApplicationMarker>,
    shard: ShardId,
    /// Intents and shard count: a resumed session keeps those it was begun with, so a change begins anew.
    config_hash: String,
    tracker: Mutex<Tracker>,
    resume_url: Mutex<Option<String>>,
    /// What the store has.
    saved: tokio::sync::Mutex<Option<Position>>,
    /// Woken when a session begins, which is saved at once: until then a crash loses it.
    began: Arc<Notify>,
}

/// One part of one received event. Settling it moves the checkpoint on; losing it does not, so that the
/// event is replayed to the next process.
#[derive(Clone)]
pub struct Ticket {
    checkpoint: Arc<Checkpoint>,
    place: Place,
}

impl Ticket {
    /// Says that this part is accepted, or rightly dropped.
    pub fn settle(self) {
        self.checkpoint.tracker().settle(self.place);
    }

    /// Makes so many parts of this one, each to be settled by a clone of the ticket; 0 settles it.
    pub fn split(&self, parts: usize) {
        self.checkpoint.tracker().split(self.place, parts);
    }
}

impl Checkpoint {
    /// The checkpoint of a shard that has not connected yet. `began` is notified when a session begins.
    pub fn new(
        store: Store,
        application_id: Id<ApplicationMarker>,
        shard: ShardId,
        intents: Intents,
        began: Arc<Notify>,
    ) -> Self {
        Self {
            store,
            application_id,
            shard,
            config_hash: format!("intents {}, shards {}", intents.bits(), shard.total()),
            tracker: Mutex::default(),
            resume_url: Mutex::default(),
            saved: tokio::sync::Mutex::default(),
            began,
        }
    }

    /// The log, for a moment.
    pub fn tracker(&self) -> MutexGuard<'_, Tracker> {
        self.tracker.lock().expect("no panic while held")
    }

    /// Notes an event as received; see [`Tracker::receive`]. The ticket settles one of its parts.
    pub fn receive(self: &Arc<Self>, sequence: u64, parts: usize) -> Ticket {
        let place = self.tracker().receive(sequence, parts);
        Ticket { checkpoint: self.clone(), place }
    }

    /// Where READY said to resume, where that is an address.
    pub fn resume_url(&self) -> Option<String> {
        self.resume_url.lock().expect("no panic while held").clone()
    }

    /// Begins a session, as READY said.
    pub fn begin(&self, session: &Session, resume_url: &str) {
        self.set_resume_url(resume_url);
        self.tracker().begin(session.id().to_owned(), session.sequence());
        self.began.notify_one();
    }

    /// Notes where to resume. What is no address is not kept: twilight panics on those.
    fn set_resume_url(&self, url: &str) {
        let url = is_gateway_url(url).then(|| url.to_owned());
        *self.resume_url.lock().expect("no panic while held") = url;
    }

    /// Takes up the session an earlier process left, where that is worth trying.
    ///
    /// # Errors
    /// The store's.
    pub async fn restore(&self) -> Result<Restored, store::Error> {
        let stored = self.store.gateway_session(self.application_id, self.shard.number()).await?;
        let Some(stored) = stored else { return Ok(Restored::Nothing) };
        let position = Position { session_id: stored.session_id, sequence: stored.sequence };
        *self.saved.lock().await = Some(position.clone());
        let age = Duration::from_millis(now_ms().saturating_sub(stored.saved_at_ms));
        if stored.config_hash != self.config_hash || age > WORTH_TRYING {
            return Ok(Restored::Outdated);
        }
        self.set_resume_url(&stored.resume_url);
        self.tracker().begin(position.session_id, position.sequence);
        Ok(Restored::Session)
    }

    /// Saves the checkpoint, if it moved. What cannot be saved is tried again next time.
    pub async fn save(&self) {
        let mut saved = self.saved.lock().await;
        let now = self.tracker().checkpoint();
        if now == *saved {
            return;
        }
        let shard = self.shard.number();
        let outcome = match &now {
            Some(position) => {
                let session = GatewaySession {
                    session_id: position.session_id.clone(),
                    sequence: position.sequence,
                    resume_url: self.resume_url().unwrap_or_default(),
                    config_hash: self.config_hash.clone(),
                    saved_at_ms: now_ms(),
                };
                self.store.save_gateway_session(self.application_id, shard, &session).await
            }
            None => self.store.clear_gateway_session(self.application_id, shard).await,
        };
        match outcome {
            Ok(()) => *saved = now,
            Err(error) => {
                tracing::warn!(shard, error = %chain(&error), "the checkpoint of shard {shard} is not saved: trying again");
            }
        }
    }
}

/// What an earlier process left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restored {
    /// Nothing: the first start, or an orderly end of the session.
    Nothing,
    /// A session too old, or of other intents or shards.
    Outdated,
    /// A session to resume.
    Session,
}

/// Whether twilight can connect there. See Discord Docs/Gateway, "Connecting".
pub fn is_gateway_url(url: &str) -> bool {
    let uri = format!("{url}/?v=10").parse::<http::Uri>();
    uri.is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("ws" | "wss"))
            && uri.host().is_some_and(|host| !host.is_empty())
    })
}

/// Milliseconds since the Unix epoch.
pub fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_millis() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_are_connected_to() {
        let table = [
            ("wss://gateway-us-east1-b.discord.gg", true),
            ("ws://127.0.0.1:8000", true),
            ("https://discord.com", false),
            ("wss://", false),
            ("wss://a b", false),
            ("", false),
        ];
        for (url, expected) in table {
            assert_eq!(is_gateway_url(url), expected, "`{url}`");
        }
    }
}
