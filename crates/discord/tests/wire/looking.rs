//! Reading what is there.

use discord::{Discord, Settings};
use serde_json::{Value, json};
use twilight_model::{channel::ChannelType, guild::Permissions, id::Id};

use crate::script::*;

#[tokio::test]
async fn messages_come_oldest_first_and_without_their_text() {
    let script = Script::always(|| {
        let message = |id: &str, extra: Value| {
            let mut message = json!({ "id": id, "channel_id": "100", "content": "Grüße", "type": 0,
                "timestamp": "2026-11-21T07:00:00.000000+00:00",
                "author": { "id": "7", "username": "Grim", "discriminator": "0000" } });
            message.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            message
        };
        let newest = message("12", json!({ "webhook_id": "7", "application_id": "3" }));
        answer(200, json!([newest, message("11", json!({}))]))
    })
    .await;
    let seen = script.discord().messages_after(HALL, Id::new(10), 500).await.unwrap();
    assert_eq!(script.seen()[0].path, "channels/100/messages?after=10&limit=100");
    let ids: Vec<_> = seen.iter().map(|message| message.id.get()).collect();
    assert_eq!(ids, [11, 12]);
    let newest = &seen[1];
    assert_eq!((newest.webhook_id, newest.application_id), (Some(Id::new(7)), Some(Id::new(3))));
    assert_eq!((newest.author_name.as_str(), newest.content.chars().count()), ("Grim", 5));
}

#[tokio::test]
async fn only_webhooks_of_our_own_that_we_can_use_are_listed() {
    let script = Script::always(|| {
        answer(
            200,
            json!([
                { "id": "1", "type": 1, "application_id": "3", "token": "ours" },
                { "id": "2", "type": 1, "application_id": "4", "token": "theirs" },
                { "id": "5", "type": 1, "application_id": "3" },
                { "id": "6", "type": 2, "application_id": null, "token": null },
            ]),
        )
    })
    .await;
    let ours = script.discord().channel_webhooks(HALL, Id::new(3)).await.unwrap();
    assert_eq!(ours.len(), 1);
    assert_eq!((ours[0].id.get(), ours[0].token.as_str()), (1, "ours"));
    assert!(!format!("{ours:?}").contains("\"ours\""), "its token is not shown");
}

#[tokio::test]
async fn guilds_are_read_page_by_page() {
    let script = Script::start(|seen, _| async move {
        let ids = if seen.path.contains("after=") { 201..=203 } else { 1..=200 };
        let guilds: Vec<_> =
            ids.map(|id| json!({ "id": id.to_string(), "name": "guild" })).collect();
        answer(200, guilds.into())
    })
    .await;
    let guilds = script.discord().guilds().await.unwrap();
    assert_eq!(guilds.len(), 203);
    assert!(script.seen()[1].path.contains("after=200"), "{}", script.seen()[1].path);
}

#[tokio::test]
async fn a_guild_is_read_as_far_as_permissions_need_it() {
    let script = Script::start(|seen, _| async move {
        let overwrite = json!({ "id": "1", "type": 0, "allow": "0", "deny": "2048" });
        answer(200, match seen.path.as_str() {
            "guilds/1/roles" => json!([{ "id": "1", "name": "@everyone", "permissions": "3072", "colors": {} }]),
            "guilds/1/members/9" => json!({ "user": { "id": "9" }, "roles": [], "communication_disabled_until": null }),
            "guilds/1/channels" => json!([{ "id": "100", "type": 0, "guild_id": "1", "name": "hall",
                "parent_id": null, "permission_overwrites": [overwrite] }]),
            "channels/300" => json!({ "id": "300", "type": 11, "guild_id": "1", "parent_id": "100", "name": "a thread" }),
            "channels/400" => json!({ "id": "400", "type": 1, "recipients": [] }),
            other => panic!("{other}"),
        })
    })
    .await;
    let discord = script.discord();
    let roles = discord.guild_roles(Id::new(1)).await.unwrap();
    let me = discord.guild_member(Id::new(1), Id::new(9)).await.unwrap();
    let hall = discord.guild_channels(Id::new(1)).await.unwrap().remove(0);
    let mine = discord::permissions(Id::new(1), &roles, &me, &hall.overwrites);
    assert_eq!(mine, Permissions::VIEW_CHANNEL);
    let thread = discord.channel(Id::new(300)).await.unwrap();
    assert_eq!((thread.kind, thread.parent_id), (ChannelType::PublicThread, Some(hall.id)));
    assert_eq!(discord.channel(Id::new(400)).await.unwrap().guild_id, None);
}

#[tokio::test]
async fn the_bot_learns_who_it_is_and_says_what_it_is() {
    let script = Script::start(|seen, _| async move {
        answer(
            200,
            match seen.path.as_str() {
                "users/@me" => json!({ "id": "9", "username": "den" }),
                "applications/@me" => json!({ "id": "3", "name": "Roast Den", "flags": 1 << 19 }),
                "gateway/bot" => {
                    json!({ "url": "wss://gateway.discord.gg", "shards": 1, "session_start_limit":
                { "total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1 } })
                }
                other => panic!("{other}"),
            },
        )
    })
    .await;
    let discord = script.discord();
    assert_eq!(discord.me().await.unwrap().id, Id::new(9));
    assert!(discord.application().await.unwrap().reads_message_content());
    assert_eq!(discord.gateway_bot().await.unwrap().session_start_limit.remaining, 999);
    for seen in script.seen() {
        assert!(seen.is_authorized());
        let agent = seen.headers["user-agent"].to_str().unwrap();
        assert!(
            agent.starts_with("DiscordBot (https://github.com/roast-den/roast-den, "),
            "{agent}"
        );
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_the_end() {
    let script = Script::always(|| answer(200, Value::String("x".repeat(9 << 20)))).await;
    let discord = Discord::new(Settings { invalid_cap: 1, ..script.settings() }).unwrap();
    let error = discord.me().await.unwrap_err();
    assert!(matches!(error, discord::Error::Unreadable { .. }), "{error:?}");
}
