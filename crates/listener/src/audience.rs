//! When who may read in a guild may have become another, as this shard saw it. Every event carries that, so a worker
//! knows how old its own knowledge may be: what it looked up before does not hold for what is said after.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Mutex, MutexGuard},
};

use queue::Event;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker},
};

use crate::frame::{ChannelChange, RoleChange};

/// Channels and guilds of which it is remembered who may read. Beyond that all are forgotten, and the next change of
/// each counts, whatever it changes.
const REMEMBERED: usize = 20_000;

/// What a shard saw of who may read.
#[derive(Debug)]
pub struct Audiences(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// When it began to see changes, in milliseconds since the Unix epoch: what changed before, nobody told.
    since_ms: u64,
    /// The last change of each guild, in milliseconds since the Unix epoch.
    changed_ms: HashMap<Id<GuildMarker>, u64>,
    /// A digest of the rules that each channel had last.
    channels: HashMap<Id<ChannelMarker>, u64>,
    /// The same of what everybody may do in each guild.
    everyone: HashMap<Id<GuildMarker>, u64>,
}

impl Audiences {
    /// Nothing was seen before `now_ms`.
    pub fn since(now_ms: u64) -> Self {
        Self(Mutex::new(Seen { since_ms: now_ms, ..Seen::default() }))
    }

    /// A session begins: what changed between it and the one before, nobody told.
    pub fn begin(&self, now_ms: u64) {
        *self.seen() = Seen { since_ms: now_ms, ..Seen::default() };
    }

    /// Notes a channel that was changed. A new name or topic lets nobody else read it.
    pub fn channel(&self, change: &ChannelChange, now_ms: u64) {
        let Some(guild_id) = change.guild_id else { return };
        let rules = digest(&(&change.permission_overwrites, change.nsfw, change.parent_id));
        let seen = &mut *self.seen();
        if remember(&mut seen.channels, change.id, rules) {
            seen.changed_ms.insert(guild_id, now_ms);
        }
    }

    /// Notes a role that was changed. Only everyone's says what everybody may read.
    pub fn role(&self, change: &RoleChange, now_ms: u64) {
        if change.role.id != change.guild_id.cast() {
            return;
        }
        let seen = &mut *self.seen();
        if remember(&mut seen.everyone, change.guild_id, digest(&change.role.permissions)) {
            seen.changed_ms.insert(change.guild_id, now_ms);
        }
    }

    fn changed_ms(&self, guild_id: Id<GuildMarker>) -> u64 {
        let seen = self.seen();
        seen.changed_ms.get(&guild_id).map_or(seen.since_ms, |changed_ms| *changed_ms)
    }

    /// An event that tells of it.
    pub fn told(&self, event: Event) -> Event {
        let audience_changed_ms = event.guild_id.map_or(0, |guild_id| self.changed_ms(guild_id));
        Event { audience_changed_ms, ..event }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().expect("no panic while held")
    }
}

/// Remembers the rules of something; whether they are not those that were known.
fn remember<K: Eq + Hash>(known: &mut HashMap<K, u64>, of: K, rules: u64) -> bool {
    if known.len() >= REMEMBERED {
        known.clear();
    }
    known.insert(of, rules) != Some(rules)
}

fn digest(rules: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    rules.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const GUILD: Id<GuildMarker> = Id::new(300);

    fn channel(changes: Value) -> ChannelChange {
        let mut whole = json!({
            "id": "400", "guild_id": "300", "type": 0, "name": "pantry", "nsfw": false, "parent_id": "9",
            "permission_overwrites": [{"id": "300", "type": 0, "allow": "0", "deny": "0"}],
        });
        for (key, value) in changes.as_object().expect("an object") {
            whole[key] = value.clone();
        }
        serde_json::from_str(&whole.to_string()).expect("a channel")
    }

    fn role(id: u64, permissions: &str) -> RoleChange {
        let role = json!({"id": id.to_string(), "permissions": permissions});
        serde_json::from_value(json!({"guild_id": "300", "role": role})).expect("a role")
    }

    #[test]
    fn only_what_lets_others_read_is_a_change() {
        let audiences = Audiences::since(1_000);
        assert_eq!(audiences.changed_ms(GUILD), 1_000, "what was before, nobody saw");
        let closed = json!([{"id": "300", "type": 0, "allow": "0", "deny": "1024"}]);
        let table = [
            (json!({}), true, "the first counts: nobody knows what was before"),
            (json!({"name": "larder", "topic": "jam", "position": 3}), false, "a new name"),
            (json!({"permission_overwrites": closed}), true, "closed"),
            (json!({"permission_overwrites": closed, "name": "jam"}), false, "closed as before"),
            (json!({}), true, "opened again"),
            (json!({"nsfw": true}), true, "for adults only"),
            (json!({"nsfw": true, "parent_id": "10"}), true, "its rules may be another's"),
        ];
        for (at_ms, (changes, counts, what)) in (2_000..).zip(table) {
            let before = audiences.changed_ms(GUILD);
            audiences.channel(&channel(changes), at_ms);
            let expected = if counts { at_ms } else { before };
            assert_eq!(audiences.changed_ms(GUILD), expected, "{what}");
        }
        assert_eq!(audiences.changed_ms(Id::new(301)), 1_000, "another guild is as it was");
    }

    #[test]
    fn only_everyones_role_says_what_everybody_reads() {
        let audiences = Audiences::since(1_000);
        audiences.role(&role(77, "0"), 2_000);
        assert_eq!(audiences.changed_ms(GUILD), 1_000);
        audiences.role(&role(300, "1024"), 3_000);
        audiences.role(&role(300, "1024"), 4_000);
        assert_eq!(audiences.changed_ms(GUILD), 3_000, "what everybody may do is as it was");
        audiences.role(&role(300, "0"), 5_000);
        assert_eq!(audiences.changed_ms(GUILD), 5_000);
        audiences.begin(6_000);
        assert_eq!(audiences.changed_ms(GUILD), 6_000, "in between, nobody saw anything");
    }
}
