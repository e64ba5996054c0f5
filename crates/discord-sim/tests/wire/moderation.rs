//! What people take away: words, reactions, many messages at once.

use discord_sim::{Permissions, Unknown};
use serde_json::{Value, json};
use twilight_gateway::{Event, Intents};

use crate::den::{Den, event};

#[tokio::test]
async fn many_messages_deleted_at_once_are_told_of_once() {
    let den = Den::open().await;
    let mut shard = den.shard().await;
    let said: Vec<_> =
        (0..3).map(|n| den.world.say(den.ann, den.lobby, &n.to_string()).unwrap()).collect();
    let elsewhere = den.world.add_text_channel(den.guild, "elsewhere").unwrap();
    let other = den.world.say(den.ann, elsewhere, "other").unwrap();
    let refused = den.world.moderate_many(den.lobby, &[said[0], other]);
    assert_eq!(refused, Err(Unknown::Message(other)));
    den.world.moderate_many(den.lobby, &said[..2]).unwrap();
    let told = event(&mut shard, |event| match event {
        Event::MessageDeleteBulk(deleted) => Some(deleted),
        Event::MessageDelete(_) => panic!("one by one"),
        _ => None,
    })
    .await;
    assert_eq!(
        told.ids.iter().map(|id| id.get()).collect::<Vec<_>>(),
        [said[0].get(), said[1].get()]
    );
    assert_eq!(told.guild_id.unwrap().get(), den.guild.get());
    assert_eq!(den.world.messages(den.lobby).len(), 1);
}

#[tokio::test]
async fn reactions_say_whose_message_it_is_and_come_only_to_who_asked() {
    let den = Den::open().await;
    let direct = den.world.open_dm(den.ann, den.bot.application_id).unwrap();
    let reactions = Intents::GUILD_MESSAGE_REACTIONS;
    let mut shard = den.shard_with(reactions).await;
    let between_us = den.world.say(den.ann, direct, "hm").unwrap();
    den.world.react(den.ann, between_us, "❌").unwrap();
    let said = den.world.say(den.ann, den.lobby, "hm").unwrap();
    den.world.react(den.ann, said, "❌").unwrap();
    den.world.react(den.ann, said, "❌").unwrap();
    den.world.unreact(den.ann, said, "❌").unwrap();
    let added = event(&mut shard, |event| match event {
        Event::ReactionAdd(added) => Some(added.0),
        _ => None,
    })
    .await;
    assert_eq!(added.message_id.get(), said.get(), "direct messages have an intent of their own");
    assert_eq!(added.channel_id.get(), den.lobby.get());
    assert_eq!(added.message_author_id.unwrap().get(), den.ann.get());
    assert_eq!(added.member.unwrap().user.name, "ann");
    let removed = event(&mut shard, |event| match event {
        Event::ReactionRemove(removed) => Some(removed.0),
        Event::ReactionAdd(_) => panic!("it was there already"),
        _ => None,
    })
    .await;
    assert_eq!((removed.user_id.get(), removed.message_author_id), (den.ann.get(), None));

    let mut direct_shard = den.shard_with(Intents::DIRECT_MESSAGE_REACTIONS).await;
    den.world.react(den.ann, said, "🔁").unwrap();
    den.world.react(den.ann, between_us, "🔁").unwrap();
    let told = event(&mut direct_shard, |event| match event {
        Event::ReactionAdd(added) => Some(added.0),
        _ => None,
    })
    .await;
    assert_eq!((told.channel_id.get(), told.guild_id, told.member), (direct.get(), None, None));
}

#[tokio::test]
async fn a_reaction_to_a_webhooks_words_does_not_say_whose_they_are() {
    let den = Den::open().await;
    let webhook = den.webhook("Grim").await;
    let mut shard = den.shard_with(Intents::GUILD_MESSAGE_REACTIONS).await;
    den.rest("POST", &webhook, json!({"content": "Grr", "username": "Grim"})).await.ok();
    let spoken = den.world.last_message(den.lobby).unwrap();
    den.world.react(den.ann, spoken.id, "❓").unwrap();
    let added = event(&mut shard, |event| match event {
        Event::ReactionAdd(added) => Some(added.0),
        _ => None,
    })
    .await;
    assert_eq!((added.message_id.get(), added.message_author_id), (spoken.id.get(), None));
}

#[tokio::test]
async fn somebodys_reaction_is_taken_away_by_who_may_manage_messages() {
    let den = Den::without_limits().await;
    let said = den.world.say(den.ann, den.lobby, "hm").unwrap();
    den.world.react(den.ann, said, "❌").unwrap();
    let path = |channel, message| {
        format!("/channels/{channel}/messages/{message}/reactions/%E2%9D%8C/{}", den.ann)
    };
    let of_lobby = path(den.lobby, said);
    assert_eq!(den.rest("DELETE", &of_lobby, Value::Null).await.code(), 50013);
    let manage = Permissions::MANAGE_MESSAGES;
    den.world.set_bot_permission(den.lobby, manage, true).unwrap();
    assert_eq!(den.rest("DELETE", &of_lobby, Value::Null).await.status, 204);
    assert!(den.world.message(said).unwrap().reactions.is_empty());
    let direct = den.world.open_dm(den.ann, den.bot.application_id).unwrap();
    let said = den.world.say(den.ann, direct, "hm").unwrap();
    den.world.react(den.ann, said, "❌").unwrap();
    assert_eq!(den.rest("DELETE", &path(direct, said), Value::Null).await.code(), 50003);
}

#[tokio::test]
async fn an_edit_says_when() {
    let den = Den::open().await;
    let mut shard = den.shard().await;
    let said = den.world.say(den.ann, den.lobby, "tea").unwrap();
    den.world.edit(den.ann, said, "coffee").unwrap();
    let update = event(&mut shard, |event| match event {
        Event::MessageUpdate(update) => Some(update),
        _ => None,
    })
    .await;
    assert!(update.edited_timestamp.is_some());
    assert_eq!(update.content, "coffee");
    let bob = den.world.add_person("Bob");
    den.world.join(bob, den.guild).unwrap();
    assert_eq!(den.world.edit(bob, said, "x"), Err(Unknown::NotTheirs(said, bob)));
    assert_eq!(json!(den.world.message(said).unwrap().edits[0].content), json!("tea"));
}
