//! What the bot may do in the channels of one guild, and what takes away what it lacks.

use std::time::{SystemTime, UNIX_EPOCH};

use discord::{Channel, GuildName, Me, Member, Role};
use twilight_model::{channel::ChannelType, guild::Permissions};

use super::{
    Finding, Part, State,
    permissions::{Cause, NEEDS, Need, cause},
};

const PART: Part = Part::Permissions;
/// Channels named in one line.
const MOST_NAMED: usize = 5;

/// What is known of a guild.
pub(super) struct Guild<'a> {
    pub(super) guild: &'a GuildName,
    pub(super) me: &'a Me,
    pub(super) channels: Vec<Channel>,
    pub(super) roles: Vec<Role>,
    pub(super) member: Member,
}

/// Something that is lacking, and in which channels for the same reason.
struct Lack<'a> {
    need: &'a Need,
    cause: Cause,
    /// The category whose overwrites the channels share.
    category: Option<&'a str>,
    channels: Vec<&'a str>,
}

impl Guild<'_> {
    /// What is there, and what is lacking.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let name = &self.guild.name;
        let mut found = Vec::new();
        if self.is_timed_out() {
            let what = format!("{name}: {} is timed out, and can only look", self.me.name);
            found.push(Finding::wrong(PART, what, "in the server's member list: Remove Timeout"));
        }
        let (seen, hidden): (Vec<_>, Vec<_>) =
            (self.channels.iter().filter(|channel| has_talk(channel)))
                .partition(|channel| self.allowed(channel).contains(Permissions::VIEW_CHANNEL));
        if !hidden.is_empty() {
            let names: Vec<&str> = hidden.iter().map(|channel| called(channel)).collect();
            let what = format!(
                "{name}: hidden from the bot, which may be as you want it: {}",
                list(&names)
            );
            let mend = format!(
                "where the den should listen: Edit Channel, Permissions, add {}: View Channel",
                self.me.name
            );
            let all = Finding::note(PART, what).mended_by(mend);
            found.push(if seen.is_empty() { all.rated(State::Wrong) } else { all });
        }
        let lacks = self.lacks(&seen);
        let n_whole = seen.len() - self.n_lacking(&seen);
        if n_whole > 0 {
            let channels =
                if n_whole == 1 { "1 channel".to_owned() } else { format!("{n_whole} channels") };
            found.push(Finding::fine(PART, format!("{name}: all that is needed, in {channels}")));
        }
        found.extend(lacks.iter().map(|lack| self.finding(lack)));
        found
    }

    fn allowed(&self, channel: &Channel) -> Permissions {
        discord::permissions(self.guild.id, &self.roles, &self.member, &channel.overwrites)
    }

    fn n_lacking(&self, seen: &[&Channel]) -> usize {
        let lacks = |channel: &&&Channel| {
            let allowed = self.allowed(channel);
            needs(channel).any(|need| need.must && !allowed.contains(need.permission))
        };
        seen.iter().filter(lacks).count()
    }

    /// What is lacking in the channels the bot sees: one entry for each need and reason.
    fn lacks<'s>(&'s self, seen: &[&'s Channel]) -> Vec<Lack<'s>> {
        let mut lacks: Vec<Lack<'s>> = Vec::new();
        for &channel in seen {
            let allowed = self.allowed(channel);
            for need in needs(channel).filter(|need| !allowed.contains(need.permission)) {
                let cause = cause(
                    need.permission,
                    self.guild.id,
                    &self.roles,
                    &self.member,
                    &channel.overwrites,
                );
                let category = self.category(channel).filter(|_| cause != Cause::NoRole);
                let known = lacks.iter_mut().find(|lack| {
                    lack.need.permission == need.permission
                        && lack.cause == cause
                        && lack.category == category
                });
                match known {
                    Some(lack) => lack.channels.push(called(channel)),
                    None => {
                        lacks.push(Lack { need, cause, category, channels: vec![called(channel)] })
                    }
                }
            }
        }
        lacks
    }

    /// The category that a channel is synced with: their overwrites are the same, and mended in one place.
    fn category(&self, channel: &Channel) -> Option<&str> {
        let category = self.channels.iter().find(|parent| Some(parent.id) == channel.parent_id)?;
        let is_synced = category.overwrites.len() == channel.overwrites.len()
            && channel.overwrites.iter().all(|overwrite| category.overwrites.contains(overwrite));
        category.name.as_deref().filter(|_| is_synced)
    }

    fn finding(&self, lack: &Lack<'_>) -> Finding {
        let Lack { need, cause, category, channels } = lack;
        let bot = &self.me.name;
        let through =
            category.map(|name| format!(" (through the category {name})")).unwrap_or_default();
        let what = format!(
            "{}: no {} in {}: {}{through}; {}",
            self.guild.name,
            need.name,
            list(channels),
            cause.words(bot),
            need.without,
        );
        let place = match category {
            Some(name) => format!("Edit Category {name}, Permissions"),
            None => "Edit Channel, Permissions".to_owned(),
        };
        let mut mend = cause.mend(need.name, bot, self.own_role(), &place);
        if need.permission == Permissions::SEND_MESSAGES && *cause != Cause::NoRole {
            mend.push_str("; or hide the channel from the bot, if nobody should talk to it there");
        }
        let finding = Finding::wrong(PART, what, mend);
        if need.must { finding } else { finding.rated(State::Note) }
    }

    /// The role that came with the invitation, which has the bot's name; else any it has.
    fn own_role(&self) -> &str {
        let own = || self.roles.iter().filter(|role| self.member.roles.contains(&role.id));
        let role = own().find(|role| role.name == self.me.name).or_else(|| own().next());
        role.map_or("@everyone", |role| &role.name)
    }

    fn is_timed_out(&self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let until = self.member.timed_out_until.map(|until| until.as_secs());
        until.is_some_and(|until| u64::try_from(until).is_ok_and(|until| until > now))
    }
}

/// Whether people write there, or in threads below it.
fn has_talk(channel: &Channel) -> bool {
    matches!(
        channel.kind,
        ChannelType::GuildText | ChannelType::GuildAnnouncement | ChannelType::GuildForum
    )
}

/// What is needed in a channel. In a forum people write in threads only.
fn needs(channel: &Channel) -> impl Iterator<Item = &'static Need> + use<> {
    let is_forum = channel.kind == ChannelType::GuildForum;
    NEEDS.iter().filter(move |need| !is_forum || need.permission != Permissions::SEND_MESSAGES)
}

fn called(channel: &Channel) -> &str {
    channel.name.as_deref().unwrap_or("(without a name)")
}

fn list(channels: &[&str]) -> String {
    let named: Vec<String> =
        channels.iter().take(MOST_NAMED).map(|name| format!("#{name}")).collect();
    match channels.len().checked_sub(MOST_NAMED) {
        Some(rest) if rest > 0 => format!("{} and {rest} more", named.join(", ")),
        _ => named.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use twilight_model::{
        channel::permission_overwrite::{PermissionOverwrite, PermissionOverwriteType},
        id::Id,
    };

    use super::*;
    use crate::doctor::permissions::wanted;

    const GUILD: u64 = 1;
    const CATEGORY: u64 = 10;

    fn channel(id: u64, kind: ChannelType, name: &str, denied: Permissions) -> Channel {
        let overwrite = PermissionOverwrite {
            id: Id::new(GUILD),
            kind: PermissionOverwriteType::Role,
            allow: Permissions::empty(),
            deny: denied,
        };
        Channel {
            id: Id::new(id),
            kind,
            guild_id: Some(Id::new(GUILD)),
            parent_id: (id != CATEGORY).then(|| Id::new(CATEGORY)),
            nsfw: false,
            name: Some(name.to_owned()),
            overwrites: vec![overwrite],
        }
    }

    /// What is said of the bot in a guild where everyone may do all that is needed, but for these channels.
    fn told(channels: Vec<Channel>) -> String {
        let guild = GuildName { id: Id::new(GUILD), name: "The Ember Society".to_owned() };
        let me = Me { id: Id::new(9), name: "Roast Den".to_owned() };
        let everyone =
            Role { id: Id::new(GUILD), name: "@everyone".to_owned(), permissions: wanted() };
        let member = Member::with_roles(me.id, Vec::new());
        let guild = Guild { guild: &guild, me: &me, channels, roles: vec![everyone], member };
        let mends = guild.findings().into_iter().map(|finding| {
            format!("{}\n-> {}", finding.what, finding.mend.as_deref().unwrap_or("nothing"))
        });
        mends.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn channels_synced_with_a_category_are_mended_there() {
        let webhooks = Permissions::MANAGE_WEBHOOKS;
        insta::assert_snapshot!(told(vec![
            channel(CATEGORY, ChannelType::GuildCategory, "Quiet", webhooks),
            channel(11, ChannelType::GuildText, "library", webhooks),
            channel(12, ChannelType::GuildText, "garden", webhooks),
            channel(13, ChannelType::GuildText, "attic", webhooks | Permissions::EMBED_LINKS),
        ]), @r"
        The Ember Society: no Manage Webhooks in #library, #garden: the overwrite for @everyone takes it away (through the category Quiet); every personality speaks as the bot, without its own name and face
        -> Edit Category Quiet, Permissions: add Roast Den and set Manage Webhooks to ✓
        The Ember Society: no Manage Webhooks in #attic: the overwrite for @everyone takes it away; every personality speaks as the bot, without its own name and face
        -> Edit Channel, Permissions: add Roast Den and set Manage Webhooks to ✓
        The Ember Society: no Embed Links in #attic: the overwrite for @everyone takes it away; links show no preview
        -> Edit Channel, Permissions: add Roast Den and set Embed Links to ✓
        ");
    }

    #[test]
    fn nobody_writes_in_a_forum_itself_and_a_voice_channel_is_not_looked_at() {
        let speak = Permissions::SEND_MESSAGES;
        insta::assert_snapshot!(told(vec![
            channel(11, ChannelType::GuildForum, "questions", speak),
            channel(12, ChannelType::GuildVoice, "lounge", speak),
        ]), @r"
        The Ember Society: all that is needed, in 1 channel
        -> nothing
        ");
    }

    #[test]
    fn a_guild_that_hides_every_channel_is_mended() {
        let see = Permissions::VIEW_CHANNEL;
        insta::assert_snapshot!(told(vec![channel(11, ChannelType::GuildText, "lobby", see)]), @r"
        The Ember Society: hidden from the bot, which may be as you want it: #lobby
        -> where the den should listen: Edit Channel, Permissions, add Roast Den: View Channel
        ");
    }
}
