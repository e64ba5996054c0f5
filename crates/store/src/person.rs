//! What a person wants of the den, wherever they meet it.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{Id, marker::UserMarker};

use crate::{Error, Store};

/// The sort key of the row.
pub(crate) const SORT: &str = "PREF";

/// A person's preferences, and whether the operator has blocked them. They hold in every guild: one of the
/// named exceptions to scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Nobody may have them roasted.
    pub no_roast: bool,
    /// Nothing they say is kept beyond the answer.
    pub no_memory: bool,
    /// What they said is not handed over when others ask.
    pub no_quote: bool,
    /// Personalities that do not answer them.
    pub silenced: BTreeSet<PersonalityId>,
    /// Personalities that do not answer them for a while: until when, in milliseconds since the Unix epoch.
    pub silenced_until: BTreeMap<PersonalityId, u64>,
    /// When they last had everything about them erased, in milliseconds since the Unix epoch: what was said
    /// before, and is still on its way, is not kept.
    pub erased_at_ms: u64,
    /// The operator does not let them speak with anybody here.
    pub blocked: bool,
}

impl Preferences {
    /// Whether `personality` does not answer them at that time.
    pub fn is_silenced(&self, personality: &PersonalityId, now_ms: u64) -> bool {
        self.silenced.contains(personality)
            || self.silenced_until.get(personality).is_some_and(|until| *until > now_ms)
    }
}

impl Store {
    /// What a person wants.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn preferences(&self, user: Id<UserMarker>) -> Result<Preferences, Error> {
        let operation = format!("read the preferences of {user}");
        Ok(self.revised(&partition(user), SORT, &operation).await?.value)
    }

    /// Changes what a person wants, and returns how it is now.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub async fn change_preferences(
        &self,
        user: Id<UserMarker>,
        mut change: impl FnMut(&mut Preferences),
    ) -> Result<Preferences, Error> {
        let operation = format!("change the preferences of {user}");
        let changed = self.change((partition(user), SORT.to_owned()), None, &operation, |row| {
            change(row);
            Ok::<_, Infallible>(Preferences::clone(row))
        });
        let Ok(changed) = changed.await?;
        Ok(changed)
    }
}

/// Everything of a person that no scope holds.
pub(crate) fn partition(user: Id<UserMarker>) -> String {
    format!("U#{user}")
}
