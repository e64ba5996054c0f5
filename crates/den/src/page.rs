//! The page of `den up`: a small Discord to chat in, at a loopback address.
//!
//! It shows what stands in the simulator's world, and acts there as one of a few invented people. It knows
//! neither listener nor worker: what they learn of a person here is what Discord would tell them.

mod acts;
mod assets;
mod files;
mod guard;
mod interact;
mod refusal;
mod stream;
#[cfg(test)]
mod tests;
mod view;

use std::{future::Future, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, patch, post, put},
};
use discord_sim::{App, ChannelId, GuildId, Unknown, UserId, World};
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Bytes of a request's body: a form of five fields of 4,000 characters, with room to spare.
const MOST_BODY: usize = 128 * 1024;

/// What the page shows, and whom it lets speak.
pub struct Page {
    /// The world it looks into.
    pub world: World,
    /// The guild it shows.
    pub guild: GuildId,
    /// The den's own bot: with it people have a direct message, and its commands are offered.
    pub bot: App,
    /// The people one can be; the first is who one is at first. They are members of the guild.
    pub people: Vec<Person>,
    /// Who lives here.
    pub personalities: Vec<Card>,
    /// Which model speaks, why, and how to get another; markdown, one or two sentences. Empty shows nothing.
    pub model_note: String,
    /// The explanation of a message by its id, once there is one.
    pub explain: Explain,
}

/// Finds the explanation of a message by its id.
pub type Explain = Arc<dyn Fn(u64) -> BoxFuture<'static, Option<Value>> + Send + Sync>;

/// An invented person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their id in the world.
    pub id: UserId,
    /// Their name.
    pub name: String,
}

/// A personality as the page introduces it.
#[derive(Clone, Debug)]
pub struct Card {
    /// The personality's id.
    pub id: String,
    /// The name it speaks under.
    pub name: String,
    /// One sentence about it.
    pub summary: String,
    /// Its picture.
    pub avatar: Option<Avatar>,
    /// Its colour, as CSS writes colours.
    pub color: Option<String>,
    /// The names it answers to, the handiest first.
    pub names: Vec<String>,
}

/// A picture.
#[derive(Clone)]
pub struct Avatar {
    /// Media type: `image/svg+xml`, `image/png`.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Avatar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Avatar")
            .field("media_type", &self.media_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// Why the page could not be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Somebody named in [`Page`] is not in the world.
    #[error("open the direct message of `{person}` and the den's bot")]
    DirectMessage {
        /// Their name.
        person: String,
        /// Who or what is unknown.
        #[source]
        source: Unknown,
    },
    /// The listener failed.
    #[error("serve the page")]
    Listener(#[source] std::io::Error),
}

/// What every request needs.
struct Shared {
    page: Page,
    /// Everybody's direct message with the den's bot, in the order of [`Page::people`].
    direct_messages: Vec<(UserId, ChannelId)>,
    /// Ends the streams of events, which would otherwise keep a shutdown waiting.
    stop: CancellationToken,
}

/// Serves the page until `shutdown`, then lets requests finish.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    page: Page,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let stop = CancellationToken::new();
    let app = router(page, stop.clone())?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            shutdown.await;
            stop.cancel();
        })
        .await
        .map_err(ServeError::Listener)
}

fn router(page: Page, stop: CancellationToken) -> Result<Router, ServeError> {
    let mut direct_messages = Vec::new();
    for person in &page.people {
        let channel = page
            .world
            .open_dm(person.id, page.bot.application_id)
            .map_err(|source| ServeError::DirectMessage { person: person.name.clone(), source })?;
        direct_messages.push((person.id, channel));
    }
    let api = Router::new()
        .route("/api/state", get(state))
        .route("/api/events", get(stream::events))
        .route("/api/messages", post(acts::say))
        .route("/api/messages/{id}", patch(acts::edit).delete(acts::delete))
        .route("/api/messages/{id}/reactions", put(acts::react).delete(acts::unreact))
        .route("/api/commands", post(interact::command))
        .route("/api/menus", post(interact::menu))
        .route("/api/presses", post(interact::press))
        .route("/api/forms", post(interact::submit))
        .route("/api/autocomplete", post(interact::autocomplete))
        .route("/api/why/{message_id}", get(why))
        .route("/files/{message}/{attachment}", get(files::file))
        .route("/avatars/{id}", get(avatar))
        .with_state(Arc::new(Shared { page, direct_messages, stop }));
    Ok(api
        .merge(assets::routes())
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(middleware::from_fn(guard::guard)))
}

async fn state(State(shared): State<Arc<Shared>>) -> Json<view::World> {
    Json(view::World::of(&shared))
}

/// The explanation, or 204 while there is none: it follows its message a little later.
async fn why(State(shared): State<Arc<Shared>>, Path(message_id): Path<u64>) -> Response {
    match (shared.page.explain)(message_id).await {
        Some(explanation) => Json(explanation).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn avatar(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let card = shared.page.personalities.iter().find(|card| card.id == id);
    match card.and_then(|card| card.avatar.clone()) {
        Some(Avatar { media_type, bytes }) => {
            // An SVG opened by itself is a document: `sandbox` takes its scripts away.
            let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
            (
                [
                    (header::CONTENT_TYPE, media_type.as_str()),
                    (header::CONTENT_SECURITY_POLICY, policy),
                ],
                bytes,
            )
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
