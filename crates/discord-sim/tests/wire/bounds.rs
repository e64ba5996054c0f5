//! However much happens, memory stays bounded, and nothing waits for those who do not read.

use std::time::Instant;

use discord_sim::{File, GatewaySettings, RateLimits, Saying, Settings};
use serde_json::{Value, json};

use crate::den::{Den, INTENTS, next_said};

#[tokio::test]
async fn old_messages_requests_and_news_are_forgotten() {
    let settings =
        Settings { history: 10, requests: 5, limits: RateLimits::off(), ..Default::default() };
    let den = Den::open_with(settings).await;
    let file = File { name: "a.txt".to_owned(), content_type: None, bytes: "a".into() };
    let saying = Saying { text: "first".to_owned(), files: vec![file], ..Default::default() };
    let first = den.world.say_with(den.ann, den.lobby, saying).unwrap();
    let attachment = den.world.message(first).unwrap().attachments[0].id;
    assert!(den.world.file(attachment).is_some());
    for n in 0..10 {
        den.world.say(den.ann, den.lobby, &n.to_string()).unwrap();
        den.rest("GET", "/users/@me", Value::Null).await.ok();
    }
    assert!(den.world.message(first).is_none() && den.world.file(attachment).is_none());
    assert_eq!(den.world.messages(den.lobby).len(), 10);
    assert_eq!((den.world.requests().len(), den.world.request_count()), (5, 10));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_once_it_is_too_far_behind() {
    let gateway = GatewaySettings { replay: 100, ..Default::default() };
    let den = Den::open_with(Settings { gateway, ..Default::default() }).await;
    let mut raw = den.identified().await;
    // Nothing is sent while this thread is busy here, so more is forgotten than was sent.
    for n in 0..1000 {
        den.world.say(den.ann, den.lobby, &n.to_string()).unwrap();
    }
    assert_eq!(raw.close_code().await, Some(4000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_events_and_hundreds_of_requests_a_second_are_no_strain() {
    let den = Den::without_limits().await;
    let mut shard = den.new_shard(INTENTS, None);
    crate::den::ready(&mut shard).await;
    let (began, n) = (Instant::now(), 5_000);
    for n in 0..n {
        den.world.say(den.ann, den.lobby, &n.to_string()).unwrap();
    }
    let said = began.elapsed();
    for n in 0..n {
        assert_eq!(next_said(&mut shard).await, n.to_string());
    }
    println!("{n} said in {said:?}, heard by {:?}", began.elapsed());
    let began = Instant::now();
    for _ in 0..500 {
        den.post(json!({"content": "hi"})).await;
    }
    println!("500 posted in {:?}", began.elapsed());
    // A debug build on a busy machine is given a lot of room.
    assert!(said.as_secs() < 20);
}
