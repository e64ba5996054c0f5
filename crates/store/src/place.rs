//! Erasing a place: a personality's memory of a channel, a whole channel, a whole guild.
//!
//! The traces of the people who spoke there go as well. They are known only once their words were read, so a
//! place is swept until nothing is found: first the words, then the traces are marked, and only when another
//! sweep found nothing new are the marked ones removed.

use std::collections::{BTreeMap, BTreeSet};

use personality::PersonalityId;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, MessageMarker, UserMarker},
};

use crate::{
    About, Book, Episode, Erased, Error, Fact, GuildRow, Scope, Space, Store, Trace,
    erase::Whose,
    error::{failed, unreadable},
    fact,
    forget::TRIES,
    guild,
    item::Item,
    keep::{delete, keeper_sort, message_partition},
    leaf::{is_mark, leaf},
    reply, s, window,
};

/// What was found and erased so far.
#[derive(Debug, Default)]
struct Swept {
    messages: BTreeSet<Id<MessageMarker>>,
    n_facts: usize,
    people: BTreeSet<Id<UserMarker>>,
    channels: BTreeSet<Id<ChannelMarker>>,
    /// Items that held words, in the present round.
    n_items: usize,
}

impl Swept {
    fn take_in(&mut self, episodes: &[Episode]) {
        self.n_items += usize::from(!episodes.is_empty());
        for episode in episodes {
            self.messages.insert(episode.message_id);
            self.channels.insert(episode.channel_id);
            self.people.extend(episode.people());
        }
    }

    fn take_in_facts<'a>(&mut self, about: About, facts: impl Iterator<Item = &'a Fact>) {
        for fact in facts {
            self.n_items += 1;
            self.n_facts += 1;
            self.people.insert(fact.by);
            self.people.extend(fact.to);
            if let About::Person(user) = about {
                self.people.insert(user);
            }
        }
    }

    fn erased(&self) -> Erased {
        Erased { messages: self.messages.len(), facts: self.n_facts }
    }
}

impl Store {
    async fn erase_memory(
        &self,
        trace: &Trace,
        now_ms: u64,
        swept: &mut Swept,
    ) -> Result<(), Error> {
        let scope = trace.scope();
        swept.people.clear();
        let mut marked = BTreeSet::new();
        for _ in 0..TRIES {
            swept.n_items = 0;
            self.sweep_channel(&scope, trace, now_ms, swept).await?;
            if swept.n_items == 0 {
                break;
            }
            for user in swept.people.difference(&marked) {
                self.mark_trace(*user, trace, now_ms).await?;
            }
            marked.clone_from(&swept.people);
        }
        if swept.n_items > 0 {
            return Err(Error::Contended { operation: format!("erase channel {}", trace.channel) });
        }
        self.raise_mark(&scope).await?;
        for user in &marked {
            self.remove_trace(*user, trace, now_ms).await?;
        }
        Ok(())
    }

    async fn sweep_channel(
        &self,
        scope: &Scope,
        trace: &Trace,
        now_ms: u64,
        swept: &mut Swept,
    ) -> Result<(), Error> {
        let whose = Whose::Channel(trace.channel);
        swept.take_in(&self.erase_window(whose, trace).await?);
        self.erase_episodes(scope, whose, now_ms, |gone| swept.take_in(gone)).await?;
        // Between the words and the facts: see `forget_in`.
        self.drop_summary(trace.channel, &trace.personality, now_ms).await?;
        let is_here = |fact: &Fact| fact.channel_id == trace.channel;
        for (about, book) in self.books(scope).await? {
            swept.take_in_facts(about, book.facts.iter().filter(|fact| is_here(fact)));
        }
        self.forget_facts(scope, is_here).await.map(drop)
    }

    /// Erases what all personalities remember of a channel, whether it was public when they heard it or not.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`], [`Error::Contended`]; done again, it goes on.
    pub async fn erase_channel(
        &self,
        guild: Option<Id<GuildMarker>>,
        channel: Id<ChannelMarker>,
        now_ms: u64,
    ) -> Result<Erased, Error> {
        let mut swept = Swept::default();
        let spaces = guild.map(Space::Guild).into_iter().chain([Space::Channel(channel)]);
        let in_window = self.personalities_in(window::partition(channel), &["T#", "Y#"]).await?;
        for space in spaces {
            let mut personalities =
                self.personalities_in(format!("S#{space}"), &["E#", "F#"]).await?;
            personalities.extend(in_window.iter().cloned());
            for personality in personalities {
                let trace = Trace { space, channel, personality };
                self.erase_memory(&trace, now_ms, &mut swept).await?;
            }
        }
        Ok(swept.erased())
    }

    /// Whose memory lies in a partition, under sort keys that begin so.
    async fn personalities_in(
        &self,
        pk: String,
        prefixes: &[&str],
    ) -> Result<BTreeSet<PersonalityId>, Error> {
        let mut found = BTreeSet::new();
        let mut pages = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .projection_expression("sk")
            .expression_attribute_values(":pk", s(&pk))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed(format!("look who remembers something in {pk}")))?;
            for item in page.items.unwrap_or_default() {
                let sk = sort_key(&item);
                if prefixes.iter().any(|prefix| sk.starts_with(prefix)) {
                    found.extend(personality_of(sk));
                }
            }
        }
        Ok(found)
    }

    /// Erases everything said and learned in a guild, in all its channels, by all personalities; what waits
    /// there goes, unanswered. Where the guild has removed the den, everything else about it goes as well, but
    /// for what it spent and for whether the operator allows it; else its settings stay. `progress` hears how
    /// many messages are gone.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`], [`Error::Contended`]; done again, it goes on.
    pub async fn erase_guild(
        &self,
        guild: Id<GuildMarker>,
        now_ms: u64,
        mut progress: impl FnMut(usize),
    ) -> Result<Erased, Error> {
        let has_left = self.guild(guild).await?.left_at_ms.is_some();
        // First: answered later, it would be kept again.
        self.erase_waiting_in(guild).await?;
        let mut swept = Swept::default();
        swept.channels.extend(self.places(guild).await?);
        let mut traces: BTreeMap<Id<UserMarker>, Vec<Trace>> = BTreeMap::new();
        for _ in 0..TRIES {
            swept.n_items = 0;
            self.sweep(format!("S#{}", Space::Guild(guild)), has_left, now_ms, &mut swept).await?;
            for channel in swept.channels.clone() {
                self.sweep(format!("S#{}", Space::Channel(channel)), has_left, now_ms, &mut swept)
                    .await?;
                self.sweep(window::partition(channel), has_left, now_ms, &mut swept).await?;
                progress(swept.messages.len());
            }
            if swept.n_items == 0 {
                break;
            }
            for user in &swept.people {
                let all = self.traces(*user).await?;
                let here = all.into_iter().filter(|trace| match trace.space {
                    Space::Guild(id) => id == guild,
                    Space::Channel(id) => swept.channels.contains(&id),
                });
                let here: Vec<Trace> = here.collect();
                for trace in &here {
                    self.mark_trace(*user, trace, now_ms).await?;
                }
                traces.insert(*user, here);
            }
        }
        if swept.n_items > 0 {
            return Err(Error::Contended { operation: format!("erase guild {guild}") });
        }
        for (user, traces) in &traces {
            for trace in traces {
                self.remove_trace(*user, trace, now_ms).await?;
            }
        }
        if has_left {
            self.erase_settings(guild).await?;
        }
        Ok(swept.erased())
    }

    /// Erases the words of a partition, and with `whole` everything in it.
    async fn sweep(
        &self,
        pk: String,
        whole: bool,
        now_ms: u64,
        swept: &mut Swept,
    ) -> Result<(), Error> {
        let operation = || format!("erase {pk}");
        let mut pages = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(&pk))
            .consistent_read(true)
            .into_paginator()
            .send();
        let (mut changed, mut summaries) = (BTreeSet::new(), BTreeSet::new());
        while let Some(page) = pages.next().await {
            let mut rows = Vec::new();
            for item in page.map_err(failed(operation()))?.items.unwrap_or_default() {
                let sk = sort_key(&item).to_owned();
                let personality = personality_of(&sk);
                let is_words = match sk.split_once('#') {
                    Some(("E", _)) if is_mark(&item) => false,
                    Some((kind @ ("E" | "T"), _)) => {
                        if kind == "T" && !whole {
                            // The first one may be in the making.
                            summaries.extend(personality.clone());
                        }
                        let leaf = leaf(item, operation)?;
                        swept.take_in(&leaf.messages);
                        for message in leaf.messages {
                            let pk = message_partition(message.message_id);
                            let keeper = personality.as_ref().map(keeper_sort);
                            rows.extend(keeper.map(|sk| delete(pk.clone(), sk)));
                            if whole {
                                rows.push(delete(pk, reply::SORT.to_owned()));
                            }
                        }
                        true
                    }
                    Some(("F", _)) => {
                        let book: Book =
                            serde_dynamo::from_item(item).map_err(unreadable(operation()))?;
                        let about = fact::about_of(&sk).unwrap_or(About::Place);
                        swept.take_in_facts(about, book.facts.iter());
                        if let (Some(personality), Some(space)) = (&personality, space_of(&pk)) {
                            let scope = Scope::new(space, personality.clone());
                            rows.extend(fact::sources(&scope, &book.facts));
                        }
                        true
                    }
                    // Dropped, not deleted: one in the making must know.
                    Some(("Y", _)) if !whole => {
                        summaries.extend(personality);
                        continue;
                    }
                    _ => false,
                };
                if is_words || whole {
                    rows.push(delete(pk.clone(), sk));
                }
                changed.extend(personality.filter(|_| is_words));
            }
            self.write_all(rows, operation).await?;
        }
        if let Some(channel) = channel_of(&pk) {
            for personality in summaries {
                self.drop_summary(channel, &personality, now_ms).await?;
            }
        }
        if let (false, Some(space)) = (whole, space_of(&pk)) {
            for personality in changed {
                self.raise_mark(&Scope::new(space, personality)).await?;
            }
        }
        Ok(())
    }

    /// Erases a guild's settings, and notes that nothing is left of it.
    async fn erase_settings(&self, guild: Id<GuildMarker>) -> Result<(), Error> {
        let operation = || format!("erase the settings of guild {guild}");
        let pk = guild::partition(guild);
        let mut pages = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .projection_expression("sk")
            .expression_attribute_values(":pk", s(&pk))
            .into_paginator()
            .send();
        let mut rows = Vec::new();
        while let Some(page) = pages.next().await {
            for item in page.map_err(failed(operation()))?.items.unwrap_or_default() {
                let sk = sort_key(&item);
                let stays = sk == guild::SORT || sk.starts_with("B#");
                rows.extend((!stays).then(|| delete(pk.clone(), sk.to_owned())));
            }
        }
        if self.guild(guild).await?.allowed {
            let changed = self.change_guild(guild, |row| {
                *row = GuildRow { allowed: true, ..GuildRow::default() };
                Ok::<_, std::convert::Infallible>(())
            });
            let Ok(()) = changed.await?;
        } else {
            rows.push(delete(pk, guild::SORT.to_owned()));
        }
        self.write_all(rows, operation).await?;
        self.forget_left(guild).await
    }
}

fn sort_key(item: &Item) -> &str {
    item.get("sk").and_then(|sk| sk.as_s().ok()).map_or("", String::as_str)
}

/// The personality a sort key names: always behind the kind.
fn personality_of(sk: &str) -> Option<PersonalityId> {
    sk.split('#').nth(1)?.parse().ok()
}

fn space_of(pk: &str) -> Option<Space> {
    pk.strip_prefix("S#")?.parse().ok()
}

fn channel_of(pk: &str) -> Option<Id<ChannelMarker>> {
    pk.strip_prefix("C#")?.parse().ok().and_then(Id::new_checked)
}
