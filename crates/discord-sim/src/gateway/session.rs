//! A gateway session: the log of what a bot was told, and who is reading it.

use std::{collections::VecDeque, sync::Arc, time::Instant};

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use tokio::sync::Notify;

use crate::id::{ApplicationId, GuildId};

/// One session. It outlives its connection, and another connection can resume it.
pub(crate) struct Session {
    pub(crate) id: Arc<str>,
    pub(crate) application: ApplicationId,
    /// Index and number of shards.
    pub(crate) shard: (u32, u32),
    pub(crate) intents: u64,
    /// The last dispatch's number; the first has 1.
    pub(crate) sequence: u64,
    /// The newest dispatches, without a gap, up to the bound.
    frames: VecDeque<Frame>,
    /// Wakes the connection that sends them.
    pub(crate) wake: Arc<Notify>,
    /// The connection that reads the session now.
    pub(crate) connection: Option<u64>,
    /// When the last connection went, on the world's clock.
    pub(crate) disconnected_ms: Option<u64>,
    pub(crate) resumes: u32,
}

/// A dispatch.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) sequence: u64,
    pub(crate) text: Utf8Bytes,
    pub(crate) since: Instant,
}

/// What was asked of [`Session::after`].
pub(crate) enum Next {
    /// These come next; none when all were sent.
    Frames(Vec<Frame>),
    /// The dispatch that comes next was forgotten.
    Forgotten,
}

impl Session {
    pub(crate) fn new(
        id: Arc<str>,
        application: ApplicationId,
        shard: (u32, u32),
        intents: u64,
    ) -> Self {
        Self {
            id,
            application,
            shard,
            intents,
            sequence: 0,
            frames: VecDeque::new(),
            wake: Arc::new(Notify::new()),
            connection: None,
            disconnected_ms: None,
            resumes: 0,
        }
    }

    /// Whether events of `guild` are this shard's; direct messages are the first shard's.
    /// See Discord Docs/Gateway, "Sharding".
    pub(crate) fn serves(&self, guild: Option<GuildId>) -> bool {
        serves(self.shard, guild)
    }

    /// Adds a dispatch whose `d` is `body`, keeping at most `bound` of them.
    pub(crate) fn append(&mut self, name: &str, body: &str, bound: usize) {
        self.sequence += 1;
        let sequence = self.sequence;
        // The order of the keys is Discord's, and twilight finds them by searching for the first one.
        let text = format!(r#"{{"t":"{name}","s":{sequence},"op":0,"d":{body}}}"#);
        self.frames.push_back(Frame { sequence, text: text.into(), since: Instant::now() });
        if self.frames.len() > bound.max(1) {
            self.frames.pop_front();
        }
        self.wake.notify_one();
    }

    /// Up to `most` dispatches after number `seen`.
    pub(crate) fn after(&self, seen: u64, most: usize) -> Next {
        if seen >= self.sequence {
            return Next::Frames(Vec::new());
        }
        let oldest = self.frames.front().map_or(self.sequence + 1, |frame| frame.sequence);
        let Some(skip) = (seen + 1).checked_sub(oldest) else { return Next::Forgotten };
        let skip = usize::try_from(skip).expect("no more than the frames that are kept");
        Next::Frames(self.frames.iter().skip(skip).take(most).cloned().collect())
    }
}

/// Whether events of `guild` belong to `shard`.
pub(crate) fn serves((index, total): (u32, u32), guild: Option<GuildId>) -> bool {
    guild.map_or(0, |guild| (guild.get() >> 22) % u64::from(total)) == u64::from(index)
}

/// A session, to be looked at.
#[derive(Clone, Debug, Serialize)]
pub struct SessionView {
    /// Its id.
    pub id: String,
    /// The bot's application.
    pub application_id: ApplicationId,
    /// Index and number of shards.
    pub shard: (u32, u32),
    /// The intents it identified with.
    pub intents: u64,
    /// The number of the last dispatch.
    pub sequence: u64,
    /// Whether a connection reads it now.
    pub connected: bool,
    /// How often it was resumed.
    pub resumes: u32,
}

impl From<&Session> for SessionView {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            application_id: session.application,
            shard: session.shard,
            intents: session.intents,
            sequence: session.sequence,
            connected: session.connection.is_some(),
            resumes: session.resumes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequences(session: &Session, seen: u64) -> Option<Vec<u64>> {
        match session.after(seen, 10) {
            Next::Frames(frames) => Some(frames.iter().map(|frame| frame.sequence).collect()),
            Next::Forgotten => None,
        }
    }

    #[test]
    fn a_session_replays_what_it_still_keeps() {
        let mut session = Session::new("s".into(), ApplicationId(1), (0, 1), 0);
        for _ in 0..5 {
            session.append("TYPING_START", "{}", 3);
        }
        assert_eq!(sequences(&session, 5), Some(vec![]));
        assert_eq!(sequences(&session, 3), Some(vec![4, 5]));
        assert_eq!(sequences(&session, 2), Some(vec![3, 4, 5]));
        assert_eq!(sequences(&session, 1), None);
    }

    #[test]
    fn guilds_are_spread_over_shards_and_direct_messages_go_to_the_first() {
        assert!(serves((1, 2), Some(GuildId(1 << 22))));
        assert!(!serves((0, 2), Some(GuildId(1 << 22))));
        assert!(serves((0, 2), None));
        assert!(!serves((1, 2), None));
    }
}
