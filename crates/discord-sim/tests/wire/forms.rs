//! Forms: shown to one person, filled in, sent once.

use std::time::Duration;

use discord_sim::{InteractionState, Unknown};
use serde_json::{Value, json};
use twilight_gateway::Shard;
use twilight_model::application::interaction::InteractionData;

use crate::{
    bot::{callback, next_interaction, original, register, state},
    den::Den,
};

fn form() -> Value {
    let text =
        json!({"type": 4, "custom_id": "text", "style": 2, "min_length": 3, "max_length": 20});
    let why = json!({"type": 4, "custom_id": "why", "style": 1, "required": false});
    let kind =
        json!({"type": 3, "custom_id": "kind", "options": [{"label": "Fact", "value": "fact"}]});
    json!({"title": "Remember", "custom_id": "remember", "components": [
        {"type": 10, "content": "What shall I remember?"},
        {"type": 18, "label": "Text", "component": text},
        {"type": 18, "label": "Why", "component": why},
        {"type": 18, "label": "Kind", "component": kind},
    ]})
}

/// Ann uses `/remember`, which is answered with `form`.
async fn open(form: Value) -> (Den, Shard, u16) {
    let den = Den::open().await;
    register(&den, json!([{"name": "remember", "description": "x"}])).await;
    let mut shard = den.shard().await;
    den.world.slash(den.ann, den.lobby, "remember", &[]).unwrap();
    let asked = next_interaction(&mut shard).await;
    let answer = den.rest("POST", &callback(&asked), json!({"type": 9, "data": form})).await;
    (den, shard, answer.status)
}

#[tokio::test]
async fn a_form_is_before_its_person_until_the_bot_took_it() {
    let (den, mut shard, _) = open(form()).await;
    let bob = den.world.add_person("Bob");
    assert!(den.world.open_form(bob).is_none());
    let open = den.world.open_form(den.ann).unwrap();
    let InteractionState::Modal { form } = &open.state else { panic!("{open:?}") };
    assert_eq!(form["title"], "Remember");

    let fine = [("text", "tea, not coffee"), ("kind", "fact")];
    den.world.submit(open.id, &fine).unwrap();
    next_interaction(&mut shard).await;
    den.sim.clock().advance(Duration::from_millis(3_100));
    assert!(den.world.open_form(den.ann).is_some(), "nobody answered: it can be sent again");
    let sent = den.world.submit(open.id, &fine).unwrap();
    let taken = next_interaction(&mut shard).await;
    let Some(InteractionData::ModalSubmit(data)) = &taken.data else { panic!("{taken:?}") };
    assert_eq!((data.custom_id.as_str(), data.components.len()), ("remember", 4));

    let update = json!({"type": 6});
    let refused = den.rest("POST", &callback(&taken), update).await;
    assert_eq!(refused.code(), 50035, "a command's form has no message to change");
    den.rest("POST", &callback(&taken), json!({"type": 5, "data": {"flags": 64}})).await.ok();
    den.rest("PATCH", &original(&taken), json!({"content": "I will"})).await.ok();
    assert!(matches!(state(&den, sent), InteractionState::Answered { .. }));
    assert!(den.world.open_form(den.ann).is_none());
    assert!(matches!(den.world.submit(open.id, &fine), Err(Unknown::Form(_))));
}

#[tokio::test]
async fn a_form_takes_what_it_asks_for() {
    let (den, _shard, _) = open(form()).await;
    let open = den.world.open_form(den.ann).unwrap().id;
    let long = "x".repeat(21);
    for refused in [
        &[("kind", "fact")][..],
        &[("text", ""), ("kind", "fact")],
        &[("text", "ab"), ("kind", "fact")],
        &[("text", &long), ("kind", "fact")],
        &[("text", "abc")],
        &[("text", "abc"), ("kind", "lie")],
        &[("text", "abc"), ("kind", "fact"), ("when", "now")],
    ] {
        let answer = den.world.submit(open, refused);
        assert!(matches!(answer, Err(Unknown::Field { .. })), "{refused:?}: {answer:?}");
    }
    den.world.as_hostile_client().submit(open, &[("text", &long)]).unwrap();
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let field = |more: Value| {
        let mut field = json!({"type": 4, "custom_id": "text", "style": 1});
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([{"type": 18, "label": "Text", "component": field}])
    };
    let with =
        |components: Value| json!({"title": "T", "custom_id": "c", "components": components});
    let old = json!([{"type": 1, "components": [{"type": 4, "custom_id": "a", "style": 1, "label": "A"}]}]);
    let button = json!({"type": 2, "style": 1, "label": "x", "custom_id": "x"});
    let twice = [field(json!({}))[0].clone(), field(json!({}))[0].clone()];
    for (data, status) in [
        (with(field(json!({}))), 204),
        (with(old), 204),
        (json!({"title": "x".repeat(46), "custom_id": "c", "components": field(json!({}))}), 400),
        (json!({"title": "T", "components": field(json!({}))}), 400),
        (with(json!([])), 400),
        (with(json!([{"type": 1, "components": [button]}])), 400),
        (
            with(
                json!([{"type": 18, "label": "x".repeat(46), "component": field(json!({}))[0]["component"]}]),
            ),
            400,
        ),
        (with(json!(twice)), 400),
        (with(field(json!({"style": 3}))), 400),
        (with(field(json!({"max_length": 4001}))), 400),
        (with(field(json!({"custom_id": ""}))), 400),
    ] {
        assert_eq!(open(data.clone()).await.2, status, "{data}");
    }
}
