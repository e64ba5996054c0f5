//! Commands, menus, buttons and forms, from the press to what comes of it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use twilight_model::application::interaction::InteractionData;

use super::den::{Den, next_event};

const ANSWER: u8 = 4;
const DEFERRED: u8 = 5;
const DEFERRED_UPDATE: u8 = 6;
const CHOICES: u8 = 8;
const FORM: u8 = 9;

fn commands() -> Value {
    let whom = json!({"type": 3, "name": "personality", "description": "Whom", "required": true,
        "autocomplete": true});
    let minutes = json!({"type": 4, "name": "minutes", "description": "How long", "min_value": 1,
        "max_value": 60});
    json!([
        {"name": "mute", "description": "Silence somebody", "options": [whom, minutes]},
        {"name": "privacy", "description": "What is kept", "options": [
            {"type": 1, "name": "export", "description": "As a file"},
        ]},
        {"name": "bind", "description": "Bind a channel", "contexts": [0],
            "default_member_permissions": "16", "options": [
            {"type": 7, "name": "channel", "description": "Which", "channel_types": [0]},
        ]},
        {"name": "Remember this", "type": 3},
    ])
}

fn row(buttons: &[(&str, &str)]) -> Value {
    let button = |(label, id): &(&str, &str)| json!({"type": 2, "style": 2, "label": label, "custom_id": id});
    json!([{"type": 1, "components": buttons.iter().map(button).collect::<Vec<_>>()}])
}

#[tokio::test]
async fn one_is_offered_what_is_registered_by_its_whole_name() {
    let den = Den::open().await;
    let _bot = den.bot(commands()).await;
    let state = den.state().await;
    let offered = state["commands"].as_array().expect("a list");
    let named = |name: &str| offered.iter().find(|one| one["name"] == name).expect("it is offered");

    assert_eq!(named("privacy export")["description"], "As a file");
    assert_eq!(named("Remember this")["kind"], "message");
    let bind = named("bind");
    assert_eq!((&bind["needs"], &bind["in_guilds"]), (&json!("16"), &json!(true)));
    assert_eq!(bind["in_direct_messages"], false);
    assert_eq!(bind["options"][0]["kind"], "channel");
    assert_eq!(bind["options"][0]["channel_types"], json!([0]));
    let minutes = &named("mute")["options"][1];
    assert_eq!((&minutes["kind"], &minutes["required"]), (&json!("integer"), &json!(false)));
    assert_eq!((&minutes["min"], &minutes["max"]), (&json!(1.0), &json!(60.0)));
}

#[tokio::test]
async fn an_answer_thinks_first_and_its_button_changes_it() {
    let den = Den::open().await;
    let mut bot = den.bot(commands()).await;
    let mut events = Box::pin(den.get("/api/events").await.bytes_stream());
    let you = den.people[0].id;

    let options = json!({ "personality": "baroness", "minutes": "5" });
    let body = json!({ "person": you, "channel": den.channel, "name": "mute", "options": options });
    let ((status, outcome), asked) =
        tokio::join!(den.act(Method::POST, "/api/commands", body), async {
            let asked = bot.asked().await;
            bot.respond(&asked, DEFERRED, json!({ "flags": 64 })).await;
            asked
        });
    assert_eq!((status, outcome), (200, json!({ "became": "thinking" })));
    let thinking = next_event(&mut events, "ephemeral").await;
    assert_eq!((&thinking["thinking"], &thinking["for"]), (&json!(true), &json!(you)));

    let question = json!({ "content": "Really?", "components": row(&[("Yes", "mute:yes")]) });
    bot.complete(&asked, question).await;
    let shown = next_event(&mut events, "edit").await;
    assert_eq!(shown["components"][0]["components"][0]["label"], "Yes");

    let press = json!({ "person": you, "message": shown["id"], "custom_id": "mute:yes" });
    let ((_, outcome), pressed) =
        tokio::join!(den.act(Method::POST, "/api/presses", press), async {
            let pressed = bot.asked().await;
            bot.respond(&pressed, DEFERRED_UPDATE, Value::Null).await;
            pressed
        });
    assert_eq!(outcome, json!({ "became": "updating" }));
    let mut events = Box::pin(den.get("/api/events").await.bytes_stream());
    bot.complete(&pressed, json!({ "content": "Muted.", "components": [] })).await;
    let muted = next_event(&mut events, "edit").await;
    assert_eq!((&muted["text"], &muted["components"]), (&json!("Muted."), &json!([])));

    let gone = json!({ "person": you, "message": shown["id"], "custom_id": "mute:yes" });
    let (status, refusal) = den.act(Method::POST, "/api/presses", gone).await;
    assert_eq!(
        (status, &refusal["error"]),
        (404, &json!("The message no longer has that button."))
    );
}

#[tokio::test]
async fn an_option_that_does_not_fit_is_refused_by_its_name() {
    let den = Den::open().await;
    let _bot = den.bot(commands()).await;
    for (options, field, words) in [
        (json!({ "personality": "baroness", "minutes": "soon" }), "minutes", "does not take that"),
        (json!({ "personality": "baroness", "minutes": "61" }), "minutes", "does not take that"),
        (json!({ "minutes": "5" }), "personality", "is needed"),
    ] {
        let body = json!({ "person": den.people[0].id, "channel": den.channel, "name": "mute",
            "options": options });
        let (status, refusal) = den.act(Method::POST, "/api/commands", body).await;
        assert_eq!((status, &refusal["field"]), (422, &json!(field)));
        assert!(refusal["error"].as_str().expect("words").contains(words), "{refusal}");
    }
    let body = json!({ "person": den.people[1].id, "channel": den.channel, "name": "bind" });
    let (status, refusal) = den.act(Method::POST, "/api/commands", body).await;
    assert_eq!((status, &refusal["error"]), (403, &json!("You may not do that here.")));
}

#[tokio::test]
async fn suggestions_come_from_the_bot_which_knows_what_else_is_filled_in() {
    let den = Den::open().await;
    let mut bot = den.bot(commands()).await;
    let typed = json!({ "person": den.people[0].id, "channel": den.channel, "command": "mute",
        "options": { "minutes": "5" }, "option": "personality", "value": "bar" });
    let ((_, offered), asked) =
        tokio::join!(den.act(Method::POST, "/api/autocomplete", typed), async {
            let asked = bot.asked().await;
            let choices = json!([{ "name": "Baroness Crumb", "value": "baroness" }]);
            bot.respond(&asked, CHOICES, json!({ "choices": choices })).await;
            asked
        });
    assert_eq!(offered, json!([{ "name": "Baroness Crumb", "value": "baroness" }]));
    let Some(InteractionData::ApplicationCommand(data)) = asked.data else { panic!("no command") };
    let names: Vec<_> = data.options.iter().map(|option| option.name.as_str()).collect();
    assert_eq!(names, ["minutes", "personality"]);
}

#[tokio::test]
async fn a_form_is_filled_in_by_whom_it_was_opened_for() {
    let den = Den::open().await;
    let mut bot = den.bot(commands()).await;
    let message = den.said(&den.people[1], "I drink tea.").await;
    let (you, ann) = (den.people[0].id, den.people[1].id);

    let menu = json!({ "person": you, "message": message, "name": "Remember this" });
    let text = json!({"type": 4, "custom_id": "text", "style": 2, "max_length": 20});
    let form = json!({ "title": "Remember", "custom_id": "remember",
        "components": [{ "type": 18, "label": "What", "component": text }] });
    let ((_, outcome), ()) = tokio::join!(den.act(Method::POST, "/api/menus", menu), async {
        let asked = bot.asked().await;
        bot.respond(&asked, FORM, form).await;
    });
    assert_eq!(outcome["became"], "form");
    assert_eq!(outcome["form"]["components"][0]["label"], "What");

    let filled_in = |person, text: &str| json!({ "person": person, "interaction": outcome["interaction"], "values": [["text", text]] });
    let (status, _) = den.act(Method::POST, "/api/forms", filled_in(ann, "tea")).await;
    assert_eq!(status, 403, "it was opened for another person");
    let (status, refusal) = den.act(Method::POST, "/api/forms", filled_in(you, "")).await;
    assert_eq!((status, &refusal["field"]), (422, &json!("text")));

    let ((_, outcome), sent) = tokio::join!(
        den.act(Method::POST, "/api/forms", filled_in(you, "Ann drinks tea")),
        async {
            let sent = bot.asked().await;
            bot.respond(&sent, ANSWER, json!({ "content": "Kept.", "flags": 64 })).await;
            sent
        }
    );
    assert_eq!(outcome, json!({ "became": "answered" }));
    let Some(InteractionData::ModalSubmit(data)) = sent.data else { panic!("no form") };
    assert_eq!(data.custom_id, "remember");
}

#[tokio::test]
async fn a_file_is_saved_and_never_shown() {
    let den = Den::open().await;
    let mut bot = den.bot(commands()).await;
    let body =
        json!({ "person": den.people[0].id, "channel": den.channel, "name": "privacy export" });
    let (_, asked) = tokio::join!(den.act(Method::POST, "/api/commands", body), async {
        let asked = bot.asked().await;
        bot.respond(&asked, DEFERRED, json!({ "flags": 64 })).await;
        asked
    });
    bot.complete_with_file(&asked, "you.jsonl", "{\"fact\":\"tea\"}\n").await;

    let state = den.state().await;
    let file = &state["messages"][0]["attachments"][0];
    assert_eq!((&file["filename"], &file["size"]), (&json!("you.jsonl"), &json!(15)));
    let saved = den.get(file["href"].as_str().expect("an address")).await;
    assert_eq!(saved.headers()["content-disposition"], "attachment");
    assert_eq!(saved.headers()["content-type"], "application/octet-stream");
    assert_eq!(saved.text().await.expect("text"), "{\"fact\":\"tea\"}\n");
    assert_eq!(den.get("/files/1/1").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_den_that_does_not_respond_is_said_to() {
    let den = Den::open().await;
    let bot = den.bot(commands()).await;
    let body =
        json!({ "person": den.people[0].id, "channel": den.channel, "name": "privacy export" });
    let (status, refusal) = den.act(Method::POST, "/api/commands", body).await;
    assert_eq!(status, 504);
    assert_eq!(refusal["error"], "The den did not respond within three seconds.");
    drop(bot);
}
