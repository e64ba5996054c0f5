//! Reporting a harmful reply to those who run the den.
//!
//! Nobody else reads who reported it and why: not the guild's admins, of whom one may be meant, and no log. It
//! is the person's own, and goes when they have everything of theirs erased.

use store::{Counter, Report, Subject};
use twilight_model::id::{Id, marker::MessageMarker};

use super::{
    rights::operator,
    stop::{Stop, refused},
};
use crate::steward::{Asked, Told};

/// The button that opens the form, and the form that comes back.
pub(super) const REPORT: &str = "report";
/// The longest reason that is kept, in characters.
const LONGEST: usize = 300;
/// Reports of one person in a day.
const PER_DAY: u64 = 20;
const DAY_S: u64 = 86_400;
/// Reports that are looked at once.
const SHOWN: u16 = 10;

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
    let report = Report {
        // Delivered twice, it is one report.
        at_ms: asked.event.received_at_ms,
        by: asked.who().id,
        guild: asked.guild(),
        channel: row.channel_id,
        message_id: row.message_id,
        personality: row.personality,
        reason,
    };
    store.keep_report(&report).await?;
    Ok(Told::line(
        "Thank you. The people who run this den will look at it. Nobody else is told who reported it, and why. You can \
         also `/mute` whoever said that, or have the reply deleted.",
    ))
}

/// The newest reports of the whole den, to those who run it.
pub(super) async fn reports(asked: &Asked<'_>) -> Result<Told, Stop> {
    operator(asked)?;
    let reports = asked.worker.store.reports(SHOWN, asked.now_ms).await?;
    if reports.is_empty() {
        return Ok(Told::line("Nothing was reported."));
    }
    let mut text = String::new();
    for report in &reports {
        let line = line(report);
        if text.chars().count() + line.chars().count() > chat::MESSAGE_LIMIT {
            break;
        }
        text.push_str(&line);
    }
    Ok(Told::line(text))
}

fn line(report: &Report) -> String {
    let Report { at_ms, by, personality, reason, .. } = report;
    let link = report.link();
    format!("- <t:{}:f> <@{by}> of {personality}, {link}: “{reason}”\n", at_ms / 1000)
}
