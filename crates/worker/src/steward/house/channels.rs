//! Channels that belong to one personality: it answers everything said there.

use store::GuildRow;
use twilight_model::{
    guild::Permissions,
    id::{
        Id,
        marker::{ChannelMarker, GuildMarker},
    },
};

use super::{
    rights::{guild, guild_where, whom},
    settings::{self, SOON},
    stop::{Stop, refused},
};
use crate::{
    steward::{Asked, Told},
    voice::is_final,
};

/// Binds a channel to a personality.
pub(super) async fn bind(asked: &Asked<'_>) -> Result<Told, Stop> {
    let (guild, channel) = place(asked).await?;
    let who = whom(asked)?;
    let act = format!("bind channel {channel} to {}", who.id);
    let change = settings::change(asked, guild, act, |row| {
        settings::set(row, channel, |set| set.bound.replace(who.id.clone()))
    });
    let before = change.await?.filter(|before| *before != who.id);
    let before = before.and_then(|id| asked.worker.roster.get(&id));
    let instead = before.map(|old| format!(", in the place of **{}**", old.name));
    Ok(Told::line(format!(
        "**{}** answers everything in <#{channel}> from now on{}. {SOON}",
        who.name,
        instead.unwrap_or_default()
    )))
}

/// Ends it.
pub(super) async fn unbind(asked: &Asked<'_>) -> Result<Told, Stop> {
    let (guild, channel) = place(asked).await?;
    let bound = |row: &GuildRow| row.channels.get(&channel).and_then(|set| set.bound.clone());
    let row = asked.worker.store.guild(guild).await?;
    if let Some(id) = bound(&row) {
        settings::change(asked, guild, format!("unbind channel {channel} from {id}"), |row| {
            settings::set(row, channel, |set| set.bound = None)
        })
        .await?;
    }
    let by_file = by_file(asked, channel);
    Ok(Told::line(format!("<#{channel}> is bound to nobody. {SOON}{by_file}")))
}

/// Who answers everything in a channel because its file says so, which no command changes.
fn by_file(asked: &Asked<'_>, channel: Id<ChannelMarker>) -> String {
    let mut all = asked.worker.roster.iter();
    let bound = all
        .find(|who| who.presence.channels.iter().any(|bound| bound.get().get() == channel.get()));
    bound.map_or_else(String::new, |who| {
        format!("\nBut **{}** listens there by its own file, which the people who run this den can change.", who.name)
    })
}

/// The guild and the channel that is meant, where the person may change it.
pub(super) async fn place(asked: &Asked<'_>) -> Result<(Id<GuildMarker>, Id<ChannelMarker>), Stop> {
    let named = asked.option("channel").map(|id| id.parse().ok().and_then(Id::new_checked));
    let channel = match named {
        None => asked.channel(),
        Some(Some(channel)) => channel,
        Some(None) => return refused("That is no channel."),
    };
    if channel == asked.channel() {
        let guild = guild_where(asked, Permissions::MANAGE_CHANNELS, "Manage Channels")?;
        return Ok((guild, channel));
    }
    // What the interaction says of permissions holds where it was used, not there.
    let guild = guild(asked)?;
    let discord = &asked.worker.discord;
    let may = async {
        if discord.channel(channel).await?.guild_id != Some(guild) {
            return Ok(None);
        }
        discord.may(guild, channel, asked.who().id).await.map(Some)
    };
    match may.await {
        Ok(None) => refused("That channel is not in this server."),
        Ok(Some(may)) if may.contains(Permissions::MANAGE_CHANNELS) || asked.is_operator() => {
            Ok((guild, channel))
        }
        Ok(Some(_)) => {
            refused(format!("You need the permission Manage Channels in <#{channel}> for that."))
        }
        Err(e) if is_final(&e) => refused("I cannot see that channel."),
        Err(e) => Err(e.into()),
    }
}
