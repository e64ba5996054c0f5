//! Building channels and threads, and who may do what in them.

use super::{Unknown, World, channel::ChannelKind, permission::Permissions, state::State};
use crate::id::{ChannelId, GuildId, RoleId, UserId, WebhookId};

/// Whom a channel's rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// `@everyone`.
    Everyone,
    /// Who has a role.
    Role(RoleId),
    /// A person or a bot.
    User(UserId),
}

impl World {
    /// Adds a text channel everybody in the guild sees.
    ///
    /// # Errors
    /// [`Unknown::Guild`].
    pub fn add_text_channel(&self, guild: GuildId, name: &str) -> Result<ChannelId, Unknown> {
        let mut state = self.lock();
        state.check_guild(guild)?;
        let channel = state.new_channel(ChannelKind::Text, name);
        Ok(state.open_channel(channel, guild, "CHANNEL_CREATE"))
    }

    /// Adds a text channel that only `people` and the guild's bots see.
    ///
    /// # Errors
    /// [`Unknown::Guild`].
    pub fn add_private_channel(
        &self,
        guild: GuildId,
        name: &str,
        people: &[UserId],
    ) -> Result<ChannelId, Unknown> {
        let mut state = self.lock();
        state.check_guild(guild)?;
        let bots = state.bots_in(guild);
        let mut channel = state.new_channel(ChannelKind::Text, name);
        let overwrites = &mut channel.overwrites;
        overwrites.of(Whom::Everyone, guild).set(Permissions::VIEW_CHANNEL, false);
        for user in bots.iter().chain(people) {
            overwrites.of(Whom::User(*user), guild).set(Permissions::VIEW_CHANNEL, true);
        }
        Ok(state.open_channel(channel, guild, "CHANNEL_CREATE"))
    }

    /// Adds a public thread under a text channel.
    ///
    /// # Errors
    /// [`Unknown::Channel`] when `parent` is no text channel.
    pub fn add_thread(&self, parent: ChannelId, name: &str) -> Result<ChannelId, Unknown> {
        let mut state = self.lock();
        let guild = state.guild_of_text_channel(parent)?;
        let mut thread = state.new_channel(ChannelKind::PublicThread, name);
        thread.parent = Some(parent);
        Ok(state.open_channel(thread, guild, "THREAD_CREATE"))
    }

    /// Adds a private thread under a text channel, which only `people`, the guild's bots and those who may
    /// manage threads see.
    ///
    /// # Errors
    /// [`Unknown::Channel`] when `parent` is no text channel.
    pub fn add_private_thread(
        &self,
        parent: ChannelId,
        name: &str,
        people: &[UserId],
    ) -> Result<ChannelId, Unknown> {
        let mut state = self.lock();
        let guild = state.guild_of_text_channel(parent)?;
        let mut thread = state.new_channel(ChannelKind::PrivateThread, name);
        thread.parent = Some(parent);
        thread.recipients = people.to_vec();
        thread.recipients.extend(state.bots_in(guild));
        Ok(state.open_channel(thread, guild, "THREAD_CREATE"))
    }

    /// Marks a channel as age-restricted, or not.
    ///
    /// # Errors
    /// [`Unknown::Channel`].
    pub fn set_age_restricted(&self, channel: ChannelId, restricted: bool) -> Result<(), Unknown> {
        let mut state = self.lock();
        let found = state.channels.get_mut(&channel).ok_or(Unknown::Channel(channel))?;
        found.age_restricted = restricted;
        state.channel_changed(channel);
        Ok(())
    }

    /// Allows or denies `permissions` in one channel, to everyone, a role or somebody. Denying everyone
    /// [`Permissions::VIEW_CHANNEL`] makes a channel private.
    ///
    /// # Errors
    /// [`Unknown::Channel`], also for a thread or a direct message: those have no rules of their own.
    pub fn set_permission(
        &self,
        channel: ChannelId,
        whom: Whom,
        permissions: Permissions,
        allow: bool,
    ) -> Result<(), Unknown> {
        let mut state = self.lock();
        let guild = state.guild_of_text_channel(channel)?;
        if let Some(found) = state.channels.get_mut(&channel) {
            found.overwrites.of(whom, guild).set(permissions, allow);
        }
        state.channel_changed(channel);
        Ok(())
    }

    /// Allows or denies `permissions` to every bot of the guild in one channel.
    ///
    /// # Errors
    /// [`Unknown::Channel`], also for a thread or a direct message: those have no rules of their own.
    pub fn set_bot_permission(
        &self,
        channel: ChannelId,
        permissions: Permissions,
        allow: bool,
    ) -> Result<(), Unknown> {
        let mut state = self.lock();
        let guild = state.guild_of_text_channel(channel)?;
        let bots = state.bots_in(guild);
        if let Some(found) = state.channels.get_mut(&channel) {
            for bot in bots {
                found.overwrites.of(Whom::User(bot), guild).set(permissions, allow);
            }
        }
        state.channel_changed(channel);
        Ok(())
    }

    /// Deletes a channel with its threads, messages and webhooks.
    ///
    /// # Errors
    /// [`Unknown::Channel`].
    pub fn delete_channel(&self, channel: ChannelId) -> Result<(), Unknown> {
        let mut state = self.lock();
        if state.delete_channel(channel) { Ok(()) } else { Err(Unknown::Channel(channel)) }
    }

    /// Deletes a webhook, as somebody does in the channel's settings.
    ///
    /// # Errors
    /// [`Unknown::Webhook`].
    pub fn delete_webhook(&self, webhook: WebhookId) -> Result<(), Unknown> {
        let deleted = self.lock().delete_webhook(webhook);
        if deleted { Ok(()) } else { Err(Unknown::Webhook(webhook)) }
    }
}

impl State {
    /// The guild of a channel that has rules and threads of its own.
    fn guild_of_text_channel(&self, channel: ChannelId) -> Result<GuildId, Unknown> {
        let found = self.channels.get(&channel).filter(|found| found.kind == ChannelKind::Text);
        found.and_then(|found| found.guild_id).ok_or(Unknown::Channel(channel))
    }
}
