//! Who is told what: intents, permissions, and the words themselves.

use std::num::NonZeroU64;

use discord_sim::Permissions;
use serde_json::{Value, json};
use twilight_gateway::{Event, Intents};

use crate::den::{Den, INTENTS, event, next_said, text};

#[tokio::test]
async fn without_the_message_content_intent_words_are_kept_back() {
    let den = Den::open().await;
    let mut shard = den.shard_with(INTENTS.difference(Intents::MESSAGE_CONTENT)).await;
    let bot = den.bot.user_id;

    let by_bot = den.post(json!({"content": "my own words"})).await;
    assert_eq!(next_said(&mut shard).await, "my own words");
    den.world.say(den.ann, den.lobby, "not for you").unwrap();
    assert_eq!(next_said(&mut shard).await, "");
    den.world.say(den.ann, den.lobby, &format!("<@{bot}> for you")).unwrap();
    assert_eq!(next_said(&mut shard).await, format!("<@{bot}> for you"));

    let by_bot = text(&by_bot["id"]).parse().unwrap();
    den.world.reply(den.ann, by_bot, "a pinging reply").unwrap();
    assert_eq!(next_said(&mut shard).await, "a pinging reply");

    let direct = den.world.open_dm(den.ann, den.bot.application_id).unwrap();
    den.world.say(den.ann, direct, "between us").unwrap();
    assert_eq!(next_said(&mut shard).await, "between us");
}

#[tokio::test]
async fn a_reply_to_a_webhooks_message_is_no_reply_to_the_bot() {
    let den = Den::open().await;
    let webhook = den.webhook("Grim").await;
    let spoken = json!({"content": "I am Grim", "username": "Grim"});
    let spoken = den.rest("POST", &format!("{webhook}?wait=true"), spoken).await.ok();
    let mut shard = den.shard_with(INTENTS.difference(Intents::MESSAGE_CONTENT)).await;
    den.world.reply(den.ann, text(&spoken["id"]).parse().unwrap(), "are you?").unwrap();
    let (said, replied_to) = event(&mut shard, |event| match event {
        Event::MessageCreate(message) => {
            let original = message.referenced_message.clone().unwrap();
            Some((message.content.clone(), original))
        }
        _ => None,
    })
    .await;
    assert_eq!(said, "");
    assert_eq!(replied_to.author.name, "Grim");
    assert!(replied_to.webhook_id.is_some());
    assert_eq!(
        replied_to.application_id.map(NonZeroU64::from).unwrap().get(),
        den.bot.application_id.get()
    );
}

#[tokio::test]
async fn rest_keeps_words_back_as_well() {
    let den = Den::open().await;
    den.world.say(den.ann, den.lobby, "not for you").unwrap();
    let path = format!("/channels/{}/messages", den.lobby);
    assert_eq!(den.rest("GET", &path, Value::Null).await.ok()[0]["content"], "not for you");
    den.world.set_message_content(den.bot.application_id, false).unwrap();
    assert_eq!(den.rest("GET", &path, Value::Null).await.ok()[0]["content"], "");
}

#[tokio::test]
async fn only_the_events_asked_for_come() {
    let den = Den::open().await;
    let mut raw = den.raw("v=10&encoding=json").await;
    assert_eq!(raw.json().await["op"], 10);
    // Reactions and direct messages, but not messages in guilds.
    raw.identify(json!({"intents": (1 << 10) | (1 << 12)})).await;
    assert_eq!(raw.json().await["t"], "READY");
    let said = den.world.say(den.ann, den.lobby, "unheard").unwrap();
    den.world.react(den.ann, said, "🔥").unwrap();
    let reaction = raw.json().await;
    assert_eq!(reaction["t"], "MESSAGE_REACTION_ADD");
    assert_eq!(reaction["d"]["emoji"]["name"], "🔥");
    let direct = den.world.open_dm(den.ann, den.bot.application_id).unwrap();
    assert_eq!(raw.json().await["t"], "CHANNEL_CREATE");
    den.world.say(den.ann, direct, "heard").unwrap();
    assert_eq!(raw.json().await["d"]["content"], "heard");
}

#[tokio::test]
async fn a_bot_hears_nothing_from_where_it_cannot_look() {
    let den = Den::open().await;
    let cellar = den.world.add_text_channel(den.guild, "cellar").unwrap();
    den.world.set_bot_permission(cellar, Permissions::VIEW_CHANNEL, false).unwrap();
    let back_room = den.world.add_private_channel(den.guild, "back-room", &[den.ann]).unwrap();
    let thread = den.world.add_thread(cellar, "a thread down there").unwrap();
    let mut shard = den.shard().await;
    den.world.say(den.ann, cellar, "unheard").unwrap();
    den.world.say(den.ann, thread, "unheard as well").unwrap();
    den.world.say(den.ann, back_room, "heard").unwrap();
    assert_eq!(next_said(&mut shard).await, "heard");
}

#[tokio::test]
async fn every_event_of_a_conversation_is_understood_by_twilight() {
    let den = Den::open().await;
    let mut shard = den.shard_with(INTENTS | Intents::GUILD_MESSAGE_TYPING).await;
    let (ann, lobby) = (den.ann, den.lobby);
    den.world.start_typing(ann, lobby).unwrap();
    let said = den.world.say(ann, lobby, "one").unwrap();
    den.world.edit(ann, said, "two").unwrap();
    den.world.react(ann, said, "🔥").unwrap();
    den.world.unreact(ann, said, "🔥").unwrap();
    den.world.reply(ann, said, "three").unwrap();
    den.world.delete(ann, said).unwrap();
    den.world.add_thread(lobby, "aside").unwrap();
    den.world.delete_channel(lobby).unwrap();
    let mut kinds = Vec::new();
    event(&mut shard, |event| {
        let kind = format!("{:?}", event.kind());
        let is_last = kind == "ChannelDelete";
        kinds.push(kind);
        is_last.then_some(())
    })
    .await;
    kinds.retain(|kind| !kind.starts_with("Gateway") && kind != "GuildCreate");
    assert_eq!(
        kinds,
        [
            "TypingStart",
            "MessageCreate",
            "MessageUpdate",
            "ReactionAdd",
            "ReactionRemove",
            "MessageCreate",
            "MessageDelete",
            "ThreadCreate",
            "ThreadDelete",
            "ChannelDelete",
        ]
    );
}
