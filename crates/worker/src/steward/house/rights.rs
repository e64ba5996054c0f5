//! Who may do what, where, with whom.

use personality::Personality;
use queue::Event;
use store::{Act, ReplyRow};
use twilight_model::{
    guild::Permissions,
    id::{
        Id,
        marker::{GuildMarker, UserMarker},
    },
};

use super::stop::{Stop, refused};
use crate::{
    Worker,
    steward::{Asked, Trouble},
};

/// The longest part of what somebody typed that is repeated to them.
const REPEATED: usize = 40;

/// For whoever runs the den and names no server, or none that can be.
pub(super) const WHICH_GUILD: &str = "Which server? Paste its id, as in `guild:1042`. In a server where Discord \
    shows you `/den`, that one is meant without it.";

/// The guild, where the person may do that in it; `called` is the permission's name as Discord shows it.
pub(super) fn guild_where(
    asked: &Asked<'_>,
    needed: Permissions,
    called: &str,
) -> Result<Id<GuildMarker>, Stop> {
    let guild = guild(asked)?;
    if !asked.may(needed) {
        return refused(format!("You need the permission {called} for that."));
    }
    Ok(guild)
}

/// The guild, for its admins.
pub(super) fn guild_of_admin(asked: &Asked<'_>) -> Result<Id<GuildMarker>, Stop> {
    guild_where(asked, Permissions::MANAGE_GUILD, "Manage Server")
}

/// The guild that is meant, for its admins. Those who run the den may name another one.
pub(super) fn guild_meant(asked: &Asked<'_>) -> Result<Id<GuildMarker>, Stop> {
    match named_guild(asked)? {
        Some(named) if Some(named) != asked.guild() => operator(asked).map(|()| named),
        None if asked.guild().is_none() && asked.is_operator() => refused(WHICH_GUILD),
        _ => guild_of_admin(asked),
    }
}

/// The same, where nothing is named for the whole den to those who run it, in a direct message.
pub(super) fn guild_or_den(asked: &Asked<'_>) -> Result<Option<Id<GuildMarker>>, Stop> {
    match (named_guild(asked)?, asked.guild()) {
        (None, None) if asked.is_operator() => Ok(None),
        _ => guild_meant(asked).map(Some),
    }
}

/// The guild that is named by its id; nothing where none is.
pub(super) fn named_guild(asked: &Asked<'_>) -> Result<Option<Id<GuildMarker>>, Stop> {
    let Some(typed) = asked.option("guild") else { return Ok(None) };
    match typed.trim().parse().ok().and_then(Id::new_checked) {
        Some(guild) => Ok(Some(guild)),
        None => refused(WHICH_GUILD),
    }
}

/// How a guild is called where it is spoken of.
pub(super) fn called(asked: &Asked<'_>, guild: Id<GuildMarker>) -> String {
    match asked.guild() == Some(guild) {
        true => "this server".to_owned(),
        false => format!("server {guild}"),
    }
}

/// The guild, where there is one.
pub(super) fn guild(asked: &Asked<'_>) -> Result<Id<GuildMarker>, Stop> {
    let line = "That is about a server, and here it is just the two of us. Use it in the server.";
    asked.guild().ok_or_else(|| Stop::Refused(line.to_owned()))
}

/// For those who run the den.
pub(super) fn operator(asked: &Asked<'_>) -> Result<(), Stop> {
    if asked.is_operator() {
        return Ok(());
    }
    refused("Only the people who run this den can do that.")
}

/// The personality that is named, by its id or as people call it.
pub(super) fn whom<'a>(asked: &Asked<'a>) -> Result<&'a Personality, Stop> {
    let wanted = asked.option("personality").unwrap_or_default().trim();
    let is_called =
        |who: &&Personality| who.names().any(|name| name.to_lowercase() == wanted.to_lowercase());
    let found = asked.personality().or_else(|| asked.worker.roster.iter().find(is_called));
    found.ok_or_else(|| {
        Stop::Refused(match wanted {
            "" => "Whom do you mean? Name one of those in `/personalities`.".to_owned(),
            _ => format!(
                "Nobody here is called “{}”. `/personalities` shows who lives here.",
                chat::plain(wanted, REPEATED)
            ),
        })
    })
}

/// A whole number within bounds; nothing where it was left out.
pub(super) fn number(
    asked: &Asked<'_>,
    option: &str,
    least: u32,
    most: u32,
) -> Result<Option<u32>, Stop> {
    let Some(typed) = asked.option(option) else { return Ok(None) };
    match typed.trim().parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => refused(format!(
            "“{}” is no number from {least} to {most}.",
            chat::plain(typed, REPEATED)
        )),
    }
}

/// Whether that is the real person whom a personality imitates: they can silence it at any time.
pub(super) fn is_imitated(who: &Personality, person: Id<UserMarker>) -> bool {
    who.real_name.as_ref().is_some_and(|real| real.discord_id.get().get() == person.get())
}

/// Whether a reply is theirs to take back whatever else they may do: who asked for it, and whom it imitates.
pub(super) fn is_theirs(worker: &Worker, row: &ReplyRow, person: Id<UserMarker>) -> bool {
    let who = worker.roster.get(&row.personality);
    row.was_asked_by(person) || who.is_some_and(|who| is_imitated(who, person))
}

/// Writes down what is done to a reply by somebody to whom it does not belong; to be done before the act.
pub(super) async fn note(
    worker: &Worker,
    event: &Event,
    row: &ReplyRow,
    verb: &str,
) -> Result<(), Trouble> {
    let person = event.author.id;
    if is_theirs(worker, row, person) {
        return Ok(());
    }
    let ReplyRow { message_id, personality, channel_id, .. } = row;
    let what = format!("{verb} reply {message_id} of {personality} in channel {channel_id}");
    // As of when it was asked for: delivered twice, it is one line.
    let at_ms = event.received_at_ms;
    Ok(worker.store.audit(&Act { at_ms, guild: event.guild_id, by: Some(person), what }).await?)
}

/// Whether whoever put a sign on a reply may take it back. A sign says nothing of permissions: Discord is
/// asked.
pub(super) async fn may_take_back(
    worker: &Worker,
    event: &Event,
    row: &ReplyRow,
) -> Result<bool, Trouble> {
    let person = event.author.id;
    if is_theirs(worker, row, person) || worker.operators.contains(&person) {
        return Ok(true);
    }
    let Some(guild) = event.guild_id else { return Ok(false) };
    let may = worker.discord.may(guild, event.channel_id, person).await?;
    Ok(may.contains(Permissions::MANAGE_MESSAGES))
}
