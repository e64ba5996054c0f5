//! Discord's own specification: it catches wrong requests, and our answers pass it.

use std::path::PathBuf;

use discord_sim::{Permissions, RateLimits, Settings, openapi::Specification};
use serde_json::{Value, json};
use twilight_model::{
    application::command::CommandType,
    channel::message::AllowedMentions,
    http::interaction::{InteractionResponse, InteractionResponseType},
    id::Id,
};
use twilight_util::builder::command::{CommandBuilder, StringBuilder};

use crate::den::{Answer, Den, text};

/// The document beside the checkout, where there is one.
fn document() -> Option<PathBuf> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/discord-openapi.json");
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

async fn open(document: PathBuf) -> Den {
    let limits = RateLimits::off();
    Den::open_with(Settings { limits, openapi: Some(document), ..Default::default() }).await
}

#[tokio::test]
async fn what_the_specification_does_not_allow_is_refused_and_noted() {
    let Some(document) = document() else { return };
    let den = open(document).await;
    let messages = format!("/channels/{}/messages", den.lobby);
    let webhook = den.webhook("Grim").await;
    assert!(den.world.violations().is_empty(), "{:?}", den.world.violations());
    for (method, path, body) in [
        ("POST", messages.clone(), json!({"content": ["no", "text"]})),
        (
            "POST",
            messages.clone(),
            json!({"content": "hi", "allowed_mentions": {"parse": ["all"]}}),
        ),
        ("POST", messages.clone(), json!({"contents": "a typing error"})),
        ("POST", messages.clone(), Value::Null),
        ("POST", webhook, json!({"content": "hi", "nonce": "webhooks know no nonce"})),
        ("GET", format!("{messages}?amount=5"), Value::Null),
        ("GET", format!("{messages}?limit=many"), Value::Null),
    ] {
        let before = den.world.violations().len();
        let refused = den.rest(method, &path, body.clone()).await;
        assert_eq!(refused.status, 400, "{method} {path} {body}");
        assert_eq!(den.world.violations().len(), before + 1, "{method} {path} {body}");
    }
    let told = den.world.violations().iter().map(ToString::to_string).collect::<String>();
    assert!(!told.contains("typing error"), "a violation does not repeat what was said: {told}");
}

#[tokio::test]
async fn our_answers_are_as_specified() {
    let Some(path) = document() else { return };
    let specification = Specification::read(&path).unwrap();
    let den = open(path).await;
    let (guild, lobby, application) = (den.guild, den.lobby, den.bot.application_id);
    let said = den.world.say(den.ann, lobby, &format!("<@{}> hi", den.bot.user_id)).unwrap();
    den.world.react(den.ann, said, "🔥").unwrap();
    let thread = den.world.add_thread(lobby, "aside").unwrap();
    let whispers = den.world.add_private_thread(lobby, "whispers", &[den.ann]).unwrap();
    den.world.set_system_channel(guild, Some(lobby)).unwrap();
    den.world.add_role(guild, "mods", Permissions::MANAGE_MESSAGES).unwrap();
    den.world.set_bot_permission(lobby, Permissions::MANAGE_MESSAGES, true).unwrap();
    let webhook = den.webhook("Grim").await;
    let (webhook_id, _) = webhook.trim_start_matches("/webhooks/").split_once('/').unwrap();
    let posted = den.post(json!({"content": "hi", "nonce": 5, "enforce_nonce": true})).await;
    let own = text(&posted["id"]);
    let by_webhook = json!({"content": "grr", "username": "Grim", "embeds": [{"title": "x"}]});
    let by_webhook = den.rest("POST", &format!("{webhook}?wait=true"), by_webhook).await.ok();
    let of_webhook = format!("{webhook}/messages/{}", text(&by_webhook["id"]));

    let channel = "/channels/{channel_id}";
    let messages = "/channels/{channel_id}/messages";
    let message = "/channels/{channel_id}/messages/{message_id}";
    let commands = "/applications/{application_id}/commands";
    let by_token = "/webhooks/{webhook_id}/{webhook_token}";
    let webhook_message = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}";
    let reply = json!({"content": "re", "message_reference": {"message_id": said}});
    let ask = json!({"name": "ask", "description": "Asks"});
    let dm = json!({"recipient_id": den.ann});
    let cases = [
        ("GET", "/gateway", "/gateway".to_owned(), Value::Null),
        ("GET", "/gateway/bot", "/gateway/bot".to_owned(), Value::Null),
        ("GET", "/users/@me", "/users/@me".to_owned(), Value::Null),
        ("GET", "/users/@me/guilds", "/users/@me/guilds".to_owned(), Value::Null),
        ("POST", "/users/@me/channels", "/users/@me/channels".to_owned(), dm),
        ("GET", "/applications/@me", "/applications/@me".to_owned(), Value::Null),
        ("GET", "/guilds/{guild_id}", format!("/guilds/{guild}?with_counts=true"), Value::Null),
        ("GET", "/guilds/{guild_id}/channels", format!("/guilds/{guild}/channels"), Value::Null),
        ("GET", "/guilds/{guild_id}/roles", format!("/guilds/{guild}/roles"), Value::Null),
        (
            "DELETE",
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}",
            format!("/channels/{lobby}/messages/{said}/reactions/%F0%9F%94%A5/{}", den.ann),
            Value::Null,
        ),
        (
            "GET",
            "/guilds/{guild_id}/members/{user_id}",
            format!("/guilds/{guild}/members/{}", den.ann),
            Value::Null,
        ),
        (
            "PATCH",
            "/guilds/{guild_id}/members/@me",
            format!("/guilds/{guild}/members/@me"),
            json!({"nick": "Denny"}),
        ),
        ("GET", channel, format!("/channels/{lobby}"), Value::Null),
        ("GET", channel, format!("/channels/{thread}"), Value::Null),
        ("GET", channel, format!("/channels/{whispers}"), Value::Null),
        ("GET", channel, "/channels/1".to_owned(), Value::Null),
        ("GET", messages, format!("/channels/{lobby}/messages?limit=10"), Value::Null),
        ("POST", messages, format!("/channels/{lobby}/messages"), reply),
        ("GET", message, format!("/channels/{lobby}/messages/{said}"), Value::Null),
        ("PATCH", message, format!("/channels/{lobby}/messages/{own}"), json!({"content": "ho"})),
        ("PATCH", message, format!("/channels/{lobby}/messages/{said}"), json!({"content": "ho"})),
        ("DELETE", message, format!("/channels/{lobby}/messages/{own}"), Value::Null),
        (
            "GET",
            "/channels/{channel_id}/webhooks",
            format!("/channels/{lobby}/webhooks"),
            Value::Null,
        ),
        (
            "POST",
            "/channels/{channel_id}/webhooks",
            format!("/channels/{lobby}/webhooks"),
            json!({"name": "x"}),
        ),
        ("GET", "/webhooks/{webhook_id}", format!("/webhooks/{webhook_id}"), Value::Null),
        ("GET", by_token, webhook.clone(), Value::Null),
        ("POST", by_token, format!("{webhook}?wait=true"), json!({"content": "grr"})),
        ("POST", by_token, webhook.clone(), json!({"content": "grr"})),
        ("GET", webhook_message, of_webhook.clone(), Value::Null),
        ("PATCH", webhook_message, of_webhook.clone(), json!({"content": "grrr"})),
        ("DELETE", webhook_message, of_webhook, Value::Null),
        ("PUT", commands, format!("/applications/{application}/commands"), json!([ask])),
        ("POST", commands, format!("/applications/{application}/commands"), ask),
        ("GET", commands, format!("/applications/{application}/commands"), Value::Null),
    ];
    for (method, route, path, body) in cases {
        let answer = den.rest(method, &path, body).await;
        as_specified(&specification, method, route, &answer);
    }
    assert!(den.world.violations().is_empty(), "{:?}", den.world.violations());
}

#[tokio::test]
async fn answers_to_interactions_are_as_specified() {
    let Some(path) = document() else { return };
    let specification = Specification::read(&path).unwrap();
    let den = open(path).await;
    let application = den.bot.application_id;
    let ask = json!([{"name": "ask", "description": "Asks"}]);
    den.rest("PUT", &format!("/applications/{application}/commands"), ask).await.ok();
    let mut raw = den.identified().await;
    den.world.slash(den.ann, den.lobby, "ask", &[]).unwrap();
    let interaction = raw.json().await["d"].clone();
    let (id, token) = (text(&interaction["id"]), text(&interaction["token"]));
    let callback = "/interactions/{interaction_id}/{interaction_token}/callback";
    let original = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";
    let by_token = "/webhooks/{webhook_id}/{webhook_token}";
    let button = json!({"type": 2, "style": 4, "label": "Erase", "custom_id": "erase"});
    let menu =
        json!({"type": 3, "custom_id": "who", "options": [{"label": "Grim", "value": "grim"}]});
    let rows = json!([{"type": 1, "components": [button]}, {"type": 1, "components": [menu]}]);
    let answer_with = json!({"type": 4, "data": {
        "content": "hi", "allowed_mentions": {"parse": []}, "components": rows}});
    for (method, route, path, body) in [
        (
            "POST",
            callback,
            format!("/interactions/{id}/{token}/callback?with_response=true"),
            answer_with,
        ),
        (
            "GET",
            original,
            format!("/webhooks/{application}/{token}/messages/@original"),
            Value::Null,
        ),
        (
            "PATCH",
            original,
            format!("/webhooks/{application}/{token}/messages/@original"),
            json!({"content": "ho", "components": []}),
        ),
        (
            "POST",
            by_token,
            format!("/webhooks/{application}/{token}"),
            json!({"content": "more", "flags": 64}),
        ),
    ] {
        let answer = den.rest(method, &path, body).await;
        assert_eq!(answer.status, 200, "{method} {path}: {answer:?}");
        as_specified(&specification, method, route, &answer);
    }
    assert!(den.world.violations().is_empty(), "{:?}", den.world.violations());
}

#[tokio::test]
async fn what_twilight_sends_is_as_specified() {
    let Some(path) = document() else { return };
    let den = open(path).await;
    let address = den.sim.address().to_string();
    let http = twilight_http::Client::builder();
    let http = http.token("a.token".to_owned()).proxy(address, true).build();
    let lobby = Id::new(den.lobby.get());
    let nobody = AllowedMentions::default();
    let said = Id::new(den.world.say(den.ann, den.lobby, "hello?").unwrap().get());
    let answer = http.create_message(lobby).content("hello!").reply(said);
    answer.allowed_mentions(Some(&nobody)).await.unwrap();
    let webhook = http.create_webhook(lobby, "den").await.unwrap().model().await.unwrap();
    let token = webhook.token.unwrap();
    let spoken = http.execute_webhook(webhook.id, &token).content("Grr").username("Grim");
    let spoken = spoken.avatar_url("https://den.test/grim.png").allowed_mentions(Some(&nobody));
    let spoken = spoken.wait().await.unwrap().model().await.unwrap();
    let edit = http.update_webhook_message(webhook.id, &token, spoken.id).content(Some("Grrr"));
    edit.allowed_mentions(Some(&nobody)).await.unwrap();
    let application = Id::new(den.bot.application_id.get());
    let option = StringBuilder::new("question", "What").required(true).autocomplete(false);
    let commands = [
        CommandBuilder::new("ask", "Asks", CommandType::ChatInput).option(option).build(),
        CommandBuilder::new("Why?", "", CommandType::Message).build(),
    ];
    http.interaction(application).set_global_commands(&commands).await.unwrap();

    let mut raw = den.identified().await;
    den.world.slash(den.ann, den.lobby, "ask", &[("question", "why?")]).unwrap();
    let interaction = raw.json().await["d"].clone();
    let id = Id::new(text(&interaction["id"]).parse().unwrap());
    let token = text(&interaction["token"]);
    let defer = InteractionResponse {
        kind: InteractionResponseType::DeferredChannelMessageWithSource,
        data: None,
    };
    let client = http.interaction(application);
    client.create_response(id, token, &defer).await.unwrap();
    client.update_response(token).content(Some("because")).await.unwrap();
    client.create_followup(token).content("and more").await.unwrap();
    assert!(den.world.violations().is_empty(), "{:?}", den.world.violations());
}

fn as_specified(specification: &Specification, method: &str, route: &str, answer: &Answer) {
    let body = Some(&answer.body).filter(|body| **body != json!(""));
    let checked = specification.check_response(method, route, answer.status, body);
    assert_eq!(checked, Ok(()), "{method} {route}: {answer:#?}");
}
