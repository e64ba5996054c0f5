//! What comes after an interaction's first response: changing it, and further messages.
//! See Discord Docs/Receiving and Responding, "Followup Messages".

use std::sync::Arc;

use super::{
    Outcome, Reply,
    call::Call,
    form::{self, Rules},
    interactions,
    refusal::Refusal,
};
use crate::{
    id::{ApplicationId, InteractionId, MessageId},
    world::{
        InteractionState, Message, interaction::TOKEN_LIFETIME_MS, message::flag, post::Revision,
        state::State,
    },
};

/// Further messages where the application is not in the guild but installed by its user.
const MOST_BY_USER_INSTALL: u32 = 5;

/// The interaction whose token stands in the path; `None` where the path is a webhook's.
pub(super) fn interaction_of_path(
    state: &State,
    call: &Call,
) -> Result<Option<InteractionId>, Refusal> {
    let application: ApplicationId = call.id("webhook_id")?;
    if !state.applications.contains_key(&application) {
        return Ok(None);
    }
    let id = state.interaction_tokens.get(call.params.get("webhook_token"));
    let live = id.and_then(|id| state.interactions.get(id));
    let live = live.filter(|live| live.view.application_id == application);
    let live = live.ok_or_else(Refusal::unknown_webhook)?;
    if state.clock.now_ms() > live.view.created_ms + TOKEN_LIFETIME_MS {
        return Err(Refusal::invalid_webhook_token());
    }
    // Before the first response there is nothing to follow up on.
    if live.view.responded_ms.is_none() {
        return Err(Refusal::unknown_webhook());
    }
    Ok(Some(live.view.id))
}

pub(super) fn create(state: &mut State, call: &Call, id: InteractionId) -> Outcome {
    let live = &state.interactions[&id];
    let is_deferred = matches!(live.view.state, InteractionState::Deferred { .. });
    // The first message after a deferral takes the place of "thinking", for backwards compatibility. Where that was
    // deleted, it is a message of its own, ephemeral or not; see discord-api-docs #2739.
    if is_deferred
        && let Some(original) = live.original
        && standing(state, original).is_ok()
    {
        return change(state, call, id, original);
    }
    if live.by_user_install && live.view.followups >= MOST_BY_USER_INSTALL {
        return Err(Refusal::too_many_followups());
    }
    let view = live.view.clone();
    let body = form::create(call, &call.body, Rules::interaction())?;
    let message = interactions::post(state, &view, body);
    if let Some(live) = state.interactions.get_mut(&id) {
        live.view.followups += 1;
    }
    let message = state.message(message).expect("it was just posted");
    if is_deferred {
        state.responded(id, InteractionState::Answered { message_id: message.id });
    }
    Ok(Reply::json(state.message_json(&message)))
}

pub(super) fn get(state: &mut State, call: &Call, id: InteractionId) -> Outcome {
    let message = own(state, id, call.id("message_id")?)?;
    Ok(Reply::json(state.message_json(&message)))
}

pub(super) fn edit(state: &mut State, call: &Call, id: InteractionId) -> Outcome {
    let message = own(state, id, call.id("message_id")?)?;
    change(state, call, id, message.id)
}

pub(super) fn delete(state: &mut State, call: &Call, id: InteractionId) -> Outcome {
    let message = own(state, id, call.id("message_id")?)?;
    state.delete_message(message.id);
    Ok(Reply::empty())
}

pub(super) fn get_original(state: &mut State, call: &Call) -> Outcome {
    let (_, message) = original(state, call)?;
    Ok(Reply::json(state.message_json(&message)))
}

pub(super) fn edit_original(state: &mut State, call: &Call) -> Outcome {
    let (id, message) = original(state, call)?;
    change(state, call, id, message.id)
}

pub(super) fn delete_original(state: &mut State, call: &Call) -> Outcome {
    let (_, message) = original(state, call)?;
    state.delete_message(message.id);
    Ok(Reply::empty())
}

/// Changes a message of an interaction; one that was "thinking" has its answer then.
fn change(state: &mut State, call: &Call, id: InteractionId, message: MessageId) -> Outcome {
    let before = standing(state, message)?;
    let mut revision: Revision = form::edit(call, &call.body, &before, Rules::interaction())?;
    let flags = revision.flags.unwrap_or(before.flags);
    // Whether it is ephemeral was settled by the first response.
    let kept = before.flags & flag::EPHEMERAL;
    revision.flags = Some((flags & !(flag::LOADING | flag::EPHEMERAL)) | kept);
    let message = state.revise(message, revision);
    let is_original = state.interactions[&id].original == Some(message.id);
    if is_original {
        state.responded(id, InteractionState::Answered { message_id: message.id });
    }
    Ok(Reply::json(state.message_json(&message)))
}

fn original(state: &State, call: &Call) -> Result<(InteractionId, Arc<Message>), Refusal> {
    let id = interaction_of_path(state, call)?.ok_or_else(Refusal::unknown_webhook)?;
    let message = state.interactions[&id].original.ok_or_else(Refusal::unknown_message)?;
    Ok((id, standing(state, message)?))
}

/// A message of this interaction.
fn own(state: &State, id: InteractionId, message: MessageId) -> Result<Arc<Message>, Refusal> {
    let message = standing(state, message)?;
    let answers = message.interaction.as_ref().is_some_and(|answering| answering.id == id);
    let is_original = state.interactions[&id].original == Some(message.id);
    if answers || is_original { Ok(message) } else { Err(Refusal::unknown_message()) }
}

fn standing(state: &State, message: MessageId) -> Result<Arc<Message>, Refusal> {
    let message = state.message(message).filter(|message| message.is_visible());
    message.ok_or_else(Refusal::unknown_message)
}
