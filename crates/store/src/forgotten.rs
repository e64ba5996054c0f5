//! When somebody last had a place forget them, or the place itself: what was said before, and is still on its
//! way, is not kept.

use std::collections::{BTreeMap, HashMap};

use twilight_model::id::{
    Id,
    marker::{ChannelMarker, UserMarker},
};

use crate::{
    Error, ITEM_VERSION, Space, Store, gather::Key, item::Item, keep::put, leaf::number, n,
    retention, s, ttl, window,
};

/// Until when what was said is not to be kept, in milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// By anybody in the channel.
    pub channel_ms: u64,
    /// By these people.
    pub people_ms: BTreeMap<Id<UserMarker>, u64>,
}

impl Forgotten {
    /// What the items of [`keys`] say.
    pub(crate) fn of(
        found: &HashMap<Key, Item>,
        space: Space,
        channel: Id<ChannelMarker>,
        people: impl Iterator<Item = Id<UserMarker>>,
    ) -> Self {
        let at = |key: &Key| found.get(key).map_or(0, |item| number(item, "at"));
        Self {
            channel_ms: at(&place(channel)),
            people_ms: people.map(|user| (user, at(&person(space, user)))).collect(),
        }
    }

    /// Whether what somebody said then is not to be kept.
    pub fn covers(&self, user: Id<UserMarker>, said_ms: u64) -> bool {
        let person_ms = self.people_ms.get(&user).copied().unwrap_or(0);
        said_ms <= self.channel_ms.max(person_ms)
    }
}

impl Store {
    /// Notes that a person has these spaces forget them. To be done before it is done.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn note_forgotten_person(
        &self,
        user: Id<UserMarker>,
        spaces: &[Space],
        now_ms: u64,
    ) -> Result<(), Error> {
        let notes = spaces.iter().map(|space| note(person(*space, user), now_ms)).collect();
        self.write_all(notes, || format!("note that {user} is forgotten")).await
    }

    /// What was forgotten lately of these people in a space, and of a channel.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn forgotten(
        &self,
        space: Space,
        channel: Id<ChannelMarker>,
        people: &[Id<UserMarker>],
    ) -> Result<Forgotten, Error> {
        let people = || people.iter().copied();
        let found = self.read_all(keys(space, channel, people()).collect()).await?;
        Ok(Forgotten::of(&found, space, channel, people()))
    }

    /// Notes that a channel is forgotten. To be done before it is done.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn note_forgotten_channel(
        &self,
        channel: Id<ChannelMarker>,
        now_ms: u64,
    ) -> Result<(), Error> {
        let notes = vec![note(place(channel), now_ms)];
        self.write_all(notes, || format!("note that channel {channel} is forgotten")).await
    }
}

/// The keys of what says so.
pub(crate) fn keys(
    space: Space,
    channel: Id<ChannelMarker>,
    people: impl Iterator<Item = Id<UserMarker>>,
) -> impl Iterator<Item = Key> {
    people.map(move |user| person(space, user)).chain([place(channel)])
}

fn person(space: Space, user: Id<UserMarker>) -> (String, String) {
    (format!("S#{space}"), format!("V#U{user}"))
}

fn place(channel: Id<ChannelMarker>) -> (String, String) {
    (window::partition(channel), "V".to_owned())
}

fn note((pk, sk): (String, String), now_ms: u64) -> aws_sdk_dynamodb::types::WriteRequest {
    put([
        ("pk".to_owned(), s(pk)),
        ("sk".to_owned(), s(sk)),
        ("v".to_owned(), n(ITEM_VERSION)),
        ("at".to_owned(), n(now_ms)),
        ("ttl".to_owned(), n(ttl(now_ms, retention::TOMBSTONE))),
    ]
    .into())
}
