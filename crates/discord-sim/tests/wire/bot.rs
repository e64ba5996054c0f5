//! A bot's side of interactions.

use discord_sim::{InteractionId, InteractionState};
use serde_json::Value;
use twilight_gateway::{Event, Shard};
use twilight_model::application::interaction::{
    Interaction, InteractionData, application_command::CommandData,
};

use crate::den::{Den, event};

/// Makes `commands` all that is registered.
pub async fn register(den: &Den, commands: Value) {
    let path = format!("/applications/{}/commands", den.bot.application_id);
    den.rest("PUT", &path, commands).await.ok();
}

pub async fn next_interaction(shard: &mut Shard) -> Interaction {
    event(shard, |event| match event {
        Event::InteractionCreate(interaction) => Some(interaction.0),
        _ => None,
    })
    .await
}

/// The next command or menu that is used.
pub async fn next_command(shard: &mut Shard) -> (Interaction, CommandData) {
    let interaction = next_interaction(shard).await;
    match interaction.data.clone() {
        Some(InteractionData::ApplicationCommand(data)) => (interaction, *data),
        other => panic!("no command: {other:?}"),
    }
}

pub fn callback(interaction: &Interaction) -> String {
    format!("/interactions/{}/{}/callback", interaction.id, interaction.token)
}

pub fn original(interaction: &Interaction) -> String {
    let (application, token) = (interaction.application_id, &interaction.token);
    format!("/webhooks/{application}/{token}/messages/@original")
}

pub fn followups(interaction: &Interaction) -> String {
    format!("/webhooks/{}/{}", interaction.application_id, interaction.token)
}

pub fn state(den: &Den, id: InteractionId) -> InteractionState {
    den.world.interaction(id).unwrap().state
}
