//! Guilds, their channels, roles and members. See Discord Docs/Guild.

use serde_json::{Value, json};

use super::{
    Outcome, Reply,
    call::Call,
    refusal::{FormErrors, Refusal},
    route::Endpoint,
};
use crate::{
    Change,
    id::UserId,
    world::{Permissions, state::State},
};

const MEMBERS: &str = "/guilds/{guild_id}/members";

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::bot("GET", "/guilds/{guild_id}", (50, 1000), get),
    Endpoint::bot("GET", "/guilds/{guild_id}/channels", (50, 1000), channels),
    Endpoint::bot("GET", "/guilds/{guild_id}/roles", (50, 1000), roles),
    Endpoint::bot("GET", MEMBERS, (10, 10_000), members),
    Endpoint::bot("PATCH", "/guilds/{guild_id}/members/@me", (10, 10_000), rename),
    Endpoint::bot("GET", "/guilds/{guild_id}/members/{user_id}", (50, 1000), member),
];

fn get(state: &mut State, call: &Call) -> Outcome {
    let guild = &state.guilds[&state.visible_guild(call)?];
    let mut json = guild.json();
    if call.query_is_true("with_counts") {
        json["approximate_member_count"] = guild.members.len().into();
        json["approximate_presence_count"] = guild.members.len().into();
    }
    Ok(Reply::json(json))
}

fn channels(state: &mut State, call: &Call) -> Outcome {
    let guild = &state.guilds[&state.visible_guild(call)?];
    let channels = guild.channels.iter().filter_map(|id| state.channels.get(id));
    // Threads have a list of their own.
    let channels = channels.filter(|channel| channel.thread_parent().is_none());
    Ok(Reply::json(channels.map(|channel| channel.json(guild.owner)).collect()))
}

fn roles(state: &mut State, call: &Call) -> Outcome {
    let guild = &state.guilds[&state.visible_guild(call)?];
    Ok(Reply::json(guild.roles_json().into()))
}

/// Listing members needs a privileged intent, which is never on here.
fn members(state: &mut State, call: &Call) -> Outcome {
    state.visible_guild(call)?;
    Err(Refusal::missing_access())
}

fn member(state: &mut State, call: &Call) -> Outcome {
    let guild = state.visible_guild(call)?;
    let user: UserId = call.id("user_id")?;
    let member = state.full_member_json(guild, user).ok_or_else(Refusal::unknown_member)?;
    Ok(Reply::json(member))
}

/// The bot's own name in the guild.
fn rename(state: &mut State, call: &Call) -> Outcome {
    let guild = state.visible_guild(call)?;
    let bot = state.caller(call);
    if !state.guild_permissions(bot, guild).contains(Permissions::CHANGE_NICKNAME) {
        return Err(Refusal::missing_permissions());
    }
    if let Some(nick) = call.body.get("nick") {
        let nick = nick.as_str().filter(|nick| !nick.is_empty());
        if nick.is_some_and(|nick| nick.chars().count() > 32) {
            let message = "Must be 32 or fewer in length.";
            return Err(Refusal::form(FormErrors::at("nick", "BASE_TYPE_MAX_LENGTH", message)));
        }
        let found = state.guilds.get_mut(&guild).and_then(|guild| guild.members.get_mut(&bot));
        if let Some(member) = found {
            member.nick = nick.map(str::to_owned);
        }
        state.announce(Change::Surroundings);
    }
    let mut json: Value = state.full_member_json(guild, bot).unwrap_or_default();
    json["bio"] = json!("");
    Ok(Reply::json(json))
}
