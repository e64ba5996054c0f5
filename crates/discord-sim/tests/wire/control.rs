//! The control API, for those who do not speak Rust.

use discord_sim::Settings;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::den::{Den, PATIENCE, answer, text};

async fn sim(den: &Den, method: &str, path: &str, body: Value) -> Value {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let request = reqwest::Client::new().request(method, format!("{}/sim{path}", den.sim.url()));
    let request = if body.is_null() { request } else { request.json(&body) };
    answer(request).await.unwrap().ok()
}

async fn open() -> Den {
    Den::open_with(Settings { control: true, ..Default::default() }).await
}

#[tokio::test]
async fn a_script_builds_a_world_and_speaks_in_it() {
    let den = open().await;
    let guild = sim(&den, "POST", "/guilds", json!({"name": "Scripted"})).await;
    let person = json!({"name": "Bob", "guild_id": guild["guild_id"]});
    let person = sim(&den, "POST", "/people", person).await;
    let channel = json!({"name": "stage", "guild_id": guild["guild_id"]});
    let channel = sim(&den, "POST", "/channels", channel).await;
    let say = json!({"person": person["user_id"], "channel": channel["channel_id"], "text": "hi"});
    let said = sim(&den, "POST", "/say", say).await;
    let path = format!("/channels/{}/messages", text(&channel["channel_id"]));
    let messages = sim(&den, "GET", &path, Value::Null).await;
    assert_eq!((&messages[0]["id"], &messages[0]["content"]), (&said["message_id"], &json!("hi")));
    let world = sim(&den, "GET", "/world", Value::Null).await;
    assert_eq!(world["guilds"][1]["channels"][0]["name"], "stage");
}

#[tokio::test]
async fn changes_are_streamed() {
    let den = open().await;
    let stream = reqwest::get(format!("{}/sim/changes", den.sim.url())).await.unwrap();
    den.world.say(den.ann, den.lobby, "hi").unwrap();
    let mut stream = stream.bytes_stream();
    let first = tokio::time::timeout(PATIENCE, stream.next()).await.unwrap().unwrap().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    let change: Value = serde_json::from_str(first.trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(change["type"], "message_created");
    assert_eq!(change["message"]["content"], "hi");
}

#[tokio::test]
async fn faults_can_be_made() {
    let den = open().await;
    let fault = json!({"fault": "rest", "on": "GET /users/@me", "effect": {"type": "answer", "status": 500}});
    sim(&den, "POST", "/faults", fault).await;
    assert_eq!(den.rest("GET", "/users/@me", Value::Null).await.status, 500);
    let refuse =
        json!({"fault": "on_connect", "what": {"type": "close", "code": 4000}, "times": 1});
    sim(&den, "POST", "/faults", refuse).await;
    assert_eq!(den.raw("v=10&encoding=json").await.close_code().await, Some(4000));
    let requests = sim(&den, "GET", "/requests", Value::Null).await;
    assert_eq!(requests["newest"][0]["status"], 500);
}

#[tokio::test]
async fn it_is_not_there_unless_asked_for() {
    let den = Den::open().await;
    let request = reqwest::Client::new().get(format!("{}/sim/world", den.sim.url()));
    assert_eq!(answer(request).await.unwrap().status, 404);
}

#[tokio::test]
async fn a_page_in_a_browser_cannot_act_here_unasked() {
    let den = open().await;
    let client = reqwest::Client::new();
    let request = client.post(format!("{}/sim/guilds", den.sim.url()));
    let request = request.header("content-type", "text/plain").body(r#"{"name": "Evil"}"#);
    assert_eq!(answer(request).await.unwrap().status, 415);
}

#[tokio::test]
async fn a_script_presses_buttons_and_fills_in_forms() {
    let den = open().await;
    let row =
        json!({"type": 1, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}]});
    let menu = json!({"type": 1, "components": [{"type": 3, "custom_id": "y",
        "options": [{"label": "a", "value": "a"}]}]});
    let posted = den.post(json!({"content": "?", "components": [row, menu]})).await;
    let mut raw = den.identified().await;
    let on = |more: Value| {
        let mut on = json!({"person": den.ann, "message": posted["id"]});
        on.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        on
    };
    sim(&den, "POST", "/react", on(json!({"emoji": "🔥"}))).await;
    sim(&den, "POST", "/unreact", on(json!({"emoji": "🔥"}))).await;
    sim(&den, "POST", "/choose", on(json!({"custom_id": "y", "values": ["a"]}))).await;
    assert_eq!(raw.json().await["d"]["data"]["values"], json!(["a"]));
    sim(&den, "POST", "/click", on(json!({"custom_id": "x"}))).await;
    let pressed = raw.json().await["d"].clone();
    let field = json!({"type": 4, "custom_id": "text", "style": 1});
    let form = json!({"title": "T", "custom_id": "c",
        "components": [{"type": 18, "label": "Text", "component": field}]});
    let callback =
        format!("/interactions/{}/{}/callback", text(&pressed["id"]), text(&pressed["token"]));
    den.rest("POST", &callback, json!({"type": 9, "data": form})).await.ok();
    let open = sim(&den, "GET", &format!("/people/{}/form", den.ann), Value::Null).await;
    assert_eq!(open["state"]["form"]["title"], "T");
    let sent = json!({"interaction": open["id"], "fields": {"text": "tea"}});
    sim(&den, "POST", "/submit", sent).await;
    let sent = raw.json().await["d"].clone();
    assert_eq!(sent["data"]["components"][0]["component"]["value"], "tea");
}
