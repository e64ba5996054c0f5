//! Taking a reply back: out of the channel and out of the memory.

use queue::Event;
use store::{ReplyRow, Shown, Via};
use twilight_model::{
    guild::Permissions,
    id::{Id, marker::MessageMarker},
};

use super::{
    rights::{is_theirs, note},
    stop::{Stop, refused},
};
use crate::{
    Worker,
    steward::{Asked, Told},
    voice::{Voice, is_final, voice_of},
};

/// Deletes the reply a menu was opened on.
pub(super) async fn delete(asked: &Asked<'_>) -> Result<Told, Stop> {
    let row = reply_of(asked).await?;
    take_back(asked.worker, asked.event, &row, asked.now_ms).await?;
    Ok(Told::line("It is gone, and forgotten."))
}

/// The reply a menu was opened on, where it is the person's to take back.
pub(super) async fn reply_of(asked: &Asked<'_>) -> Result<ReplyRow, Stop> {
    let Some(target) = asked.target() else {
        return refused("Open this in the menu of a message, under Apps.");
    };
    let row = asked.worker.store.reply(target.message_id).await?;
    let Some(row) = row.filter(|row| row.channel_id == asked.channel()) else {
        return refused(match target.ours {
            true => {
                "I know nothing of that reply any more: it is still being written, or older than 30 days. \
                 Somebody with the permission Manage Messages can delete it as any other message."
            }
            false => "Nobody of us said that: I can only take back what we said.",
        });
    };
    if !is_theirs(asked.worker, &row, asked.who().id) && !asked.may(Permissions::MANAGE_MESSAGES) {
        return refused(
            "Only who asked for a reply can do that, or somebody with the permission Manage Messages.",
        );
    }
    Ok(row)
}

/// Takes a reply back, all of it.
pub(super) async fn take_back(
    worker: &Worker,
    event: &Event,
    row: &ReplyRow,
    now_ms: u64,
) -> Result<(), Stop> {
    note(worker, event, row, "delete").await?;
    forget(worker, row, now_ms).await?;
    remove(worker, event, row).await
}

/// Takes a reply out of the memory.
pub(super) async fn forget(worker: &Worker, row: &ReplyRow, now_ms: u64) -> Result<(), Stop> {
    let messages: Vec<Id<MessageMarker>> =
        shown(row).iter().map(|shown| shown.message_id).collect();
    worker.store.bury(&messages, now_ms).await?;
    for message in messages {
        worker.store.forget_message(message, now_ms).await?;
    }
    Ok(())
}

/// Takes a reply out of the channel, last message first, so that what is left is never its middle.
pub(super) async fn remove(worker: &Worker, event: &Event, row: &ReplyRow) -> Result<(), Stop> {
    let known = worker.store.channel(row.channel_id).await?;
    let voice = known.and_then(|known| voice_of(&known, row.channel_id));
    for shown in shown(row).iter().rev() {
        // Another webhook than the one that posted it would not find it, and that would look like success.
        let own = voice.as_ref().filter(|voice| voice.said(shown));
        let mut removed = match own {
            Some(voice) => voice.delete(&worker.discord, shown).await,
            None => Voice::Bot.delete(&worker.discord, shown).await,
        };
        if matches!(&removed, Err(e) if e.is_dead_webhook()) {
            removed = Voice::Bot.delete(&worker.discord, shown).await;
        }
        match removed {
            Ok(()) => {}
            Err(e) if is_final(&e) => {
                tracing::info!(event = %event.id, error = %e, "discord does not let a reply be deleted");
                return refused(
                    "It is forgotten, but Discord does not let me delete it here. Somebody with the permission \
                     Manage Messages can.",
                );
            }
            Err(e) => return Err(e.into()),
        }
    }
    Ok(())
}

/// The messages of a reply.
pub(super) fn shown(row: &ReplyRow) -> Vec<Shown> {
    if row.messages.is_empty() {
        let alone = Shown { message_id: row.message_id, channel_id: row.channel_id, via: Via::Bot };
        return vec![alone];
    }
    row.messages.clone()
}
