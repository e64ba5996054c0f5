//! What is known that concerns the person who asks.

use futures_util::future::try_join_all;
use personality::PersonalityId;
use store::{About, Episode, Fact, Scope, Speaker};

use super::entry::{Entry, Right, is_own, right};
use crate::steward::{Asked, Trouble};

/// A memory that the person who asks may see.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) scope: Scope,
    pub(super) about: About,
    /// The name of whom it is about; empty for the place.
    pub(super) name: String,
    pub(super) fact: Fact,
    /// What the person who asks may do with it.
    pub(super) right: Right,
}

impl Known {
    /// What a button under it means.
    pub(super) fn entry(&self, page: usize, is_narrow: bool) -> Entry {
        Entry {
            scope: self.scope.clone(),
            about: self.about,
            id: self.fact.id.clone(),
            page,
            is_narrow,
        }
    }
}

/// What stands where nothing is found of what a personality was told: how many messages it has of the person who
/// asks, in the scopes that are read here, and how these are deleted. Empty where there are none.
pub(super) async fn and_yet(
    asked: &Asked<'_>,
    personality: &PersonalityId,
) -> Result<String, Trouble> {
    let scopes = Scope::read_in(asked.guild(), asked.channel(), personality);
    let store = &asked.worker.store;
    let kept =
        try_join_all(scopes.iter().map(|scope| store.episodes(scope, None, asked.now_ms))).await?;
    let messages = kept.iter().flat_map(|kept| &kept.messages);
    let is_theirs = |message: &&Episode| matches!(&message.speaker, Speaker::Person { id, .. } if *id == asked.who().id);
    Ok(match messages.filter(is_theirs).count() {
        0 => String::new(),
        n => format!(
            " But {} kept here, word by word, and may be recalled: `/forget me` deletes what is kept of \
             you here.",
            match n {
                1 => "one message of yours is".to_owned(),
                n => format!("{n} messages of yours are"),
            }
        ),
    })
}

/// What a personality knows, in the scopes that are read here, about the person who asks, by them, or about
/// the place; the newest first. With `only`, of one subject.
pub(super) async fn known(
    asked: &Asked<'_>,
    personality: &PersonalityId,
    only: Option<About>,
) -> Result<Vec<Known>, Trouble> {
    let scopes = Scope::read_in(asked.guild(), asked.channel(), personality);
    let books = try_join_all(scopes.iter().map(|scope| asked.worker.store.books(scope))).await?;
    let mut known = Vec::new();
    for (scope, books) in scopes.into_iter().zip(books) {
        for (about, book) in books {
            if only.is_some_and(|only| only != about) {
                continue;
            }
            let facts = book.facts.into_iter().filter(|fact| fact.until_ms.is_none());
            let seen = facts.filter(|fact| about == About::Place || is_own(asked, about, fact));
            known.extend(seen.map(|fact| Known {
                scope: scope.clone(),
                about,
                name: book.name.clone(),
                right: right(asked, scope.space, about, &fact),
                fact,
            }));
        }
    }
    known.sort_by(|a, b| (b.fact.at_ms, &b.fact.id).cmp(&(a.fact.at_ms, &a.fact.id)));
    Ok(known)
}
