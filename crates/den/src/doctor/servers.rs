//! The guilds the bot is in, and the channels that files bind personalities to.

use discord::{Discord, Error, GuildName, Me};
use twilight_model::id::{Id, marker::ApplicationMarker};

use super::{Finding, Part, Subject, bot, guild::Guild, permissions::wanted};

const PART: Part = Part::Permissions;
/// Guilds looked at without being asked for one: three requests each.
const MOST_GUILDS: usize = 20;

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
