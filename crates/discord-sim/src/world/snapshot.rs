//! Who and what there is, all at once.

use serde::Serialize;

use super::{World, state::State};
use crate::id::{ApplicationId, ChannelId, GuildId, UserId};

/// Who and what there is.
#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// Guilds with their channels.
    pub guilds: Vec<GuildView>,
    /// Direct messages.
    pub direct_messages: Vec<ChannelView>,
    /// People and bots.
    pub people: Vec<PersonView>,
}

/// A guild.
#[derive(Clone, Debug, Serialize)]
pub struct GuildView {
    /// Discord's id.
    pub id: GuildId,
    /// Its name.
    pub name: String,
    /// Its channels and threads in order of creation.
    pub channels: Vec<ChannelView>,
    /// Its members.
    pub members: Vec<UserId>,
}

/// A channel, a thread or a direct message.
#[derive(Clone, Debug, Serialize)]
pub struct ChannelView {
    /// Discord's id.
    pub id: ChannelId,
    /// Its name; empty for a direct message.
    pub name: String,
    /// Discord's number: 0 text, 1 direct message, 11 thread, 12 private thread.
    pub kind: u8,
    /// Whether everybody in the guild sees it.
    pub public: bool,
    /// The channel a thread hangs under.
    pub parent_id: Option<ChannelId>,
    /// Whether it is age-restricted.
    pub age_restricted: bool,
    /// The two of a direct message; of a private thread, who was added to it.
    pub recipients: Vec<UserId>,
}

/// A person or a bot.
#[derive(Clone, Debug, Serialize)]
pub struct PersonView {
    /// Discord's id.
    pub id: UserId,
    /// The name others see.
    pub name: String,
    /// The application, for a bot.
    pub bot_of: Option<ApplicationId>,
}

impl World {
    /// Who and what there is.
    pub fn snapshot(&self) -> Snapshot {
        let state = self.lock();
        let guilds = state.guilds.values().map(|guild| GuildView {
            id: guild.id,
            name: guild.name.clone(),
            channels: guild.channels.iter().filter_map(|id| state.channel_view(*id)).collect(),
            members: guild.members.keys().copied().collect(),
        });
        let direct = state.channels.values().filter(|channel| channel.guild_id.is_none());
        let people = state.users.values().filter(|user| user.id != state.landlord);
        Snapshot {
            guilds: guilds.collect(),
            direct_messages: direct.filter_map(|one| state.channel_view(one.id)).collect(),
            people: people
                .map(|user| PersonView {
                    id: user.id,
                    name: user.name().to_owned(),
                    bot_of: user.bot_of,
                })
                .collect(),
        }
    }
}

impl State {
    fn channel_view(&self, id: ChannelId) -> Option<ChannelView> {
        self.channels.get(&id).map(|channel| ChannelView {
            id,
            name: channel.name.clone(),
            kind: channel.kind.number(),
            public: self.is_public(id),
            parent_id: channel.parent,
            age_restricted: channel.age_restricted,
            recipients: channel.recipients.clone(),
        })
    }
}
