//! Answering again: the reply is taken back, and its question asked anew.

use personality::PersonalityId;
use queue::{Again, Event, EventId, Person, VERSION, What};
use store::{ReplyRow, Speaker};

use super::{
    rights::note,
    stop::{Stop, refused},
    take_back::{forget, remove, reply_of},
};
use crate::{
    Worker,
    clock::now_ms,
    steward::{Asked, Told},
};

/// How many answers by personalities an answer may still cause: as much as a person's own message.
const CREDIT: u8 = 3;

/// Answers the question of the reply a menu was opened on again.
pub(super) async fn again(asked: &Asked<'_>) -> Result<Told, Stop> {
    let row = reply_of(asked).await?;
    answer(asked.worker, asked.event, &row).await?;
    let who = asked.worker.roster.get(&row.personality);
    Ok(Told::line(format!("**{}** thinks again.", who.map_or("It", |who| &who.name))))
}

/// Answers the question of a reply again.
///
/// The old answer is forgotten first, so that the new one is not made of it, and leaves the channel last, so
/// that a crash in between loses nothing: delivered again, this goes on, and the question asked twice is
/// answered once.
pub(super) async fn answer(worker: &Worker, event: &Event, row: &ReplyRow) -> Result<(), Stop> {
    let asking = asking(worker, event, row).await?;
    note(worker, event, row, "ask again for").await?;
    forget(worker, row, now_ms()).await?;
    for sent in worker.sink.send(std::slice::from_ref(&asking)).await {
        sent?;
    }
    remove(worker, event, row).await
}

/// The question of a reply, as an event for whoever is to answer it.
async fn asking(worker: &Worker, event: &Event, row: &ReplyRow) -> Result<Event, Stop> {
    let Some(who) = worker.roster.get(&row.personality) else {
        return refused("Whoever said that does not live here any more.");
    };
    if is_silent(worker, event, &who.id).await? {
        return refused(format!("**{}** is silent here at the moment.", who.name));
    }
    let turn = match row.question {
        Some(question) => worker.store.turn(row.channel_id, &who.id, question, now_ms()).await?,
        None => None,
    };
    let gone = "I no longer have the question: it was deleted, is too old, or was not to be kept. Ask again.";
    let Some(turn) = turn else { return refused(gone) };
    let Speaker::Person { id, name } = turn.speaker else { return refused(gone) };
    let reply = row.messages.first().map_or(row.message_id, |shown| shown.message_id);
    Ok(Event {
        v: VERSION,
        id: EventId::labelled(reply.get(), "again", &who.id),
        personality: who.id.clone(),
        application_id: event.application_id,
        guild_id: event.guild_id,
        channel_id: row.channel_id,
        author: Person { id, name },
        what: What::Again(Again { reply, question: turn.message_id, text: turn.text }),
        preceding: Vec::new(),
        credit: CREDIT,
        trace: event.trace.clone(),
        received_at_ms: event.received_at_ms,
    })
}

/// Whether nothing would come in the place of what is taken back.
async fn is_silent(
    worker: &Worker,
    event: &Event,
    personality: &PersonalityId,
) -> Result<bool, Stop> {
    let den = worker.store.den().await?;
    if den.paused.is_some() || den.paused_personalities.contains(personality) {
        return Ok(true);
    }
    let Some(guild) = event.guild_id else { return Ok(false) };
    let row = worker.store.guild(guild).await?;
    let is_closed = den.allowlist && !row.allowed;
    Ok(is_closed || row.paused.is_some() || row.is_muted(personality, now_ms()))
}
