//! What Discord refuses, the simulator refuses, in Discord's words.

use discord_sim::Permissions;
use serde_json::{Value, json};

use crate::den::{Den, answer, text};

/// Sends what must be refused and compares status and code.
async fn refused(den: &Den, method: &str, path: &str, body: Value, expected: (u16, u64)) {
    let answer = den.rest(method, path, body).await;
    assert_eq!((answer.status, answer.code()), expected, "{method} {path}: {answer:?}");
    assert!(answer.body["message"].is_string(), "{answer:?}");
}

#[tokio::test]
async fn the_door() {
    let den = Den::without_limits().await;
    refused(&den, "GET", "/no/such/route", Value::Null, (404, 0)).await;
    refused(&den, "PUT", "/users/@me", Value::Null, (405, 0)).await;
    refused(&den, "GET", "/channels/no-number", Value::Null, (400, 50035)).await;

    let without_token = answer(den.plain("GET", "/users/@me")).await.unwrap();
    assert_eq!((without_token.status, without_token.code()), (401, 0));
    let wrong = den.plain("GET", "/users/@me").header("authorization", "Bot wrong");
    assert_eq!(answer(wrong).await.unwrap().status, 401);
    let not_a_bot = den.plain("GET", "/users/@me").header("authorization", "a.token");
    assert_eq!(answer(not_a_bot).await.unwrap().status, 401);

    let client = reqwest::Client::new();
    for agent in ["curl/8", "DiscordBot", "DiscordBot (no version)"] {
        let url = format!("{}/api/v10/users/@me", den.sim.url());
        let request = client.get(url).header("authorization", "Bot a.token");
        let refused = answer(request.header("user-agent", agent)).await.unwrap();
        assert_eq!((refused.status, refused.code()), (403, 40333), "{agent}");
    }
    let old = client.get(format!("{}/api/v9/users/@me", den.sim.url()));
    assert_eq!(answer(old).await.unwrap().code(), 50041);

    let path = format!("/channels/{}/messages", den.lobby);
    let no_json = den.plain("POST", &path).header("authorization", "Bot a.token");
    let no_json = no_json.header("content-type", "application/json").body("{no json");
    assert_eq!(answer(no_json).await.unwrap().code(), 50109);
    assert_eq!(den.world.invalid_requests(), 6, "401 and 403 are counted");
}

#[tokio::test]
async fn messages() {
    let den = Den::without_limits().await;
    let messages = format!("/channels/{}/messages", den.lobby);
    let anns = den.world.say(den.ann, den.lobby, "hers").unwrap();
    let of_ann = format!("{messages}/{anns}");
    let long = "ä".repeat(2001);
    let posts = [
        (json!({"content": long}), 50035),
        (json!({"content": 5}), 50035),
        (json!({}), 50006),
        (json!({"content": " \n "}), 50006),
        (json!({"content": "hi", "flags": 64}), 50035),
        (json!({"content": "hi", "nonce": "x".repeat(26)}), 50035),
        (json!({"content": "hi", "embeds": vec![json!({"title": "x"}); 11]}), 50035),
        (
            json!({"embeds": [{"description": "x".repeat(4000)}, {"description": "x".repeat(2001)}]}),
            50035,
        ),
        (json!({"content": "hi", "message_reference": {"message_id": "1"}}), 50035),
        (json!({"content": "hi", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}), 50035),
    ];
    for (body, code) in posts {
        refused(&den, "POST", &messages, body, (400, code)).await;
    }
    assert_eq!(den.world.messages(den.lobby).len(), 1, "nothing refused was posted");
    // Exactly 2,000 characters, not bytes, fit.
    den.post(json!({"content": "ä".repeat(2000)})).await;

    refused(&den, "PATCH", &of_ann, json!({"content": "mine now"}), (403, 50005)).await;
    refused(&den, "DELETE", &of_ann, Value::Null, (403, 50013)).await;
    refused(&den, "GET", &format!("{messages}/1"), Value::Null, (404, 10008)).await;
    refused(&den, "GET", &format!("{messages}?limit=101"), Value::Null, (400, 50035)).await;
    refused(&den, "GET", "/channels/1", Value::Null, (404, 10003)).await;
    refused(&den, "GET", "/guilds/1", Value::Null, (404, 10004)).await;
    let me = format!("{of_ann}/reactions/nonsense/@me");
    refused(&den, "PUT", &me, Value::Null, (400, 10014)).await;

    let own = den.post(json!({"content": "own"})).await;
    let own = format!("{messages}/{}", text(&own["id"]));
    refused(&den, "PATCH", &own, json!({"content": ""}), (400, 50006)).await;
    den.rest("DELETE", &own, Value::Null).await.ok();
    refused(&den, "PATCH", &own, json!({"content": "late"}), (404, 10008)).await;
}

#[tokio::test]
async fn missing_permissions() {
    let den = Den::without_limits().await;
    let messages = format!("/channels/{}/messages", den.lobby);
    let said = den.world.say(den.ann, den.lobby, "hi").unwrap();
    let deny = |permission| den.world.set_bot_permission(den.lobby, permission, false).unwrap();
    let allow = |permission| den.world.set_bot_permission(den.lobby, permission, true).unwrap();

    deny(Permissions::SEND_MESSAGES);
    refused(&den, "POST", &messages, json!({"content": "hi"}), (403, 50013)).await;
    refused(&den, "POST", &format!("/channels/{}/typing", den.lobby), Value::Null, (403, 50013))
        .await;
    allow(Permissions::SEND_MESSAGES);

    deny(Permissions::READ_MESSAGE_HISTORY);
    let reply = json!({"content": "hi", "message_reference": {"message_id": said}});
    refused(&den, "POST", &messages, reply, (400, 160_002)).await;
    refused(&den, "GET", &format!("{messages}/{said}"), Value::Null, (403, 50013)).await;
    assert_eq!(den.rest("GET", &messages, Value::Null).await.ok(), json!([]));
    allow(Permissions::READ_MESSAGE_HISTORY);

    deny(Permissions::EMBED_LINKS);
    refused(&den, "POST", &messages, json!({"embeds": [{"title": "x"}]}), (403, 50013)).await;

    deny(Permissions::MANAGE_WEBHOOKS);
    let webhooks = format!("/channels/{}/webhooks", den.lobby);
    refused(&den, "GET", &webhooks, Value::Null, (403, 50013)).await;
    refused(&den, "POST", &webhooks, json!({"name": "Grim"}), (403, 50013)).await;

    deny(Permissions::VIEW_CHANNEL);
    refused(&den, "POST", &messages, json!({"content": "hi"}), (403, 50001)).await;
    refused(&den, "GET", &format!("/channels/{}", den.lobby), Value::Null, (403, 50001)).await;

    den.world.uninstall(den.bot.application_id, den.guild).unwrap();
    refused(&den, "GET", &format!("/guilds/{}", den.guild), Value::Null, (403, 50001)).await;
}

#[tokio::test]
async fn webhooks() {
    let den = Den::without_limits().await;
    let webhooks = format!("/channels/{}/webhooks", den.lobby);
    for name in ["", "Clyde", "my DISCORD friend", &"x".repeat(81)] {
        refused(&den, "POST", &webhooks, json!({"name": name}), (400, 50035)).await;
    }
    refused(&den, "POST", &webhooks, json!({}), (400, 50035)).await;

    let webhook = den.webhook("Grim").await;
    let id = webhook.split('/').nth(2).unwrap().to_owned();
    refused(&den, "POST", &format!("/webhooks/{id}/wrong"), json!({"content": "x"}), (401, 50027))
        .await;
    refused(&den, "POST", "/webhooks/1/wrong", json!({"content": "x"}), (404, 10015)).await;
    refused(&den, "POST", &webhook, json!({}), (400, 50006)).await;
    refused(&den, "POST", &webhook, json!({"content": "x", "username": "Clyde"}), (400, 50035))
        .await;
    refused(&den, "POST", &webhook, json!({"content": "x", "avatar_url": "ftp://x"}), (400, 50035))
        .await;
    refused(&den, "POST", &webhook, json!({"content": "x".repeat(2001)}), (400, 50035)).await;

    let elsewhere = den.world.add_text_channel(den.guild, "elsewhere").unwrap();
    let thread = den.world.add_thread(elsewhere, "not mine").unwrap();
    let in_thread = format!("{webhook}?thread_id={thread}");
    refused(&den, "POST", &in_thread, json!({"content": "x"}), (404, 10003)).await;
    let of_thread = format!("/channels/{thread}/webhooks");
    refused(&den, "POST", &of_thread, json!({"name": "x"}), (400, 50024)).await;
    let direct = den.world.open_dm(den.ann, den.bot.application_id).unwrap();
    let of_direct = format!("/channels/{direct}/webhooks");
    refused(&den, "POST", &of_direct, json!({"name": "x"}), (400, 50024)).await;

    for n in 0..14 {
        den.webhook(&format!("number {n}")).await;
    }
    refused(&den, "POST", &webhooks, json!({"name": "one too many"}), (400, 30007)).await;

    den.world.delete_webhook(id.parse().unwrap()).unwrap();
    refused(&den, "POST", &webhook, json!({"content": "x"}), (404, 10015)).await;
}

#[tokio::test]
async fn direct_messages() {
    let den = Den::without_limits().await;
    let open = |person: &str| json!({"recipient_id": person});
    refused(&den, "POST", "/users/@me/channels", open("1"), (400, 50033)).await;
    let channel = den.rest("POST", "/users/@me/channels", open(&den.ann.to_string())).await.ok();
    let messages = format!("/channels/{}/messages", text(&channel["id"]));
    den.rest("POST", &messages, json!({"content": "psst"})).await.ok();
    den.world.set_dms_open(den.ann, false).unwrap();
    refused(&den, "POST", &messages, json!({"content": "psst"}), (403, 50007)).await;
}

#[tokio::test]
async fn a_deleted_channel_is_unknown_with_everything_in_it() {
    let den = Den::without_limits().await;
    let webhook = den.webhook("Grim").await;
    let own = den.post(json!({"content": "own"})).await;
    den.world.delete_channel(den.lobby).unwrap();
    let messages = format!("/channels/{}/messages", den.lobby);
    refused(&den, "POST", &messages, json!({"content": "x"}), (404, 10003)).await;
    let own = format!("{messages}/{}", text(&own["id"]));
    refused(&den, "PATCH", &own, json!({"content": "x"}), (404, 10003)).await;
    refused(&den, "POST", &webhook, json!({"content": "x"}), (404, 10015)).await;
}
