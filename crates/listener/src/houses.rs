//! Every house's settings, read from the store and kept for half a minute.
//!
//! Nothing here is awaited in the poll loop: a message of a guild whose settings are not at hand waits beside
//! it ([`crate::waiting`]) until they are read. After a command to the steward, which may change them, they
//! are read anew every second for a minute, so that what a person sets holds when they try it.
//!
//! A store that does not answer changes nothing: what was read last holds on, or what the personalities'
//! files say, and after a pause it is asked again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use store::{DenRow, GuildRow, Store};
use tokio::{
    sync::{Notify, Semaphore},
    time::{Instant, sleep, timeout},
};
use twilight_model::id::{Id, marker::GuildMarker};

use crate::{checkpoint::now_ms, counts::Counts, error::chain, house::House};

/// How old settings may be while they are likely to change, and for how long that is after a command.
const RESTLESS_AGE: Duration = Duration::from_secs(1);
const RESTLESS: Duration = Duration::from_secs(60);
/// How long one reading may take: a command has three seconds in all.
const READING: Duration = Duration::from_millis(800);
/// How long a guild's settings that could not be read are not asked for again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Guilds read at once.
const AT_ONCE: usize = 32;
/// Guilds in one of the two generations that are kept.
const GENERATION: usize = 5_000;

/// The settings of all guilds, and the operator's.
pub struct Houses {
    store: Store,
    /// How old settings may be.
    age: Duration,
    known: Mutex<Known>,
    reading: Semaphore,
    /// Woken when the operator's settings are likely to change.
    restless: Notify,
    counts: Arc<Counts>,
}

struct Known {
    den: Arc<DenRow>,
    den_restless_until: Instant,
    /// Guilds read lately. When they are many they become the old ones, and the old ones are forgotten.
    young: HashMap<Id<GuildMarker>, Row>,
    old: HashMap<Id<GuildMarker>, Row>,
    is_failing: bool,
    /// What nearly all guilds have set, once for all of them.
    nothing: Arc<GuildRow>,
}

#[derive(Clone)]
struct Row {
    guild: Arc<GuildRow>,
    good_until: Instant,
    restless_until: Instant,
}

impl Houses {
    /// Houses kept in `store`, read again when they are older than `age`.
    pub fn new(store: Store, age: Duration, counts: Arc<Counts>) -> Self {
        let known = Known {
            den: Arc::default(),
            den_restless_until: Instant::now(),
            young: HashMap::new(),
            old: HashMap::new(),
            is_failing: false,
            nothing: Arc::default(),
        };
        Self {
            store,
            age,
            known: Mutex::new(known),
            reading: Semaphore::new(AT_ONCE),
            restless: Notify::new(),
            counts,
        }
    }

    /// What holds in a guild; `None` where that has to be read first. Without a guild, in direct messages.
    pub fn of(&self, guild_id: Option<Id<GuildMarker>>) -> Option<House> {
        let known = self.known();
        let Some(guild_id) = guild_id else { return Some(known.house(None)) };
        let row = known.row(guild_id).filter(|row| row.good_until > Instant::now())?;
        Some(known.house(Some(row.guild.clone())))
    }

    /// What is known to hold in a guild, however old.
    pub fn last_known(&self, guild_id: Option<Id<GuildMarker>>) -> House {
        let known = self.known();
        let row = guild_id.map(|guild_id| known.row(guild_id).map(|row| row.guild.clone()));
        known.house(row.map(|row| row.unwrap_or_else(|| known.nothing.clone())))
    }

    /// What holds in a guild, read if it has to be, which is bounded.
    pub async fn fresh(&self, guild_id: Option<Id<GuildMarker>>) -> House {
        if let Some(house) = self.of(guild_id) {
            return house;
        }
        if let Some(guild_id) = guild_id {
            self.read(guild_id).await;
        }
        self.last_known(guild_id)
    }

    /// Reads a guild's settings. Afterwards they are at hand, or could not be read in time and what was known
    /// before holds on for a while.
    pub async fn read(&self, guild_id: Id<GuildMarker>) {
        let reading = async {
            // It is never closed.
            let _permit = self.reading.acquire().await;
            self.store.guild(guild_id).await
        };
        let read = self.heard(timeout(READING, reading).await);
        let mut known = self.known();
        let (now, before) = (Instant::now(), known.row(guild_id).cloned());
        let restless_until = before.as_ref().map_or(now, |row| row.restless_until);
        let age = if restless_until > now { self.age.min(RESTLESS_AGE) } else { self.age };
        let (guild, age) = match read {
            Some(guild) if guild == *known.nothing => (known.nothing.clone(), age),
            Some(guild) => (Arc::new(guild), age),
            None => {
                let guild = before.map_or_else(|| known.nothing.clone(), |row| row.guild);
                (guild, AFTER_FAILURE)
            }
        };
        known.keep(guild_id, Row { guild, good_until: now + age, restless_until });
    }

    /// Says that a guild's settings, or the operator's, are likely to change now.
    pub fn expect_change(&self, guild_id: Option<Id<GuildMarker>>) {
        let mut known = self.known();
        let now = Instant::now();
        if let Some(guild_id) = guild_id
            && let Some(mut row) = known.row(guild_id).cloned()
        {
            row.good_until = row.good_until.min(now + RESTLESS_AGE);
            row.restless_until = now + RESTLESS;
            known.keep(guild_id, row);
        }
        known.den_restless_until = now + RESTLESS;
        drop(known);
        self.restless.notify_one();
    }

    /// Reads the operator's settings, within bounds.
    pub async fn read_den(&self) {
        if let Some(den) = self.heard(timeout(READING, self.store.den()).await) {
            let mut known = self.known();
            if den != *known.den {
                known.den = Arc::new(den);
            }
        }
    }

    /// Keeps the operator's settings known, for ever.
    pub async fn keep_den_known(&self) {
        loop {
            let restless_until = self.known().den_restless_until;
            if restless_until > Instant::now() {
                sleep(self.age.min(RESTLESS_AGE)).await;
            } else {
                tokio::select! {
                    () = sleep(self.age) => {}
                    () = self.restless.notified() => continue,
                }
            }
            self.read_den().await;
        }
    }

    /// What a reading brought. One line when the store begins to fail, not one per reading.
    fn heard<T>(
        &self,
        read: Result<Result<T, store::Error>, tokio::time::error::Elapsed>,
    ) -> Option<T> {
        let why = match read {
            Ok(Ok(value)) => {
                if std::mem::take(&mut self.known().is_failing) {
                    tracing::info!("settings can be read again");
                }
                return Some(value);
            }
            Ok(Err(error)) => chain(&error),
            Err(_) => format!("no answer within {} ms", READING.as_millis()),
        };
        self.counts.unread_settings.add();
        if !std::mem::replace(&mut self.known().is_failing, true) {
            tracing::warn!(error = %why, "settings cannot be read: those known before hold on");
        }
        None
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("no panic while held")
    }
}

impl Known {
    fn house(&self, guild: Option<Arc<GuildRow>>) -> House {
        let is_direct = guild.is_none();
        let guild = guild.unwrap_or_else(|| self.nothing.clone());
        House { guild, is_direct, den: self.den.clone(), now_ms: now_ms() }
    }

    fn row(&self, guild_id: Id<GuildMarker>) -> Option<&Row> {
        self.young.get(&guild_id).or_else(|| self.old.get(&guild_id))
    }

    fn keep(&mut self, guild_id: Id<GuildMarker>, row: Row) {
        self.young.insert(guild_id, row);
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
    }
}
