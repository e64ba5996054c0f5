//! What the bot may do in every channel of its guilds, and what takes away what it lacks.

use std::time::{SystemTime, UNIX_EPOCH};

use discord::{Channel, Discord, Error, GuildName, Me, Member, Role};
use twilight_model::{
    channel::ChannelType,
    guild::Permissions,
    id::{Id, marker::ApplicationMarker},
};

use super::{
    Finding, Part, State, Subject, bot,
    permissions::{Cause, NEEDS, Need, cause, wanted},
};

const PART: Part = Part::Permissions;
/// Guilds looked at without being asked for one: three requests each.
const MOST_GUILDS: usize = 20;
/// Channels named in one line.
const MOST_NAMED: usize = 5;

pub(super) async fn look(subject: &Subject, deadline: tokio::time::Instant) -> Vec<Finding> {
    let Some(Ok(discord)) = bot::connect(subject) else {
        return vec![Finding::note(PART, "none are looked at: there is no bot to ask as")];
    };
    let discord = discord.by(deadline);
    let who = tokio::try_join!(discord.me(), discord.application(), discord.guilds());
    let (me, application, mut guilds) = match who {
        Ok(who) => who,
        // Said of the bot already, with its mend.
        Err(Error::Unauthorized | Error::Transport { .. }) => {
            return vec![Finding::note(
                PART,
                "none are looked at: the bot does not get into Discord",
            )];
        }
        Err(e) => return vec![bot::trouble(PART, "the guilds", &e)],
    };
    if let Some(only) = subject.guild {
        guilds.retain(|guild| guild.id.into_nonzero() == only);
    }
    if guilds.is_empty() {
        let what = match subject.guild {
            Some(guild) => format!("{} is not in guild {guild}", me.name),
            None => format!("{} is in no guild yet", me.name),
        };
        return vec![Finding::wrong(
            PART,
            what,
            format!("invite it: {}", invitation(application.id)),
        )];
    }
    let mut found = Vec::new();
    for guild in guilds.iter().take(MOST_GUILDS) {
        found.extend(look_at(&discord, guild, &me).await);
    }
    if let Some(rest) = guilds.len().checked_sub(MOST_GUILDS).filter(|rest| *rest > 0) {
        let what = format!("{rest} more guilds are not looked at");
        found.push(Finding::note(PART, what).mended_by("look at one: den doctor --guild ID"));
    }
    found.extend(bound_channels(subject, &discord).await);
    found
}

/// The address under which a server's owner lets the bot in.
fn invitation(application: Id<ApplicationMarker>) -> String {
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={}",
        wanted().bits()
    )
}

async fn look_at(discord: &Discord, guild: &GuildName, me: &Me) -> Vec<Finding> {
    let asked = tokio::try_join!(
        discord.guild_channels(guild.id),
        discord.guild_roles(guild.id),
        discord.guild_member(guild.id, me.id),
    );
    match asked {
        Ok((channels, roles, member)) => Guild { guild, me, channels, roles, member }.findings(),
        Err(e) => vec![bot::trouble(PART, &guild.name, &e)],
    }
}

/// What is known of a guild.
struct Guild<'a> {
    guild: &'a GuildName,
    me: &'a Me,
    channels: Vec<Channel>,
    roles: Vec<Role>,
    member: Member,
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
    fn findings(&self) -> Vec<Finding> {
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

/// The channels that files bind personalities to, where the bot does not see them.
async fn bound_channels(subject: &Subject, discord: &Discord) -> Vec<Finding> {
    let mut found = Vec::new();
    for who in subject.roster.iter().flat_map(|roster| roster.iter()) {
        for channel in &who.presence.channels {
            let problem = match discord.channel(Id::from(channel.get())).await {
                Ok(_) => continue,
                Err(Error::NotFound { .. }) => "does not exist",
                Err(Error::Forbidden { .. }) => "is hidden from the bot",
                Err(e) => {
                    found.push(bot::trouble(PART, &format!("channel {channel}"), &e));
                    continue;
                }
            };
            found.push(Finding::wrong(
                PART,
                format!("{} is bound to channel {channel}, which {problem}", who.name),
                format!(
                    "allow the bot View Channel there, or change presence.channels of {}",
                    who.id
                ),
            ));
        }
    }
    found
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
