//! What may have changed while something was kept. A turn looks at what people want, thinks for seconds, and
//! keeps what it heard; an edit, a deletion, an erasure or a change of mind in between finds nothing to act upon.
//! So whoever keeps looks once more afterwards: one of the two finds the other, whichever came first.

use std::collections::{BTreeMap, BTreeSet};

use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

use crate::{
    Episode, Error, Forgotten, Kept, Preferences, Store, edited, forget, forgotten, gather::take,
    person,
};

/// What has changed, or may have.
#[derive(Clone, Debug, Default)]
pub struct Meanwhile {
    /// Of the messages kept, those edited lately: what they say now is to be kept.
    pub edited: Vec<Id<MessageMarker>>,
    /// Of the messages kept, those deleted lately: they are to be forgotten.
    pub buried: Vec<Id<MessageMarker>>,
    /// What people want now.
    pub people: BTreeMap<Id<UserMarker>, Preferences>,
    /// What the place is not to keep.
    pub forgotten: Forgotten,
}

impl Store {
    /// What has changed while something was kept, in one request: of its messages, of the people whose words it
    /// is, and of these `others`.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn meanwhile(
        &self,
        kept: &Kept<'_>,
        others: impl IntoIterator<Item = Id<UserMarker>>,
    ) -> Result<Meanwhile, Error> {
        let people: BTreeSet<Id<UserMarker>> =
            kept.episodes.iter().flat_map(Episode::people).chain(others).collect();
        let messages: Vec<_> = kept.episodes.iter().map(|episode| episode.message_id).collect();
        let of_person = |user: Id<UserMarker>| (person::partition(user), person::SORT.to_owned());
        let (space, channel) = (kept.scope.space, kept.channel);

        let mut keys: Vec<_> = people.iter().copied().map(of_person).collect();
        keys.extend(messages.iter().copied().flat_map(|id| [edited::key(id), forget::stone(id)]));
        keys.extend(forgotten::keys(space, channel, people.iter().copied()));
        let mut found = self.read_all(keys).await?;
        let of_these = |key: fn(Id<MessageMarker>) -> _| {
            messages.iter().copied().filter(|id| found.contains_key(&key(*id))).collect()
        };
        let (edited, buried) = (of_these(edited::key), of_these(forget::stone));
        let forgotten = Forgotten::of(&found, space, channel, people.iter().copied());
        let people = people.into_iter();
        let people =
            people.map(|user| Ok((user, take(&mut found, &of_person(user))?.unwrap_or_default())));
        Ok(Meanwhile { edited, buried, people: people.collect::<Result<_, Error>>()?, forgotten })
    }
}
