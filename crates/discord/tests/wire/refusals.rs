//! What Discord refuses, and what we do not even ask.

use discord::{Discord, Error, Lane, Outgoing, Settings, Speaker, code};
use serde_json::json;
use twilight_model::id::Id;

use crate::script::*;

#[tokio::test]
async fn a_refused_token_is_used_once_and_webhooks_go_on() {
    let script = Script::start(|seen, _| async move {
        if seen.is_authorized() {
            answer(401, json!({ "code": 0, "message": "401: Unauthorized" }))
        } else {
            posted()
        }
    })
    .await;
    let discord = script.discord();
    assert!(matches!(discord.me().await, Err(Error::Unauthorized)));
    let error = discord.clone().create_message(HALL, &hello("1")).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized), "clones know it too");
    assert!(error.is_final() && error.to_string().contains("set a valid one"), "{error}");
    assert_eq!(script.count(), 1);
    discord.execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap();
}

#[tokio::test]
async fn without_a_token_the_bots_routes_are_not_asked() {
    let script = Script::always(posted).await;
    let discord = Discord::new(Settings { token: None, ..script.settings() }).unwrap();
    assert!(matches!(discord.me().await, Err(Error::Unauthorized)));
    assert_eq!(script.count(), 0);
    discord.execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap();
}

#[tokio::test]
async fn too_many_refusals_and_nothing_is_sent_any_more() {
    let script =
        Script::always(|| answer(403, json!({ "code": 50013, "message": "Missing Permissions" })))
            .await;
    let discord = Discord::new(Settings { invalid_cap: 3, ..script.settings() }).unwrap();
    for nonce in ["1", "2", "3"] {
        let error = discord.create_message(HALL, &hello(nonce)).await.unwrap_err();
        assert!(
            matches!(error, Error::Forbidden { code: code::MISSING_PERMISSIONS, .. }),
            "{error:?}"
        );
        assert!(error.is_final());
    }
    let error = discord.create_message(YARD, &hello("4")).await.unwrap_err();
    assert!(matches!(error, Error::Suspended { .. }), "{error:?}");
    assert_eq!(script.count(), 3);
}

#[tokio::test]
async fn a_dead_webhook_is_known_as_such_and_is_nobodys_token_problem() {
    let script = Script::start(|_, nth| async move {
        match nth {
            0 => answer(404, json!({ "code": 10015, "message": "Unknown Webhook" })),
            1 => answer(401, json!({ "code": 50027, "message": "Invalid Webhook Token" })),
            _ => answer(200, json!({ "id": "5", "username": "den" })),
        }
    })
    .await;
    let discord = script.discord();
    for _ in 0..2 {
        let error = discord.execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap_err();
        assert!(error.is_dead_webhook() && error.is_final(), "{error:?}");
    }
    assert_eq!(discord.me().await.unwrap().name, "den");
}

#[tokio::test]
async fn discords_words_say_which_field_it_minds() {
    let script = Script::always(|| {
        let errors = json!({ "avatar_url": { "_errors": [{ "code": "URL", "message": "Not a well formed URL." }] } });
        answer(400, json!({ "code": 50035, "message": "Invalid Form Body", "errors": errors }))
    })
    .await;
    let speaker = Speaker { avatar_url: Some("x"), ..GRIM };
    let error =
        script.discord().execute_webhook(&webhook(), None, &speaker, "Boo.").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "discord refuses it with 400 Bad Request (50035: Invalid Form Body (avatar_url: Not a well formed URL.))"
    );
}

#[tokio::test]
async fn what_discord_would_refuse_is_not_sent() {
    let script = Script::always(posted).await;
    let discord = script.discord();
    let long = "x".repeat(2_001);
    let say = |content, nonce| Outgoing { content, ..hello(nonce) };
    let mut errors = Vec::new();
    for outgoing in
        [say(&long, "1"), say(" \n", "1"), say("Hi", ""), say("Hi", "26 characters are too many.")]
    {
        errors.push(discord.create_message(HALL, &outgoing).await.unwrap_err());
    }
    for name in ["", "Clyde's cousin", "DisCord", &"x".repeat(81)] {
        let speaker = Speaker { name, avatar_url: None };
        errors.push(discord.execute_webhook(&webhook(), None, &speaker, "Boo.").await.unwrap_err());
    }
    let message = discord::Posted { id: Id::new(1), channel_id: HALL };
    errors.push(discord.edit_message(message, &long, Lane::Final).await.unwrap_err());
    for error in errors {
        assert!(matches!(error, Error::Build { .. }) && error.is_final(), "{error:?}");
    }
    assert_eq!(script.count(), 0);
}
