//! What a person does with the den's commands on the page, and what comes of it at once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use discord_sim::{
    ChannelId, Choice, InteractionId, InteractionState, MessageId, NoChoices, UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Shared,
    refusal::{Body, Refusal},
};

/// How long a person waits for the first sign of an answer to an interaction: Discord's three seconds, and the
/// way there and back.
const PATIENCE: Duration = Duration::from_millis(3_500);

/// What came of an interaction within that time.
#[derive(Serialize)]
#[serde(tag = "became", rename_all = "snake_case")]
pub(super) enum Outcome {
    /// An answer stands in the channel, or the message was changed.
    Answered,
    /// The den is thinking, and says so in the channel.
    Thinking,
    /// The den will change the message the button is on.
    Updating,
    /// A form to fill in.
    Form {
        /// What to name when it is sent.
        interaction: InteractionId,
        /// Title and components, as the den gave them.
        form: Value,
    },
}

type Used = Result<Json<Outcome>, Refusal>;

#[derive(Deserialize)]
pub(super) struct Command {
    person: UserId,
    channel: ChannelId,
    name: String,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

/// Uses a slash command.
pub(super) async fn command(State(shared): State<Arc<Shared>>, Body(used): Body<Command>) -> Used {
    shared.check_person(used.person)?;
    let options = pairs(&used.options);
    let id = shared.page.world.slash(used.person, used.channel, &used.name, &options)?;
    shared.outcome(id).await
}

#[derive(Deserialize)]
pub(super) struct Menu {
    person: UserId,
    message: MessageId,
    name: String,
}

/// Opens a menu on a message.
pub(super) async fn menu(State(shared): State<Arc<Shared>>, Body(opened): Body<Menu>) -> Used {
    shared.check_person(opened.person)?;
    let id = shared.page.world.menu(opened.person, opened.message, &opened.name)?;
    shared.outcome(id).await
}

#[derive(Deserialize)]
pub(super) struct Press {
    person: UserId,
    message: MessageId,
    custom_id: String,
    /// What was chosen, where it is a select menu and no button.
    #[serde(default)]
    values: Option<Vec<String>>,
}

/// Presses a button, or chooses from a select menu.
pub(super) async fn press(State(shared): State<Arc<Shared>>, Body(press): Body<Press>) -> Used {
    shared.check_person(press.person)?;
    let world = &shared.page.world;
    let id = match &press.values {
        None => world.click(press.person, press.message, &press.custom_id)?,
        Some(values) => {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            world.choose(press.person, press.message, &press.custom_id, &values)?
        }
    };
    shared.outcome(id).await
}

#[derive(Deserialize)]
pub(super) struct Form {
    person: UserId,
    interaction: InteractionId,
    /// Pairs of custom id and value; a select menu may come with several values.
    values: Vec<(String, String)>,
}

/// Sends a form.
pub(super) async fn submit(State(shared): State<Arc<Shared>>, Body(form): Body<Form>) -> Used {
    shared.check_person(form.person)?;
    let world = &shared.page.world;
    let opened_by = world.interaction(form.interaction).map(|opened| opened.person);
    if opened_by != Some(form.person) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "This form is somebody else's."));
    }
    let values: Vec<(&str, &str)> =
        form.values.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect();
    let id = world.submit(form.interaction, &values)?;
    shared.outcome(id).await
}

#[derive(Deserialize)]
pub(super) struct Typed {
    person: UserId,
    channel: ChannelId,
    command: String,
    /// What is filled in besides.
    #[serde(default)]
    options: BTreeMap<String, String>,
    option: String,
    value: String,
}

/// What the bot offers for an option that is being typed; nothing when it offers nothing in time.
pub(super) async fn autocomplete(
    State(shared): State<Arc<Shared>>,
    Body(typed): Body<Typed>,
) -> Result<Json<Vec<Choice>>, Refusal> {
    shared.check_person(typed.person)?;
    let Typed { person, channel, command, options, option, value } = &typed;
    let others = pairs(options);
    let world = &shared.page.world;
    let offered = world.autocomplete_with(*person, *channel, command, &others, option, value).await;
    match offered {
        Ok(choices) => Ok(Json(choices)),
        Err(NoChoices::NoAnswer) => Ok(Json(Vec::new())),
        Err(NoChoices::Unknown(unknown)) => Err(unknown.into()),
    }
}

fn pairs(options: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    options.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

impl Shared {
    /// Waits for the first response to an interaction, as a person looking at "thinking…" does.
    async fn outcome(&self, id: InteractionId) -> Used {
        let response =
            self.page.world.wait_for(PATIENCE, |world| match world.interaction(id)?.state {
                InteractionState::Waiting => None,
                state => Some(state),
            });
        let outcome = match response.await {
            Ok(InteractionState::Failed | InteractionState::Waiting) | Err(_) => {
                return Err(Refusal::new(
                    StatusCode::GATEWAY_TIMEOUT,
                    "The den did not respond within three seconds.",
                ));
            }
            Ok(InteractionState::Answered { .. } | InteractionState::Choices { .. }) => {
                Outcome::Answered
            }
            Ok(InteractionState::Deferred { .. }) => Outcome::Thinking,
            Ok(InteractionState::DeferredUpdate) => Outcome::Updating,
            Ok(InteractionState::Modal { form }) => Outcome::Form { interaction: id, form },
        };
        Ok(Json(outcome))
    }
}
