//! What happens in the world, as server-sent events.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use discord_sim::Change;
use futures_util::{Stream, StreamExt, future, stream};
use serde::Serialize;
use serde_json::json;
use tokio_stream::wrappers::BroadcastStream;

use super::{
    Shared,
    view::{self, Message},
};

/// Follows the world. A page takes the state after the stream has opened, so that it misses nothing; a page
/// that fell behind is told to take the state anew.
pub(super) async fn events(
    State(shared): State<Arc<Shared>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = BroadcastStream::new(shared.page.world.subscribe());
    let stop = shared.stop.clone();
    let events = changes.filter_map(move |change| {
        // An error only says that changes were missed.
        future::ready(
            change.map_or_else(|_missed| Some(reload()), |change| event(&shared, &change)),
        )
    });
    let opened = stream::once(future::ready(Event::default().comment("open")));
    Sse::new(opened.chain(events).map(Ok).take_until(stop.cancelled_owned()))
        .keep_alive(KeepAlive::default())
}

fn event(shared: &Shared, change: &Change) -> Option<Event> {
    match change {
        Change::MessageCreated { message } => {
            let message = Message::of(shared, message);
            let kind = if message.is_private() { "ephemeral" } else { "message" };
            Some(json_event(kind, &message))
        }
        // Reactions arrive as edits, too.
        Change::MessageEdited { message } => {
            Some(json_event("edit", &Message::of(shared, message)))
        }
        Change::MessageDeleted { channel_id, message_id } => {
            Some(json_event("delete", &json!({ "id": message_id, "channel": channel_id })))
        }
        Change::Typing { channel_id, user_id } => {
            Some(json_event("typing", &json!({ "channel": channel_id, "user": user_id })))
        }
        Change::Session { application_id, .. } => (*application_id
            == shared.page.bot.application_id)
            .then(|| json_event("presence", &json!({ "online": view::is_online(shared) }))),
        Change::Surroundings => Some(reload()),
        Change::Interaction { .. } | Change::WebhookCreated { .. } => None,
    }
}

fn reload() -> Event {
    Event::default().event("reload").data("")
}

fn json_event(kind: &str, value: &impl Serialize) -> Event {
    Event::default()
        .event(kind)
        .json_data(value)
        .expect("views have string keys and no failing parts")
}
