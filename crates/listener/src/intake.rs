//! What a shard does with each event it receives: read it if it matters, find out whom it addresses, and
//! put it on its way. Never waits.

use std::{collections::HashSet, sync::Arc};

use serde::de::DeserializeOwned;

use crate::{
    checkpoint::{Checkpoint, now_ms},
    counts::Counts,
    event,
    frame::{self, Deletion, Deletions, Edit, Header, read},
    interactions::Interactions,
    lanes::Lanes,
    ring::Ring,
    routing::Den,
};

/// Event types whose unreadable frames are remembered, so that each is logged once.
const MAX_REMEMBERED: usize = 64;

/// One shard's intake.
pub struct Intake {
    pub den: Arc<Den>,
    pub checkpoint: Arc<Checkpoint>,
    pub lanes: Lanes,
    pub interactions: Interactions,
    pub counts: Arc<Counts>,
    pub ring: Ring,
    pub unreadable: HashSet<String>,
}

impl Intake {
    /// Takes in an event.
    pub fn take(&mut self, header: &Header<'_>, frame: &str) {
        let Some(sequence) = header.sequence else { return };
        self.counts.received.add();
        let event = header.event.as_deref().unwrap_or_default();
        match event {
            "MESSAGE_CREATE" => {
                if let Some(message) = self.read(event, frame) {
                    self.message(sequence, &message);
                }
            }
            "INTERACTION_CREATE" => {
                if let Some(interaction) = self.read(event, frame) {
                    let ticket = self.checkpoint.receive(sequence, 1);
                    self.interactions.take(interaction, ticket);
                }
            }
            "MESSAGE_UPDATE" => {
                if let Some(Edit { channel_id, id, content: Some(text) }) = self.read(event, frame)
                {
                    self.ring.edit(channel_id, id, &text);
                }
            }
            "MESSAGE_DELETE" => {
                if let Some(Deletion { channel_id, id }) = self.read(event, frame) {
                    self.ring.delete(channel_id, &[id]);
                }
            }
            "MESSAGE_DELETE_BULK" => {
                if let Some(Deletions { channel_id, ids }) = self.read(event, frame) {
                    self.ring.delete(channel_id, &ids);
                }
            }
            _ => {}
        }
        // Whatever was not noted as received by now is rightly dropped; what was stays as it is.
        self.checkpoint.receive(sequence, 0);
    }

    /// Drops an event that cannot even be looked at.
    pub fn skip(&mut self, frame: &str) {
        let header = Header::of(frame);
        let event = header.as_ref().and_then(|header| header.event.as_deref()).unwrap_or("a frame");
        self.note_unreadable(event, "not a gateway event");
        if let Some(sequence) = header.and_then(|header| header.sequence) {
            self.checkpoint.receive(sequence, 0);
        }
    }

    fn message(&mut self, sequence: u64, message: &frame::Message) {
        let (channel_id, message_id) = (message.channel_id, message.id);
        let line = event::line(&self.den, message);
        if self.den.hears(message) {
            let last_speaker = self.ring.last_speaker(channel_id, message_id);
            let mut addressed = self.den.addressed(message, last_speaker.as_ref());
            if line.is_none() && message.files().next().is_none() && !addressed.is_empty() {
                self.counts.empty.add();
                addressed.clear();
            }
            if !addressed.is_empty() {
                let preceding = self.ring.before(channel_id, message_id);
                let events = event::of_message(&self.den, message, addressed, &preceding, now_ms());
                let ticket = self.checkpoint.receive(sequence, events.len());
                for event in events {
                    self.lanes.put(event, ticket.clone());
                }
            }
        }
        if let Some(line) = line {
            let speaker = self.den.speaker(message).map(|ears| ears.id.clone());
            self.ring.push(channel_id, line, speaker);
        }
    }

    fn read<T: DeserializeOwned>(&mut self, event: &str, frame: &str) -> Option<T> {
        match read(frame) {
            Ok(content) => Some(content),
            Err(error) => {
                // Not the error itself: it may quote the text of a message.
                let why = format!(
                    "{:?} error at byte {} of {}",
                    error.classify(),
                    error.column(),
                    frame.len()
                );
                self.note_unreadable(event, &why);
                None
            }
        }
    }

    fn note_unreadable(&mut self, event: &str, why: &str) {
        self.counts.unreadable.add();
        if self.unreadable.len() < MAX_REMEMBERED && self.unreadable.insert(event.to_owned()) {
            tracing::warn!(
                event,
                why,
                "cannot read {event}: dropped, and so will others be, silently"
            );
        }
    }
}
