//! Acting as people over the control API.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Control};
use crate::{
    Saying,
    id::{ChannelId, InteractionId, MessageId, UserId},
};

#[derive(Deserialize)]
pub(super) struct Say {
    person: UserId,
    channel: ChannelId,
    text: String,
    reply_to: Option<MessageId>,
}

pub(super) async fn say(State(sim): State<Control>, Json(say): Json<Say>) -> Answer {
    let saying = Saying { text: say.text, reply_to: say.reply_to, ..Saying::default() };
    let message = sim.world.say_with(say.person, say.channel, saying)?;
    Ok(Json(json!({"message_id": message})))
}

/// Something a person does with a message.
#[derive(Deserialize)]
pub(super) struct OnMessage {
    person: UserId,
    message: MessageId,
    #[serde(default)]
    text: String,
    #[serde(default)]
    emoji: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    custom_id: String,
    #[serde(default)]
    values: Vec<String>,
}

pub(super) async fn edit(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    sim.world.edit(on.person, on.message, &on.text)?;
    Ok(Json(json!({})))
}

pub(super) async fn delete(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    sim.world.delete(on.person, on.message)?;
    Ok(Json(json!({})))
}

pub(super) async fn react(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    sim.world.react(on.person, on.message, &on.emoji)?;
    Ok(Json(json!({})))
}

pub(super) async fn unreact(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    sim.world.unreact(on.person, on.message, &on.emoji)?;
    Ok(Json(json!({})))
}

pub(super) async fn choose(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    let values: Vec<_> = on.values.iter().map(String::as_str).collect();
    let interaction = sim.world.choose(on.person, on.message, &on.custom_id, &values)?;
    Ok(Json(json!({"interaction_id": interaction})))
}

/// A form that is sent: the interaction that was answered by it, and what was filled in.
#[derive(Deserialize)]
pub(super) struct Submit {
    interaction: InteractionId,
    fields: BTreeMap<String, String>,
}

pub(super) async fn submit(State(sim): State<Control>, Json(sent): Json<Submit>) -> Answer {
    let fields = sent.fields.iter().map(|(id, value)| (id.as_str(), value.as_str()));
    let interaction = sim.world.submit(sent.interaction, &fields.collect::<Vec<_>>())?;
    Ok(Json(json!({"interaction_id": interaction})))
}

pub(super) async fn menu(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    let interaction = sim.world.menu(on.person, on.message, &on.name)?;
    Ok(Json(json!({"interaction_id": interaction})))
}

pub(super) async fn click(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    let interaction = sim.world.click(on.person, on.message, &on.custom_id)?;
    Ok(Json(json!({"interaction_id": interaction})))
}

#[derive(Deserialize)]
pub(super) struct Slash {
    person: UserId,
    channel: ChannelId,
    command: String,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

pub(super) async fn slash(State(sim): State<Control>, Json(slash): Json<Slash>) -> Answer {
    let options = slash.options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let options: Vec<_> = options.collect();
    let interaction = sim.world.slash(slash.person, slash.channel, &slash.command, &options)?;
    Ok(Json(json!({"interaction_id": interaction})))
}

#[derive(Deserialize)]
pub(super) struct Autocomplete {
    person: UserId,
    channel: ChannelId,
    command: String,
    option: String,
    typed: String,
}

pub(super) async fn autocomplete(
    State(sim): State<Control>,
    Json(ask): Json<Autocomplete>,
) -> Answer {
    let world = &sim.world;
    let choices =
        world.autocomplete(ask.person, ask.channel, &ask.command, &ask.option, &ask.typed);
    Ok(Json(json!({"choices": choices.await?})))
}
