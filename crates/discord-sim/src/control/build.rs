//! Building a world over the control API.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Control, Failure};
use crate::id::{ApplicationId, ChannelId, GuildId, UserId};

#[derive(Deserialize)]
pub(super) struct NewApplication {
    name: String,
    token: String,
}

pub(super) async fn add_application(
    State(sim): State<Control>,
    Json(new): Json<NewApplication>,
) -> Answer {
    let app = sim.world.add_application(&new.name, &new.token);
    Ok(Json(json!({"application_id": app.application_id, "user_id": app.user_id})))
}

#[derive(Deserialize)]
pub(super) struct NewGuild {
    name: String,
}

pub(super) async fn add_guild(State(sim): State<Control>, Json(new): Json<NewGuild>) -> Answer {
    Ok(Json(json!({"guild_id": sim.world.add_guild(&new.name)})))
}

#[derive(Deserialize)]
pub(super) struct NewChannel {
    name: String,
    /// For a text channel.
    guild_id: Option<GuildId>,
    /// Only these people see the channel.
    private_to: Option<Vec<UserId>>,
    /// For a thread.
    parent_id: Option<ChannelId>,
    /// For a direct message, with `application_id`.
    person: Option<UserId>,
    application_id: Option<ApplicationId>,
}

pub(super) async fn add_channel(State(sim): State<Control>, Json(new): Json<NewChannel>) -> Answer {
    let channel = match new {
        NewChannel { parent_id: Some(parent), name, .. } => sim.world.add_thread(parent, &name)?,
        NewChannel { person: Some(person), application_id: Some(application), .. } => {
            sim.world.open_dm(person, application)?
        }
        NewChannel { guild_id: Some(guild), private_to: Some(people), name, .. } => {
            sim.world.add_private_channel(guild, &name, &people)?
        }
        NewChannel { guild_id: Some(guild), name, .. } => {
            sim.world.add_text_channel(guild, &name)?
        }
        _ => {
            let message = "one of guild_id, parent_id, or person with application_id is needed";
            return Err(Failure(StatusCode::UNPROCESSABLE_ENTITY, message.to_owned()));
        }
    };
    Ok(Json(json!({"channel_id": channel})))
}

#[derive(Deserialize)]
pub(super) struct NewPerson {
    name: String,
    guild_id: Option<GuildId>,
}

pub(super) async fn add_person(State(sim): State<Control>, Json(new): Json<NewPerson>) -> Answer {
    let person = sim.world.add_person(&new.name);
    if let Some(guild) = new.guild_id {
        sim.world.join(person, guild)?;
    }
    Ok(Json(json!({"user_id": person})))
}
