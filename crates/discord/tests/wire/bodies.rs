//! Exactly what is sent: nobody is pinged by anything we post or edit.

use discord::{Error, Lane, Outgoing, Posted, Speaker};
use serde_json::{Value, json};
use twilight_model::{
    application::command::{Command, CommandOptionChoice, CommandOptionChoiceValue},
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
    id::Id,
};

use crate::script::*;

const TEXT: &str = "Hello @everyone";

#[tokio::test]
async fn messages_of_the_bot_user() {
    let script = Script::always(posted).await;
    let discord = script.discord();
    discord.create_message(HALL, &hello("42-0")).await.unwrap();
    let quiet_reply = Outgoing {
        reply_to: Some(Id::new(42)),
        suppress_embeds: true,
        silent: true,
        ..hello("42-1")
    };
    let posted = discord.create_message(HALL, &quiet_reply).await.unwrap();
    assert_eq!(posted, Posted { id: Id::new(1), channel_id: HALL });
    discord.edit_message(posted, TEXT, Lane::Final).await.unwrap();
    discord.delete_message(posted).await.unwrap();
    discord.typing(HALL).await.unwrap();
    insta::assert_snapshot!(script.transcript(), @r#"
    POST channels/100/messages (bot)
      {"allowed_mentions":{"parse":[],"replied_user":false},"content":"Hello @everyone","enforce_nonce":true,"nonce":"42-0"}
    POST channels/100/messages (bot)
      {"allowed_mentions":{"parse":[],"replied_user":false},"content":"Hello @everyone","enforce_nonce":true,"flags":4100,"message_reference":{"fail_if_not_exists":false,"message_id":"42"},"nonce":"42-1"}
    PATCH channels/100/messages/1 (bot)
      {"allowed_mentions":{"parse":[],"replied_user":false},"content":"Hello @everyone"}
    DELETE channels/100/messages/1 (bot)
    POST channels/100/typing (bot)
    "#);
}

#[tokio::test]
async fn messages_of_a_webhook() {
    let script = Script::start(|seen, _| async move {
        if seen.path.ends_with("/webhooks") {
            answer(200, json!({ "id": "7", "token": "s3cret" }))
        } else {
            posted()
        }
    })
    .await;
    let discord = script.discord();
    let webhook = discord.create_webhook(HALL, "Roast Den").await.unwrap();
    discord.execute_webhook(&webhook, None, &GRIM, TEXT).await.unwrap();
    let speaker = Speaker { avatar_url: Some("https://example.org/grim.png"), ..GRIM };
    let in_thread = Some(Id::new(300));
    let posted = discord.execute_webhook(&webhook, in_thread, &speaker, TEXT).await.unwrap();
    discord.edit_webhook_message(&webhook, in_thread, posted.id, TEXT, Lane::Edit).await.unwrap();
    discord.delete_webhook_message(&webhook, in_thread, posted.id).await.unwrap();
    discord.delete_webhook(&webhook).await.unwrap();
    insta::assert_snapshot!(script.transcript(), @r#"
    POST channels/100/webhooks (bot)
      {"name":"Roast Den"}
    POST webhooks/7/s3cret?wait=true
      {"allowed_mentions":{"parse":[],"replied_user":false},"content":"Hello @everyone","username":"Grim"}
    POST webhooks/7/s3cret?thread_id=300&wait=true
      {"allowed_mentions":{"parse":[],"replied_user":false},"avatar_url":"https://example.org/grim.png","content":"Hello @everyone","username":"Grim"}
    PATCH webhooks/7/s3cret/messages/1?thread_id=300
      {"allowed_mentions":{"parse":[],"replied_user":false},"content":"Hello @everyone"}
    DELETE webhooks/7/s3cret/messages/1?thread_id=300
    DELETE webhooks/7/s3cret
    "#);
}

#[tokio::test]
async fn answers_to_interactions() {
    let script = Script::start(|seen, _| async move {
        if seen.path.ends_with("/callback") { answer(204, Value::Null) } else { posted() }
    })
    .await;
    let discord = script.discord();
    let (interaction, application) = (Id::new(9), Id::new(3));
    discord.defer(interaction, "t", false).await.unwrap();
    discord.defer(interaction, "t", true).await.unwrap();
    discord.defer_update(interaction, "t").await.unwrap();
    let choice = |n: usize| CommandOptionChoice {
        name: format!("Grim {n}"),
        name_localizations: None,
        value: CommandOptionChoiceValue::String(format!("grim-{n}")),
    };
    discord.autocomplete(interaction, "t", vec![choice(1)]).await.unwrap();
    let at_once = InteractionResponse {
        kind: InteractionResponseType::ChannelMessageWithSource,
        data: Some(InteractionResponseData { content: Some(TEXT.into()), ..Default::default() }),
    };
    discord.respond(interaction, "t", at_once).await.unwrap();
    discord.complete(application, "t", TEXT, None).await.unwrap();
    discord.complete(application, "t", TEXT, Some(&[])).await.unwrap();
    discord.followup(application, "t", TEXT, false).await.unwrap();
    discord.followup(application, "t", TEXT, true).await.unwrap();
    discord.delete_original(application, "t").await.unwrap();
    insta::assert_snapshot!(script.transcript(), @r#"
    POST interactions/9/t/callback
      {"type":5}
    POST interactions/9/t/callback
      {"data":{"flags":64},"type":5}
    POST interactions/9/t/callback
      {"type":6}
    POST interactions/9/t/callback
      {"data":{"choices":[{"name":"Grim 1","value":"grim-1"}]},"type":8}
    POST interactions/9/t/callback
      {"data":{"allowed_mentions":{"parse":[]},"content":"Hello @everyone"},"type":4}
    PATCH webhooks/3/t/messages/@original
      {"allowed_mentions":{"parse":[],"replied_user":false},"content":"Hello @everyone"}
    PATCH webhooks/3/t/messages/@original
      {"allowed_mentions":{"parse":[],"replied_user":false},"components":[],"content":"Hello @everyone"}
    POST webhooks/3/t?wait=true
      {"allowed_mentions":{"parse":[],"replied_user":false},"content":"Hello @everyone"}
    POST webhooks/3/t?wait=true
      {"allowed_mentions":{"parse":[],"replied_user":false},"content":"Hello @everyone","flags":64}
    DELETE webhooks/3/t/messages/@original
    "#);

    discord.autocomplete(interaction, "t", (0..40).map(choice).collect()).await.unwrap();
    let choices = script.seen().last().unwrap().body["data"]["choices"].as_array().unwrap().len();
    assert_eq!(choices, 25, "Discord shows no more");
}

#[tokio::test]
async fn commands_are_registered_all_at_once_or_not_at_all() {
    let script = Script::start(|seen, _| async move { answer(200, seen.body) }).await;
    let discord = script.discord();
    let question =
        json!({ "type": 3, "name": "question", "description": "What to ask", "required": true });
    let ask = json!({ "type": 1, "name": "ask", "description": "Ask someone", "version": "1",
        "default_member_permissions": null, "options": [question] });
    let why = json!({ "type": 3, "name": "Why did it say that?", "description": "", "version": "1",
        "default_member_permissions": null, "options": [] });
    let mut commands: Vec<Command> = serde_json::from_value(json!([ask, why])).unwrap();
    let registered = discord.put_commands(Id::new(3), &commands).await.unwrap();
    assert_eq!(registered, commands);
    let put = &script.seen()[0];
    assert_eq!((put.method.as_str(), put.path.as_str()), ("PUT", "applications/3/commands"));

    commands[0].options[0].description = "x".repeat(101);
    let error = discord.put_commands(Id::new(3), &commands).await.unwrap_err();
    let Error::Build { source } = &error else { panic!("{error:?}") };
    assert!(source.to_string().starts_with("command `ask`: "), "{source}");
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn every_message_created_or_edited_says_whom_it_may_ping_nobody() {
    let script = Script::always(posted).await;
    let discord = script.discord();
    let message = discord.create_message(HALL, &hello("1")).await.unwrap();
    for lane in [Lane::Edit, Lane::Final] {
        discord.edit_message(message, TEXT, lane).await.unwrap();
        discord.edit_webhook_message(&webhook(), None, message.id, TEXT, lane).await.unwrap();
    }
    discord.execute_webhook(&webhook(), None, &GRIM, TEXT).await.unwrap();
    discord.complete(Id::new(3), "t", TEXT, None).await.unwrap();
    discord.followup(Id::new(3), "t", TEXT, true).await.unwrap();
    let nobody = json!({ "parse": [], "replied_user": false });
    for seen in script.seen() {
        assert_eq!(seen.body["allowed_mentions"], nobody, "{} {}", seen.method, seen.path);
    }
    assert_eq!(script.count(), 8);
}
