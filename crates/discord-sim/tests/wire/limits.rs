//! Rate limits of every scope.

use std::time::Duration;

use discord_sim::{Bucket, Effect, RateLimits, RestFault, Scope, Settings};
use serde_json::{Value, json};

use crate::den::{Den, answer};

#[tokio::test]
async fn headers_say_what_is_left_and_a_request_too_many_is_told_to_wait() {
    let den = Den::open().await;
    let path = format!("/channels/{}/messages", den.lobby);
    let mut bucket = None;
    for left in (0..5).rev() {
        let answer = den.rest("POST", &path, json!({"content": "hi"})).await;
        assert_eq!(answer.header("x-ratelimit-limit"), Some("5"));
        assert_eq!(answer.header("x-ratelimit-remaining"), Some(&*left.to_string()));
        assert_eq!(answer.header("x-ratelimit-scope"), None, "only a 429 has a scope");
        let after: f64 = answer.header("x-ratelimit-reset-after").unwrap().parse().unwrap();
        assert!(after > 0.0 && after <= 5.0, "{after}");
        bucket = answer.header("x-ratelimit-bucket").map(str::to_owned);
    }
    let limited = den.rest("POST", &path, json!({"content": "hi"})).await;
    assert_eq!(limited.status, 429);
    assert_eq!(limited.header("x-ratelimit-scope"), Some("user"));
    assert_eq!(limited.header("x-ratelimit-bucket"), bucket.as_deref());
    let wait: u64 = limited.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=5).contains(&wait));
    assert!(limited.body["retry_after"].as_f64().unwrap() <= 5.0);
    assert_eq!(limited.body["global"], false);
    assert_eq!(den.world.messages(den.lobby).len(), 5);

    // Another channel has a bucket of its own; and this one is full again in a while.
    let other = den.world.add_text_channel(den.guild, "other").unwrap();
    den.rest("POST", &format!("/channels/{other}/messages"), json!({"content": "hi"})).await.ok();
    den.sim.clock().advance(Duration::from_secs(5));
    den.rest("POST", &path, json!({"content": "hi"})).await.ok();
}

#[tokio::test]
async fn a_webhook_has_five_messages_in_two_seconds() {
    let den = Den::open().await;
    let webhook = den.webhook("Grim").await;
    for _ in 0..5 {
        den.rest("POST", &webhook, json!({"content": "grr"})).await.ok();
    }
    assert_eq!(den.rest("POST", &webhook, json!({"content": "grr"})).await.status, 429);
    den.sim.clock().advance(Duration::from_secs(2));
    den.rest("POST", &webhook, json!({"content": "grr"})).await.ok();
}

#[tokio::test]
async fn fifty_requests_a_second_are_the_global_limit() {
    let buckets = [("GET /users/@me".to_owned(), Bucket::new(1000, 1000))];
    let limits =
        RateLimits { global_per_second: 10, buckets: buckets.into(), ..Default::default() };
    let den = Den::open_with(Settings { limits, ..Default::default() }).await;
    let mut limited = None;
    for _ in 0..200 {
        let answer = den.rest("GET", "/users/@me", Value::Null).await;
        if answer.status == 429 {
            limited = Some(answer);
            break;
        }
    }
    let limited = limited.expect("a global limit");
    assert_eq!(limited.header("x-ratelimit-scope"), Some("global"));
    assert_eq!(limited.header("x-ratelimit-global"), Some("true"));
    assert_eq!(limited.body["global"], true);
}

#[tokio::test]
async fn every_kind_of_429_can_be_had() {
    let den = Den::open().await;
    for scope in [Scope::User, Scope::Global, Scope::Shared] {
        let effect = Effect::RateLimited { scope, retry_after: 1.25 };
        den.sim.faults().rest(RestFault::on("GET /users/@me", effect));
        let limited = den.rest("GET", "/users/@me", Value::Null).await;
        assert_eq!(limited.status, 429);
        assert_eq!(limited.body["retry_after"], 1.25);
        assert_eq!(limited.header("retry-after"), Some("2"));
        let expected = serde_json::to_value(scope).unwrap();
        assert_eq!(limited.header("x-ratelimit-scope"), expected.as_str());
    }
    assert_eq!(den.world.invalid_requests(), 2, "a shared 429 is not counted");

    den.sim.faults().rest(RestFault::on("GET /users/@me", Effect::CloudflareBan));
    let banned = den.rest("GET", "/users/@me", Value::Null).await;
    assert_eq!(banned.status, 429);
    assert_eq!(banned.header("x-ratelimit-scope"), None);
    assert!(banned.body.as_str().unwrap().contains("<html>"));
}

#[tokio::test]
async fn too_many_invalid_requests_ban_the_address() {
    let limits = RateLimits { ban_after_invalid: Some(3), ..Default::default() };
    let den = Den::open_with(Settings { limits, ..Default::default() }).await;
    for _ in 0..4 {
        assert_eq!(answer(den.plain("GET", "/users/@me")).await.unwrap().status, 401);
    }
    assert_eq!(den.rest("GET", "/users/@me", Value::Null).await.status, 429);
    den.sim.clock().advance(Duration::from_secs(11 * 60));
    den.rest("GET", "/users/@me", Value::Null).await.ok();
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let den = Den::open_with(Settings { limits: RateLimits::off(), ..Default::default() }).await;
    for _ in 0..30 {
        den.post(json!({"content": "hi"})).await;
    }
}
