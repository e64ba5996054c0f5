//! What the steward is asked: by a command, a button, a choice or a form.

use std::collections::BTreeMap;

use personality::{Personality, PersonalityId};
use queue::{Command, Event, Mention, Person, Press, Target, What};
use store::{Act, Scope, Space};
use tokio::sync::OnceCell;
use twilight_model::{
    guild::Permissions,
    id::{
        Id,
        marker::{ChannelMarker, GuildMarker},
    },
};

use super::Trouble;
use crate::{Worker, clock::now_ms, memory::written_ms, space, voice::is_final};

/// A question to the steward.
pub(crate) struct Asked<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) event: &'a Event,
    pub(crate) now_ms: u64,
    how: How<'a>,
    /// Whether they may manage messages in the whole guild, once Discord was asked.
    moderates_guild: OnceCell<bool>,
}

enum How<'a> {
    Command(&'a Command),
    Press(&'a Press),
}

impl<'a> Asked<'a> {
    /// What an event asks; nothing where it is neither a command nor a press.
    pub(crate) fn of(worker: &'a Worker, event: &'a Event) -> Option<Self> {
        let how = match &event.what {
            What::Command(command) => How::Command(command),
            What::Press(press) => How::Press(press),
            _ => return None,
        };
        Some(Self { worker, event, now_ms: now_ms(), how, moderates_guild: OnceCell::new() })
    }

    /// The command's name, or the first part of what a button is called: `forget-me:yes` is `forget-me`.
    pub(crate) fn verb(&self) -> &'a str {
        match self.how {
            How::Command(command) => &command.name,
            How::Press(press) => press.custom_id.split(':').next().unwrap_or_default(),
        }
    }

    /// The further parts of what a button is called.
    pub(crate) fn arguments(&self) -> Vec<&'a str> {
        match self.how {
            How::Command(_) => Vec::new(),
            How::Press(press) => press.custom_id.split(':').skip(1).collect(),
        }
    }

    /// Whether it is a button, a choice or a form.
    pub(crate) fn is_press(&self) -> bool {
        matches!(self.how, How::Press(_))
    }

    /// The interaction's token.
    pub(crate) fn token(&self) -> &'a str {
        match self.how {
            How::Command(command) => &command.token,
            How::Press(press) => &press.token,
        }
    }

    /// The interaction's id: facts made by it carry it, so that a second delivery makes no second fact.
    pub(crate) fn id(&self) -> u64 {
        match self.how {
            How::Command(command) => command.id.get(),
            How::Press(press) => press.id.get(),
        }
    }

    /// When it was asked, in milliseconds since the Unix epoch: by Discord's clock, as of messages.
    pub(crate) fn asked_ms(&self) -> u64 {
        Id::new_checked(self.id()).map_or(self.event.received_at_ms, written_ms)
    }

    /// A command's option, or a form's field; nothing where it was left out.
    pub(crate) fn option(&self, name: &str) -> Option<&'a str> {
        let fields: &BTreeMap<String, String> = match self.how {
            How::Command(command) => return command.option(name),
            How::Press(press) => &press.fields,
        };
        fields.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// The person an option names.
    pub(crate) fn person(&self, name: &str) -> Option<&'a Mention> {
        match self.how {
            How::Command(command) => command.person(name),
            How::Press(_) => None,
        }
    }

    /// The message a menu was opened on.
    pub(crate) fn target(&self) -> Option<&'a Target> {
        match self.how {
            How::Command(command) => command.target.as_ref(),
            How::Press(_) => None,
        }
    }

    /// Who asks.
    pub(crate) fn who(&self) -> &'a Person {
        &self.event.author
    }

    /// In which guild; none in a direct message.
    pub(crate) fn guild(&self) -> Option<Id<GuildMarker>> {
        self.event.guild_id
    }

    /// In which channel.
    pub(crate) fn channel(&self) -> Id<ChannelMarker> {
        self.event.channel_id
    }

    /// Whether the person may do that in this channel, as Discord says; an operator may do everything. In a
    /// direct message there is nobody else to protect: everybody may.
    pub(crate) fn may(&self, needed: Permissions) -> bool {
        self.guild().is_none() || self.may_everything() || self.granted().contains(needed)
    }

    /// What Discord lets the person do in this channel.
    fn granted(&self) -> Permissions {
        let bits = match self.how {
            How::Command(command) => command.permissions,
            How::Press(press) => press.permissions,
        };
        Permissions::from_bits_truncate(bits.unwrap_or(0))
    }

    fn may_everything(&self) -> bool {
        self.is_operator() || self.granted().contains(Permissions::ADMINISTRATOR)
    }

    /// Whether the person may manage messages in the whole guild. A channel's own settings may let them do so
    /// there alone, and what an interaction says of permissions is of its channel: Discord is asked, where it
    /// matters.
    pub(crate) async fn moderates_guild(&self) -> Result<bool, Trouble> {
        let Some(guild) = self.guild() else { return Ok(false) };
        let asking = self.moderates_guild.get_or_try_init(|| async {
            if self.may_everything() || !self.may(Permissions::MANAGE_MESSAGES) {
                return Ok(self.may_everything());
            }
            match self.worker.discord.may_in_guild(guild, self.who().id).await {
                Ok(may) => Ok(may.contains(Permissions::MANAGE_MESSAGES)),
                Err(e) if is_final(&e) => Ok(false),
                Err(e) => Err(e.into()),
            }
        });
        asking.await.copied()
    }

    /// Whether the person may manage what was said and learned in a space that is read here. Of a guild's it is
    /// known after [`Asked::moderates_guild`].
    pub(crate) fn moderates(&self, space: Space) -> bool {
        match space {
            Space::Channel(_) => self.may(Permissions::MANAGE_MESSAGES),
            Space::Guild(_) => self.moderates_guild.get() == Some(&true),
        }
    }

    /// Whether the person runs the den.
    pub(crate) fn is_operator(&self) -> bool {
        self.worker.operators.contains(&self.who().id)
    }

    /// The personality an option names, or the one it was resolved to by the listener.
    pub(crate) fn personality(&self) -> Option<&'a Personality> {
        self.worker.roster.get(&self.option("personality")?.parse::<PersonalityId>().ok()?)
    }

    /// The scope in which what is said here to `personality` is kept.
    pub(crate) async fn scope(&self, personality: &PersonalityId) -> Result<Scope, Trouble> {
        let known = self.worker.store.channel(self.channel()).await?;
        Ok(space::scope_of(self.worker, self.event, personality, known).await)
    }

    /// Writes an administrative act down; to be done before the act.
    pub(crate) async fn audit(&self, what: impl Into<String>) -> Result<(), Trouble> {
        self.audit_in(self.guild(), what).await
    }

    /// The same of an act that concerns another guild, or the whole den. Delivered twice, it is one line.
    pub(crate) async fn audit_in(
        &self,
        guild: Option<Id<GuildMarker>>,
        what: impl Into<String>,
    ) -> Result<(), Trouble> {
        let (at_ms, by) = (self.event.received_at_ms, Some(self.who().id));
        let act = Act { at_ms, guild, by, what: what.into() };
        Ok(self.worker.store.audit(&act).await?)
    }
}
