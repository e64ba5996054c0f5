//! In which space a channel's words are at home.

use queue::Event;
use store::{ChannelRow, Scope};

use crate::{Worker, clock::now_ms};

/// How long it is believed at most whether a channel is public. One that nobody could look at counts as private.
const BELIEVED_MS: u64 = 10 * 60 * 1000;
/// What was seen up to so long after a change is looked at again: the clocks of two machines differ a little.
const APART_MS: u64 = 1_000;

/// Whether only adults read the event's channel, as far as that is known.
pub(crate) fn is_age_restricted(event: &Event, row: Option<&ChannelRow>) -> bool {
    row.is_some_and(|row| row.age_restricted && holds_for(event, row))
}

/// Whether what is known of a channel holds for an event: it was looked at lately, and nothing changed since then
/// before the event. What was said before a change was said to those who could read it then.
fn holds_for(event: &Event, row: &ChannelRow) -> bool {
    now_ms().saturating_sub(row.looked_at_ms) < BELIEVED_MS
        && (event.audience_changed_ms == 0
            || row.looked_at_ms > event.audience_changed_ms + APART_MS)
}

/// Whether everybody in its guild may read the event's channel, from what is known of it, else from Discord;
/// what is learned is kept for all workers. Where it cannot be learned: no.
pub(crate) async fn is_public(worker: &Worker, event: &Event, known: Option<ChannelRow>) -> bool {
    if event.guild_id.is_none() {
        return false;
    }
    let is_fresh = |row: &ChannelRow| holds_for(event, row);
    if let Some(row) = known.filter(is_fresh) {
        return row.is_public;
    }
    // Others learn about the channel too: what they have learned meanwhile is not to be lost.
    let mut row = match worker.store.channel(event.channel_id).await {
        Ok(row) => row.unwrap_or_default(),
        Err(e) => {
            tracing::warn!(channel = %event.channel_id, error = %e, "a channel's row was not read: it counts as private");
            return false;
        }
    };
    if is_fresh(&row) {
        return row.is_public;
    }
    // What is kept there is found by its guild.
    row.guild_id = event.guild_id;
    // As of the first question of several: it may change between them.
    row.looked_at_ms = now_ms();
    match worker.discord.audience(event.channel_id).await {
        Ok(audience) => {
            // Minors do not read an age-restricted channel, and are not to read of it elsewhere.
            row.is_public = audience.is_public && !audience.is_age_restricted;
            row.age_restricted = audience.is_age_restricted;
        }
        Err(e) => {
            tracing::info!(channel = %event.channel_id, error = %e, "nobody knows who may read a channel: it counts as private");
            return false;
        }
    }
    if let Err(e) = worker.store.keep_channel(event.channel_id, &row).await {
        tracing::debug!(channel = %event.channel_id, error = %e, "the channel's row was not kept");
    }
    row.is_public
}

/// The scope in which what is said in the event's channel is kept.
pub(crate) async fn scope_of(
    worker: &Worker,
    event: &Event,
    personality: &personality::PersonalityId,
    known: Option<ChannelRow>,
) -> Scope {
    let is_public = is_public(worker, event, known).await;
    Scope::written_in(event.guild_id, event.channel_id, is_public, personality)
}
