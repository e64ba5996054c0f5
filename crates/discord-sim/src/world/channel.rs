//! Channels, threads and direct messages. See Discord Docs/Channel.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{channels::Whom, message::Message, permission::Overwrite};
use crate::{
    clock::timestamp,
    id::{ChannelId, GuildId, MessageId, UserId},
};

/// What kind of channel it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelKind {
    Text,
    DirectMessage,
    PublicThread,
    PrivateThread,
}

impl ChannelKind {
    /// Discord's number. See Discord Docs/Channel, "Channel Types".
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::DirectMessage => 1,
            Self::PublicThread => 11,
            Self::PrivateThread => 12,
        }
    }

    pub(crate) fn is_thread(self) -> bool {
        matches!(self, Self::PublicThread | Self::PrivateThread)
    }
}

/// A channel, a thread or a direct message.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) kind: ChannelKind,
    pub(crate) guild_id: Option<GuildId>,
    /// The channel a thread hangs under.
    pub(crate) parent: Option<ChannelId>,
    pub(crate) name: String,
    pub(crate) age_restricted: bool,
    pub(crate) position: usize,
    pub(crate) overwrites: Overwrites,
    /// The two of a direct message, the person first; of a private thread, who was added to it.
    pub(crate) recipients: Vec<UserId>,
    /// Messages by id, which is by time; deleted ones stay, marked, until the bound pushes them out.
    pub(crate) messages: BTreeMap<MessageId, Arc<Message>>,
    pub(crate) last_message: Option<MessageId>,
    /// When each last started typing.
    pub(crate) typing: HashMap<UserId, u64>,
    pub(crate) created_ms: u64,
}

/// Permission overwrites of a channel.
#[derive(Debug, Default)]
pub(crate) struct Overwrites {
    /// By role id; the guild's own id is `@everyone`.
    pub(crate) roles: BTreeMap<u64, Overwrite>,
    pub(crate) members: BTreeMap<UserId, Overwrite>,
}

impl Channel {
    pub(crate) fn new(id: ChannelId, kind: ChannelKind, name: &str, created_ms: u64) -> Self {
        Self {
            id,
            kind,
            guild_id: None,
            parent: None,
            name: name.to_owned(),
            age_restricted: false,
            position: 0,
            overwrites: Overwrites::default(),
            recipients: Vec::new(),
            messages: BTreeMap::new(),
            last_message: None,
            typing: HashMap::new(),
            created_ms,
        }
    }

    /// The channel whose permissions and webhooks rule here, for a thread.
    pub(crate) fn thread_parent(&self) -> Option<ChannelId> {
        self.parent.filter(|_| self.kind.is_thread())
    }

    /// The channel of a guild or a thread; direct messages need their recipients' names as well.
    pub(crate) fn json(&self, owner: UserId) -> Value {
        let mut channel = json!({
            "id": self.id,
            "type": self.kind.number(),
            "flags": 0,
            "guild_id": self.guild_id,
            "name": self.name,
            "last_message_id": self.last_message,
            "parent_id": self.parent,
            "rate_limit_per_user": 0,
        });
        if self.thread_parent().is_some() {
            let created = timestamp(self.created_ms);
            channel["owner_id"] = json!(owner);
            channel["message_count"] = json!(self.messages.len());
            channel["member_count"] = json!(1);
            channel["total_message_sent"] = json!(self.messages.len());
            channel["thread_metadata"] = json!({
                "archived": false,
                "archive_timestamp": created,
                "auto_archive_duration": 4320,
                "locked": false,
                "create_timestamp": created,
            });
            if self.kind == ChannelKind::PrivateThread {
                channel["member_count"] = json!(self.recipients.len());
                channel["thread_metadata"]["invitable"] = json!(false);
            }
        } else {
            channel["topic"] = Value::Null;
            channel["position"] = json!(self.position);
            channel["nsfw"] = json!(self.age_restricted);
            channel["permission_overwrites"] = json!(self.overwrites.json());
        }
        channel
    }
}

impl Overwrites {
    /// What is ruled for `whom` in a channel of `guild`.
    pub(crate) fn of(&mut self, whom: Whom, guild: GuildId) -> &mut Overwrite {
        match whom {
            Whom::Everyone => self.roles.entry(guild.get()).or_default(),
            Whom::Role(role) => self.roles.entry(role.get()).or_default(),
            Whom::User(user) => self.members.entry(user).or_default(),
        }
    }

    fn json(&self) -> Vec<Value> {
        let one = |id: u64, kind: u8, overwrite: &Overwrite| {
            json!({
                "id": id.to_string(),
                "type": kind,
                "allow": overwrite.allow.bits().to_string(),
                "deny": overwrite.deny.bits().to_string(),
            })
        };
        let roles = self.roles.iter().map(|(id, overwrite)| one(*id, 0, overwrite));
        let members = self.members.iter().map(|(id, overwrite)| one(id.get(), 1, overwrite));
        roles.chain(members).collect()
    }
}
