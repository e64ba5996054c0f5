//! Where what was heard in a guild waits, in order, while that guild's settings are read.

use std::{collections::HashMap, sync::Arc};

use tokio::task::JoinSet;
use twilight_model::id::{Id, marker::GuildMarker};

use crate::{checkpoint::Ticket, heard::Heard, houses::Houses};

/// What of a shard waits. Dropping it loses nothing: tickets that are not settled are replayed.
#[derive(Default)]
pub struct Waiting {
    by_guild: HashMap<Id<GuildMarker>, Vec<(Ticket, Heard)>>,
    n_waiting: usize,
    reading: JoinSet<Id<GuildMarker>>,
}

impl Waiting {
    /// Whether something waits in this guild; what comes after it has to wait as well.
    pub fn has(&self, guild_id: Id<GuildMarker>) -> bool {
        !self.by_guild.is_empty() && self.by_guild.contains_key(&guild_id)
    }

    /// How much waits.
    pub fn len(&self) -> usize {
        self.n_waiting
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.by_guild.is_empty()
    }

    /// Lets something wait, and has the guild's settings read if nothing waited there before.
    pub fn put(
        &mut self,
        guild_id: Id<GuildMarker>,
        ticket: Ticket,
        heard: Heard,
        houses: &Arc<Houses>,
    ) {
        let is_first = !self.has(guild_id);
        self.by_guild.entry(guild_id).or_default().push((ticket, heard));
        self.n_waiting += 1;
        if is_first {
            let houses = houses.clone();
            self.reading.spawn(async move {
                houses.read(guild_id).await;
                guild_id
            });
        }
    }

    /// Waits until settings are read, and hands over what waited for them. `None` where nothing waits. May be
    /// given up at any point and begun again.
    pub async fn next(&mut self) -> Option<Vec<(Ticket, Heard)>> {
        let guilds = match self.reading.join_next().await? {
            Ok(guild_id) => vec![guild_id],
            // A reading that ended without a word cannot say whose it was. Whoever waits goes on with what
            // is known.
            Err(_) => self.by_guild.keys().copied().collect(),
        };
        let ready = guilds.iter().filter_map(|guild_id| self.by_guild.remove(guild_id));
        let ready: Vec<_> = ready.flatten().collect();
        self.n_waiting -= ready.len();
        Some(ready)
    }
}
