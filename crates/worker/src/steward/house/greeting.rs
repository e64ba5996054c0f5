//! The one line on joining a guild: who listens, what is kept, and where to change it.

use std::convert::Infallible;

use discord::{Channel, Member, Outgoing, permissions};
use store::{DenRow, GuildRow};
use twilight_model::{
    channel::ChannelType,
    guild::Permissions,
    id::{
        Id,
        marker::{ChannelMarker, GuildMarker},
    },
};

use crate::{Worker, steward::Trouble};

/// Channels that are tried before nothing is said.
const TRIED: usize = 3;
/// Names that are said; of more, how many.
const NAMED: usize = 5;

/// Notes that a guild has the den, and greets it.
pub(super) async fn joined(worker: &Worker, guild: Id<GuildMarker>) -> Result<(), Trouble> {
    worker.store.set_left(guild, None).await?;
    let den = worker.store.den().await?;
    greet(worker, guild, &den).await
}

/// Says the line, once in a guild's life. Where the den may not serve it, it says that instead, and the line
/// waits until it may.
pub(super) async fn greet(
    worker: &Worker,
    guild: Id<GuildMarker>,
    den: &DenRow,
) -> Result<(), Trouble> {
    let row = worker.store.guild(guild).await?;
    if row.greeted {
        return Ok(());
    }
    let is_served = !den.allowlist || row.allowed;
    let line = if is_served { hello(worker, &row) } else { stranger(worker, guild) };
    // Said again after a crash, it is found by its nonce.
    let nonce = if is_served { format!("hi-{guild}") } else { format!("no-{guild}") };
    for channel in places(worker, guild).await?.into_iter().take(TRIED) {
        let message = Outgoing {
            content: &line,
            reply_to: None,
            nonce: &nonce,
            suppress_embeds: true,
            silent: false,
        };
        match worker.discord.create_message(channel, &message).await {
            Ok(_) if is_served => {
                let change = worker.store.change_guild(guild, |row| {
                    row.greeted = true;
                    Ok::<_, Infallible>(())
                });
                let Ok(()) = change.await?;
                return Ok(());
            }
            Ok(_) => return Ok(()),
            Err(e) if e.is_final() => {
                tracing::info!(%guild, %channel, error = %e, "the line on joining is not taken here");
            }
            Err(e) => return Err(e.into()),
        }
    }
    tracing::info!(%guild, "no channel of guild {guild} takes the line on joining");
    Ok(())
}

fn hello(worker: &Worker, row: &GuildRow) -> String {
    let names: Vec<String> =
        worker.roster.iter().take(NAMED).map(|who| format!("**{}**", who.name)).collect();
    let more = worker.roster.iter().count().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "Hello! {}{more} listen here now: begin a message with a name, or use `/ask`. What is said to them is kept \
         for {} days; `/privacy` shows, exports and erases what is yours, `/mute` silences one of them, and `/den` \
         has the settings.",
        names.join(", "),
        row.retention_days()
    )
}

fn stranger(worker: &Worker, guild: Id<GuildMarker>) -> String {
    let people: Vec<String> = worker.operators.iter().map(|id| format!("<@{id}>")).collect();
    let whom = if people.is_empty() {
        "the people who run this bot".to_owned()
    } else {
        people.join(" or ")
    };
    format!(
        "Hello! I may only speak in servers that were let in, and this one was not yet, so I stay silent and keep \
         nothing. Ask {whom} to allow server {guild}."
    )
}

/// Where we may post: where the guild wants notices, then where everybody reads, then the rest, the oldest
/// text channels first.
async fn places(worker: &Worker, id: Id<GuildMarker>) -> Result<Vec<Id<ChannelMarker>>, Trouble> {
    let discord = &worker.discord;
    let me = discord.me().await?;
    let (guild, mut channels, member) = tokio::try_join!(
        discord.guild(id),
        discord.guild_channels(id),
        discord.guild_member(id, me.id)
    )?;
    let needed = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
    channels.retain(|channel: &Channel| {
        channel.kind == ChannelType::GuildText
            && permissions(id, &guild.roles, &member, &channel.overwrites).contains(needed)
    });
    // A member without roles, whom no channel's settings name.
    let anybody = Member::with_roles(id.cast(), vec![]);
    let is_read = |channel: &Channel| {
        let granted = permissions(id, &guild.roles, &anybody, &channel.overwrites);
        granted.contains(Permissions::VIEW_CHANNEL)
    };
    channels.sort_by_key(|channel| {
        let is_wanted = guild.system_channel_id == Some(channel.id);
        (!is_wanted, !is_read(channel), channel.id)
    });
    Ok(channels.into_iter().map(|channel| channel.id).collect())
}
