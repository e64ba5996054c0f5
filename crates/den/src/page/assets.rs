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
    ("/composer.css", CSS, include_str!("../../page/composer.css")),
    ("/parts.css", CSS, include_str!("../../page/parts.css")),
    ("/why.css", CSS, include_str!("../../page/why.css")),
    ("/actions.js", JAVASCRIPT, include_str!("../../page/actions.js")),
    ("/app.js", JAVASCRIPT, include_str!("../../page/app.js")),
    ("/command.js", JAVASCRIPT, include_str!("../../page/command.js")),
    ("/commands.js", JAVASCRIPT, include_str!("../../page/commands.js")),
    ("/complete.js", JAVASCRIPT, include_str!("../../page/complete.js")),
    ("/components.js", JAVASCRIPT, include_str!("../../page/components.js")),
    ("/composer.js", JAVASCRIPT, include_str!("../../page/composer.js")),
    ("/dom.js", JAVASCRIPT, include_str!("../../page/dom.js")),
    ("/editing.js", JAVASCRIPT, include_str!("../../page/editing.js")),
    ("/empty.js", JAVASCRIPT, include_str!("../../page/empty.js")),
    ("/explain.js", JAVASCRIPT, include_str!("../../page/explain.js")),
    ("/figures.js", JAVASCRIPT, include_str!("../../page/figures.js")),
    ("/form.js", JAVASCRIPT, include_str!("../../page/form.js")),
    ("/interact.js", JAVASCRIPT, include_str!("../../page/interact.js")),
    ("/log.js", JAVASCRIPT, include_str!("../../page/log.js")),
    ("/markdown.js", JAVASCRIPT, include_str!("../../page/markdown.js")),
    ("/message.js", JAVASCRIPT, include_str!("../../page/message.js")),
    ("/option.js", JAVASCRIPT, include_str!("../../page/option.js")),
    ("/popup.js", JAVASCRIPT, include_str!("../../page/popup.js")),
    ("/reactions.js", JAVASCRIPT, include_str!("../../page/reactions.js")),
    ("/sides.js", JAVASCRIPT, include_str!("../../page/sides.js")),
    ("/typing.js", JAVASCRIPT, include_str!("../../page/typing.js")),
    ("/walk.js", JAVASCRIPT, include_str!("../../page/walk.js")),
    ("/why.js", JAVASCRIPT, include_str!("../../page/why.js")),
    ("/wire.js", JAVASCRIPT, include_str!("../../page/wire.js")),
    ("/wishes.js", JAVASCRIPT, include_str!("../../page/wishes.js")),
    ("/world.js", JAVASCRIPT, include_str!("../../page/world.js")),
];

/// A route for each file.
pub(super) fn routes() -> Router {
    FILES.iter().fold(Router::new(), |router, &(address, media_type, contents)| {
        router.route(address, get(async move || ([(header::CONTENT_TYPE, media_type)], contents)))
    })
}
