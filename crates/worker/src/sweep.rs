//! Guilds that removed the den, erased when their time is over.

use store::{Error, Store, retention};

const DAY_MS: u64 = 86_400_000;

/// Erases every guild that removed the den more than 30 days ago and did not take it back. Returns how many.
/// There is no clock that rings for it: it is done when a den starts on one machine, and everywhere with the first
/// thing the steward does in a guild on a day. A den in which nobody does anything is asked for it by
/// `den data erase --left`.
///
/// # Errors
/// The store's; done again, it goes on.
pub async fn sweep(store: &Store, now_ms: u64) -> Result<usize, Error> {
    let before_ms = now_ms.saturating_sub(retention::LEFT_GUILD * DAY_MS);
    let guilds = store.guilds_left_before(before_ms).await?;
    for guild in &guilds {
        let erased = store.erase_guild(*guild, now_ms, |_| {}).await?;
        tracing::info!(%guild, messages = erased.messages, facts = erased.facts, "a guild that left is erased");
    }
    Ok(guilds.len())
}
