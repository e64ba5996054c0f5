//! Erasing everything about a person, everywhere.

use twilight_model::channel::message::{Component, component::ButtonStyle};

use super::privacy::counted;
use crate::steward::{Asked, Told, Trouble, told::button};

/// Answers `/privacy erase`.
pub(super) fn ask() -> Told {
    Told::line(
        "Shall everything be erased that any personality of this den keeps of you, in every server and in \
         direct messages? Your messages, what was made of them, and everything known about you or told by you. \
         It cannot be brought back. What you chose under `/privacy` stays as it is, and what Discord itself \
         shows is not touched.",
    )
    .with(choice())
}

/// The buttons that erase everything, or do not.
pub(super) fn choice() -> Vec<Component> {
    vec![
        button("erase:yes", "Erase everything", ButtonStyle::Danger),
        button("erase:no", "Keep it", ButtonStyle::Secondary),
    ]
}

/// Erases it. Interrupted, it goes on when the press is delivered again.
pub(super) async fn erase(asked: &Asked<'_>) -> Result<Told, Trouble> {
    if asked.arguments() != ["yes"] {
        return Ok(Told::line("Nothing is erased."));
    }
    // As of the press, however often it is delivered: what is said after it is new.
    let at_ms = asked.event.received_at_ms;
    let erased = asked.worker.store.erase_person(asked.who().id, at_ms, |_| ()).await?;
    let what = match (erased.messages, erased.facts) {
        (0, 0) => "Nothing of yours is left.".to_owned(),
        (messages, facts) => format!(
            "Erased: {} and {}. Nothing of yours is left.",
            counted(messages, "message"),
            counted(facts, "memory")
        ),
    };
    Ok(Told::line(format!(
        "{what} What you say from now on is kept again, unless you turn that off: `/privacy memory`."
    )))
}
