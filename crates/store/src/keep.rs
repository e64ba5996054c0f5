//! Keeping what was said, so that it can be found again by its message and by its people.
//!
//! A message that is kept lies in the window of its channel and among the episodes of its scope. Three kinds
//! of rows lead there: a *keeper* under the message (who keeps it, where), for edits and deletions; a *trace*
//! under each of its people (where they have words), for erasures; and a *place* under the guild (which of its
//! channels have words), for guilds that leave. These are written first: nothing is kept that cannot be found.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};
use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, MessageMarker, UserMarker},
};

use crate::{
    Episode, Error, ITEM_VERSION, Scope, Space, Speaker, Store,
    error::{failed, unreadable},
    guild,
    item::Item,
    leaf::open_item,
    n, person, retention, s, ttl, window,
};

/// What a turn keeps.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The scope of the channel.
    pub scope: &'a Scope,
    /// The guild of the channel; none in a direct message.
    pub guild: Option<Id<GuildMarker>>,
    /// The channel.
    pub channel: Id<ChannelMarker>,
    /// What was said, all of it in this channel.
    pub episodes: &'a [Episode],
    /// Days until it ages out of the episodes.
    pub days: u64,
}

/// Where a message is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keeper {
    /// Whose memory.
    pub personality: PersonalityId,
    /// Of which space.
    pub space: Space,
    /// Of which channel.
    pub channel: Id<ChannelMarker>,
    /// Whether it is the personality's own.
    pub own: bool,
}

/// Where a person has words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trace {
    /// In which space.
    pub space: Space,
    /// In which channel of it.
    pub channel: Id<ChannelMarker>,
    /// In whose memory.
    pub personality: PersonalityId,
}

impl Trace {
    /// The scope the words lie in.
    pub fn scope(&self) -> Scope {
        Scope::new(self.space, self.personality.clone())
    }
}

impl Keeper {
    /// The scope the message lies in.
    pub fn scope(&self) -> Scope {
        Scope::new(self.space, self.personality.clone())
    }
}

impl Store {
    /// Keeps what was said. The same message again replaces itself.
    ///
    /// Whoever keeps looks afterwards for a deletion or an erasure that came meanwhile, with [`Store::meanwhile`],
    /// and takes back what it kept, with [`Store::take_back`] and [`Store::honour_erasures`].
    ///
    /// # Errors
    /// [`Error::Failed`]; some of it may then be kept, and all of that can be found.
    pub async fn keep(&self, kept: &Kept<'_>, now_ms: u64) -> Result<(), Error> {
        let Kept { scope, guild, channel, episodes, days } = *kept;
        let operation = || format!("keep {} messages of channel {channel}", episodes.len());
        let mut leading = Vec::with_capacity(episodes.len() * 2);
        let mut words = Vec::with_capacity(episodes.len() * 2);
        let mut people = BTreeSet::new();
        for episode in episodes {
            let id = episode.message_id;
            let in_window = Episode { terms: Vec::new(), terms_version: 0, ..episode.clone() };
            let mut turn: Item =
                serde_dynamo::to_item(in_window).map_err(unreadable(operation()))?;
            turn.insert("pk".to_owned(), s(window::partition(channel)));
            turn.insert("sk".to_owned(), s(window::sort(&scope.personality, id.get())));
            turn.insert("v".to_owned(), n(ITEM_VERSION));
            turn.insert("ttl".to_owned(), n(ttl(now_ms, retention::WINDOW.min(days))));
            words.push(put(turn));
            words.push(put(open_item(scope, episode, ttl(now_ms, days))?));
            let keeper = Keeper {
                personality: scope.personality.clone(),
                space: scope.space,
                channel,
                own: episode.speaker == Speaker::Me,
            };
            let mut row = keeper_item(id, keeper_sort(&scope.personality), &keeper)?;
            row.insert("ttl".to_owned(), n(ttl(now_ms, days.max(retention::WINDOW))));
            leading.push(put(row));
            people.extend(episode.people());
        }
        for user in people {
            leading.push(put(trace_item(user, scope, channel, now_ms)?));
        }
        leading.extend(guild.map(|guild| put(place_item(guild, channel))));
        self.write_all(leading, operation).await?;
        self.write_all(words, operation).await
    }

    /// Notes that a person has words, or something known about them, in a scope.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn trace(
        &self,
        user: Id<UserMarker>,
        scope: &Scope,
        channel: Id<ChannelMarker>,
        now_ms: u64,
    ) -> Result<(), Error> {
        let writes = vec![put(trace_item(user, scope, channel, now_ms)?)];
        self.write_all(writes, || format!("note where {user} has words")).await
    }

    /// Notes that a guild has words, or something known, in a channel.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn note_place(
        &self,
        guild: Id<GuildMarker>,
        channel: Id<ChannelMarker>,
    ) -> Result<(), Error> {
        let writes = vec![put(place_item(guild, channel))];
        self.write_all(writes, || format!("note that guild {guild} has words")).await
    }

    /// Everywhere a person has words.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn traces(&self, user: Id<UserMarker>) -> Result<Vec<Trace>, Error> {
        let operation = format!("read where {user} has words");
        self.all_of(person::partition(user), "W#", &operation).await
    }

    /// Notes that somebody begins to erase what a trace leads to.
    pub(crate) async fn mark_trace(
        &self,
        user: Id<UserMarker>,
        trace: &Trace,
        token: u64,
    ) -> Result<(), Error> {
        let marked = self
            .db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(person::partition(user)))
            .key("sk", s(trace_sort(trace)))
            .update_expression("SET erasing = :token")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":token", n(token))
            .send()
            .await;
        unless_changed(marked.map_err(failed(format!("begin to erase {user}"))))
    }

    /// Forgets that a person has words somewhere: nothing of theirs is left there. Where something was kept
    /// since the trace was marked, it stays.
    pub(crate) async fn remove_trace(
        &self,
        user: Id<UserMarker>,
        trace: &Trace,
        token: u64,
    ) -> Result<(), Error> {
        let removed = self
            .db
            .delete_item()
            .table_name(&self.table)
            .key("pk", s(person::partition(user)))
            .key("sk", s(trace_sort(trace)))
            .condition_expression("erasing = :token")
            .expression_attribute_values(":token", n(token))
            .send()
            .await;
        unless_changed(removed.map_err(failed(format!("note that {user} has no words left"))))
    }

    /// Who keeps a message.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn keepers(&self, message: Id<MessageMarker>) -> Result<Vec<Keeper>, Error> {
        let operation = format!("read who keeps message {message}");
        self.all_of(message_partition(message), "K#", &operation).await
    }

    /// The channels of a guild that have words.
    pub(crate) async fn places(
        &self,
        guild: Id<GuildMarker>,
    ) -> Result<Vec<Id<ChannelMarker>>, Error> {
        #[derive(Deserialize)]
        struct Place {
            channel: Id<ChannelMarker>,
        }
        let operation = format!("read where guild {guild} has words");
        let places: Vec<Place> = self.all_of(guild::partition(guild), PLACE, &operation).await?;
        Ok(places.into_iter().map(|place| place.channel).collect())
    }

    /// Every item of a partition whose sort key begins with `prefix`.
    pub(crate) async fn all_of<T: serde::de::DeserializeOwned>(
        &self,
        pk: String,
        prefix: &str,
        operation: &str,
    ) -> Result<Vec<T>, Error> {
        let mut pages = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", s(pk))
            .expression_attribute_values(":prefix", s(prefix))
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let items = page.map_err(failed(operation))?.items.unwrap_or_default();
            let read: Vec<T> = serde_dynamo::from_items(items).map_err(unreadable(operation))?;
            all.extend(read);
        }
        Ok(all)
    }
}

/// Everything about one message lies in one partition.
pub(crate) fn message_partition(message: Id<MessageMarker>) -> String {
    format!("M#{message}")
}

/// That an item is not as the condition wants it is no failure here.
pub(crate) fn unless_changed<T>(written: Result<T, Error>) -> Result<(), Error> {
    match written {
        Ok(_) => Ok(()),
        Err(e) if e.code() == Some("ConditionalCheckFailedException") => Ok(()),
        Err(e) => Err(e),
    }
}

/// The sort key of the row that says a personality keeps the message.
pub(crate) fn keeper_sort(personality: &PersonalityId) -> String {
    format!("K#{personality}")
}

/// A row under a message that leads to where something of it is kept.
pub(crate) fn keeper_item(
    message: Id<MessageMarker>,
    sk: String,
    keeper: &Keeper,
) -> Result<Item, Error> {
    let operation = || format!("note who keeps message {message}");
    let mut row: Item = serde_dynamo::to_item(keeper).map_err(unreadable(operation()))?;
    row.insert("pk".to_owned(), s(message_partition(message)));
    row.insert("sk".to_owned(), s(sk));
    row.insert("v".to_owned(), n(ITEM_VERSION));
    Ok(row)
}

pub(crate) fn trace_item(
    user: Id<UserMarker>,
    scope: &Scope,
    channel: Id<ChannelMarker>,
    now_ms: u64,
) -> Result<Item, Error> {
    let trace = Trace { space: scope.space, channel, personality: scope.personality.clone() };
    let mut row: Item =
        serde_dynamo::to_item(&trace).map_err(unreadable("note where somebody has words"))?;
    row.insert("pk".to_owned(), s(person::partition(user)));
    row.insert("sk".to_owned(), s(trace_sort(&trace)));
    row.insert("v".to_owned(), n(ITEM_VERSION));
    row.insert("at".to_owned(), n(now_ms));
    Ok(row)
}

pub(crate) fn trace_sort(trace: &Trace) -> String {
    format!("W#{}#{}#{}", trace.space, trace.channel, trace.personality)
}

/// What the sort keys of a guild's places begin with.
pub(crate) const PLACE: &str = "C#";

/// That a channel of a guild has words.
pub(crate) fn place_item(guild: Id<GuildMarker>, channel: Id<ChannelMarker>) -> Item {
    Item::from([
        ("pk".to_owned(), s(guild::partition(guild))),
        ("sk".to_owned(), s(format!("{PLACE}{channel}"))),
        ("v".to_owned(), n(ITEM_VERSION)),
        ("channel".to_owned(), s(channel.to_string())),
    ])
}

pub(crate) fn put(item: Item) -> WriteRequest {
    let put = PutRequest::builder().set_item(Some(item)).build().expect("the item is set");
    WriteRequest::builder().put_request(put).build()
}

pub(crate) fn delete(pk: String, sk: String) -> WriteRequest {
    let delete = DeleteRequest::builder().key("pk", s(pk)).key("sk", s(sk)).build();
    WriteRequest::builder().delete_request(delete.expect("the key is set")).build()
}
