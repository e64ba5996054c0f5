//! What a guild has set, in one small item: the listener reads it at most every 30 seconds, a turn each time.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, UserMarker},
};

use crate::{
    Error, ITEM_VERSION, Store,
    item::Item,
    keep::{delete, put},
    n, s,
};

/// The sort key of the row.
pub(crate) const SORT: &str = "ROW";

/// Channels a guild may set something for: bounds the item to about 40 KB.
pub const MOST_CHANNELS: usize = 250;

/// A guild's settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GuildRow {
    /// The line on joining was said.
    pub greeted: bool,
    /// When the guild removed the den, in milliseconds since the Unix epoch.
    pub left_at_ms: Option<u64>,
    /// Nobody answers here.
    pub paused: Option<Pause>,
    /// Until when a personality is mute here, in milliseconds since the epoch; without end: [`FOREVER`].
    pub muted: BTreeMap<PersonalityId, u64>,
    /// The same where the person it imitates wants it: they alone take that back.
    pub withdrawn: BTreeMap<PersonalityId, u64>,
    /// Who answers when the bot is mentioned and nobody else is meant.
    pub default: Option<PersonalityId>,
    /// What is set for single channels.
    pub channels: BTreeMap<Id<ChannelMarker>, ChannelSettings>,
    /// Turns allowed, where the guild sets less or more than the personality's file.
    pub limits: GuildLimits,
    /// What the guild may spend a day, in millionths of a US dollar.
    pub budget: Option<u64>,
    /// Days the words of this guild are kept; [`crate::retention::EPISODES`] where nothing is set.
    pub retention_days: Option<u16>,
    /// The operator's allowlist has this guild on it.
    pub allowed: bool,
}

/// Without end, as a time in milliseconds.
pub const FOREVER: u64 = u64::MAX / 2;

/// What is set for a channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelSettings {
    /// Who answers everything here.
    pub bound: Option<PersonalityId>,
    /// Who answers a bare mention here.
    pub default: Option<PersonalityId>,
    /// The chance that somebody chimes in, in percent, where it is not the personality's own.
    pub chime_in: Option<u8>,
    /// Personalities that answer here as their wiser selves.
    pub higher_self: BTreeSet<PersonalityId>,
}

/// A stop, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Who paused; none where the operator did from the command line.
    pub by: Option<Id<UserMarker>>,
    /// Since when, in milliseconds since the epoch.
    pub at_ms: u64,
}

/// Turns allowed with each personality; none means as its file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GuildLimits {
    /// Of one person in a minute.
    pub per_person_per_minute: Option<u32>,
    /// In one channel in a minute.
    pub per_channel_per_minute: Option<u32>,
    /// In the whole guild in a day.
    pub per_guild_per_day: Option<u32>,
}

impl GuildRow {
    /// Whether `personality` is mute here at that time.
    pub fn is_muted(&self, personality: &PersonalityId, now_ms: u64) -> bool {
        let until = [self.muted.get(personality), self.withdrawn.get(personality)];
        until.into_iter().flatten().any(|until| *until > now_ms)
    }

    /// Whether it answers there as its wiser self.
    pub fn is_higher_self(&self, personality: &PersonalityId, channel: Id<ChannelMarker>) -> bool {
        self.channels.get(&channel).is_some_and(|set| set.higher_self.contains(personality))
    }

    /// Days the words of this guild are kept.
    pub fn retention_days(&self) -> u64 {
        self.retention_days.map_or(crate::retention::EPISODES, u64::from)
    }
}

impl Store {
    /// What a guild has set; the default where it has set nothing.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn guild(&self, guild: Id<GuildMarker>) -> Result<GuildRow, Error> {
        let operation = format!("read the settings of guild {guild}");
        Ok(self.revised(&partition(guild), SORT, &operation).await?.value)
    }

    /// Changes what a guild has set. `change` may refuse: then nothing is written, and its reason is returned.
    /// It may be called several times.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub async fn change_guild<R, E>(
        &self,
        guild: Id<GuildMarker>,
        mut change: impl FnMut(&mut GuildRow) -> Result<R, E>,
    ) -> Result<Result<R, E>, Error> {
        let operation = format!("change the settings of guild {guild}");
        let key = (partition(guild), SORT.to_owned());
        let mut allowed = None;
        let changed = self
            .change(key, None, &operation, |row: &mut GuildRow| {
                let before = row.allowed;
                let changed = change(row)?;
                allowed = (row.allowed != before).then_some(row.allowed);
                Ok(changed)
            })
            .await?;
        if let (Ok(_), Some(allowed)) = (&changed, allowed) {
            self.list_allowed(guild, allowed).await?;
        }
        Ok(changed)
    }

    /// Puts a guild on the operator's allowlist, or takes it off.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`]; done again, it goes on.
    pub async fn set_allowed(&self, guild: Id<GuildMarker>, is_allowed: bool) -> Result<(), Error> {
        let changed = self.change_guild(guild, |row| {
            row.allowed = is_allowed;
            Ok::<_, Infallible>(())
        });
        let Ok(()) = changed.await?;
        // Once more: whoever set it before may have broken off in between.
        self.list_allowed(guild, is_allowed).await
    }

    /// The guilds on the operator's allowlist.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn allowed_guilds(&self) -> Result<Vec<Id<GuildMarker>>, Error> {
        let listed: Vec<Listed> =
            self.all_of(ALLOWED.to_owned(), LISTED, "read the allowlist").await?;
        Ok(listed.into_iter().map(|listed| listed.guild).collect())
    }

    async fn list_allowed(&self, guild: Id<GuildMarker>, is_allowed: bool) -> Result<(), Error> {
        let row = match is_allowed {
            true => put(listed_item(ALLOWED, guild, 0)),
            false => delete(ALLOWED.to_owned(), format!("{LISTED}{guild}")),
        };
        self.write_all(vec![row], || format!("note whether guild {guild} is allowed")).await
    }

    /// Notes whether a guild has the den, and returns how it was before.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`]; done again, it goes on.
    pub async fn set_left(
        &self,
        guild: Id<GuildMarker>,
        left_at_ms: Option<u64>,
    ) -> Result<Option<u64>, Error> {
        if let Some(at_ms) = left_at_ms {
            // First the row that leads to it: a guild that left is never overlooked.
            let row = listed_item(LEFT, guild, at_ms);
            self.write_all(vec![put(row)], || format!("note that guild {guild} left")).await?;
        }
        let changed = self.change_guild(guild, |row| {
            Ok::<_, Infallible>(std::mem::replace(&mut row.left_at_ms, left_at_ms))
        });
        let Ok(before) = changed.await?;
        if left_at_ms.is_none() && before.is_some() {
            self.forget_left(guild).await?;
        }
        Ok(before)
    }

    /// The guilds that removed the den before that time and did not take it back.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn guilds_left_before(&self, at_ms: u64) -> Result<Vec<Id<GuildMarker>>, Error> {
        let all: Vec<Listed> =
            self.all_of(LEFT.to_owned(), LISTED, "read which guilds left").await?;
        let mut gone = Vec::new();
        for left in all.into_iter().filter(|left| left.at < at_ms) {
            // The guild's own row decides: it may be back since.
            match self.guild(left.guild).await?.left_at_ms {
                Some(since_ms) if since_ms < at_ms => gone.push(left.guild),
                Some(_) => {}
                None => self.forget_left(left.guild).await?,
            }
        }
        Ok(gone)
    }

    /// Notes that nothing is left to be erased of a guild.
    pub(crate) async fn forget_left(&self, guild: Id<GuildMarker>) -> Result<(), Error> {
        let row = delete(LEFT.to_owned(), format!("{LISTED}{guild}"));
        self.write_all(vec![row], || format!("note that guild {guild} is settled")).await
    }
}

/// The partition of the guilds that left: few, and read once a day.
const LEFT: &str = "LEFT";
/// The partition of the guilds on the allowlist.
const ALLOWED: &str = "ALLOWED";
/// What the sort keys of both begin with.
const LISTED: &str = "G#";

/// A guild in a list.
#[derive(Deserialize)]
struct Listed {
    guild: Id<GuildMarker>,
    /// Since when, in milliseconds since the epoch.
    at: u64,
}

fn listed_item(list: &str, guild: Id<GuildMarker>, at_ms: u64) -> Item {
    Item::from([
        ("pk".to_owned(), s(list)),
        ("sk".to_owned(), s(format!("{LISTED}{guild}"))),
        ("v".to_owned(), n(ITEM_VERSION)),
        ("guild".to_owned(), s(guild.to_string())),
        ("at".to_owned(), n(at_ms)),
    ])
}

pub(crate) fn partition(guild: Id<GuildMarker>) -> String {
    format!("G#{guild}")
}
