//! Keeping what somebody wants remembered, and never what somebody does not.

use std::convert::Infallible;

use queue::{Mention, Person};
use store::{About, Book, Fact, Preferences, Scope};

use crate::steward::{Asked, Trouble};

/// What is to be kept, as it will be: on one line, cleaned, no longer than a memory may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) text: String,
    /// Whether something was left out at the end.
    pub(super) is_cut: bool,
}

impl Statement {
    /// The statement in what a person typed; empty where nothing visible was.
    pub(super) fn of(typed: &str, mentions: &[Mention]) -> Self {
        let clean = chat::clean(typed, mentions);
        Self::bounded(&clean.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// A text of ours with people's words in it.
    pub(super) fn bounded(text: &str) -> Self {
        let kept: String = text.chars().take(store::MOST_CHARS).collect();
        Self { is_cut: kept.len() < text.len(), text: kept.trim_end().to_owned() }
    }

    /// It stands for nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Why nothing of it may be kept in a scope, in words for the person who asks; nothing where it may. `said_ms` is when
/// it was said: what was said before somebody's erasure stays erased, and what was said here before it was forgotten
/// here stays forgotten.
pub(super) async fn refusal(
    asked: &Asked<'_>,
    scope: &Scope,
    by: &Person,
    concerns: Option<&Person>,
    said_ms: u64,
) -> Result<Option<String>, Trouble> {
    let me = asked.who();
    let own = asked.worker.store.preferences(me.id).await?;
    if own.blocked {
        return Ok(Some("The operator of this den does not let you add to its memory.".to_owned()));
    }
    let people: Vec<_> = [Some(by), concerns].into_iter().flatten().map(|who| who.id).collect();
    let forgotten = asked.worker.store.forgotten(scope.space, asked.channel(), &people).await?;
    for person in [Some(by), concerns].into_iter().flatten() {
        let wants = match person.id == me.id {
            true => own.clone(),
            false => asked.worker.store.preferences(person.id).await?,
        };
        let said_ms = if person.id == me.id { asked.event.received_at_ms } else { said_ms };
        if let Some(why) = objection(&wants, person, person.id == me.id, said_ms) {
            return Ok(Some(why));
        }
        if forgotten.covers(person.id, said_ms) {
            return Ok(Some("That was forgotten here since then, so nothing is kept.".to_owned()));
        }
    }
    Ok(None)
}

fn objection(wants: &Preferences, person: &Person, is_me: bool, said_ms: u64) -> Option<String> {
    let name = chat::plain(&person.name, 32);
    match (wants.no_memory, wants.erased_at_ms > said_ms, is_me) {
        (true, _, true) => Some(
            "You have asked not to be remembered, so nothing new is kept. `/privacy memory` changes that."
                .to_owned(),
        ),
        (true, _, false) => Some(format!("{name} has asked not to be remembered, so nothing is kept.")),
        (_, true, true) => Some("You had everything erased since then, so nothing is kept.".to_owned()),
        (_, true, false) => Some(format!("{name} had everything erased since then, so nothing is kept.")),
        _ => None,
    }
}

/// Changes what is known about a subject, which gets something new. Where somebody it concerns had everything
/// erased meanwhile, or the message it came from was deleted, it is taken back, and nothing is returned.
pub(super) async fn keep<R, E>(
    asked: &Asked<'_>,
    scope: &Scope,
    about: About,
    new: &Fact,
    change: impl FnMut(&mut Book) -> Result<R, E>,
) -> Result<Result<Option<R>, E>, Trouble> {
    let store = &asked.worker.store;
    if let Some(guild) = asked.guild() {
        // Where nobody has talked yet, nothing else leads to it when the guild leaves.
        store.note_place(guild, new.channel_id).await?;
    }
    let changed = match store.change_book(scope, about, change).await? {
        Ok(changed) => changed,
        Err(refused) => return Ok(Err(refused)),
    };
    let subject = match about {
        About::Person(user) if user != new.by => Some(user),
        _ => None,
    };
    let people: Vec<_> = [Some(new.by), subject, new.to].into_iter().flatten().collect();
    let received_ms = asked.event.received_at_ms;
    let forgotten = store.forgotten(scope.space, asked.channel(), &people).await?;
    let mut is_unwanted = people.iter().any(|user| forgotten.covers(*user, received_ms));
    is_unwanted |= match new.message_id {
        Some(message) => !store.buried(&[message]).await?.is_empty(),
        None => false,
    };
    for user in people {
        let wants = store.preferences(user).await?;
        if wants.no_quote {
            // Beside the words, so that a turn knows it without asking.
            store.set_quotable(scope, user, false).await?;
        }
        is_unwanted |= wants.erased_at_ms > received_ms;
    }
    if !is_unwanted {
        return Ok(Ok(Some(changed)));
    }
    undo(asked, scope, about, &new.id).await?;
    Ok(Ok(None))
}

/// Takes back what was kept under an id: by this delivery of a wish, or by an earlier one that was killed before it
/// looked whether it may.
pub(super) async fn undo(
    asked: &Asked<'_>,
    scope: &Scope,
    about: About,
    id: &str,
) -> Result<(), Trouble> {
    let store = &asked.worker.store;
    let is_it = |known: &Fact| known.id == id;
    if !store.book(scope, about).await?.facts.iter().any(is_it) {
        return Ok(());
    }
    let undo = |book: &mut Book| {
        book.facts.retain(|known| !is_it(known));
        Ok::<_, Infallible>(())
    };
    let Ok(()) = store.change_book(scope, about, undo).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use twilight_model::id::Id;

    use super::*;

    #[test]
    fn a_statement_is_one_short_line_of_visible_words() {
        let ann = Mention { id: Id::new(7), name: "Ann".to_owned() };
        let said = Statement::of("  <@7>\u{200B}\n\n loves\tsoup ", &[ann]);
        assert_eq!(said, Statement { text: "@Ann loves soup".to_owned(), is_cut: false });
        assert!(Statement::of("\u{200B}\u{2060} \n", &[]).is_empty());

        let long = Statement::of(&"soup ".repeat(400), &[]);
        assert!(long.is_cut && long.text.chars().count() <= store::MOST_CHARS, "{long:?}");
    }
}
