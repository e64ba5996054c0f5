//! Who is really notified.

use discord_sim::MessageId;
use serde_json::{Value, json};

use crate::den::{Den, text};

async fn pings(den: &Den, path: &str, body: Value) -> (Vec<u64>, bool) {
    let posted = den.rest("POST", path, body).await.ok();
    let id: MessageId = text(&posted["id"]).parse().unwrap();
    let message = den.world.message(id).unwrap();
    let mentioned = posted["mentions"].as_array().unwrap().len();
    assert_eq!(mentioned, message.pings.users.len(), "the answer says whom it notified");
    (message.pings.users.iter().map(|user| user.get()).collect(), message.pings.everyone)
}

#[tokio::test]
async fn a_bot_that_does_not_say_otherwise_notifies_everybody() {
    let den = Den::open().await;
    let ann = den.ann.get();
    let messages = format!("/channels/{}/messages", den.lobby);
    let content = format!("@everyone and <@{ann}>");
    let plain = pings(&den, &messages, json!({"content": content})).await;
    assert_eq!(plain, (vec![ann], true));
    let nobody = json!({"content": content, "allowed_mentions": {"parse": []}});
    assert_eq!(pings(&den, &messages, nobody).await, (vec![], false));

    let webhook = format!("{}?wait=true", den.webhook("Grim").await);
    let by_webhook = pings(&den, &webhook, json!({"content": content})).await;
    assert_eq!(by_webhook, (vec![ann], false), "webhooks notify only users by default");
}

#[tokio::test]
async fn a_reply_notifies_unless_it_says_otherwise() {
    let den = Den::open().await;
    let ann = den.ann.get();
    let messages = format!("/channels/{}/messages", den.lobby);
    let said = den.world.say(den.ann, den.lobby, "hi").unwrap();
    let reply = |rules: Value| json!({"content": "hi", "message_reference": {"message_id": said}, "allowed_mentions": rules});
    assert_eq!(pings(&den, &messages, reply(Value::Null)).await.0, [ann]);
    assert!(pings(&den, &messages, reply(json!({"parse": []}))).await.0.is_empty());
    let replied = json!({"parse": [], "replied_user": true});
    assert_eq!(pings(&den, &messages, reply(replied)).await.0, [ann]);
}

#[tokio::test]
async fn an_edit_without_rules_is_read_anew_with_the_defaults() {
    let den = Den::open().await;
    let nobody = json!({"parse": []});
    let posted = den.post(json!({"content": "…", "allowed_mentions": nobody})).await;
    let path = format!("/channels/{}/messages/{}", den.lobby, text(&posted["id"]));
    let content = format!("<@{}>", den.ann);
    den.rest("PATCH", &path, json!({"content": content, "allowed_mentions": nobody})).await.ok();
    let id: MessageId = text(&posted["id"]).parse().unwrap();
    assert!(den.world.message(id).unwrap().pings.is_empty());
    den.rest("PATCH", &path, json!({"content": content})).await.ok();
    assert_eq!(den.world.message(id).unwrap().pings.users, [den.ann]);
}
