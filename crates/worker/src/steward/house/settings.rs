//! Changing what a guild has set.

use store::{ChannelSettings, DenRow, GuildRow, MOST_CHANNELS};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker},
};

use super::stop::{Stop, refused};
use crate::steward::Asked;

/// How long the listener may go on with what it knew.
pub(super) const SOON: &str = "It can take up to 30 seconds until everybody knows.";

/// Changes what the guild has set, after the act was written down. Nothing is written where nothing changes:
/// a command that comes twice leaves one line. `change` is tried on a copy first, so that an act that is
/// refused leaves none.
pub(super) async fn change<R>(
    asked: &Asked<'_>,
    guild: Id<GuildMarker>,
    act: impl Into<String>,
    mut change: impl FnMut(&mut GuildRow) -> Result<R, Stop>,
) -> Result<R, Stop> {
    let before = asked.worker.store.guild(guild).await?;
    let mut after = before.clone();
    let result = change(&mut after)?;
    if after == before {
        return Ok(result);
    }
    asked.audit_in(Some(guild), act).await?;
    asked.worker.store.change_guild(guild, change).await?
}

/// The same of what holds in the whole den.
pub(super) async fn change_den(
    asked: &Asked<'_>,
    act: impl Into<String>,
    mut change: impl FnMut(&mut DenRow),
) -> Result<(), Stop> {
    let before = asked.worker.store.den().await?;
    let mut after = before.clone();
    change(&mut after);
    if after != before {
        asked.audit_in(None, act).await?;
        asked.worker.store.change_den(change).await?;
    }
    Ok(())
}

/// Changes what is set for a channel. A channel for which nothing is set any more takes no room.
pub(super) fn set<R>(
    row: &mut GuildRow,
    channel: Id<ChannelMarker>,
    change: impl FnOnce(&mut ChannelSettings) -> R,
) -> Result<R, Stop> {
    if row.channels.len() >= MOST_CHANNELS && !row.channels.contains_key(&channel) {
        return refused(format!(
            "{MOST_CHANNELS} channels have settings already, and there is no room for more. `/unbind` one first."
        ));
    }
    let settings = row.channels.entry(channel).or_default();
    let result = change(settings);
    if *settings == ChannelSettings::default() {
        row.channels.remove(&channel);
    }
    Ok(result)
}
