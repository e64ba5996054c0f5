//! The files attached to messages, as Discord's CDN serves them.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use crate::{id::AttachmentId, world::World};

/// Serves `/attachments/{channel}/{attachment}/{name}`.
pub(crate) async fn serve(
    State(world): State<World>,
    Path((_, attachment, _)): Path<(String, String, String)>,
) -> Response {
    let id = attachment.parse::<AttachmentId>().ok();
    let Some((bytes, content_type)) = id.and_then(|id| world.lock().file(id)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let content_type = content_type.and_then(|text| HeaderValue::try_from(text).ok());
    let content_type = content_type.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    ([(CONTENT_TYPE, content_type)], bytes).into_response()
}
