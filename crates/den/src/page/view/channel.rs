//! A place to talk in, and what each of the page's people may do there.

use std::collections::BTreeMap;

use discord_sim::{ChannelId, ChannelView, UserId};
use serde::Serialize;

use crate::page::Shared;

/// Discord's channel types of public and private threads. See Discord Docs/Channel, "Channel Types".
const THREADS: [u8; 2] = [11, 12];

/// A channel, a thread or a direct message.
#[derive(Serialize)]
pub(super) struct Channel {
    pub(super) id: ChannelId,
    name: String,
    kind: ChannelKind,
    /// Discord's number of its kind.
    number: u8,
    /// The channel a thread hangs under.
    parent: Option<ChannelId>,
    /// The person of a direct message.
    person: Option<UserId>,
    /// Whether not everybody in the guild sees it.
    private: bool,
    age_restricted: bool,
    /// What each of the page's people may do, as Discord's bits; nothing where they do not see it.
    may: BTreeMap<UserId, String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ChannelKind {
    Text,
    Thread,
    Dm,
}

impl Channel {
    /// A channel or thread of the guild.
    pub(super) fn in_guild(shared: &Shared, channel: ChannelView) -> Self {
        Self {
            id: channel.id,
            kind: match THREADS.contains(&channel.kind) {
                true => ChannelKind::Thread,
                false => ChannelKind::Text,
            },
            number: channel.kind,
            name: channel.name,
            parent: channel.parent_id,
            person: None,
            private: !channel.public,
            age_restricted: channel.age_restricted,
            may: may(shared, channel.id),
        }
    }

    /// A person's direct message with the den, called `name`.
    pub(super) fn direct(shared: &Shared, person: UserId, id: ChannelId, name: &str) -> Self {
        Self {
            id,
            kind: ChannelKind::Dm,
            number: 1,
            name: name.to_owned(),
            parent: None,
            person: Some(person),
            private: true,
            age_restricted: false,
            may: may(shared, id),
        }
    }
}

fn may(shared: &Shared, channel: ChannelId) -> BTreeMap<UserId, String> {
    let people = shared.page.people.iter();
    let bits = |person| shared.page.world.permissions(person, channel).bits().to_string();
    people.map(|person| (person.id, bits(person.id))).collect()
}
