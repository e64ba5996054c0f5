//! What is tried again, and what must not be.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::response::Response;
use discord::{Discord, Error, Settings};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt as _, net::TcpListener};
use twilight_model::id::Id;

use crate::script::*;

fn fails() -> Response {
    answer(502, json!({ "message": "bad gateway" }))
}

/// Fails, then hangs, then answers: what Discord does on a bad day, and a socket after a freeze.
async fn bad_day() -> (Script, Discord) {
    let script = Script::start(|_, nth| async move {
        match nth {
            0 => fails(),
            1 => pending().await,
            _ => posted(),
        }
    })
    .await;
    let settings = Settings { attempt_timeout: Duration::from_millis(100), ..script.settings() };
    let discord = Discord::new(settings).unwrap();
    (script, discord)
}

#[tokio::test]
async fn a_message_with_a_nonce_is_tried_again_with_the_same_nonce() {
    let (script, discord) = bad_day().await;
    discord.create_message(HALL, &hello("42-0")).await.unwrap();
    let nonces: Vec<_> = script.seen().iter().map(|seen| seen.body["nonce"].clone()).collect();
    assert_eq!(nonces, ["42-0", "42-0", "42-0"]);
}

#[tokio::test]
async fn looking_and_deleting_are_tried_again() {
    let (script, discord) = bad_day().await;
    discord.delete_webhook_message(&webhook(), None, Id::new(1)).await.unwrap();
    assert_eq!(script.count(), 3);
}

#[tokio::test]
async fn a_discord_that_keeps_failing_is_left_alone_after_five_tries() {
    let script = Script::always(fails).await;
    let error = script.discord().me().await.unwrap_err();
    assert!(matches!(error, Error::Server { status } if status == 502), "{error:?}");
    assert!(!error.is_final());
    assert_eq!(script.count(), 5);
}

#[tokio::test]
async fn tries_end_at_the_deadline() {
    let script = Script::always(fails).await;
    let error = script.discord().by(within(120)).me().await.unwrap_err();
    assert!(matches!(error, Error::Server { .. }), "{error:?}");
    assert!((2..5).contains(&script.count()), "{} tries", script.count());
}

#[tokio::test]
async fn a_webhook_that_may_have_spoken_does_not_speak_again() {
    let (script, discord) = bad_day().await;
    for (nth, because) in
        ["discord fails with 502 Bad Gateway", "discord did not answer in time"].iter().enumerate()
    {
        let error = discord.execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap_err();
        let Error::Uncertain { source } = &error else { panic!("{error:?}") };
        assert_eq!(source.to_string(), *because);
        assert_eq!(script.count(), nth + 1);
    }
}

#[tokio::test]
async fn an_answer_nobody_can_read_leaves_it_uncertain_too() {
    let script = Script::always(|| answer(200, json!("garbage"))).await;
    let discord = script.discord();
    let spoken = discord.execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap_err();
    assert!(matches!(spoken, Error::Uncertain { .. }), "{spoken:?}");
    let made = discord.create_webhook(HALL, "den").await.unwrap_err();
    assert!(matches!(made, Error::Uncertain { .. }), "{made:?}");
    let looked = discord.me().await.unwrap_err();
    assert!(matches!(looked, Error::Unreadable { .. }), "{looked:?}");
    assert_eq!(script.count(), 3);
}

/// A server that reads a request and hangs up.
async fn hangs_up() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            if socket.read(&mut buffer).await.is_ok_and(|n| n > 0) {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (url, requests)
}

#[tokio::test]
async fn a_broken_connection_leaves_a_webhook_uncertain_and_its_token_unsaid() {
    let (url, requests) = hangs_up().await;
    let discord = Discord::new(Settings { api_url: url, ..Settings::new(None) }).unwrap();
    let error = discord.execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap_err();
    assert!(matches!(error, Error::Uncertain { .. }), "{error:?}");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn a_broken_connection_is_no_reason_not_to_look_again() {
    let (url, requests) = hangs_up().await;
    let discord = Discord::new(Settings { api_url: url, ..Settings::new(None) }).unwrap();
    let webhook = webhook();
    let error = discord.by(within(2_500)).delete_webhook(&webhook).await.unwrap_err();
    assert!(matches!(error, Error::Transport { .. }), "{error:?}");
    assert_eq!(requests.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn where_nobody_listens_even_a_webhook_tries_again_until_the_deadline() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let discord = Discord::new(Settings { api_url: url, ..Settings::new(None) }).unwrap();
    let error =
        discord.by(within(150)).execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap_err();
    assert!(matches!(error, Error::Transport { .. }), "nothing can have arrived: {error:?}");
}

#[tokio::test]
async fn an_interaction_answered_twice_counts_as_answered() {
    let script = Script::start(|_, nth| async move {
        if nth == 0 {
            fails()
        } else {
            answer(
                400,
                json!({ "code": 40060, "message": "Interaction has already been acknowledged." }),
            )
        }
    })
    .await;
    script.discord().defer(Id::new(9), "t", true).await.unwrap();
    assert_eq!(script.count(), 2);
}

#[tokio::test]
async fn what_is_gone_already_counts_as_deleted() {
    let script = Script::start(|seen, _| async move {
        let code = if seen.path.contains("/messages/") { 10008 } else { 10015 };
        answer(404, json!({ "code": code, "message": "Unknown" }))
    })
    .await;
    let discord = script.discord();
    discord.delete_message(discord::Posted { id: Id::new(1), channel_id: HALL }).await.unwrap();
    discord.delete_webhook_message(&webhook(), None, Id::new(1)).await.unwrap();
    discord.delete_original(Id::new(3), "t").await.unwrap();
    discord.delete_webhook(&webhook()).await.unwrap();
}

#[tokio::test]
async fn a_cancelled_request_gives_its_place_back() {
    let script = Script::start(|_, nth| async move {
        if nth == 0 {
            pending::<()>().await
        };
        answer(200, Value::Array(Vec::new()))
    })
    .await;
    let discord = script.discord();
    let look = |ms| {
        tokio::time::timeout(
            Duration::from_millis(ms),
            discord.messages_after(HALL, Id::new(1), 10),
        )
    };
    look(50).await.unwrap_err();
    look(2_000).await.unwrap().unwrap();
}
