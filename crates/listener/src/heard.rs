//! What is heard in channels, to be dealt with in the order it came.

use twilight_model::id::{Id, marker::GuildMarker};

use crate::frame::{Deletions, Edit, Message, Reaction};

/// Something said or done in a channel.
#[derive(Debug)]
pub enum Heard {
    Message(Box<Message>),
    Edit(Box<Edit>),
    Deletions(Deletions),
    Reaction(Box<Reaction>),
}

impl Heard {
    /// In which guild; `None` in a direct message.
    pub fn guild_id(&self) -> Option<Id<GuildMarker>> {
        match self {
            Self::Message(message) => message.guild_id,
            Self::Edit(edit) => edit.guild_id,
            Self::Deletions(deletions) => deletions.guild_id,
            Self::Reaction(reaction) => reaction.guild_id,
        }
    }
}
