//! Talking: what is said, changed and taken back, and what everybody who watches hears of it.

use futures_util::StreamExt;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::den::{DEADLINE, Den, next_event};
use crate::page::Person;

#[tokio::test]
async fn what_one_says_is_heard_by_everybody_who_watches() {
    let den = Den::open().await;
    let mut events = Box::pin(den.get("/api/events").await.bytes_stream());

    let said = den.says(&den.people[1], "Baroness, **behold** my sandwich").await;
    assert_eq!(said.status(), StatusCode::CREATED);

    let heard = next_event(&mut events, "message").await;
    assert_eq!(heard["text"], "Baroness, **behold** my sandwich");
    assert_eq!(heard["author"]["name"], "Ann");
    assert_eq!(heard["author"]["kind"], "person");
    let state = den.state().await;
    assert_eq!(state["messages"][0], heard);
}

#[tokio::test]
async fn a_page_begins_with_who_and_what_there_is() {
    let den = Den::open().await;
    let state = den.state().await;
    assert_eq!(state["guild"]["name"], "The Ember Society");
    assert_eq!(state["bot"]["name"], "Roast Den");
    assert_eq!(state["bot"]["online"], false);
    assert_eq!(state["personalities"][0]["avatar"], "/avatars/baroness");
    let channels: Vec<_> =
        state["channels"].as_array().expect("a list").iter().map(|c| &c["kind"]).collect();
    assert_eq!(
        channels,
        ["text", "dm", "dm"],
        "the guild's channel, and a direct message for each person"
    );

    let avatar = den.get("/avatars/baroness").await;
    assert_eq!(avatar.headers()["content-type"], "image/svg+xml");
    assert!(
        avatar.headers()["content-security-policy"].to_str().expect("text").contains("sandbox")
    );
    assert_eq!(den.get("/avatars/nobody").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_changes_and_deletes_only_what_one_said_oneself() {
    let den = Den::open().await;
    let said: Value = den.says(&den.people[0], "frist").await.json().await.expect("JSON");
    let path = format!("/api/messages/{}", said["id"].as_str().expect("an id"));
    let mut events = Box::pin(den.get("/api/events").await.bytes_stream());

    let by_ann = json!({ "person": den.people[1].id, "text": "not mine" });
    assert_eq!(
        den.write(Method::PATCH, &path, by_ann.clone()).await.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(den.write(Method::DELETE, &path, by_ann).await.status(), StatusCode::FORBIDDEN);

    let by_you = json!({ "person": den.people[0].id, "text": "first" });
    assert_eq!(
        den.write(Method::PATCH, &path, by_you.clone()).await.status(),
        StatusCode::NO_CONTENT
    );
    let edited = next_event(&mut events, "edit").await;
    assert_eq!((&edited["text"], &edited["edited"]), (&json!("first"), &json!(true)));

    assert_eq!(den.write(Method::DELETE, &path, by_you).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(next_event(&mut events, "delete").await["id"], said["id"]);
}

#[tokio::test]
async fn what_discord_would_not_take_is_refused_in_words() {
    let den = Den::open().await;
    for (text, complaint) in [("  \n ", "empty"), (&*"a".repeat(2_001), "2001 characters")] {
        let refused = den.says(&den.people[0], text).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let body: Value = refused.json().await.expect("JSON");
        assert!(body["error"].as_str().expect("words").contains(complaint), "{body}");
    }
    let stranger = Person { id: den.sim.world().add_person("Mallory"), name: "Mallory".to_owned() };
    assert_eq!(den.says(&stranger, "hello").await.status(), StatusCode::FORBIDDEN);
    let unread = den.write(Method::POST, "/api/messages", json!({ "person": "nobody" })).await;
    assert!(unread.status().is_client_error());
    assert!(unread.json::<Value>().await.expect("JSON")["error"].is_string());
    let unknown = json!({ "person": den.people[0].id, "channel": den.channel, "name": "dance" });
    assert_eq!(
        den.write(Method::POST, "/api/commands", unknown).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_explanation_follows_when_there_is_one() {
    let den = Den::open().await;
    assert_eq!(den.get("/api/why/1080000000000000000").await.status(), StatusCode::NO_CONTENT);
    *den.explanation.lock().expect("nobody else holds it") = Some(json!({ "outcome": "spoke" }));
    let why: Value = den.get("/api/why/1080000000000000000").await.json().await.expect("JSON");
    assert_eq!(why, json!({ "outcome": "spoke" }));
}

#[tokio::test]
async fn shutting_down_does_not_wait_for_those_who_watch() {
    let den = Den::open().await;
    let mut events = Box::pin(den.get("/api/events").await.bytes_stream());
    events.next().await.expect("the stream opens").expect("it is whole");

    den.stop.send(()).expect("the server runs");
    let ended = timeout(DEADLINE, den.server).await.expect("it ends in time");
    ended.expect("it does not panic").expect("it ends well");
}
