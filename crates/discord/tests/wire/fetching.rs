//! Attachments: from Discord's own hosts, bounded in size and time.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::header::{CONTENT_LENGTH, LOCATION},
    response::{IntoResponse, Response},
};
use discord::{Discord, FetchError, Settings};
use futures_util::{StreamExt as _, stream};
use serde_json::json;

use crate::script::*;

const MAX: usize = 1_000;

/// A client that takes the script for a simulator's attachment host.
fn fetching(script: &Script) -> Discord {
    let host = script.url.strip_prefix("http://").map(str::to_owned);
    Discord::new(Settings { attachment_host: host, ..script.settings() }).unwrap()
}

fn chunk() -> Result<Bytes, std::io::Error> {
    Ok(Bytes::from_static(&[b'x'; 100]))
}

#[tokio::test]
async fn a_file_is_fetched_without_our_token() {
    let script = Script::always(|| "a poem".into_response()).await;
    let file =
        fetching(&script).fetch(&format!("{}/attachments/poem.txt?ex=1", script.url), MAX).await;
    assert_eq!(file.unwrap(), "a poem");
    assert!(!script.seen()[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn addresses_that_are_not_discords_are_not_asked() {
    let script = Script::always(|| "secret".into_response()).await;
    let discord = script.discord();
    let with_port = script.url.replace("http://", "");
    for url in [
        &format!("{}/a.txt", script.url),
        &format!("https://cdn.discordapp.com@{with_port}/a.txt"),
        &format!("https://{with_port}/a.txt"),
        "http://cdn.discordapp.com/a.txt",
        "https://cdn.discordapp.com:8443/a.txt",
        "https://cdn.discordapp.com.example.org/a.txt",
        "https://example.org/cdn.discordapp.com/a.txt",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "cdn.discordapp.com/a.txt",
        "",
    ] {
        let refused = discord.fetch(url, MAX).await;
        assert!(matches!(refused, Err(FetchError::Foreign)), "{url}: {refused:?}");
    }
    assert_eq!(script.count(), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let script = Script::always(|| {
        let mut moved = axum::http::StatusCode::FOUND.into_response();
        moved.headers_mut().insert(LOCATION, "http://169.254.169.254/".parse().unwrap());
        moved
    })
    .await;
    let moved = fetching(&script).fetch(&format!("{}/a.png", script.url), MAX).await;
    assert!(matches!(moved, Err(FetchError::Moved)), "{moved:?}");
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn a_file_that_says_it_is_too_large_is_not_read() {
    let script = Script::always(|| {
        let mut large =
            Response::new(Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>()));
        large.headers_mut().insert(CONTENT_LENGTH, 1_001.into());
        large
    })
    .await;
    let large = fetching(&script).fetch(&format!("{}/a.png", script.url), MAX).await;
    assert!(matches!(large, Err(FetchError::TooLarge { max_bytes: MAX })), "{large:?}");
}

#[tokio::test]
async fn a_file_without_end_is_read_up_to_the_bound() {
    let script =
        Script::always(|| Response::new(Body::from_stream(stream::repeat_with(chunk)))).await;
    let endless = fetching(&script).fetch(&format!("{}/a.png", script.url), MAX).await;
    assert!(matches!(endless, Err(FetchError::TooLarge { .. })), "{endless:?}");
}

#[tokio::test]
async fn a_file_that_trickles_is_given_up_at_the_deadline() {
    let script = Script::always(|| {
        let trickle = stream::once(async { chunk() }).chain(stream::pending());
        Response::new(Body::from_stream(trickle))
    })
    .await;
    let started = std::time::Instant::now();
    let slow = fetching(&script).by(within(100)).fetch(&format!("{}/a.png", script.url), MAX).await;
    assert!(matches!(slow, Err(FetchError::Deadline)), "{slow:?}");
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn an_expired_address_is_denied_and_not_shown() {
    let script = Script::always(|| answer(404, json!({}))).await;
    let gone = fetching(&script)
        .fetch(&format!("{}/a.png?hm=s1gnature", script.url), MAX)
        .await
        .unwrap_err();
    assert!(matches!(gone, FetchError::Denied { status } if status == 404), "{gone:?}");
    assert!(!format!("{gone:?} {gone}").contains("s1gnature"));
}
