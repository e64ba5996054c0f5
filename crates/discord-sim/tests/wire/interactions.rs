//! Commands, menus, buttons and forms, by Discord's rules.

use std::time::Duration;

use discord_sim::{InteractionState, Unknown};
use serde_json::{Value, json};
use twilight_model::application::interaction::InteractionData;

use crate::{
    bot::{callback, followups, next_interaction, original, state},
    den::{Den, text},
};

/// Registers `/ask`, `/memory forget` and a menu.
async fn register(den: &Den) {
    let commands = json!([
        {"name": "ask", "description": "Asks somebody", "options": [
            {"type": 3, "name": "question", "description": "What", "required": true},
            {"type": 3, "name": "who", "description": "Whom", "autocomplete": true},
        ]},
        {"name": "memory", "description": "What is remembered", "options": [
            {"type": 1, "name": "forget", "description": "Forgets", "options": [
                {"type": 6, "name": "person", "description": "Whom", "required": true},
            ]},
        ]},
        {"name": "Why did it say that?", "type": 3},
    ]);
    let path = format!("/applications/{}/commands", den.bot.application_id);
    den.rest("PUT", &path, commands).await.ok();
}

#[tokio::test]
async fn a_command_is_deferred_and_completed_later() {
    let den = Den::open().await;
    register(&den).await;
    let mut shard = den.shard().await;
    let options = [("question", "why?")];
    let id = den.world.slash(den.ann, den.lobby, "ask", &options).unwrap();
    let interaction = next_interaction(&mut shard).await;
    let Some(InteractionData::ApplicationCommand(data)) = &interaction.data else {
        panic!("a command: {interaction:?}")
    };
    assert_eq!((data.name.as_str(), data.options[0].name.as_str()), ("ask", "question"));
    assert_eq!(interaction.author_id().unwrap().get(), den.ann.get());

    den.rest("POST", &callback(&interaction), json!({"type": 5})).await.ok();
    assert_eq!(state(&den, id), InteractionState::Deferred { ephemeral: false });
    let thinking = den.world.last_message(den.lobby).unwrap();
    assert_eq!((thinking.content.as_str(), thinking.flags), ("", 128));

    den.rest("PATCH", &original(&interaction), json!({"content": "because"})).await.ok();
    let answer = den.world.last_message(den.lobby).unwrap();
    assert_eq!((answer.id, answer.content.as_str(), answer.flags), (thinking.id, "because", 0));
    assert_eq!(answer.interaction.as_ref().unwrap().person, den.ann);
    assert_eq!(state(&den, id), InteractionState::Answered { message_id: answer.id });
    den.rest("POST", &followups(&interaction), json!({"content": "and more"})).await.ok();
    assert_eq!(den.world.messages(den.lobby).len(), 2);
}

#[tokio::test]
async fn the_first_message_after_a_deferral_takes_its_place() {
    let den = Den::open().await;
    register(&den).await;
    let mut shard = den.shard().await;
    den.world.slash(den.ann, den.lobby, "ask", &[("question", "why?")]).unwrap();
    let interaction = next_interaction(&mut shard).await;
    den.rest("POST", &callback(&interaction), json!({"type": 5})).await.ok();
    den.rest("POST", &followups(&interaction), json!({"content": "because"})).await.ok();
    let messages = den.world.messages(den.lobby);
    assert_eq!((messages.len(), messages[0].content.as_str()), (1, "because"));
}

#[tokio::test]
async fn after_a_deferral_that_was_deleted_a_message_stands_for_itself() {
    let den = Den::open().await;
    register(&den).await;
    let mut shard = den.shard().await;
    let id = den.world.slash(den.ann, den.lobby, "ask", &[("question", "why?")]).unwrap();
    let interaction = next_interaction(&mut shard).await;
    den.rest("POST", &callback(&interaction), json!({"type": 5})).await.ok();
    den.rest("DELETE", &original(&interaction), json!(null)).await.ok();
    let private = json!({"content": "not here", "flags": 64});
    den.rest("POST", &followups(&interaction), private).await.ok();
    let InteractionState::Answered { message_id } = state(&den, id) else {
        panic!("it is answered: {:?}", state(&den, id))
    };
    let answer = den.world.message(message_id).unwrap();
    assert_eq!((answer.content.as_str(), answer.ephemeral_for), ("not here", Some(den.ann)));
}

#[tokio::test]
async fn three_seconds_are_the_limit_for_the_first_response() {
    let den = Den::open().await;
    register(&den).await;
    let mut shard = den.shard().await;
    let id = den.world.slash(den.ann, den.lobby, "ask", &[("question", "why?")]).unwrap();
    let interaction = next_interaction(&mut shard).await;
    assert_eq!(state(&den, id), InteractionState::Waiting);
    den.sim.clock().advance(Duration::from_millis(3100));
    assert_eq!(state(&den, id), InteractionState::Failed);
    let late = den.rest("POST", &callback(&interaction), json!({"type": 5})).await;
    assert_eq!((late.status, late.code()), (404, 10062));
    let never = den.rest("POST", &followups(&interaction), json!({"content": "x"})).await;
    assert_eq!(never.code(), 10015);
}

#[tokio::test]
async fn a_token_is_good_for_fifteen_minutes_and_for_one_response() {
    let den = Den::open().await;
    register(&den).await;
    let mut shard = den.shard().await;
    den.world.slash(den.ann, den.lobby, "ask", &[("question", "why?")]).unwrap();
    let interaction = next_interaction(&mut shard).await;
    let answer = json!({"type": 4, "data": {"content": "because"}});
    let with_response = format!("{}?with_response=true", callback(&interaction));
    let answered = den.rest("POST", &with_response, answer.clone()).await.ok();
    assert_eq!(answered["resource"]["message"]["content"], "because");
    let again = den.rest("POST", &callback(&interaction), answer).await;
    assert_eq!((again.status, again.code()), (400, 40060));

    den.sim.clock().advance(Duration::from_secs(14 * 60));
    den.rest("PATCH", &original(&interaction), json!({"content": "still"})).await.ok();
    den.sim.clock().advance(Duration::from_secs(2 * 60));
    let late = den.rest("PATCH", &original(&interaction), json!({"content": "late"})).await;
    assert_eq!((late.status, late.code()), (401, 50027));
    let wrong = format!("/interactions/{}/wrong/callback", interaction.id);
    assert_eq!(den.rest("POST", &wrong, json!({"type": 5})).await.code(), 10062);
}

#[tokio::test]
async fn an_ephemeral_answer_is_for_one_person() {
    let den = Den::open().await;
    register(&den).await;
    let bob = den.world.add_person("Bob");
    let mut shard = den.shard().await;
    den.world.slash(den.ann, den.lobby, "ask", &[("question", "why?")]).unwrap();
    let interaction = next_interaction(&mut shard).await;
    let wrong = json!({"type": 5, "data": {"flags": 4}});
    assert_eq!(den.rest("POST", &callback(&interaction), wrong).await.code(), 50035);
    let private = json!({"type": 5, "data": {"flags": 64}});
    den.rest("POST", &callback(&interaction), private).await.ok();
    let answer = den.rest("PATCH", &original(&interaction), json!({"content": "psst"})).await.ok();
    assert_eq!(answer["flags"], 64);
    assert!(den.world.messages(den.lobby).is_empty());
    assert!(den.world.messages_seen_by(bob, den.lobby).is_empty());
    assert_eq!(den.world.messages_seen_by(den.ann, den.lobby)[0].content, "psst");
    let path = format!("/channels/{}/messages/{}", den.lobby, text(&answer["id"]));
    assert_eq!(den.rest("GET", &path, Value::Null).await.code(), 10008, "only by its token");
}

#[tokio::test]
async fn options_complete_themselves() {
    let den = Den::open().await;
    register(&den).await;
    let mut shard = den.shard().await;
    let bot = async {
        let interaction = next_interaction(&mut shard).await;
        let deferred = den.rest("POST", &callback(&interaction), json!({"type": 5})).await;
        assert_eq!(deferred.code(), 50035, "completions cannot be deferred");
        let choices = json!({"type": 8, "data": {"choices": [{"name": "Grim", "value": "grim"}]}});
        den.rest("POST", &callback(&interaction), choices).await.ok();
    };
    let ann = den.world.autocomplete(den.ann, den.lobby, "ask", "who", "gr");
    let ((), choices) = tokio::join!(bot, ann);
    assert_eq!(choices.unwrap()[0].name, "Grim");
}

#[tokio::test]
async fn a_menu_carries_the_message_it_was_opened_on() {
    let den = Den::open().await;
    register(&den).await;
    den.world.set_message_content(den.bot.application_id, false).unwrap();
    let without_content =
        crate::den::INTENTS.difference(twilight_gateway::Intents::MESSAGE_CONTENT);
    let mut shard = den.shard_with(without_content).await;
    let said = den.world.say(den.ann, den.lobby, "words").unwrap();
    den.world.menu(den.ann, said, "Why did it say that?").unwrap();
    let interaction = next_interaction(&mut shard).await;
    let Some(InteractionData::ApplicationCommand(data)) = interaction.data else {
        panic!("a menu")
    };
    let messages = data.resolved.unwrap().messages;
    assert_eq!(messages[&data.target_id.unwrap().cast()].content, "words");
}

#[tokio::test]
async fn buttons_open_forms_and_forms_are_answered() {
    let den = Den::open().await;
    let mut shard = den.shard().await;
    let button = json!({"type": 2, "style": 1, "label": "Tell", "custom_id": "tell"});
    let posted =
        den.post(json!({"content": "?", "components": [{"type": 1, "components": [button]}]}));
    let message = text(&posted.await["id"]).parse().unwrap();
    assert!(matches!(den.world.click(den.ann, message, "no"), Err(Unknown::Component(..))));
    let click = den.world.click(den.ann, message, "tell").unwrap();
    let clicked = next_interaction(&mut shard).await;
    let input = json!({"type": 4, "custom_id": "what", "label": "What", "style": 1});
    let form = json!({"title": "Tell", "custom_id": "form", "components": [{"type": 1, "components": [input]}]});
    den.rest("POST", &callback(&clicked), json!({"type": 9, "data": form})).await.ok();

    let submit = den.world.submit(click, &[("what", "everything")]).unwrap();
    let submitted = next_interaction(&mut shard).await;
    assert!(matches!(submitted.data, Some(InteractionData::ModalSubmit(_))));
    let again = json!({"type": 9, "data": form});
    assert_eq!(den.rest("POST", &callback(&submitted), again).await.code(), 50035);
    let update = json!({"type": 7, "data": {"content": "told", "components": []}});
    den.rest("POST", &callback(&submitted), update).await.ok();
    assert_eq!(den.world.message(message).unwrap().content, "told");
    assert_eq!(state(&den, submit), InteractionState::Answered { message_id: message });
}

#[tokio::test]
async fn a_component_can_be_acknowledged_and_its_message_changed_later() {
    let den = Den::open().await;
    let mut shard = den.shard().await;
    let button = json!({"type": 2, "style": 1, "label": "Again", "custom_id": "again"});
    let posted =
        den.post(json!({"content": "?", "components": [{"type": 1, "components": [button]}]}));
    let message = text(&posted.await["id"]).parse().unwrap();
    let click = den.world.click(den.ann, message, "again").unwrap();
    let clicked = next_interaction(&mut shard).await;
    den.rest("POST", &callback(&clicked), json!({"type": 6})).await.ok();
    assert_eq!(state(&den, click), InteractionState::DeferredUpdate);
    den.rest("PATCH", &original(&clicked), json!({"content": "!"})).await.ok();
    assert_eq!(den.world.message(message).unwrap().content, "!");
    den.rest("POST", &followups(&clicked), json!({"content": "and"})).await.ok();
    assert_eq!(den.world.messages(den.lobby).len(), 2);
}

#[tokio::test]
async fn where_the_application_is_not_installed_five_further_messages_are_the_limit() {
    let den = Den::open().await;
    register(&den).await;
    let commands = format!("/applications/{}/commands", den.bot.application_id);
    let registered = den.rest("GET", &commands, Value::Null).await.ok();
    den.world.uninstall(den.bot.application_id, den.guild).unwrap();
    let gone = den.world.slash(den.ann, den.lobby, "ask", &[("question", "why?")]);
    assert!(matches!(gone, Err(Unknown::Command(_))), "not for users to install: {gone:?}");
    let ask = format!("{commands}/{}", text(&registered[0]["id"]));
    den.rest("PATCH", &ask, json!({"integration_types": [0, 1]})).await.ok();
    let mut shard = den.shard().await;
    den.world.slash(den.ann, den.lobby, "ask", &[("question", "why?")]).unwrap();
    let interaction = next_interaction(&mut shard).await;
    let answer = json!({"type": 4, "data": {"content": "because"}});
    den.rest("POST", &callback(&interaction), answer).await.ok();
    for n in 0..5 {
        den.sim.clock().advance(Duration::from_secs(2));
        den.rest("POST", &followups(&interaction), json!({"content": n.to_string()})).await.ok();
    }
    den.sim.clock().advance(Duration::from_secs(2));
    let more = den.rest("POST", &followups(&interaction), json!({"content": "more"})).await;
    assert_eq!(more.code(), 40094);
}

#[tokio::test]
async fn people_can_only_use_what_is_registered_and_as_it_is_registered() {
    let den = Den::open().await;
    register(&den).await;
    let slash = |command: &str, options: &[(&str, &str)]| {
        den.world.slash(den.ann, den.lobby, command, options)
    };
    assert!(matches!(slash("tell", &[]), Err(Unknown::Command(_))));
    assert!(matches!(slash("ask", &[]), Err(Unknown::OptionMissing { .. })));
    let unknown = slash("ask", &[("question", "x"), ("colour", "red")]);
    assert!(matches!(unknown, Err(Unknown::Option { .. })));
    assert!(matches!(slash("memory forget", &[("person", "Ann")]), Err(Unknown::Option { .. })));

    let mut shard = den.shard().await;
    slash("memory forget", &[("person", &den.ann.to_string())]).unwrap();
    let interaction = next_interaction(&mut shard).await;
    let Some(InteractionData::ApplicationCommand(data)) = interaction.data else {
        panic!("a command")
    };
    assert_eq!(data.options[0].name, "forget");
    assert_eq!(data.resolved.unwrap().users.len(), 1);
}
