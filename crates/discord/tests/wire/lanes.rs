//! What must arrive goes before what may be dropped.

use discord::{Edited, Lane, Posted};
use twilight_model::id::Id;

use crate::script::*;

const MESSAGE: Posted = Posted { id: Id::new(1), channel_id: HALL };

#[tokio::test]
async fn the_last_place_is_kept_for_the_final_text() {
    let script = Script::start(|_, nth| async move {
        let remaining = [2, 1, 0][nth.min(2)];
        room(posted(), 3, remaining, 60.0)
    })
    .await;
    let discord = script.discord();
    let edit = |text, lane| discord.edit_message(MESSAGE, text, lane);
    assert_eq!(edit("O", Lane::Edit).await.unwrap(), Edited::Shown, "the first finds out");
    assert_eq!(edit("Oh", Lane::Edit).await.unwrap(), Edited::Shown);
    assert_eq!(edit("Oh n", Lane::Edit).await.unwrap(), Edited::Skipped);
    assert_eq!(edit("Oh no.", Lane::Final).await.unwrap(), Edited::Shown);
    assert_eq!(script.count(), 3);
}

#[tokio::test]
async fn after_a_429_only_the_final_text_goes() {
    let script = Script::start(|_, nth| async move {
        if nth == 0 { too_many("user", 0.05) } else { room(posted(), 5, 4, 1.0) }
    })
    .await;
    let discord = script.discord();
    let webhook = webhook();
    let edit = |text, lane| discord.edit_webhook_message(&webhook, None, Id::new(1), text, lane);
    assert_eq!(edit("O", Lane::Edit).await.unwrap(), Edited::Skipped);
    assert_eq!(edit("Oh", Lane::Edit).await.unwrap(), Edited::Skipped);
    assert_eq!(edit("Oh no.", Lane::Final).await.unwrap(), Edited::Shown);
    assert_eq!(edit("Oh no. Yes", Lane::Edit).await.unwrap(), Edited::Skipped, "room or not");
    let texts: Vec<_> = script.seen().iter().map(|seen| seen.body["content"].clone()).collect();
    assert_eq!(texts, ["O", "Oh no."]);
}

#[tokio::test]
async fn a_streaming_edit_that_fails_is_left_to_the_next_one() {
    let script = Script::start(|_, nth| async move {
        if nth == 0 { answer(502, serde_json::json!({})) } else { posted() }
    })
    .await;
    let discord = script.discord();
    assert_eq!(discord.edit_message(MESSAGE, "O", Lane::Edit).await.unwrap(), Edited::Skipped);
    assert_eq!(discord.edit_message(MESSAGE, "Oh", Lane::Edit).await.unwrap(), Edited::Shown);
    assert_eq!(script.count(), 2);
}

#[tokio::test]
async fn typing_is_the_first_to_go() {
    let script = Script::start(|seen, nth| async move {
        match nth {
            _ if seen.path.ends_with("/typing") => answer(204, serde_json::Value::Null),
            1 => too_many("user", 0.05),
            _ => posted(),
        }
    })
    .await;
    let discord = script.discord();
    discord.typing(HALL).await.unwrap();
    discord.create_message(HALL, &hello("1")).await.unwrap();
    discord.typing(HALL).await.unwrap();
    discord.typing(YARD).await.unwrap();
    let typed = script.seen().iter().filter(|seen| seen.path.ends_with("/typing")).count();
    assert_eq!(typed, 1, "after a 429 anywhere nobody types for a while");
}
