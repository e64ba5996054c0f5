//! What the operator has set for the whole den.

use std::{collections::BTreeSet, convert::Infallible};

use personality::PersonalityId;
use serde::{Deserialize, Serialize};

use crate::{Error, Pause, Store};

/// The row's key.
pub(crate) const KEY: (&str, &str) = ("DEN", "ROW");

/// The operator's settings. Read by every turn: small, and read without a lock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DenRow {
    /// Nobody answers anywhere.
    pub paused: Option<Pause>,
    /// Personalities that answer nowhere.
    pub paused_personalities: BTreeSet<PersonalityId>,
    /// Whether only guilds on the allowlist are served; see [`crate::GuildRow::allowed`].
    pub allowlist: bool,
    /// What the den may spend a day, in millionths of a US dollar; without it, any amount.
    pub budget: Option<u64>,
    /// What a guild may spend a day where it has set nothing itself, in millionths of a US dollar. A guild
    /// cannot set more than this.
    pub guild_budget: Option<u64>,
}

impl Store {
    /// The operator's settings.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn den(&self) -> Result<DenRow, Error> {
        Ok(self.revised(KEY.0, KEY.1, "read the den's settings").await?.value)
    }

    /// Changes the operator's settings, and returns how they are now.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub async fn change_den(&self, mut change: impl FnMut(&mut DenRow)) -> Result<DenRow, Error> {
        let key = (KEY.0.to_owned(), KEY.1.to_owned());
        let changed = self.change(key, None, "change the den's settings", |row| {
            change(row);
            Ok::<_, Infallible>(DenRow::clone(row))
        });
        let Ok(changed) = changed.await?;
        Ok(changed)
    }
}
