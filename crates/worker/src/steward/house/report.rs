//! Reporting a harmful reply to those who run the den.
//!
//! The act that is written down holds ids alone. What the person wrote lies apart, among what is theirs, so
//! that it goes when they have everything of theirs erased, and never reaches a log.

use store::{Act, Counter, Subject};
use twilight_model::id::{Id, marker::MessageMarker};

use super::stop::{Stop, refused};
use crate::{
    Worker,
    steward::{Asked, Told, Trouble},
};

/// The button that opens the form, and the form that comes back.
pub(super) const REPORT: &str = "report";
/// What the act of a report begins with; the message's id follows.
const ACT: &str = "report of message ";
/// The longest reason that is kept, in characters.
const LONGEST: usize = 300;
/// Reports of one person in a day.
const PER_DAY: u64 = 20;
const DAY_S: u64 = 86_400;

/// Keeps a report.
pub(super) async fn report(asked: &Asked<'_>) -> Result<Told, Stop> {
    let store = &asked.worker.store;
    let named = asked.arguments().first().and_then(|id| id.parse().ok());
    let message: Option<Id<MessageMarker>> = named.and_then(Id::new_checked);
    let row = match message {
        Some(message) => store.reply(message).await?,
        None => None,
    };
    // The id comes from a client: only what stands in this channel can be reported from it.
    let Some(row) = row.filter(|row| row.channel_id == asked.channel()) else {
        return refused(
            "I do not find that reply; it was more than 30 days ago, or it was not ours.",
        );
    };
    let reason = chat::plain(asked.option("reason").unwrap_or_default(), LONGEST);
    if reason.is_empty() {
        return refused("Please say in a few words what is wrong with it.");
    }
    let personality = asked.event.personality.clone();
    let counter = Counter { subject: Subject::Person(asked.who().id), personality, span_s: DAY_S };
    if store.count(&counter, 1, asked.now_ms).await? > PER_DAY {
        return refused("That is enough for today; what you sent is kept, and will be looked at.");
    }
    store.keep_report(asked.who().id, row.message_id, &reason, asked.now_ms).await?;
    // Delivered twice, it is one line.
    let at_ms = asked.event.received_at_ms;
    let what =
        format!("{ACT}{} by {} in channel {}", row.message_id, row.personality, row.channel_id);
    let act = Act { at_ms, guild: asked.guild(), by: Some(asked.who().id), what };
    store.audit(&act).await?;
    Ok(Told::line(
        "Thank you. The people who run this den will look at it. You can also `/mute` whoever said that, or have \
         the reply deleted.",
    ))
}

/// What the person wrote whose report an act is, where it is still kept.
pub(super) async fn reason_of(worker: &Worker, act: &Act) -> Result<Option<String>, Trouble> {
    let id = act.what.strip_prefix(ACT).and_then(|rest| rest.split(' ').next());
    let message = id.and_then(|id| id.parse().ok()).and_then(Id::new_checked);
    match (message, act.by) {
        (Some(message), Some(by)) => Ok(worker.store.report(by, message).await?),
        _ => Ok(None),
    }
}
