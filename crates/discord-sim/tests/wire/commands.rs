//! Registering commands.

use serde_json::{Value, json};

use crate::den::{Den, text};

#[tokio::test]
async fn commands_are_created_changed_listed_and_deleted() {
    let den = Den::without_limits().await;
    let path = format!("/applications/{}/commands", den.bot.application_id);
    let ask = json!({"name": "ask", "description": "Asks"});
    let created = den.rest("POST", &path, ask).await;
    assert_eq!(created.status, 201);
    let id = text(&created.body["id"]).to_owned();
    let again = den.rest("POST", &path, json!({"name": "ask", "description": "Asks again"})).await;
    assert_eq!((again.status, text(&again.body["id"])), (200, &*id), "same name, same command");
    let one = format!("{path}/{id}");
    den.rest("PATCH", &one, json!({"description": "Asks anew"})).await.ok();
    assert_eq!(den.rest("GET", &one, Value::Null).await.ok()["description"], "Asks anew");

    let both =
        json!([{"name": "ask", "description": "Asks"}, {"name": "tell", "description": "Tells"}]);
    let both = den.rest("PUT", &path, both).await.ok();
    assert_eq!(text(&both[0]["id"]), id, "a command that stays keeps its id");
    den.rest("DELETE", &one, Value::Null).await.ok();
    assert_eq!(den.rest("DELETE", &one, Value::Null).await.code(), 10063);
    assert_eq!(den.world.commands(den.bot.application_id).len(), 1);
}

#[tokio::test]
async fn what_discord_refuses_about_commands() {
    let den = Den::without_limits().await;
    let path = format!("/applications/{}/commands", den.bot.application_id);
    let options =
        |options: Value| json!({"name": "ask", "description": "Asks", "options": options});
    let option = |name: &str, required: bool| json!({"type": 3, "name": name, "description": "An option", "required": required});
    for wrong in [
        json!({"name": "Ask", "description": "Asks"}),
        json!({"name": "two words", "description": "Asks"}),
        json!({"name": "ask"}),
        json!({"name": "x".repeat(33), "description": "Asks"}),
        json!({"name": "Why?", "type": 3, "description": "menus have none"}),
        options(json!([option("a", false), option("b", true)])),
        options(Value::Array(vec![option("a", true); 26])),
    ] {
        let refused = den.rest("POST", &path, wrong.clone()).await;
        assert_eq!((refused.status, refused.code()), (400, 50035), "{wrong}");
    }
    let menus: Vec<_> = (0..16).map(|n| json!({"name": format!("Menu {n}"), "type": 3})).collect();
    assert_eq!(den.rest("PUT", &path, menus.into()).await.code(), 30032);
    let twice = json!([{"name": "a", "description": "A"}, {"name": "a", "description": "B"}]);
    assert_eq!(den.rest("PUT", &path, twice).await.code(), 50035);
    let other = den.world.add_application("other", "other.token");
    let theirs = format!("/applications/{}/commands", other.application_id);
    assert_eq!(den.rest("GET", &theirs, Value::Null).await.code(), 50001);
    assert!(den.world.commands(den.bot.application_id).is_empty());
}

#[tokio::test]
async fn a_guilds_own_commands_are_for_that_guild() {
    let den = Den::without_limits().await;
    let path = format!("/applications/{}/guilds/{}/commands", den.bot.application_id, den.guild);
    den.rest("POST", &path, json!({"name": "here", "description": "Only here"})).await.ok();
    den.world.slash(den.ann, den.lobby, "here", &[]).unwrap();
    let elsewhere = den.world.add_guild("Elsewhere");
    den.world.join(den.ann, elsewhere).unwrap();
    let channel = den.world.add_text_channel(elsewhere, "there").unwrap();
    assert!(den.world.slash(den.ann, channel, "here", &[]).is_err());
}
