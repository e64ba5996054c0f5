//! What the listener counts, for its health report.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// One more.
    pub fn add(&self) {
        self.add_many(1);
    }

    /// So many more.
    pub fn add_many(&self, n: usize) {
        self.0.fetch_add(n as u64, Relaxed);
    }

    /// How many so far.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Everything counted since the process started.
#[derive(Debug, Default)]
pub struct Counts {
    /// Dispatch events received.
    pub received: Count,
    /// Events the sink accepted.
    pub accepted: Count,
    /// Events dropped because the sink will never take them.
    pub refused: Count,
    /// Frames that could not be read.
    pub unreadable: Count,
    /// Messages that addressed someone but held nothing at all: the message content intent is missing.
    pub empty: Count,
    /// Edits by people that were queued.
    pub edits: Count,
    /// Messages whose deletion was queued.
    pub deletions: Count,
    /// Channels and threads whose deletion was queued.
    pub channel_deletions: Count,
    /// Signs put on messages that were queued.
    pub reactions: Count,
    /// Guilds that let the bot in or removed it.
    pub guild_changes: Count,
    /// Messages and interactions of guilds that are not on the allowlist.
    pub turned_away: Count,
    /// Times settings could not be read.
    pub unread_settings: Count,
    /// Interactions that were too late to be answered.
    pub expired: Count,
    /// Interactions that were not acknowledged for another reason.
    pub unacknowledged: Count,
    /// Times a session was lost with what it had not replayed yet.
    pub gaps: Count,
    /// Connections opened to the gateway.
    pub connections: Count,
    /// Times a shard closed because the queue did not keep up.
    pub pauses: Count,
}

impl Counts {
    /// Each count by its name.
    pub fn by_name(&self) -> [(&'static str, u64); 17] {
        [
            ("received", self.received.get()),
            ("accepted", self.accepted.get()),
            ("refused", self.refused.get()),
            ("unreadable", self.unreadable.get()),
            ("empty", self.empty.get()),
            ("edits", self.edits.get()),
            ("deletions", self.deletions.get()),
            ("reactions", self.reactions.get()),
            ("channel_deletions", self.channel_deletions.get()),
            ("guild_changes", self.guild_changes.get()),
            ("turned_away", self.turned_away.get()),
            ("unread_settings", self.unread_settings.get()),
            ("expired", self.expired.get()),
            ("unacknowledged", self.unacknowledged.get()),
            ("gaps", self.gaps.get()),
            ("connections", self.connections.get()),
            ("pauses", self.pauses.get()),
        ]
    }
}
