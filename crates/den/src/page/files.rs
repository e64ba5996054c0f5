//! Files on messages, to be saved.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use discord_sim::MessageId;

use super::Shared;

/// A file of a message that still stands. It is saved, never shown: somebody's page must not run here.
pub(super) async fn file(
    State(shared): State<Arc<Shared>>,
    Path((message, attachment)): Path<(u64, u64)>,
) -> Response {
    let world = &shared.page.world;
    let message = world.message(MessageId::from(message)).filter(|message| message.is_visible());
    let attached = message.as_ref().and_then(|message| {
        message.attachments.iter().find(|attached| attached.id.get() == attachment)
    });
    match attached.and_then(|attached| world.file(attached.id)) {
        Some(bytes) => (
            [
                (header::CONTENT_TYPE, "application/octet-stream"),
                // The name is the link's, which is the file's own.
                (header::CONTENT_DISPOSITION, "attachment"),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            ],
            bytes,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
