//! Erasing a person: everything they said, everything known about them or told by them, wherever it lies.
//!
//! Their traces lead to it. A trace goes only when nothing was kept there since the erasure looked, so what is
//! being kept meanwhile is either found by the next round, or its keeper, who reads
//! [`crate::Preferences::erased_at_ms`] afterwards, takes it back.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::AddAssign,
};

use serde::Serialize;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, UserMarker},
};

use crate::{
    About, Episode, Error, Kept, Preferences, Scope, Store, Trace,
    error::failed,
    fact,
    forget::TRIES,
    keep::{delete, keeper_sort, message_partition},
    leaf::{is_mark, leaf, sort},
    s, window,
};

/// What an erasure took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// Messages, those of personalities to the person included.
    pub messages: usize,
    /// Facts, and reports.
    pub facts: usize,
}

impl AddAssign for Erased {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.facts += other.facts;
    }
}

/// Whose episodes go.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// A person's, and what was said to them.
    Person(Id<UserMarker>),
    /// Everybody's in a channel.
    Channel(Id<ChannelMarker>),
}

impl Whose {
    pub(crate) fn has(self, episode: &Episode) -> bool {
        match self {
            Whose::Person(user) => episode.belongs_to(user),
            Whose::Channel(channel) => episode.channel_id == channel,
        }
    }
}

impl Store {
    /// Erases a person: their words, what was said to them, what is known about them or told by them, what
    /// they reported, and what waits of them; in every guild and every direct message. What they want of the
    /// den, such as not being roasted, stays. `progress` hears of every step how many messages are gone.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`], [`Error::Contended`]; done again, it goes on.
    pub async fn erase_person(
        &self,
        user: Id<UserMarker>,
        now_ms: u64,
        mut progress: impl FnMut(usize),
    ) -> Result<Erased, Error> {
        // First of all: whoever keeps something from now on knows.
        self.change_preferences(user, |row| row.erased_at_ms = row.erased_at_ms.max(now_ms))
            .await?;
        let mut erased = Erased::default();
        let mut is_done = false;
        for _ in 0..TRIES {
            let mut scopes: BTreeMap<Scope, Vec<Trace>> = BTreeMap::new();
            for trace in self.traces(user).await? {
                scopes.entry(trace.scope()).or_default().push(trace);
            }
            is_done = scopes.is_empty();
            if is_done {
                break;
            }
            for traces in scopes.into_values() {
                let before = erased.messages;
                erased +=
                    self.erase_scope_of(user, &traces, now_ms, |n| progress(before + n)).await?;
            }
        }
        if !is_done {
            return Err(Error::Contended { operation: format!("erase {user}") });
        }
        erased.facts += self.erase_reports(user).await?;
        // Last: the command that asked for this may be among it, and shall come again if this breaks off.
        self.erase_waiting(user, now_ms).await?;
        Ok(erased)
    }

    /// Takes back what was kept of those of these people who had everything erased since `began_ms`, when the turn
    /// that kept it first looked at what they want. See [`Store::meanwhile`].
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`], [`Error::Contended`]; done again, it goes on.
    pub async fn honour_erasures(
        &self,
        kept: &Kept<'_>,
        people: &BTreeMap<Id<UserMarker>, Preferences>,
        began_ms: u64,
        now_ms: u64,
    ) -> Result<(), Error> {
        for (user, wants) in people {
            if wants.erased_at_ms >= began_ms {
                let trace = Trace {
                    space: kept.scope.space,
                    channel: kept.channel,
                    personality: kept.scope.personality.clone(),
                };
                self.erase_from(*user, &trace, now_ms).await?;
            }
        }
        Ok(())
    }

    /// Erases one person's words from a scope and from the window of one of its channels, and everything known
    /// about them there or told by them. Over all of [`Store::traces`] it takes everything.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`], [`Error::Contended`]; done again, it goes on.
    pub async fn erase_from(
        &self,
        user: Id<UserMarker>,
        trace: &Trace,
        now_ms: u64,
    ) -> Result<Erased, Error> {
        self.erase_scope_of(user, std::slice::from_ref(trace), now_ms, |_| ()).await
    }

    /// Erases a person from one scope and from those channels of it that their traces name.
    async fn erase_scope_of(
        &self,
        user: Id<UserMarker>,
        traces: &[Trace],
        now_ms: u64,
        mut progress: impl FnMut(usize),
    ) -> Result<Erased, Error> {
        let Some(scope) = traces.first().map(Trace::scope) else { return Ok(Erased::default()) };
        for trace in traces {
            self.mark_trace(user, trace, now_ms).await?;
        }
        let whose = Whose::Person(user);
        let mut gone = BTreeSet::new();
        for trace in traces {
            let turns = self.erase_window(whose, trace).await?;
            gone.extend(turns.iter().map(|turn| turn.message_id));
            progress(gone.len());
        }
        self.erase_episodes(&scope, whose, now_ms, |erased| {
            gone.extend(erased.iter().map(|episode| episode.message_id));
            progress(gone.len());
        })
        .await?;
        // Between the words and the facts: see `forget_in`.
        for trace in traces {
            self.drop_summary(trace.channel, &trace.personality, now_ms).await?;
        }
        // A book about them goes whole, whoever told what is in it.
        let about = About::Person(user);
        let mut n_facts = self.forget_facts_about(&scope, about).await?;
        n_facts += self.forget_facts(&scope, |fact| fact.belongs_to(user)).await?;
        self.raise_mark(&scope).await?;
        for trace in traces {
            self.remove_trace(user, trace, now_ms).await?;
        }
        Ok(Erased { messages: gone.len(), facts: n_facts })
    }

    /// Erases a book.
    pub(crate) async fn forget_facts_about(
        &self,
        scope: &Scope,
        about: About,
    ) -> Result<usize, Error> {
        let n_facts = self.book(scope, about).await?.facts.len();
        if n_facts > 0 {
            let emptied = self.change_book(scope, about, |book| {
                book.facts.clear();
                Ok::<_, std::convert::Infallible>(())
            });
            let Ok(()) = emptied.await?;
        }
        // With the name it was kept under.
        let book = delete(scope.partition(), fact::sort(scope, about));
        self.write_all(vec![book], || format!("erase a book of {}", scope.space)).await?;
        Ok(n_facts)
    }

    /// Erases turns from the window of a channel, and returns them. What leads to them goes with the episodes:
    /// whatever is in a window is there as well.
    pub(crate) async fn erase_window(
        &self,
        whose: Whose,
        trace: &Trace,
    ) -> Result<Vec<Episode>, Error> {
        let operation = || format!("erase from the window of channel {}", trace.channel);
        let prefix = window::prefix(&trace.personality);
        let pk = window::partition(trace.channel);
        let turns: Vec<Episode> = self.all_of(pk.clone(), &prefix, &operation()).await?;
        let gone: Vec<Episode> = turns.into_iter().filter(|turn| whose.has(turn)).collect();
        let sort = |id: Id<MessageMarker>| window::sort(&trace.personality, id.get());
        let rows = gone.iter().map(|turn| delete(pk.clone(), sort(turn.message_id)));
        self.write_all(rows.collect(), operation).await?;
        Ok(gone)
    }

    /// Erases messages from all episodes of a scope; `erased` hears which.
    pub(crate) async fn erase_episodes(
        &self,
        scope: &Scope,
        whose: Whose,
        now_ms: u64,
        mut erased: impl FnMut(&[Episode]),
    ) -> Result<(), Error> {
        let operation = || format!("erase from {}", scope.space);
        for _ in 0..TRIES {
            let query = self.scope_query(scope, &sort(scope, 0)).consistent_read(true);
            let query = match whose {
                Whose::Person(user) => query
                    .filter_expression("attribute_not_exists(body) OR contains(speakers, :user)")
                    .expression_attribute_values(":user", s(user.to_string())),
                Whose::Channel(_) => query,
            };
            let mut pages = query.into_paginator().send();
            let mut is_done = true;
            while let Some(page) = pages.next().await {
                let mut rows = Vec::new();
                for item in page.map_err(failed(operation()))?.items.unwrap_or_default() {
                    if is_mark(&item) {
                        continue;
                    }
                    let leaf = leaf(item, operation)?;
                    let of_them = leaf.messages.iter().filter(|episode| whose.has(episode));
                    let gone: Vec<Episode> = of_them.cloned().collect();
                    if gone.is_empty() {
                        continue;
                    }
                    rows.extend(gone.iter().map(|episode| {
                        let id = episode.message_id;
                        delete(message_partition(id), keeper_sort(&scope.personality))
                    }));
                    if leaf.page.is_none() {
                        // Folded into a page meanwhile, it is met there in the next round.
                        rows.push(delete(scope.partition(), leaf.sk));
                        erased(&gone);
                        is_done = false;
                    } else if self
                        .rewrite(scope, leaf, now_ms, |known| (!whose.has(&known)).then_some(known))
                        .await?
                    {
                        erased(&gone);
                    } else {
                        is_done = false;
                    }
                }
                self.write_all(rows, operation).await?;
            }
            if is_done {
                return Ok(());
            }
        }
        Err(Error::Contended { operation: operation() })
    }
}
