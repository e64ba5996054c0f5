//! Everything that is stored about a person, as they may have it.

use std::collections::BTreeMap;

use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, UserMarker},
};

use crate::{
    About, Episode, Error, Fact, Preferences, Scope, Space, Store, Trace,
    error::failed,
    leaf::{is_mark, leaf, sort},
    s, window,
};

/// Something that is stored about a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// What they want of the den.
    Preferences(Preferences),
    /// Something known about them, or told by them about somebody else or a place.
    Fact {
        /// Where it is known.
        space: Space,
        /// Who knows it.
        personality: PersonalityId,
        /// Whom it is about.
        about: About,
        /// What it says.
        fact: Fact,
    },
    /// Something they said, or what was said to them.
    Message {
        /// Where it is kept.
        space: Space,
        /// Who keeps it.
        personality: PersonalityId,
        /// Where it was said.
        channel_id: Id<ChannelMarker>,
        /// The message.
        message_id: Id<MessageMarker>,
        /// When, in milliseconds since the Unix epoch.
        at_ms: u64,
        /// Whether the personality said it.
        by_personality: bool,
        /// What was said.
        text: String,
    },
    /// Why they reported a reply.
    Report {
        /// The reply.
        message_id: Id<MessageMarker>,
        /// What they wrote.
        reason: String,
    },
}

impl Record {
    /// Where it lies; none for what they want of the den, and for reports.
    pub fn space(&self) -> Option<Space> {
        match self {
            Record::Preferences(_) | Record::Report { .. } => None,
            Record::Fact { space, .. } | Record::Message { space, .. } => Some(*space),
        }
    }
}

impl Store {
    /// Everything that is stored about a person: first what they want, then place by place what is known and
    /// what was said, oldest first. Explanations and counters hold ids and figures only, and are left out; so
    /// are summaries, which are made of everybody's words.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`].
    pub async fn export_person(
        &self,
        user: Id<UserMarker>,
        now_ms: u64,
    ) -> Result<Vec<Record>, Error> {
        let mut records = vec![Record::Preferences(self.preferences(user).await?)];
        let mut scopes: BTreeMap<Scope, Vec<Trace>> = BTreeMap::new();
        for trace in self.traces(user).await? {
            scopes.entry(trace.scope()).or_default().push(trace);
        }
        for (scope, traces) in scopes {
            let Scope { space, personality } = &scope;
            let mut facts = Vec::new();
            for (about, book) in self.books(&scope).await? {
                let concerns = |fact: &Fact| about == About::Person(user) || fact.belongs_to(user);
                facts.extend(book.facts.into_iter().filter(concerns).map(|fact| (about, fact)));
            }
            facts.sort_by_key(|(_, fact)| fact.at_ms);
            records.extend(facts.into_iter().map(|(about, fact)| Record::Fact {
                space: *space,
                personality: personality.clone(),
                about,
                fact,
            }));
            let messages = self.said_by_or_to(user, &scope, &traces, now_ms).await?;
            records.extend(messages.into_values().map(|episode| Record::Message {
                space: *space,
                personality: personality.clone(),
                channel_id: episode.channel_id,
                message_id: episode.message_id,
                at_ms: written_ms(episode.message_id),
                by_personality: episode.speaker == crate::Speaker::Me,
                text: episode.text,
            }));
        }
        let reports = self.reports_of(user, now_ms).await?.into_iter();
        records.extend(
            reports.map(|report| Record::Report {
                message_id: report.message_id,
                reason: report.reason,
            }),
        );
        Ok(records)
    }

    /// Everything a person said in a scope, and what was said to them, by message.
    async fn said_by_or_to(
        &self,
        user: Id<UserMarker>,
        scope: &Scope,
        traces: &[Trace],
        now_ms: u64,
    ) -> Result<BTreeMap<Id<MessageMarker>, Episode>, Error> {
        let operation = || format!("read what {user} said in {}", scope.space);
        let is_theirs = |episode: &Episode| episode.is_of(user) && !episode.has_aged(now_ms);
        let mut said = BTreeMap::new();
        let mut pages = self
            .scope_query(scope, &sort(scope, 0))
            .filter_expression("attribute_not_exists(body) OR contains(speakers, :user)")
            .expression_attribute_values(":user", s(user.to_string()))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let items = page.map_err(failed(operation()))?.items.unwrap_or_default();
            for item in items.into_iter().filter(|item| !is_mark(item)) {
                let theirs = leaf(item, operation)?.messages;
                let theirs = theirs.into_iter().filter(is_theirs);
                said.extend(theirs.map(|episode| (episode.message_id, episode)));
            }
        }
        for trace in traces {
            let pk = window::partition(trace.channel);
            let prefix = window::prefix(&trace.personality);
            let turns: Vec<Episode> = self.all_of(pk, &prefix, &operation()).await?;
            for turn in turns.into_iter().filter(is_theirs) {
                said.entry(turn.message_id).or_insert(turn);
            }
        }
        Ok(said)
    }
}

/// When a message was written, in milliseconds since the Unix epoch. See Discord Docs/Reference, Snowflakes.
fn written_ms(message: Id<MessageMarker>) -> u64 {
    const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;
    (message.get() >> 22) + DISCORD_EPOCH_MS
}
