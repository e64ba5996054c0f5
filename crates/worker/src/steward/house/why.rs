//! Why something was said.

use chat::{Explanation, Silence, explain_in_words};
use discord::Outgoing;
use queue::{Event, EventId};
use store::{Attempt, Claimed, Counter, ReplyRow, Subject};
use twilight_model::{
    channel::message::component::ButtonStyle,
    id::{
        Id,
        marker::{MessageMarker, UserMarker},
    },
};

use super::{report::REPORT, stop::Stop};
use crate::{
    Worker,
    clock::now_ms,
    steward::{Asked, Told, Trouble, told::button},
};

/// Explanations by sign in one channel within [`SPAN_S`]; the menu explains the others.
const IN_A_SPAN: u64 = 5;
/// Seconds.
const SPAN_S: u64 = 600;
/// How long a sign's explanation may take to be posted, in milliseconds.
const POSTING_MS: u64 = 30_000;

/// Explains a message in words; a reply of ours can be reported from there.
pub(super) async fn why(asked: &Asked<'_>) -> Result<Told, Stop> {
    let Some(target) = asked.target() else {
        return Ok(Told::line("Open this in the menu of a message, under Apps."));
    };
    let words = words(asked.worker, target.message_id, Some(asked.who().id)).await?;
    if words.is_empty() {
        return Ok(Told::line("Nobody of us said that, or it was more than 30 days ago."));
    }
    let told = Told::line(words);
    if asked.worker.store.reply(target.message_id).await?.is_none() {
        return Ok(told);
    }
    let id = format!("{REPORT}:{}", target.message_id);
    Ok(told.with(vec![button(id, "Report this reply", ButtonStyle::Secondary)]))
}

/// Explains a reply in the channel, to the first one who asks by a sign on that day: what stands there answers
/// the others.
pub(super) async fn show(worker: &Worker, event: &Event, row: &ReplyRow) -> Result<(), Trouble> {
    let first = row.messages.first().map_or(row.message_id, |shown| shown.message_id);
    let words = words(worker, row.message_id, None).await?;
    if words.is_empty() {
        return Ok(());
    }
    let id = EventId::labelled(first.get(), "why", &event.personality);
    let now_ms = now_ms();
    let token = format!("{:016x}", fastrand::u64(..));
    let attempt = Attempt { token, now_ms, lock_ms: now_ms + POSTING_MS };
    match worker.store.claim(&id, std::slice::from_ref(&id), &attempt, None).await? {
        Claimed::Won(_) => {}
        // Another one is at it, or was: either way it is said once.
        Claimed::Closed | Claimed::Live { .. } => return Ok(()),
    }
    let subject = Subject::Channel(row.channel_id);
    let counter = Counter { subject, personality: event.personality.clone(), span_s: SPAN_S };
    if worker.store.count(&counter, 1, now_ms).await? > IN_A_SPAN {
        return Ok(worker.store.give_up(&id, &attempt).await?);
    }
    // Posted again after a crash, it is found by its nonce.
    let nonce = format!("why-{first}");
    let content = chat::split(&words, 0).into_iter().next().unwrap_or_default();
    let message = Outgoing {
        content: &content,
        reply_to: Some(row.message_id),
        nonce: &nonce,
        suppress_embeds: true,
        silent: true,
    };
    match worker.discord.create_message(row.channel_id, &message).await {
        Err(e) if !e.is_final() => {
            worker.store.give_up(&id, &attempt).await?;
            Err(e.into())
        }
        posted => {
            worker.store.close(&id, &attempt, posted.is_ok(), "{}").await?;
            posted.map(drop).map_err(Trouble::from)
        }
    }
}

/// The explanations that `reader` may have; everybody, where it is nobody in particular.
async fn words(
    worker: &Worker,
    message: Id<MessageMarker>,
    reader: Option<Id<UserMarker>>,
) -> Result<String, Trouble> {
    let all = worker.store.why(message).await?;
    let explained = all.iter().filter_map(|json| serde_json::from_str::<Explanation>(json).ok());
    let explained = explained.filter(|why| may_read(worker, why, reader));
    Ok(explained.map(|why| explain_in_words(&why)).collect::<Vec<_>>().join("\n"))
}

/// Whether somebody may read why. Who is blocked, and whom somebody does not want to hear, is nobody else's
/// business: of such a message no more is said than of one that was meant for none of us.
fn may_read(worker: &Worker, why: &Explanation, reader: Option<Id<UserMarker>>) -> bool {
    let is_because = |silence: Silence| why.reason.as_deref() == Some(silence.word());
    let is_operator = reader.is_some_and(|reader| worker.operators.contains(&reader));
    let is_asker = reader.is_some_and(|reader| why.asker == reader.to_string());
    if is_because(Silence::Silenced) {
        return is_operator || is_asker;
    }
    is_operator || !is_because(Silence::Blocked)
}
