//! Messages by bot and webhook, as everybody else sees them.

use discord_sim::{MessageId, Poster};
use serde_json::{Value, json};
use twilight_model::id::Id;

use crate::den::{Den, answer, text};

#[tokio::test]
async fn a_webhook_speaks_under_a_name_and_changes_what_it_said() {
    let den = Den::open().await;
    let webhook = den.webhook("den").await;
    let spoken =
        json!({"content": "Grr", "username": "Grim", "avatar_url": "https://den.test/grim.png"});
    let spoken = den.rest("POST", &format!("{webhook}?wait=true"), spoken).await.ok();
    assert_eq!(spoken["author"]["username"], "Grim");
    assert_eq!(spoken["author"]["discriminator"], "0000");
    assert_eq!(spoken["application_id"], den.bot.application_id.to_string());

    let path = format!("{webhook}/messages/{}", text(&spoken["id"]));
    for content in ["Grrr", "Grrrr"] {
        den.rest("PATCH", &path, json!({"content": content})).await.ok();
    }
    let id: MessageId = text(&spoken["id"]).parse().unwrap();
    let message = den.world.message(id).unwrap();
    assert_eq!(message.content, "Grrrr");
    let before: Vec<_> = message.edits.iter().map(|edit| edit.content.as_str()).collect();
    assert_eq!(before, ["Grr", "Grrr"]);
    assert_eq!(message.author.avatar_url.as_deref(), Some("https://den.test/grim.png"));
    assert!(matches!(message.posted_by, Poster::Webhook { .. }));

    den.rest("DELETE", &path, Value::Null).await.ok();
    assert!(den.world.messages(den.lobby).is_empty());
    assert!(den.world.message(id).unwrap().deleted_ms.is_some(), "it can still be looked at");
}

#[tokio::test]
async fn without_wait_there_is_no_answer() {
    let den = Den::open().await;
    let webhook = den.webhook("den").await;
    let silent = den.rest("POST", &webhook, json!({"content": "hi"})).await;
    assert_eq!((silent.status, silent.body), (204, json!("")));
}

#[tokio::test]
async fn in_a_thread_the_parents_webhook_speaks_with_the_threads_id() {
    let den = Den::open().await;
    let webhook = den.webhook("den").await;
    let thread = den.world.add_thread(den.lobby, "aside").unwrap();
    let path = format!("{webhook}?wait=true&thread_id={thread}");
    let spoken = den.rest("POST", &path, json!({"content": "psst"})).await.ok();
    assert_eq!(spoken["channel_id"], thread.to_string());
    assert_eq!(den.world.messages(thread).len(), 1);
    let message = format!("{webhook}/messages/{}", text(&spoken["id"]));
    let edit = json!({"content": "louder"});
    assert_eq!(den.rest("PATCH", &message, edit.clone()).await.code(), 10008, "needs the thread");
    den.rest("PATCH", &format!("{message}?thread_id={thread}"), edit).await.ok();
}

#[tokio::test]
async fn twilight_posts_replies_types_and_reacts() {
    let den = Den::open().await;
    let address = den.sim.address().to_string();
    let http =
        twilight_http::Client::builder().token("a.token".to_owned()).proxy(address, true).build();
    let lobby = Id::new(den.lobby.get());
    let me = http.current_user().await.unwrap().model().await.unwrap();
    assert_eq!(me.id.get(), den.bot.user_id.get());
    let application = http.current_user_application().await.unwrap().model().await.unwrap();
    assert_eq!(application.id.get(), den.bot.application_id.get());
    let info = http.gateway().authed().await.unwrap().model().await.unwrap();
    assert_eq!((info.shards, info.session_start_limit.remaining), (1, 1000));
    let guild = http.guild(Id::new(den.guild.get())).await.unwrap().model().await.unwrap();
    assert_eq!(guild.name, "The Den");
    let channels = http.guild_channels(guild.id).await.unwrap().models().await.unwrap();
    assert_eq!(channels[0].name.as_deref(), Some("lobby"));
    assert!(!http.roles(guild.id).await.unwrap().models().await.unwrap().is_empty());
    let member = http.guild_member(guild.id, me.id).await.unwrap().model().await.unwrap();
    assert_eq!(member.user.id, me.id);

    let said = Id::new(den.world.say(den.ann, den.lobby, "hello?").unwrap().get());
    http.create_typing_trigger(lobby).await.unwrap();
    assert_eq!(den.world.typing(den.lobby)[0].user_id, den.bot.user_id);
    http.create_reaction(
        lobby,
        said,
        &twilight_http::request::channel::reaction::RequestReactionType::Unicode { name: "👋" },
    )
    .await
    .unwrap();
    let answer = http.create_message(lobby).content("hello!").reply(said).nonce(7);
    let answer = answer.await.unwrap().model().await.unwrap();
    assert!(den.world.typing(den.lobby).is_empty(), "who posts has stopped typing");
    assert_eq!(answer.referenced_message.unwrap().content, "hello?");
    http.update_message(lobby, answer.id).content(Some("hello!!")).await.unwrap();
    let page = http.channel_messages(lobby).limit(10).await.unwrap().models().await.unwrap();
    let contents: Vec<_> = page.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(contents, ["hello!!", "hello?"]);
    assert_eq!(page[1].reactions[0].count, 1);
    http.delete_message(lobby, answer.id).await.unwrap();
    assert_eq!(den.world.messages(den.lobby).len(), 1);
}

#[tokio::test]
async fn the_same_nonce_gives_the_same_message() {
    let den = Den::open().await;
    let body = json!({"content": "once", "nonce": "n1", "enforce_nonce": true});
    let first = den.post(body.clone()).await;
    let second = den.post(body.clone()).await;
    assert_eq!(first["id"], second["id"]);
    assert_eq!(den.world.messages(den.lobby).len(), 1);
    let unenforced = den.post(json!({"content": "twice", "nonce": "n1"})).await;
    assert_ne!(unenforced["id"], first["id"]);

    den.sim.clock().advance(std::time::Duration::from_secs(600));
    assert_ne!(den.post(body).await["id"], first["id"], "nonces are remembered for minutes");
}

#[tokio::test]
async fn a_reply_to_a_deleted_message_may_become_a_plain_one() {
    let den = Den::open().await;
    let said = den.world.say(den.ann, den.lobby, "gone").unwrap();
    den.world.delete(den.ann, said).unwrap();
    let reference = json!({"message_id": said, "fail_if_not_exists": false});
    let posted = den.post(json!({"content": "hm", "message_reference": reference})).await;
    assert_eq!(posted["type"], 0);
}

#[tokio::test]
async fn pages_of_messages_go_before_after_and_around() {
    let den = Den::open().await;
    let ids: Vec<_> =
        (0..10).map(|n| den.world.say(den.ann, den.lobby, &n.to_string()).unwrap()).collect();
    den.world.delete(den.ann, ids[4]).unwrap();
    for (query, expected) in [
        ("limit=3".to_owned(), vec!["9", "8", "7"]),
        (format!("before={}&limit=2", ids[5]), vec!["3", "2"]),
        (format!("after={}&limit=2", ids[5]), vec!["7", "6"]),
        (format!("around={}&limit=3", ids[6]), vec!["7", "6", "5"]),
    ] {
        let path = format!("/channels/{}/messages?{query}", den.lobby);
        let page = den.rest("GET", &path, Value::Null).await.ok();
        let contents: Vec<_> =
            page.as_array().unwrap().iter().map(|message| text(&message["content"])).collect();
        assert_eq!(contents, expected, "{query}");
    }
}

#[tokio::test]
async fn files_are_posted_listed_and_served() {
    let den = Den::open().await;
    let path = format!("/channels/{}/messages", den.lobby);
    let file = reqwest::multipart::Part::bytes(b"dear diary".to_vec()).file_name("diary.txt");
    let form = reqwest::multipart::Form::new()
        .text("payload_json", json!({"content": "read this"}).to_string())
        .part("files[0]", file.mime_str("text/plain").unwrap());
    let request = den.plain("POST", &path).header("authorization", "Bot a.token").multipart(form);
    let posted = answer(request).await.unwrap().ok();
    let attachment = &posted["attachments"][0];
    assert_eq!((text(&attachment["filename"]), &attachment["size"]), ("diary.txt", &json!(10)));
    let served = reqwest::get(text(&attachment["url"])).await.unwrap();
    assert_eq!(served.headers()["content-type"], "text/plain");
    assert_eq!(served.text().await.unwrap(), "dear diary");
}
