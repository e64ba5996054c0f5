//! A line for every administrative act: who did what, and when.

use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{GuildMarker, UserMarker},
};

use crate::{
    Error, Store,
    error::{failed, unreadable},
    retention, s, ttl,
};

/// An administrative act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// In which guild; none where it concerns the whole den.
    pub guild: Option<Id<GuildMarker>>,
    /// Who; none where it was done from the command line.
    pub by: Option<Id<UserMarker>>,
    /// What, in words, without anybody's messages: `mute turbo until 2026-11-21T12:00Z`.
    pub what: String,
}

impl Store {
    /// Writes an act down, and logs it.
    ///
    /// # Errors
    /// [`Error::Failed`]; then the act is not to be done.
    pub async fn audit(&self, act: &Act) -> Result<(), Error> {
        let (guild, by) = (act.guild.map(Id::get), act.by.map(Id::get));
        tracing::info!(target: "audit", guild, by, act = act.what, "an administrative act");
        // Two acts in one millisecond are told apart by who and what.
        let sort = format!("{:020}#{}#{}", act.at_ms, by.unwrap_or(0), act.what);
        let ttl = Some(ttl(act.at_ms, retention::AUDIT));
        self.write_item(partition(act.guild), sort, act, ttl, "write down an administrative act")
            .await
    }

    /// The newest acts of a guild, or of the den; newest first.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn acts(&self, guild: Option<Id<GuildMarker>>, most: u16) -> Result<Vec<Act>, Error> {
        const OPERATION: &str = "read the administrative acts";
        let found = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(partition(guild)))
            .scan_index_forward(false)
            .limit(most.into())
            .send()
            .await
            .map_err(failed(OPERATION))?;
        serde_dynamo::from_items(found.items.unwrap_or_default()).map_err(unreadable(OPERATION))
    }
}

fn partition(guild: Option<Id<GuildMarker>>) -> String {
    guild.map_or_else(|| "A#den".to_owned(), |guild| format!("A#{guild}"))
}
