//! Reactions, as a bot's own user. See Discord Docs/Message, "Create Reaction".

use super::{Outcome, Reply, call::Call, refusal::Refusal, route::Endpoint};
use crate::{
    id::UserId,
    world::{Permissions, state::State},
};

const OWN: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me";
const OF_USER: &str =
    "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}";

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::bot("PUT", OWN, (1, 250), react),
    Endpoint::bot("DELETE", OWN, (1, 250), unreact),
    Endpoint::bot("DELETE", OF_USER, (1, 250), clear),
];

fn react(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    let message = state.message_of_path(call, channel)?;
    state.require(call, channel, Permissions::READ_MESSAGE_HISTORY)?;
    let emoji = emoji(call)?;
    if message.reactions.iter().all(|reaction| reaction.emoji != emoji) {
        state.require(call, channel, Permissions::ADD_REACTIONS)?;
    }
    state.add_reaction(message.id, state.caller(call), emoji);
    Ok(Reply::empty())
}

fn unreact(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    let message = state.message_of_path(call, channel)?;
    state.remove_reaction(message.id, state.caller(call), emoji(call)?);
    Ok(Reply::empty())
}

/// Takes somebody's reaction away, which in a direct message nobody can.
fn clear(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    let message = state.message_of_path(call, channel)?;
    let user: UserId = call.id("user_id")?;
    if user != state.caller(call) {
        if message.guild_id.is_none() {
            return Err(Refusal::direct_message_action());
        }
        state.require(call, channel, Permissions::MANAGE_MESSAGES)?;
    }
    state.remove_reaction(message.id, user, emoji(call)?);
    Ok(Reply::empty())
}

/// An emoji itself, or `name:id`; ordinary letters are neither.
fn emoji(call: &Call) -> Result<&str, Refusal> {
    let emoji = call.params.get("emoji_name");
    let is_custom = emoji.rsplit_once(':').is_some_and(|(_, id)| id.parse::<u64>().is_ok());
    if is_custom || !emoji.is_ascii() { Ok(emoji) } else { Err(Refusal::unknown_emoji()) }
}
