//! The page's own files, compiled in.

use axum::{Router, http::header, routing::get};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Address, media type, contents.
const FILES: &[(&str, &str, &str)] = &[
    ("/", HTML, include_str!("../../page/index.html")),
    ("/icon.svg", "image/svg+xml", include_str!("../../page/icon.svg")),
    ("/style.css", CSS, include_str!("../../page/style.css")),
    ("/chat.css", CSS, include_str!("../../page/chat.css")),
    ("/why.css", CSS, include_str!("../../page/why.css")),
    ("/app.js", JAVASCRIPT, include_str!("../../page/app.js")),
    ("/command.js", JAVASCRIPT, include_str!("../../page/command.js")),
    ("/complete.js", JAVASCRIPT, include_str!("../../page/complete.js")),
    ("/composer.js", JAVASCRIPT, include_str!("../../page/composer.js")),
    ("/dom.js", JAVASCRIPT, include_str!("../../page/dom.js")),
    ("/empty.js", JAVASCRIPT, include_str!("../../page/empty.js")),
    ("/log.js", JAVASCRIPT, include_str!("../../page/log.js")),
    ("/markdown.js", JAVASCRIPT, include_str!("../../page/markdown.js")),
    ("/message.js", JAVASCRIPT, include_str!("../../page/message.js")),
    ("/sides.js", JAVASCRIPT, include_str!("../../page/sides.js")),
    ("/typing.js", JAVASCRIPT, include_str!("../../page/typing.js")),
    ("/why.js", JAVASCRIPT, include_str!("../../page/why.js")),
    ("/wire.js", JAVASCRIPT, include_str!("../../page/wire.js")),
    ("/world.js", JAVASCRIPT, include_str!("../../page/world.js")),
];

/// A route for each file.
pub(super) fn routes() -> Router {
    FILES.iter().fold(Router::new(), |router, &(address, media_type, contents)| {
        router.route(address, get(async move || ([(header::CONTENT_TYPE, media_type)], contents)))
    })
}
