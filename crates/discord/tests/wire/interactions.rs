//! Interactions from the command to the last word, by Discord's rules.

use std::time::Duration;

use discord::Error;
use discord_sim::InteractionState;
use serde_json::json;
use twilight_model::{
    channel::message::Component,
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
};

use crate::town::{Told, Town};

/// A row of buttons.
fn row(custom_ids: &[&str]) -> Vec<Component> {
    let button = |id: &&str| json!({"type": 2, "style": 2, "label": id, "custom_id": id});
    let buttons: Vec<_> = custom_ids.iter().map(button).collect();
    serde_json::from_value(json!([{"type": 1, "components": buttons}])).unwrap()
}

/// A form with one field.
fn form() -> InteractionResponse {
    let field = json!({"type": 4, "custom_id": "text", "style": 2, "max_length": 200});
    let components = json!([{"type": 18, "label": "What is right?", "component": field}]);
    InteractionResponse {
        kind: InteractionResponseType::Modal,
        data: Some(InteractionResponseData {
            custom_id: Some("correct".into()),
            title: Some("Correct a memory".into()),
            components: Some(serde_json::from_value(components).unwrap()),
            ..Default::default()
        }),
    }
}

#[tokio::test]
async fn a_page_with_buttons_is_turned_and_then_put_away() {
    let mut town = Town::open().await;
    let application = town.application();
    let (_, told) = town.command().await;
    town.discord.defer(told.id, &told.token, true).await.unwrap();
    let buttons = row(&["delete", "next"]);
    let first = town.discord.complete(application, &told.token, "page 1", Some(&buttons));
    first.await.unwrap();
    let page = town.seen();
    assert_eq!((page.content.as_str(), page.ephemeral_for), ("page 1", Some(town.ann)));

    let pressed = town.world.click(town.ann, page.id, "next").unwrap();
    let Told { id, token, body } = town.interaction().await;
    assert_eq!(body["message"]["flags"], 64);
    town.discord.defer_update(id, &token).await.unwrap();
    assert_eq!(town.world.interaction(pressed).unwrap().state, InteractionState::DeferredUpdate);
    town.discord.complete(application, &token, "page 2", None).await.unwrap();
    let page = town.seen();
    assert_eq!(page.content, "page 2");
    assert_eq!(page.components[0]["components"].as_array().unwrap().len(), 2, "they stay");
    town.discord.complete(application, &token, "that was all", Some(&[])).await.unwrap();
    assert!(town.seen().components.is_empty(), "they are gone");
    assert!(town.world.click(town.ann, page.id, "next").is_err());
    town.was_specified();
}

#[tokio::test]
async fn a_form_is_shown_sent_and_answered() {
    let mut town = Town::open().await;
    let application = town.application();
    let (_, told) = town.command().await;
    town.discord.defer(told.id, &told.token, true).await.unwrap();
    let buttons = row(&["correct"]);
    town.discord.complete(application, &told.token, "a memory", Some(&buttons)).await.unwrap();
    let page = town.seen().id;

    for change in [true, false] {
        town.world.click(town.ann, page, "correct").unwrap();
        let pressed = town.interaction().await;
        town.discord.respond(pressed.id, &pressed.token, form()).await.unwrap();
        let open = town.world.open_form(town.ann).expect("the form is before her");
        town.world.submit(open.id, &[("text", "blue, not green")]).unwrap();
        let Told { id, token, body } = town.interaction().await;
        let field = &body["data"]["components"][0]["component"];
        assert_eq!(
            (&field["custom_id"], &field["value"]),
            (&json!("text"), &json!("blue, not green"))
        );
        if change {
            town.discord.defer_update(id, &token).await.unwrap();
            town.discord.complete(application, &token, "a better one", None).await.unwrap();
            assert_eq!(town.seen().id, page);
        } else {
            town.discord.defer(id, &token, true).await.unwrap();
            town.discord.complete(application, &token, "as you say", None).await.unwrap();
            assert_ne!(town.seen().id, page);
        }
        assert!(town.world.open_form(town.ann).is_none());
    }
    assert_eq!(town.world.message(page).unwrap().content, "a better one");
    town.was_specified();
}

#[tokio::test]
async fn an_export_is_completed_with_a_file() {
    let mut town = Town::open().await;
    let application = town.application();
    let (_, told) = town.command().await;
    town.discord.defer(told.id, &told.token, true).await.unwrap();
    let export = br#"{"kind":"fact","text":"Ann likes tea"}"#;
    let complete = |name: &'static str, bytes| {
        let (discord, token) = (town.discord.clone(), told.token.clone());
        async move { discord.complete_with_file(application, &token, "All of it:", name, bytes).await }
    };
    let before = town.world.request_count();
    for name in ["", "a\"b.json", "two\r\nlines", "../up.json"] {
        let refused = complete(name, export).await;
        assert!(matches!(refused, Err(Error::Build { .. })), "{name}: {refused:?}");
    }
    let too_large = vec![0; (10 << 20) + 1];
    let refused = town.discord.complete_with_file(application, &told.token, "x", "x", &too_large);
    assert!(matches!(refused.await, Err(Error::Build { .. })));
    assert_eq!(town.world.request_count(), before, "nothing of that was sent");

    for _ in 0..2 {
        complete("den-export.jsonl", export).await.unwrap();
        let answer = town.seen();
        assert_eq!((answer.content.as_str(), answer.ephemeral_for), ("All of it:", Some(town.ann)));
        let [file] = answer.attachments.as_slice() else { panic!("{:?}", answer.attachments) };
        assert_eq!((file.filename.as_str(), file.size), ("den-export.jsonl", export.len()));
        assert_eq!(town.world.file(file.id).unwrap(), &export[..]);
        assert_eq!(town.discord.fetch(&file.url, 1000).await.unwrap(), &export[..]);
    }
    town.was_specified();
}

#[tokio::test]
async fn more_is_said_with_buttons_to_one_person() {
    let mut town = Town::open().await;
    let application = town.application();
    let (_, told) = town.command().await;
    town.discord.defer(told.id, &told.token, false).await.unwrap();
    town.discord.complete(application, &told.token, "@everyone", None).await.unwrap();
    assert!(town.seen().pings.is_empty());
    let (discord, buttons) = (&town.discord, row(&["yes", "no"]));
    let ask = discord.followup_with_components(application, &told.token, "really?", &buttons, true);
    let asked = ask.await.unwrap();
    let seen = town.seen();
    assert_eq!((seen.id.get(), seen.ephemeral_for), (asked.id.get(), Some(town.ann)));
    town.world.click(town.ann, seen.id, "yes").unwrap();
    town.was_specified();
}

#[tokio::test]
async fn what_comes_too_late_is_known_as_such() {
    let mut town = Town::open().await;
    let application = town.application();
    let (_, told) = town.command().await;
    let (_, unanswered) = town.command().await;
    town.discord.defer(told.id, &told.token, false).await.unwrap();
    town.sim.clock().advance(Duration::from_millis(3_100));
    let late = town.discord.defer(unanswered.id, &unanswered.token, false).await.unwrap_err();
    assert!(late.is_final(), "{late:?}");
    town.discord.complete(application, &told.token, "in time", None).await.unwrap();
    town.sim.clock().advance(Duration::from_secs(15 * 60));
    let late = town.discord.complete(application, &told.token, "late", None).await.unwrap_err();
    assert!(late.is_final(), "{late:?}");
    let file = town.discord.complete_with_file(application, &told.token, "late", "a.txt", b"a");
    assert!(file.await.unwrap_err().is_final());
    let more = town.discord.followup(application, &told.token, "late", true).await.unwrap_err();
    assert!(more.is_final(), "{more:?}");
    assert!(!town.discord.is_unauthorized(), "the interaction's token is over, not the bot's");
    town.was_specified();
}
