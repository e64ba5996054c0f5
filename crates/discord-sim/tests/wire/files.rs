//! Files on answers: sent as a form, kept, and served again.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::{
    bot::{callback, next_interaction, original, register},
    den::{Answer, Den, answer},
};

/// Sends `body` with files as Discord wants them.
async fn send(den: &Den, path: &str, body: Value, files: Vec<(&'static str, Vec<u8>)>) -> Answer {
    let mut form = Form::new().text("payload_json", body.to_string());
    for (n, (name, bytes)) in files.into_iter().enumerate() {
        form = form.part(format!("files[{n}]"), Part::bytes(bytes).file_name(name));
    }
    answer(den.plain("PATCH", path).multipart(form)).await.unwrap()
}

#[tokio::test]
async fn an_export_takes_the_place_of_thinking_and_can_be_fetched() {
    let den = Den::without_limits().await;
    register(&den, json!([{"name": "privacy", "description": "x"}])).await;
    let mut shard = den.shard().await;
    den.world.slash(den.ann, den.lobby, "privacy", &[]).unwrap();
    let asked = next_interaction(&mut shard).await;
    den.rest("POST", &callback(&asked), json!({"type": 5, "data": {"flags": 64}})).await.ok();
    let path = original(&asked);

    let body =
        json!({"content": "All of it:", "attachments": [{"id": "0", "filename": "mine.json"}]});
    let sent = send(&den, &path, body.clone(), vec![("mine.json", b"{}".to_vec())]).await.ok();
    assert_eq!(
        (&sent["flags"], &sent["attachments"][0]["filename"]),
        (&json!(64), &json!("mine.json"))
    );
    let seen = den.world.messages_seen_by(den.ann, den.lobby)[0].clone();
    assert_eq!(den.world.file(seen.attachments[0].id).unwrap(), "{}");
    let fetched = reqwest::get(&seen.attachments[0].url).await.unwrap();
    assert_eq!(fetched.bytes().await.unwrap(), "{}");
    assert_eq!(den.world.requests().last().unwrap().files, ["mine.json"]);

    // The list of attachments says what stays; a new file always comes with it.
    send(&den, &path, body, vec![("mine.json", b"{\"v\":2}".to_vec())]).await.ok();
    let seen = den.world.messages_seen_by(den.ann, den.lobby)[0].clone();
    assert_eq!(seen.attachments.len(), 1);
    assert_eq!(den.world.file(seen.attachments[0].id).unwrap(), "{\"v\":2}");
    send(&den, &path, json!({"content": "and"}), vec![("more.txt", b"x".to_vec())]).await.ok();
    assert_eq!(den.world.messages_seen_by(den.ann, den.lobby)[0].attachments.len(), 2);

    let large = vec![0; (10 << 20) + 1];
    let refused = send(&den, &path, json!({"content": "x"}), vec![("large", large)]).await;
    assert_eq!((refused.status, refused.code()), (413, 40005));
}
