//! The first response to an interaction. See Discord Docs/Receiving and Responding.

use serde_json::{Value, json};

use super::{
    Outcome, Reply,
    call::Call,
    followups,
    form::{self, Rules},
    modal,
    refusal::{FormErrors, Refusal},
    route::Endpoint,
};
use crate::{
    id::{InteractionId, MessageId},
    world::{
        Answering, Choice, Interaction, InteractionKind, InteractionState, Poster,
        interaction::FIRST_RESPONSE_MS,
        message::flag,
        post::{Body, Draft},
        state::State,
    },
};

const CALLBACK: &str = "/interactions/{interaction_id}/{interaction_token}/callback";
const ORIGINAL: &str = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::open("POST", CALLBACK, (1000, 1000), respond).not_global(),
    Endpoint::open("GET", ORIGINAL, (5, 2000), followups::get_original).not_global(),
    Endpoint::open("PATCH", ORIGINAL, (5, 2000), followups::edit_original).not_global(),
    Endpoint::open("DELETE", ORIGINAL, (5, 2000), followups::delete_original).not_global(),
];

/// Completions a bot may offer.
const MOST_CHOICES: usize = 25;

fn respond(state: &mut State, call: &Call) -> Outcome {
    let id: InteractionId = call.id("interaction_id")?;
    let live = state.interactions.get(&id);
    let live = live.filter(|live| live.token == call.params.get("interaction_token"));
    let interaction =
        live.map(|live| live.view.clone()).ok_or_else(Refusal::unknown_interaction)?;
    if interaction.responded_ms.is_some() {
        return Err(Refusal::already_acknowledged());
    }
    if state.clock.now_ms() > interaction.created_ms + FIRST_RESPONSE_MS {
        return Err(Refusal::unknown_interaction());
    }
    let kind = call.body["type"].as_u64().ok_or_else(|| Refusal::required("type"))?;
    if !fits(&interaction, kind) {
        let message = "This response does not fit the interaction.";
        return Err(Refusal::choice("type", message));
    }
    let data = &call.body["data"];
    let message = match kind {
        4 => Some(answer(state, call, &interaction, data)?),
        5 => Some(defer(state, &interaction, data)?),
        6 => {
            note_original(state, &interaction, interaction.message_id);
            state.responded(id, InteractionState::DeferredUpdate);
            None
        }
        7 => Some(update(state, call, &interaction, data)?),
        8 => {
            state.responded(id, InteractionState::Choices { choices: choices(data)? });
            None
        }
        _ => {
            state.responded(id, InteractionState::Modal { form: modal::read(data)? });
            None
        }
    };
    if !call.query_is_true("with_response") {
        return Ok(Reply::empty());
    }
    let mut response = json!({"interaction": {"id": id, "type": interaction.kind.number()}});
    if let Some(message) = message.and_then(|message| state.message(message)) {
        response["interaction"]["response_message_id"] = json!(message.id);
        response["resource"] = json!({"type": kind, "message": state.message_json(&message)});
    }
    Ok(Reply::json(response))
}

/// Whether a response of this type may come first. See "Interaction Callback Type".
fn fits(interaction: &Interaction, response: u64) -> bool {
    match interaction.kind {
        InteractionKind::Command => matches!(response, 4 | 5 | 9),
        InteractionKind::Component => matches!(response, 4..=7 | 9),
        InteractionKind::Autocomplete => response == 8,
        // Never another form, and only one opened from a message has a message to change.
        InteractionKind::Modal if interaction.message_id.is_some() => matches!(response, 4..=7),
        InteractionKind::Modal => matches!(response, 4 | 5),
    }
}

fn answer(
    state: &mut State,
    call: &Call,
    interaction: &Interaction,
    data: &Value,
) -> Result<MessageId, Refusal> {
    if !data.is_object() {
        return Err(Refusal::required("data"));
    }
    let body = form::create(call, data, Rules::interaction())?;
    let message = post(state, interaction, body);
    note_original(state, interaction, Some(message));
    state.responded(interaction.id, InteractionState::Answered { message_id: message });
    Ok(message)
}

/// "The bot is thinking": a message without words that is changed later.
fn defer(state: &mut State, interaction: &Interaction, data: &Value) -> Result<MessageId, Refusal> {
    let flags = data["flags"].as_u64().unwrap_or(0);
    if flags & !flag::EPHEMERAL != 0 {
        let message = "Only EPHEMERAL may be set on a deferral.";
        return Err(Refusal::choice("data.flags", message));
    }
    let body = Body { flags: flags | flag::LOADING, ..Body::default() };
    let message = post(state, interaction, body);
    note_original(state, interaction, Some(message));
    let ephemeral = flags & flag::EPHEMERAL != 0;
    state.responded(interaction.id, InteractionState::Deferred { ephemeral });
    Ok(message)
}

/// Changes the message the component is on.
fn update(
    state: &mut State,
    call: &Call,
    interaction: &Interaction,
    data: &Value,
) -> Result<MessageId, Refusal> {
    let on = interaction.message_id.and_then(|id| state.message(id));
    let on = on.filter(|message| message.is_visible()).ok_or_else(Refusal::unknown_message)?;
    let revision = form::edit(call, data, &on, Rules::interaction())?;
    state.revise(on.id, revision);
    note_original(state, interaction, Some(on.id));
    state.responded(interaction.id, InteractionState::Answered { message_id: on.id });
    Ok(on.id)
}

fn choices(data: &Value) -> Result<Vec<Choice>, Refusal> {
    let choices = data["choices"].as_array().ok_or_else(|| Refusal::required("data.choices"))?;
    if choices.len() > MOST_CHOICES {
        return Err(Refusal::too_long("data.choices", MOST_CHOICES));
    }
    let one = |choice: &Value| {
        let name = choice["name"].as_str().unwrap_or_default();
        let fits = (1..=100).contains(&name.chars().count());
        let value = &choice["value"];
        let value_fits =
            value.is_number() || value.as_str().is_some_and(|text| text.chars().count() <= 100);
        if !fits || !value_fits {
            let message = "Must be between 1 and 100 in length.";
            let errors = FormErrors::at("data.choices", "BASE_TYPE_BAD_LENGTH", message);
            return Err(Refusal::form(errors));
        }
        Ok(Choice { name: name.to_owned(), value: value.clone() })
    };
    choices.iter().map(one).collect()
}

/// Remembers what `@original` is.
fn note_original(state: &mut State, interaction: &Interaction, message: Option<MessageId>) {
    if let Some(live) = state.interactions.get_mut(&interaction.id) {
        live.original = message;
    }
}

/// Posts an answer in the bot's name where the interaction happened.
pub(super) fn post(state: &mut State, interaction: &Interaction, body: Body) -> MessageId {
    let application_id = interaction.application_id;
    let bot = state.bot(application_id);
    let on_message = interaction.message_id;
    let kind = match (interaction.kind, on_message) {
        (InteractionKind::Command, None) => 20,
        (InteractionKind::Command, Some(_)) => 23,
        (_, Some(_)) => 19,
        _ => 0,
    };
    let is_ephemeral = body.flags & flag::EPHEMERAL != 0;
    let message = state.post(Draft {
        channel: interaction.channel_id,
        author: state.author(bot),
        posted_by: Poster::Bot { application_id },
        kind,
        body,
        reply_to: on_message.filter(|_| kind == 19),
        interaction: Some(Answering {
            id: interaction.id,
            kind: interaction.kind.number(),
            person: interaction.person,
            name: interaction.name.clone(),
        }),
        ephemeral_for: is_ephemeral.then_some(interaction.person),
        nonce: None,
    });
    message.id
}
