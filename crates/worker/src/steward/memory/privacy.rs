//! What a person is told of what is kept about them, and what they want kept and done.

use store::{Preferences, retention};

use super::{belongings::Belongings, erase};
use crate::steward::{Asked, Told, Trouble};

/// Answers `/privacy show`.
pub(super) async fn show(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let belongings = Belongings::gather(asked).await?;
    let wants = &belongings.preferences;
    let days = match asked.guild() {
        Some(guild) => asked.worker.store.guild(guild).await?.retention_days(),
        None => retention::EPISODES,
    };
    Ok(Told::line(format!(
        "{kept}\n\
         - What you say to a personality is kept for {days} days here, and the last {window} days of it are at \
         hand in the channel; what it was asked to remember stays until somebody deletes it. Deleted messages \
         are forgotten, edited ones are kept as they are now.\n\
         - What was said in a channel that not everybody can read, or in a direct message, stays there. Nothing \
         said in one server is told in another. Nothing is used for training.\n\
         - Roasts: {roasts}. Memory: {memory}. Quoting: {quoting}.\n\
         `/memories` shows and corrects it; `/forget thing`, `/forget me` and `/forget here` delete it; \
         `/privacy roasts`, `memory` and `quoting` change what may be done; `/privacy export` hands you all of \
         it, and `/privacy erase` erases all of it, everywhere.",
        kept = kept(&belongings),
        window = retention::WINDOW,
        roasts = if wants.no_roast { "nobody may have you roasted" } else { "allowed" },
        memory = if wants.no_memory { "nothing you say is kept" } else { "allowed" },
        quoting = match wants.no_quote {
            true => "what you said is not told to others",
            false => "allowed",
        },
    )))
}

fn kept(belongings: &Belongings) -> String {
    let (messages, memories) = (belongings.messages.len(), belongings.memories.len());
    if messages + memories == 0 {
        return "Nothing of yours is kept here or anywhere in this den.".to_owned();
    }
    format!(
        "Kept of you, in all of this den: {} and {}, in {}.",
        counted(messages, "message"),
        counted(memories, "memory"),
        counted(belongings.n_places, "place"),
    )
}

/// A number with its noun.
pub(super) fn counted(n: usize, noun: &str) -> String {
    match (n, noun.strip_suffix('y')) {
        (1, _) => format!("one {noun}"),
        (n, Some(stem)) => format!("{n} {stem}ies"),
        (n, None) => format!("{n} {noun}s"),
    }
}

/// Answers `/privacy roasts`, `/privacy memory` and `/privacy quoting`.
pub(super) async fn choose(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let Some(allow) = asked.option("allow").and_then(|allow| allow.parse::<bool>().ok()) else {
        return Ok(Told::line("Say whether you allow it: `allow` is true or false."));
    };
    let (me, store) = (asked.who().id, &asked.worker.store);
    let set = |wants: &mut Preferences| match asked.verb() {
        "privacy roasts" => wants.no_roast = !allow,
        "privacy memory" => wants.no_memory = !allow,
        _ => wants.no_quote = !allow,
    };
    store.change_preferences(me, set).await?;
    Ok(match (asked.verb(), allow) {
        ("privacy roasts", true) => Told::line("You may be roasted again, in every server of this den."),
        ("privacy roasts", false) => {
            Told::line("Nobody may have you roasted any more, in no server of this den.")
        }
        ("privacy memory", true) => {
            Told::line("What you say to a personality is remembered again from now on.")
        }
        ("privacy memory", false) => Told::line(
            "From now on nothing you say is kept beyond the answer, in no server of this den. What is kept \
             already stays until you erase it.",
        )
        .with(erase::choice()),
        (_, allow) => {
            // Beside the words themselves, so that a turn knows it without asking.
            store.set_quotable_everywhere(me, allow).await?;
            Told::line(match allow {
                true => "What you said may be told to others again, where they could have read it.",
                false => "What you said is not told to others any more, in no server of this den.",
            })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted_as_people_do() {
        assert_eq!(counted(1, "memory"), "one memory");
        assert_eq!(counted(0, "memory"), "0 memories");
        assert_eq!(counted(7, "message"), "7 messages");
    }
}
