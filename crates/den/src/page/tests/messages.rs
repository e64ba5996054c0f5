//! Reactions, private places and moderation: what depends on who one is.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::den::{Den, next_event};

#[tokio::test]
async fn a_reaction_says_whose_it_is_and_can_be_taken_back() {
    let den = Den::open().await;
    let message = den.said(&den.people[0], "I made soup.").await;
    let path = format!("/api/messages/{message}/reactions");
    let mut events = Box::pin(den.get("/api/events").await.bytes_stream());

    let heart = json!({ "person": den.people[1].id, "emoji": "❤️" });
    let reacted = den.write(Method::PUT, &path, heart.clone()).await;
    assert_eq!(reacted.status(), StatusCode::NO_CONTENT);
    let seen = next_event(&mut events, "edit").await;
    assert_eq!(seen["reactions"], json!([{ "emoji": "❤️", "users": [den.people[1].id] }]));
    assert_eq!(den.write(Method::DELETE, &path, heart).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(den.state().await["messages"][0]["reactions"], json!([]));

    for no_emoji in ["", "yes", "❤️ and more", &"❤️".repeat(40)] {
        let body = json!({ "person": den.people[1].id, "emoji": no_emoji });
        let (status, refusal) = den.act(Method::PUT, &path, body).await;
        assert_eq!((status, &refusal["error"]), (422, &json!("That is no emoji.")));
    }
}

#[tokio::test]
async fn only_who_may_manage_messages_removes_what_others_said() {
    let den = Den::open().await;
    let (you, ann) = (&den.people[0], &den.people[1]);
    den.sim.world().set_owner(den.guild, you.id).expect("you are a member");
    let (yours, anns) = (den.said(you, "mine").await, den.said(ann, "hers").await);
    let remove = async |person, message| {
        let path = format!("/api/messages/{message}");
        den.act(Method::DELETE, &path, json!({ "person": person })).await
    };

    let (status, refusal) = remove(ann.id, yours).await;
    assert_eq!(
        (status, &refusal["error"]),
        (403, &json!("Only who wrote a message may change it."))
    );
    assert_eq!(remove(you.id, anns).await.0, 204);
    assert_eq!(remove(you.id, anns).await.0, 404, "it is gone");
    let left: Vec<Value> = den.state().await["messages"].as_array().expect("a list").clone();
    assert_eq!(left.iter().map(|one| &one["text"]).collect::<Vec<_>>(), ["mine"]);
}

#[tokio::test]
async fn a_private_channel_says_who_may_do_what_there() {
    let den = Den::open().await;
    let (you, ann) = (&den.people[0], &den.people[1]);
    let world = den.sim.world();
    let back_room = world.add_private_channel(den.guild, "back-room", &[you.id]).expect("a guild");

    let state = den.state().await;
    let channels = state["channels"].as_array().expect("a list");
    let shown = |id: &str| channels.iter().find(|one| one["id"] == id).expect("it is listed");
    let shown_room = shown(&back_room.to_string());
    assert_eq!(shown_room["private"], true);
    assert_eq!(shown(&den.channel.to_string())["private"], false);
    assert_eq!(shown_room["may"][ann.id.to_string()], "0");
    assert_eq!(
        shown_room["may"][you.id.to_string()],
        world.permissions(you.id, back_room).bits().to_string()
    );

    let body = json!({ "person": ann.id, "channel": back_room, "text": "What is in here?" });
    let (status, refusal) = den.act(Method::POST, "/api/messages", body).await;
    assert_eq!((status, &refusal["error"]), (403, &json!("You cannot see that channel.")));
}
