//! Forgetting a person here, and forgetting a place.

use store::{Erased, Space, Trace};
use twilight_model::{
    channel::message::component::ButtonStyle,
    guild::Permissions,
    id::{Id, marker::UserMarker},
};

use super::{privacy::counted, spaces_here};
use crate::steward::{Asked, Told, Trouble, told::button};

/// Answers `/forget me`.
pub(super) async fn ask_about_me(asked: &Asked<'_>) -> Result<Told, Trouble> {
    if traces_here(asked, asked.who().id).await?.is_empty() {
        return Ok(Told::line(
            "Nothing of yours is kept here. `/privacy show` says what is kept elsewhere.",
        ));
    }
    let here = match asked.guild() {
        Some(_) => "in this server, where everybody can read, and in this channel",
        None => "in this direct message",
    };
    let text = format!(
        "Shall everything be forgotten that any personality keeps of you {here}? Your messages, what was made of \
         them, and everything known about you or told by you. It cannot be brought back."
    );
    Ok(Told::line(text).with(vec![
        button("forget-me:yes", "Forget me", ButtonStyle::Danger),
        button("forget-me:no", "Keep it", ButtonStyle::Secondary),
    ]))
}

/// Forgets the person who presses, in what is read here. Interrupted, it goes on when the press is delivered
/// again.
pub(super) async fn forget_me(asked: &Asked<'_>) -> Result<Told, Trouble> {
    if asked.arguments() != ["yes"] {
        return Ok(Told::line("Nothing is forgotten."));
    }
    let me = asked.who().id;
    let mut erased = Erased::default();
    // A turn that is about to keep what they said finds this.
    let spaces: Vec<Space> = spaces_here(asked).into_iter().collect();
    asked.worker.store.note_forgotten_person(me, &spaces, asked.event.received_at_ms).await?;
    for trace in traces_here(asked, me).await? {
        erased += asked.worker.store.erase_from(me, &trace, asked.now_ms).await?;
    }
    Ok(Told::line(format!(
        "{} What is kept of you in other places stays: `/privacy show`.",
        forgotten(erased, "Nothing of yours is left here.")
    )))
}

/// Where somebody has words, of what is read here.
async fn traces_here(asked: &Asked<'_>, user: Id<UserMarker>) -> Result<Vec<Trace>, Trouble> {
    let here = spaces_here(asked);
    let mut traces = asked.worker.store.traces(user).await?;
    traces.retain(|trace| here.contains(&trace.space));
    Ok(traces)
}

/// What was forgotten, in words; with nothing left.
fn forgotten(erased: Erased, left: &str) -> String {
    match (erased.messages, erased.facts) {
        (0, 0) => left.to_owned(),
        (messages, facts) => format!(
            "Forgotten: {} and {}. {left}",
            counted(messages, "message"),
            counted(facts, "memory")
        ),
    }
}

const NOT_ALLOWED: &str = "Only people who may manage messages can have a channel forgotten.";

/// Answers `/forget here`.
pub(super) fn ask_about_here(asked: &Asked<'_>) -> Told {
    if !asked.may(Permissions::MANAGE_MESSAGES) {
        return Told::line(NOT_ALLOWED);
    }
    Told::line(
        "Shall everything be forgotten that any personality keeps of this channel? What everybody said here, \
         what was made of it, and what was told here to be remembered. It cannot be brought back.",
    )
    .with(vec![
        button("forget-here:yes", "Forget this channel", ButtonStyle::Danger),
        button("forget-here:no", "Keep it", ButtonStyle::Secondary),
    ])
}

/// Forgets the channel. Interrupted, it goes on when the press is delivered again.
pub(super) async fn forget_here(asked: &Asked<'_>) -> Result<Told, Trouble> {
    if !asked.may(Permissions::MANAGE_MESSAGES) {
        return Ok(Told::line(NOT_ALLOWED));
    }
    if asked.arguments() != ["yes"] {
        return Ok(Told::line("Nothing is forgotten."));
    }
    if asked.guild().is_some() {
        asked.audit(format!("forget channel {}", asked.channel())).await?;
    }
    let store = &asked.worker.store;
    store.note_forgotten_channel(asked.channel(), asked.event.received_at_ms).await?;
    let erased = store.erase_channel(asked.guild(), asked.channel(), asked.now_ms).await?;
    Ok(Told::line(forgotten(erased, "Nothing of this channel is left.")))
}
