//! What a person does on the page, done in the world.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::{FromRequest, Path, Query, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use discord_sim::{
    ChannelId, Choice, InteractionId, InteractionState, MessageId, Saying, Unknown, UserId,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use super::Shared;

/// Discord's limit for what a person writes, in characters.
const MOST_CHARACTERS: usize = 2_000;
/// How long a person waits for the first sign of an answer to an interaction: Discord's three seconds, and the
/// way there and back.
const PATIENCE: Duration = Duration::from_millis(3_500);

/// Why an act was refused, in words for the person.
pub(super) struct Refusal {
    status: StatusCode,
    error: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Self { status, error: error.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.error }))).into_response()
    }
}

impl From<Unknown> for Refusal {
    fn from(unknown: Unknown) -> Self {
        let status = match unknown {
            Unknown::NotTheirs(..) | Unknown::Member(..) => StatusCode::FORBIDDEN,
            Unknown::Option { .. } | Unknown::OptionMissing { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            _ => StatusCode::NOT_FOUND,
        };
        Self::new(status, unknown.to_string())
    }
}

/// JSON, refused in JSON where it cannot be read.
pub(super) struct Body<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(Refusal::new(rejection.status(), rejection.body_text())),
        }
    }
}

type Acted = Result<StatusCode, Refusal>;

#[derive(Deserialize)]
pub(super) struct Said {
    person: UserId,
    channel: ChannelId,
    text: String,
    #[serde(default)]
    reply_to: Option<MessageId>,
}

/// Says something, perhaps as a reply.
pub(super) async fn say(
    State(shared): State<Arc<Shared>>,
    Body(said): Body<Said>,
) -> Result<impl IntoResponse, Refusal> {
    shared.check_person(said.person)?;
    let saying =
        Saying { text: checked(&said.text)?, reply_to: said.reply_to, ..Saying::default() };
    let id = shared.page.world.say_with(said.person, said.channel, saying)?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

#[derive(Deserialize)]
pub(super) struct Edited {
    person: UserId,
    text: String,
}

/// Changes what one said.
pub(super) async fn edit(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    Body(edited): Body<Edited>,
) -> Acted {
    shared.check_person(edited.person)?;
    shared.page.world.edit(edited.person, MessageId::from(id), &checked(&edited.text)?)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct Deleted {
    person: UserId,
}

/// Takes back what one said.
pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    Body(deleted): Body<Deleted>,
) -> Acted {
    shared.check_person(deleted.person)?;
    shared.page.world.delete(deleted.person, MessageId::from(id))?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct Used {
    person: UserId,
    channel: ChannelId,
    name: String,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

/// Uses a slash command.
pub(super) async fn command(State(shared): State<Arc<Shared>>, Body(used): Body<Used>) -> Acted {
    shared.check_person(used.person)?;
    let options: Vec<(&str, &str)> =
        used.options.iter().map(|(name, value)| (&**name, &**value)).collect();
    let id = shared.page.world.slash(used.person, used.channel, &used.name, &options)?;
    shared.responded(id).await
}

#[derive(Deserialize)]
pub(super) struct Opened {
    person: UserId,
    message: MessageId,
    name: String,
}

/// Opens a menu on a message.
pub(super) async fn menu(State(shared): State<Arc<Shared>>, Body(opened): Body<Opened>) -> Acted {
    shared.check_person(opened.person)?;
    let id = shared.page.world.menu(opened.person, opened.message, &opened.name)?;
    shared.responded(id).await
}

#[derive(Deserialize)]
pub(super) struct Clicked {
    person: UserId,
    message: MessageId,
    custom_id: String,
}

/// Presses a button.
pub(super) async fn click(
    State(shared): State<Arc<Shared>>,
    Body(clicked): Body<Clicked>,
) -> Acted {
    shared.check_person(clicked.person)?;
    let id = shared.page.world.click(clicked.person, clicked.message, &clicked.custom_id)?;
    shared.responded(id).await
}

#[derive(Deserialize)]
pub(super) struct Typed {
    person: UserId,
    channel: ChannelId,
    command: String,
    option: String,
    value: String,
}

/// What the bot offers for an option that is being typed; nothing when it offers nothing in time.
pub(super) async fn autocomplete(
    State(shared): State<Arc<Shared>>,
    Query(typed): Query<Typed>,
) -> Result<Json<Vec<Choice>>, Refusal> {
    shared.check_person(typed.person)?;
    let world = &shared.page.world;
    let offered = world
        .autocomplete(typed.person, typed.channel, &typed.command, &typed.option, &typed.value)
        .await;
    Ok(Json(offered.unwrap_or_default()))
}

impl Shared {
    /// One acts as the page's people only, never as a bot or as somebody a test put into the world.
    fn check_person(&self, person: UserId) -> Result<(), Refusal> {
        match self.page.people.iter().any(|one| one.id == person) {
            true => Ok(()),
            false => {
                Err(Refusal::new(StatusCode::FORBIDDEN, "this page does not speak for that person"))
            }
        }
    }

    /// Waits for the first response to an interaction, as a person looking at "thinking…" does.
    async fn responded(&self, id: InteractionId) -> Acted {
        let response =
            self.page.world.wait_for(PATIENCE, |world| match world.interaction(id)?.state {
                InteractionState::Waiting => None,
                state => Some(state),
            });
        match response.await {
            Ok(InteractionState::Failed) | Err(_) => Err(Refusal::new(
                StatusCode::GATEWAY_TIMEOUT,
                "The den did not respond within three seconds.",
            )),
            Ok(_) => Ok(StatusCode::ACCEPTED),
        }
    }
}

/// The text as Discord takes it: trimmed, not empty, not too long.
fn checked(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "An empty message cannot be sent.",
        ));
    }
    if length > MOST_CHARACTERS {
        let error = format!("{length} characters are too many: Discord takes {MOST_CHARACTERS}.");
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, error));
    }
    Ok(text.to_owned())
}
