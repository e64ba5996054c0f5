//! What a person does with messages on the page, done in the world.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use discord_sim::{ChannelId, MessageId, Permissions, Saying, UserId};
use serde::Deserialize;
use serde_json::json;

use super::{
    Shared,
    refusal::{Body, Refusal},
};

/// Discord's limit for what a person writes, in characters.
const MOST_CHARACTERS: usize = 2_000;
/// Bytes of an emoji: the longest, a family of four with skin tones, has 41.
const MOST_EMOJI: usize = 64;

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

/// Takes back what one said, or removes what somebody said as a moderator.
pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    Body(deleted): Body<Deleted>,
) -> Acted {
    shared.check_person(deleted.person)?;
    let (world, id) = (&shared.page.world, MessageId::from(id));
    let moderates = world.message(id).is_some_and(|message| {
        world.permissions(deleted.person, message.channel_id).contains(Permissions::MANAGE_MESSAGES)
            && message.ephemeral_for.is_none()
    });
    match moderates {
        true => world.moderate(id)?,
        false => world.delete(deleted.person, id)?,
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct Reacted {
    person: UserId,
    emoji: String,
}

/// Reacts to a message.
pub(super) async fn react(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    Body(reacted): Body<Reacted>,
) -> Acted {
    shared.check_person(reacted.person)?;
    if !is_emoji(&reacted.emoji) {
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "That is no emoji."));
    }
    shared.page.world.react(reacted.person, MessageId::from(id), &reacted.emoji)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a reaction back.
pub(super) async fn unreact(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    Body(reacted): Body<Reacted>,
) -> Acted {
    shared.check_person(reacted.person)?;
    shared.page.world.unreact(reacted.person, MessageId::from(id), &reacted.emoji)?;
    Ok(StatusCode::NO_CONTENT)
}

impl Shared {
    /// One acts as the page's people only, never as a bot or as somebody a test put into the world.
    pub(super) fn check_person(&self, person: UserId) -> Result<(), Refusal> {
        match self.page.people.iter().any(|one| one.id == person) {
            true => Ok(()),
            false => {
                Err(Refusal::new(StatusCode::FORBIDDEN, "this page does not speak for that person"))
            }
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

/// Whether this can be one of Unicode's emoji. Which exactly there are changes every year, so this only
/// refuses what is text for certain; a digit is an emoji by what follows it.
fn is_emoji(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphabetic() || c.is_whitespace() || c.is_control();
    text.len() <= MOST_EMOJI && !text.is_ascii() && !text.chars().any(is_plain)
}
