//! Buttons and select menus: which Discord takes, and who can use them.

use discord_sim::{MessageId, Unknown};
use serde_json::{Value, json};
use twilight_model::{application::interaction::InteractionData, id::Id};

use crate::{
    bot::{callback, followups, next_interaction, original, register},
    den::{Den, text},
};

fn button(custom_id: &str) -> Value {
    json!({"type": 2, "style": 1, "label": custom_id, "custom_id": custom_id})
}

fn row(inside: Value) -> Value {
    json!({"type": 1, "components": inside})
}

fn options(values: &[&str]) -> Value {
    values.iter().map(|value| json!({"label": value, "value": value})).collect()
}

async fn post(den: &Den, components: Value) -> MessageId {
    let posted = den.post(json!({"content": "?", "components": components})).await;
    text(&posted["id"]).parse().unwrap()
}

#[tokio::test]
async fn what_discord_does_not_show_is_refused() {
    let den = Den::without_limits().await;
    let path = format!("/channels/{}/messages", den.lobby);
    let select = |more: Value| {
        let mut select = json!({"type": 3, "custom_id": "s", "options": options(&["a", "b"])});
        select.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([row(json!([select]))])
    };
    let with = |key: &str, value: Value| {
        let mut button = button("a");
        button[key] = value;
        json!([row(json!([button]))])
    };
    let many: Vec<_> = (0..6).map(|n| button(&n.to_string())).collect();
    let rows: Vec<_> = (0..6).map(|n| row(json!([button(&n.to_string())]))).collect();
    for refused in [
        json!([button("loose")]),
        json!([row(json!([]))]),
        json!([row(json!(many))]),
        json!(rows),
        json!([row(json!([button("same"), button("same")]))]),
        json!([row(json!([button("a"), select(json!({}))[0]["components"][0]]))]),
        json!([{"type": 10, "content": "only with the flag"}]),
        json!([{"type": 99}]),
        with("custom_id", json!("x".repeat(101))),
        with("custom_id", Value::Null),
        with("label", json!("x".repeat(81))),
        with("label", Value::Null),
        with("style", json!(9)),
        with("url", json!("https://den.test")),
        select(json!({"options": []})),
        select(json!({"options": options(&["a", "a"])})),
        select(json!({"options": options(&[&"x".repeat(101)])})),
        select(json!({"placeholder": "x".repeat(151)})),
        select(json!({"max_values": 26})),
        select(json!({"min_values": 2, "max_values": 1})),
    ] {
        let answer = den.rest("POST", &path, json!({"content": "?", "components": refused})).await;
        assert_eq!((answer.status, answer.code()), (400, 50035), "{refused}: {answer:?}");
    }
    let link = json!({"type": 2, "style": 5, "label": "Source", "url": "https://den.test"});
    let fine = json!([row(json!([button("a"), link])), select(json!({"min_values": 0}))[0]]);
    post(&den, fine).await;
    let v2 = json!({"flags": 1 << 15, "components": [{"type": 10, "content": "Hello"}]});
    den.post(v2).await;
}

#[tokio::test]
async fn buttons_only_one_person_sees_are_hers_to_press() {
    let den = Den::open().await;
    register(&den, json!([{"name": "memories", "description": "x"}])).await;
    let bob = den.world.add_person("Bob");
    den.world.join(bob, den.guild).unwrap();
    let mut shard = den.shard().await;
    den.world.slash(den.ann, den.lobby, "memories", &[]).unwrap();
    let asked = next_interaction(&mut shard).await;
    let page =
        json!({"content": "page 1", "flags": 64, "components": [row(json!([button("next")]))]});
    den.rest("POST", &callback(&asked), json!({"type": 4, "data": page})).await.ok();
    let page = den.world.messages_seen_by(den.ann, den.lobby)[0].id;

    let refused = den.world.click(bob, page, "next");
    assert!(matches!(refused, Err(Unknown::Message(_))), "{refused:?}");
    let forged = den.world.as_hostile_client().click(bob, page, "next");
    assert!(matches!(forged, Err(Unknown::Message(_))), "{forged:?}");
    assert!(matches!(den.world.react(den.ann, page, "🔥"), Err(Unknown::Message(_))));

    den.world.click(den.ann, page, "next").unwrap();
    let pressed = next_interaction(&mut shard).await;
    assert_eq!(pressed.message.as_ref().unwrap().flags.unwrap().bits(), 64);
    let second = json!({"type": 7, "data": {"content": "page 2", "components": []}});
    den.rest("POST", &callback(&pressed), second).await.ok();
    let seen = den.world.messages_seen_by(den.ann, den.lobby);
    assert_eq!((seen[0].content.as_str(), seen[0].ephemeral_for), ("page 2", Some(den.ann)));
    assert!(seen[0].components.is_empty());
    assert!(matches!(den.world.click(den.ann, page, "next"), Err(Unknown::Component(..))));
    den.rest("POST", &followups(&pressed), json!({"content": "for all"})).await.ok();
    assert_eq!(den.world.messages_seen_by(bob, den.lobby).len(), 1);
    den.rest("DELETE", &original(&asked), Value::Null).await.ok();
    assert_eq!(den.world.messages_seen_by(den.ann, den.lobby).len(), 1);
}

#[tokio::test]
async fn a_select_menu_offers_so_much_and_no_more() {
    let den = Den::open().await;
    let mut shard = den.shard().await;
    let menu = json!({"type": 3, "custom_id": "who", "max_values": 2, "options": options(&["grim", "sage", "rex"])});
    let message = post(&den, json!([row(json!([menu]))])).await;
    let choose = |values: &[&str]| den.world.choose(den.ann, message, "who", values);
    for refused in [&["nobody"][..], &[], &["grim", "sage", "rex"], &["grim", "grim"]] {
        assert!(matches!(choose(refused), Err(Unknown::Values { .. })), "{refused:?}");
    }
    assert!(matches!(den.world.click(den.ann, message, "who"), Err(Unknown::Component(..))));
    choose(&["sage", "grim"]).unwrap();
    let Some(InteractionData::MessageComponent(data)) = next_interaction(&mut shard).await.data
    else {
        panic!("a choice")
    };
    assert_eq!(data.values, ["sage", "grim"]);
    den.world.as_hostile_client().choose(den.ann, message, "who", &["nobody"]).unwrap();
}

#[tokio::test]
async fn a_disabled_button_is_pressed_by_hostile_clients_only() {
    let den = Den::open().await;
    let mut off = button("erase");
    off["disabled"] = true.into();
    let whom = json!({"type": 5, "custom_id": "whom"});
    let message = post(&den, json!([row(json!([off])), row(json!([whom]))])).await;
    assert!(matches!(den.world.click(den.ann, message, "erase"), Err(Unknown::Component(..))));
    den.world.as_hostile_client().click(den.ann, message, "erase").unwrap();

    let mut shard = den.shard().await;
    let ann = den.ann.to_string();
    assert!(den.world.choose(den.ann, message, "whom", &["12"]).is_err(), "no such person");
    den.world.choose(den.ann, message, "whom", &[&ann]).unwrap();
    let Some(InteractionData::MessageComponent(data)) = next_interaction(&mut shard).await.data
    else {
        panic!("a choice")
    };
    assert!(data.resolved.unwrap().users.contains_key(&Id::new(den.ann.get())));
}
