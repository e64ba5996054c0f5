//! What people may see, correct, delete, export and erase, and what edits and deletions in Discord change.
//!
//! People see what is known about themselves, what they told about others, and what is known about the place;
//! never what others told about others. Everything is looked for in the scopes that are read where they ask.

mod belongings;
mod entry;
mod erase;
mod export;
mod follow;
mod forget;
mod keeping;
mod listing;
mod mend;
mod page;
mod privacy;
mod remember;
mod search;
mod standing;

use std::collections::HashSet;

use personality::Personality;
use store::Space;

use super::{Asked, Told, Trouble};

pub(crate) use self::follow::rewrite;
pub(super) use self::follow::{channel_deleted, deleted, edited};

/// Whether this part answers to a command or button.
pub(super) fn knows(verb: &str) -> bool {
    matches!(
        verb,
        "remember"
            | "Remember this"
            | "memories"
            | "fix"
            | "drop"
            | "forget thing"
            | "forget me"
            | "forget here"
            | "forget-me"
            | "forget-here"
            | "privacy show"
            | "privacy roasts"
            | "privacy memory"
            | "privacy quoting"
            | "privacy export"
            | "privacy erase"
            | "erase"
    )
}

/// Answers a command or button that this part knows.
pub(super) async fn answer(asked: &Asked<'_>) -> Result<Told, Trouble> {
    // Where others' memories are looked at.
    if matches!(asked.verb(), "memories" | "fix" | "drop" | "forget thing") {
        asked.moderates_guild().await?;
    }
    match (asked.verb(), asked.is_press()) {
        ("remember", false) => remember::remember(asked).await,
        ("Remember this", false) => remember::remember_this(asked).await,
        ("memories", false) => page::open(asked).await,
        ("memories", true) => page::turned(asked).await,
        ("fix", true) => mend::fix(asked).await,
        ("drop", true) => mend::drop(asked).await,
        ("forget thing", false) => search::forget_thing(asked).await,
        ("forget me", false) => forget::ask_about_me(asked).await,
        ("forget-me", true) => forget::forget_me(asked).await,
        ("forget here", false) => Ok(forget::ask_about_here(asked)),
        ("forget-here", true) => forget::forget_here(asked).await,
        ("privacy show", false) => privacy::show(asked).await,
        ("privacy roasts" | "privacy memory" | "privacy quoting", false) => {
            privacy::choose(asked).await
        }
        ("privacy export", false) => export::export(asked).await,
        ("privacy erase", false) => Ok(erase::ask()),
        ("erase", true) => erase::erase(asked).await,
        _ => Ok(Told::line("This button leads nowhere any more. Use the command again.")),
    }
}

/// The personality a command names, or what to say where it names nobody who lives here.
fn named<'a>(asked: &Asked<'a>) -> Result<&'a Personality, Told> {
    asked.personality().ok_or_else(|| {
        Told::line("Nobody of that name lives here. `/personalities` shows who does.")
    })
}

/// The spaces that are read here.
fn spaces_here(asked: &Asked<'_>) -> HashSet<Space> {
    let guild = asked.guild().map(Space::Guild);
    guild.into_iter().chain([Space::Channel(asked.channel())]).collect()
}

/// The name a personality has, or had: one that is gone from the den is called by its id.
fn name_of(asked: &Asked<'_>, id: &personality::PersonalityId) -> String {
    asked.worker.roster.get(id).map_or_else(|| id.to_string(), |who| who.name.clone())
}
