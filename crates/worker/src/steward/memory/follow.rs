//! Following what people change and delete in Discord itself.

use std::{collections::BTreeSet, convert::Infallible};

use queue::{Edited, Event};
use store::{Behind, Book, Fact, GuildRow, Keeper, Origin, Scope, Store};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, MessageMarker},
};

use super::keeping::Statement;
use crate::{
    Worker,
    clock::now_ms,
    memory::{terms, written_ms},
    steward::Trouble,
};

/// What leads from a message to what is made of it is kept for so long at least, in milliseconds: 30 days. A summary may
/// be kept for longer.
const OUTLIVED_MS: u64 = 30 * 86_400_000;

/// Follows an edit: the words are kept as they are now, and so is what was learned from them. Of somebody who is
/// not remembered any more nothing new is kept, and the old words were taken back.
pub(in crate::steward) async fn edited(
    worker: &Worker,
    event: &Event,
    edited: &Edited,
) -> Result<(), Trouble> {
    let text = chat::clean(&edited.text, &edited.mentions);
    // A turn that is about to keep what it said before finds this, and then what it says now.
    worker.store.note_edited(edited.message_id, now_ms()).await?;
    let wants = worker.store.preferences(event.author.id).await?;
    if wants.no_memory || wants.blocked {
        worker.store.forget_message(edited.message_id, now_ms()).await?;
        return Ok(());
    }
    Ok(rewrite(worker, edited.message_id, &text).await?)
}

/// Keeps the words of a message as they are now, wherever it is kept.
pub(crate) async fn rewrite(
    worker: &Worker,
    id: Id<MessageMarker>,
    text: &str,
) -> Result<(), store::Error> {
    if text.is_empty() {
        // A message with a file may lose all its words, and with them what came from them.
        worker.store.forget_message(id, now_ms()).await?;
        return Ok(());
    }
    let keepers = worker.store.edit_message(id, text, &terms(text), now_ms()).await?;
    let mut scopes: BTreeSet<Scope> = keepers.iter().map(Keeper::scope).collect();
    // What was learned from a message is kept longer than the message.
    scopes.extend(worker.store.fact_scopes(id).await?);
    for scope in &scopes {
        rewrite_facts(worker, scope, id, text).await?;
    }
    Ok(())
}

/// What a message says now stands in the place of what it said, in the memories that came from it: an edit is
/// the same statement, put better, so nothing of the old one stays. What it does not ask to be remembered any
/// more is gone.
async fn rewrite_facts(
    worker: &Worker,
    scope: &Scope,
    message: Id<MessageMarker>,
    text: &str,
) -> Result<(), store::Error> {
    let came_from = |fact: &Fact| fact.message_id == Some(message);
    for (about, book) in worker.store.books(scope).await? {
        if !book.facts.iter().any(came_from) {
            continue;
        }
        let rewrite = |book: &mut Book| {
            book.facts.retain_mut(|fact| {
                if !came_from(fact) {
                    return true;
                }
                match now_says(fact, message, text) {
                    Some(now) => {
                        fact.text = now;
                        true
                    }
                    None => false,
                }
            });
            Ok::<_, Infallible>(())
        };
        let Ok(()) = worker.store.change_book(scope, about, rewrite).await?;
    }
    Ok(())
}

/// What a memory says once its message says `text`; nothing where there is nothing left of it.
fn now_says(fact: &Fact, message: Id<MessageMarker>, text: &str) -> Option<String> {
    let own_id = message.to_string();
    let was_said_in_talk = fact.id == own_id || fact.id.starts_with(&format!("{own_id}-"));
    let now = match (was_said_in_talk, fact.origin) {
        (true, Origin::Told) => Statement::of(&chat::remembered(text)?.what, &[]),
        (true, Origin::Distilled) => return None,
        // Somebody had all of the message remembered, by its menu.
        (false, _) => Statement::of(text, &[]),
    };
    (!now.is_empty() && fact.until_ms.is_none()).then_some(now.text)
}

/// Follows deletions. They are noted first, so that whoever is about to keep one of these messages finds out.
pub(in crate::steward) async fn deleted(
    worker: &Worker,
    event: &Event,
    messages: &[Id<MessageMarker>],
) -> Result<(), Trouble> {
    let store = &worker.store;
    let Behind { questions, replies } = store.behind(messages).await?;
    let mut gone: Vec<Id<MessageMarker>> = messages.iter().copied().chain(questions).collect();
    // The rest of a reply still stands in Discord: it is forgotten, and not deleted.
    store.bury(&gone, now_ms()).await?;
    gone.extend(replies);
    gone.sort_unstable();
    gone.dedup();
    for message in gone {
        let keepers = store.forget_message(message, now_ms()).await?;
        if keepers.is_empty() && written_ms(message) + OUTLIVED_MS < now_ms() {
            for who in worker.roster.iter() {
                store.drop_summary_of(event.channel_id, &who.id, message, now_ms()).await?;
            }
        }
    }
    Ok(())
}

/// Follows the deletion of a channel, and of its threads: Discord does not tell of these one by one. What was said
/// there is forgotten wherever it lies.
pub(in crate::steward) async fn channel_deleted(
    worker: &Worker,
    event: &Event,
) -> Result<(), Trouble> {
    let Some(guild) = event.guild_id else { return Ok(()) };
    let store = &worker.store;
    let mut gone = store.threads_of(guild, event.channel_id).await?;
    gone.push(event.channel_id);
    forget_settings(store, guild, &gone).await?;
    for channel in gone {
        // A turn that is about to keep what was said there finds this.
        store.note_forgotten_channel(channel, event.received_at_ms).await?;
        store.erase_channel(Some(guild), channel, now_ms()).await?;
    }
    Ok(())
}

/// Nothing can be set for a channel any more that is gone, and a guild has room for so many only.
async fn forget_settings(
    store: &Store,
    guild: Id<GuildMarker>,
    gone: &[Id<ChannelMarker>],
) -> Result<(), Trouble> {
    let row = store.guild(guild).await?;
    if !gone.iter().any(|channel| row.channels.contains_key(channel)) {
        return Ok(());
    }
    let forget = |row: &mut GuildRow| {
        row.channels.retain(|channel, _| !gone.contains(channel));
        Ok::<_, Infallible>(())
    };
    let Ok(()) = store.change_guild(guild, forget).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_changes_what_was_learned_from_it() {
        let fact = |id: &str| Fact {
            id: id.to_owned(),
            text: "old".to_owned(),
            by: Id::new(7),
            by_name: "Ann".to_owned(),
            to: None,
            channel_id: Id::new(9),
            message_id: Some(Id::new(1203)),
            at_ms: 0,
            until_ms: None,
            origin: Origin::Told,
            weight: 5,
        };
        let asks = "Remember that I love leeks.";
        let says = |id: &str, text: &str| now_says(&fact(id), Id::new(1203), text);
        assert_eq!(says("1203", asks).as_deref(), Some("I love leeks"));
        assert_eq!(says("1203-1", "never mind"), None);
        assert_eq!(says("99", "never mind").as_deref(), Some("never mind"), "by the menu");
        assert_eq!(says("12031", "never mind").as_deref(), Some("never mind"), "another id");
    }
}
