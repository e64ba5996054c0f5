//! Forgetting: deletion reaches everything.
//!
//! A deletion may overtake the creation of what it deletes. So a *tombstone* is written first, and whoever
//! keeps a message looks for its tombstone after having kept it: one of the two finds the other. Whatever
//! changes what lies sealed raises the scope's *mark*, by which a warm worker knows that what it has indexed
//! is out of date.

use std::convert::Infallible;

use personality::PersonalityId;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker},
};

use crate::{
    Book, Episode, Error, Fact, ITEM_VERSION, Keeper, Kept, ReplyRow, Scope, Store,
    error::failed,
    gather::{Key, take},
    item::{Fresh, Item},
    keep::{delete, keeper_sort, message_partition, put, unless_changed},
    leaf::{Leaf, Seal, is_mark, leaf, mark_sort, number, open_item, page_item, sort},
    n, reply, retention, s, ttl, window,
};

/// The sort key of the note under which id it is kept what a message shows.
const SHOWN: &str = "A";
/// The sort key of a tombstone.
const TOMBSTONE: &str = "X";
/// Items that are looked into for a message, from its own key on.
const NEAR: i32 = 12;
/// Tries to change a page that others change as well; each loses only to one that succeeded.
pub(crate) const TRIES: usize = 24;
/// Keys DynamoDB takes in one read.
const MOST_KEYS: usize = 100;

/// The key of a tombstone.
pub(crate) fn stone(message: Id<MessageMarker>) -> Key {
    (message_partition(message), TOMBSTONE.to_owned())
}

/// What messages show that is kept under other ids than theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behind {
    /// Questions of commands: under the commands' ids.
    pub questions: Vec<Id<MessageMarker>>,
    /// Replies in several messages: under the first of each.
    pub replies: Vec<Id<MessageMarker>>,
}

impl Store {
    /// Notes that messages are gone: nothing of them is kept from now on.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn bury(&self, messages: &[Id<MessageMarker>], now_ms: u64) -> Result<(), Error> {
        let put_stone = |message: &Id<MessageMarker>| {
            let (pk, sk) = stone(*message);
            put([
                ("pk".to_owned(), s(pk)),
                ("sk".to_owned(), s(sk)),
                ("v".to_owned(), n(ITEM_VERSION)),
                ("ttl".to_owned(), n(ttl(now_ms, retention::TOMBSTONE))),
            ]
            .into())
        };
        let writes = messages.iter().map(put_stone).collect();
        self.write_all(writes, || format!("bury {} messages", messages.len())).await
    }

    /// Of these messages, those deleted lately. Whoever keeps something of one message asks this afterwards, and
    /// forgets it again: a deletion may overtake the creation of what it deletes.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn buried(
        &self,
        messages: &[Id<MessageMarker>],
    ) -> Result<Vec<Id<MessageMarker>>, Error> {
        let mut buried = Vec::new();
        for some in messages.chunks(MOST_KEYS) {
            let found = self.read_all(some.iter().copied().map(stone).collect()).await?;
            buried.extend(some.iter().copied().filter(|id| found.contains_key(&stone(*id))));
        }
        Ok(buried)
    }

    /// Notes that people see what is kept under the id `kept` by another message.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn note_shown(
        &self,
        message: Id<MessageMarker>,
        kept: Id<MessageMarker>,
        now_ms: u64,
    ) -> Result<(), Error> {
        let note = put([
            ("pk".to_owned(), s(message_partition(message))),
            ("sk".to_owned(), s(SHOWN)),
            ("v".to_owned(), n(ITEM_VERSION)),
            ("kept".to_owned(), n(kept)),
            ("ttl".to_owned(), n(ttl(now_ms, retention::EPISODES))),
        ]
        .into());
        self.write_all(vec![note], || format!("note what message {message} shows")).await
    }

    /// Under which other ids it is kept what these messages show.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn behind(&self, messages: &[Id<MessageMarker>]) -> Result<Behind, Error> {
        let mut behind = Behind::default();
        let note_of = |message| (message_partition(message), SHOWN.to_owned());
        let reply_of = |message| (message_partition(message), reply::SORT.to_owned());
        for some in messages.chunks(MOST_KEYS / 2) {
            let keys = some.iter().flat_map(|message| [note_of(*message), reply_of(*message)]);
            let mut found = self.read_all(keys.collect()).await?;
            for message in some {
                let note = found.get(&note_of(*message)).map(|note| number(note, "kept"));
                behind.questions.extend(note.and_then(Id::new_checked));
                let row: Option<ReplyRow> = take(&mut found, &reply_of(*message))?;
                let first = row.and_then(|row| Some(row.messages.first()?.message_id));
                behind.replies.extend(first.filter(|first| first != message));
            }
        }
        Ok(behind)
    }

    /// Forgets a message wherever it is kept, with the facts that came from it, and drops the summaries it may
    /// be part of. Returns who kept it.
    ///
    /// Whoever has just kept it uses [`Store::take_back`].
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`], [`Error::Contended`]; done again, it goes on.
    pub async fn forget_message(
        &self,
        message: Id<MessageMarker>,
        now_ms: u64,
    ) -> Result<Vec<Keeper>, Error> {
        let keepers = self.keepers(message).await?;
        self.forget_in(&keepers, message, now_ms).await?;
        Ok(keepers)
    }

    /// Forgets a message that was kept with `kept`, there and wherever else it is kept. A deletion between the two
    /// writes of [`Store::keep`] finds no words and takes the keeper along, so nothing leads to them any more:
    /// whoever keeps takes back by the place it knows.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`], [`Error::Contended`]; done again, it goes on.
    pub async fn take_back(
        &self,
        kept: &Kept<'_>,
        message: Id<MessageMarker>,
        now_ms: u64,
    ) -> Result<(), Error> {
        let mut keepers = self.keepers(message).await?;
        let is_here =
            |keeper: &Keeper| keeper.scope() == *kept.scope && keeper.channel == kept.channel;
        if !keepers.iter().any(is_here) {
            let Scope { space, personality } = kept.scope.clone();
            keepers.push(Keeper { personality, space, channel: kept.channel, own: false });
        }
        self.forget_in(&keepers, message, now_ms).await
    }

    /// Forgets a message in these places, and the facts that came from it.
    ///
    /// In this order, because a digest may be in the making: it reads the words, then writes down facts, and takes
    /// them back where the summary was dropped since. One that still read the words either finds the summary
    /// dropped, or has its facts in the book by then.
    async fn forget_in(
        &self,
        places: &[Keeper],
        message: Id<MessageMarker>,
        now_ms: u64,
    ) -> Result<(), Error> {
        for place in places {
            self.change_message(&place.scope(), place.channel, message, now_ms, |_| None).await?;
            self.drop_summary_with(place.channel, &place.personality, message, now_ms).await?;
        }
        let mut scopes = self.fact_scopes(message).await?;
        scopes.extend(places.iter().map(Keeper::scope));
        scopes.sort_unstable();
        scopes.dedup();
        for scope in scopes {
            self.forget_facts(&scope, |fact| fact.message_id == Some(message)).await?;
        }
        // Last: done again, it begins here.
        let row =
            |place: &Keeper| delete(message_partition(message), keeper_sort(&place.personality));
        let rows = places.iter().map(row).collect();
        self.write_all(rows, || format!("forget message {message}")).await
    }

    /// Takes a message out of what one personality has of the talk, and drops the summary it may be part of. The
    /// facts that came from it stay: somebody corrects or deletes one of them, and the words behind it are not to
    /// be recalled instead.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`], [`Error::Contended`]; done again, it goes on.
    pub async fn forget_words(
        &self,
        personality: &PersonalityId,
        message: Id<MessageMarker>,
        now_ms: u64,
    ) -> Result<(), Error> {
        let keepers = self.keepers(message).await?;
        for keeper in keepers.iter().filter(|keeper| keeper.personality == *personality) {
            self.forget_kept(keeper, message, now_ms).await?;
        }
        Ok(())
    }

    async fn forget_kept(
        &self,
        keeper: &Keeper,
        message: Id<MessageMarker>,
        now_ms: u64,
    ) -> Result<(), Error> {
        self.change_message(&keeper.scope(), keeper.channel, message, now_ms, |_| None).await?;
        self.drop_summary_with(keeper.channel, &keeper.personality, message, now_ms).await?;
        let row = delete(message_partition(message), keeper_sort(&keeper.personality));
        self.write_all(vec![row], || format!("forget message {message}")).await
    }

    /// Puts a new text in the place of a message's, wherever it is kept. Returns who keeps it.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`], [`Error::Contended`]; done again, it goes on.
    pub async fn edit_message(
        &self,
        message: Id<MessageMarker>,
        text: &str,
        terms: &[u32],
        now_ms: u64,
    ) -> Result<Vec<Keeper>, Error> {
        let keepers = self.keepers(message).await?;
        for keeper in &keepers {
            let edited = |old: Episode| {
                // Without terms whoever indexes it makes them.
                let terms_version = if terms.is_empty() { 0 } else { old.terms_version };
                Some(Episode { text: text.to_owned(), terms: terms.to_vec(), terms_version, ..old })
            };
            let scope = keeper.scope();
            self.change_message(&scope, keeper.channel, message, now_ms, edited).await?;
            self.drop_summary_with(keeper.channel, &keeper.personality, message, now_ms).await?;
        }
        Ok(keepers)
    }

    /// Changes a message of a scope in the window and among the episodes, or removes it.
    async fn change_message(
        &self,
        scope: &Scope,
        channel: Id<ChannelMarker>,
        message: Id<MessageMarker>,
        now_ms: u64,
        change: impl Fn(Episode) -> Option<Episode>,
    ) -> Result<(), Error> {
        let operation = || format!("change message {message}");
        let (pk, sk) =
            (window::partition(channel), window::sort(&scope.personality, message.get()));
        let found: Option<Episode> =
            self.read_item(pk.clone(), sk.clone(), Fresh::Surely, &operation()).await?;
        if let Some(turn) = found {
            match change(turn) {
                Some(changed) => self.set_text((pk, sk), &changed.text).await?,
                None => self.write_all(vec![delete(pk, sk)], operation).await?,
            }
        }
        self.change_episode(scope, message, now_ms, &change).await?;
        self.raise_mark(scope).await
    }

    /// Changes or removes a message among the episodes, whether it lies open or in a page. Between the look and
    /// the write it may have been folded into a page: then it is looked for again.
    async fn change_episode(
        &self,
        scope: &Scope,
        message: Id<MessageMarker>,
        now_ms: u64,
        change: &impl Fn(Episode) -> Option<Episode>,
    ) -> Result<(), Error> {
        for _ in 0..TRIES {
            let mut found = self.leaves_near(scope, message).await?;
            if found.is_empty() {
                found = self.leaves_around(scope, message).await?;
            }
            let mut is_done = true;
            for leaf in found {
                let changed = |known: Episode| match known.message_id == message {
                    true => change(known),
                    false => Some(known),
                };
                is_done &= self.rewrite(scope, leaf, now_ms, changed).await?;
            }
            if is_done {
                return Ok(());
            }
        }
        Err(Error::Contended { operation: format!("change message {message}") })
    }

    /// Where a message lies, as far as that is next to its own key: itself, or the page that ends soonest after
    /// it.
    async fn leaves_near(
        &self,
        scope: &Scope,
        message: Id<MessageMarker>,
    ) -> Result<Vec<Leaf>, Error> {
        let query = self.scope_query(scope, &sort(scope, message.get())).limit(NEAR);
        let near = query.consistent_read(true).send().await;
        let near = near.map_err(failed(format!("look for message {message}")))?;
        holding(near.items.unwrap_or_default(), message)
    }

    /// Where a message lies in a scope, wherever that is: a page that took in a latecomer reaches far back, and
    /// many lie between.
    async fn leaves_around(
        &self,
        scope: &Scope,
        message: Id<MessageMarker>,
    ) -> Result<Vec<Leaf>, Error> {
        let mut pages = self
            .scope_query(scope, &sort(scope, message.get()))
            .filter_expression("#first <= :id AND #last >= :id")
            .expression_attribute_names("#first", "first")
            .expression_attribute_names("#last", "last")
            .expression_attribute_values(":id", n(message))
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed(format!("look for message {message}")))?;
            found.extend(holding(page.items.unwrap_or_default(), message)?);
        }
        Ok(found)
    }

    /// Writes a leaf anew with every message changed and without what has aged; what is left empty goes. Returns
    /// whether it was still as it was read.
    pub(crate) async fn rewrite(
        &self,
        scope: &Scope,
        old: Leaf,
        now_ms: u64,
        change: impl Fn(Episode) -> Option<Episode>,
    ) -> Result<bool, Error> {
        let operation = format!("change what was said in {}", scope.space);
        let alive = old.messages.into_iter().filter(|message| !message.has_aged(now_ms));
        let messages: Vec<Episode> = alive.filter_map(change).collect();
        let item = match (messages.first(), old.page) {
            (None, _) => None,
            (Some(_), Some(seal)) => {
                let seal = Seal { revision: seal.revision + 1, ..seal };
                Some(page_item(scope, &old.sk, &messages, seal))
            }
            (Some(message), None) => Some(open_item(scope, message, old.ttl)?),
        };
        let (condition, revision) = match old.page {
            Some(seal) => ("rev = :rev", Some((":rev".to_owned(), n(seal.revision)))),
            None => ("attribute_exists(pk)", None),
        };
        let values = revision.map(|value| [value].into());
        let written = match item {
            None => {
                let gone = self.db.delete_item().table_name(&self.table);
                let gone = gone.key("pk", s(scope.partition())).key("sk", s(&old.sk));
                let gone = gone.condition_expression(condition);
                let gone = gone.set_expression_attribute_values(values).send().await;
                gone.map(drop).map_err(failed(operation))
            }
            Some(item) => {
                let kept = self.db.put_item().table_name(&self.table).set_item(Some(item));
                let kept = kept.condition_expression(condition);
                let kept = kept.set_expression_attribute_values(values).send().await;
                kept.map(drop).map_err(failed(operation))
            }
        };
        match written {
            Ok(()) => Ok(true),
            Err(e) if e.code() == Some("ConditionalCheckFailedException") => Ok(false),
            Err(e) => Err(e),
        }
    }

    async fn set_text(&self, (pk, sk): (String, String), text: &str) -> Result<(), Error> {
        let set = self
            .db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("SET #text = :text")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#text", "text")
            .expression_attribute_values(":text", s(text))
            .send()
            .await;
        // It may have aged out between the look and the write.
        unless_changed(set.map_err(failed("change a turn")))
    }

    /// Deletes the facts of a scope that `is_gone` says are, whoever they are about. Returns how many.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub async fn forget_facts(
        &self,
        scope: &Scope,
        is_gone: impl Fn(&Fact) -> bool,
    ) -> Result<usize, Error> {
        let mut n_gone = 0;
        for (about, book) in self.books(scope).await? {
            if !book.facts.iter().any(&is_gone) {
                continue;
            }
            let changed = self.change_book(scope, about, |book: &mut Book| {
                let before = book.facts.len();
                book.facts.retain(|fact| !is_gone(fact));
                if book.facts.is_empty() {
                    book.name.clear();
                }
                Ok::<_, Infallible>(before - book.facts.len())
            });
            let Ok(n) = changed.await?;
            n_gone += n;
        }
        Ok(n_gone)
    }

    /// Tells warm workers that what they have indexed of a scope is out of date.
    pub(crate) async fn raise_mark(&self, scope: &Scope) -> Result<(), Error> {
        self.db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(scope.partition()))
            .key("sk", s(mark_sort(scope)))
            .update_expression("ADD #n :one SET #v = :v")
            .expression_attribute_names("#n", "n")
            .expression_attribute_names("#v", "v")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":v", n(ITEM_VERSION))
            .send()
            .await
            .map(drop)
            .map_err(failed("mark what is out of date"))
    }
}

/// The leaves among these items that hold a message.
fn holding(items: Vec<Item>, message: Id<MessageMarker>) -> Result<Vec<Leaf>, Error> {
    let operation = || format!("look for message {message}");
    let mut found = Vec::new();
    for item in items.into_iter().filter(|item| !is_mark(item)) {
        let leaf = leaf(item, operation)?;
        if leaf.messages.iter().any(|known| known.message_id == message) {
            found.push(leaf);
        }
    }
    Ok(found)
}
