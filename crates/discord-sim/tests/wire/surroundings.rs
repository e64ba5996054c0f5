//! Guilds as they come and go, and what a bot is told of them.

use discord_sim::{Permissions, Unknown, Whom};
use serde_json::{Value, json};
use twilight_gateway::{Event, Shard};
use twilight_model::gateway::payload::incoming::GuildCreate;

use crate::den::{Den, event};

async fn kinds_until(shard: &mut Shard, last: &str) -> Vec<String> {
    let mut kinds = Vec::new();
    event(shard, |event| {
        let kind = format!("{:?}", event.kind());
        let is_last = kind == last;
        kinds.push(kind);
        is_last.then_some(())
    })
    .await;
    kinds.retain(|kind| !kind.starts_with("Gateway"));
    kinds
}

#[tokio::test]
async fn a_bot_is_invited_while_it_listens_and_thrown_out_again() {
    let den = Den::open().await;
    let mut raw = den.identified().await;
    let (world, bot) = (&den.world, den.bot.application_id);
    let late = world.add_guild_without_bots("Late");
    let plaza = world.add_text_channel(late, "plaza").unwrap();
    let cellar = world.add_private_channel(late, "cellar", &[]).unwrap();
    world.set_system_channel(late, Some(plaza)).unwrap();
    den.sim.clock().advance(std::time::Duration::from_secs(60));
    world.install(bot, late).unwrap();
    let frame = raw.json().await;
    assert_eq!(frame["t"], "GUILD_CREATE", "nothing was told before: {frame}");
    let told = &frame["d"];
    assert_eq!((&told["id"], &told["system_channel_id"]), (&json!(late), &json!(plaza)));
    assert_eq!(told["unavailable"], false);
    let member = format!("/guilds/{}/members/{}", den.guild, den.bot.user_id);
    let earlier = den.rest("GET", &member, Value::Null).await.ok();
    assert!(told["joined_at"].as_str() > earlier["joined_at"].as_str(), "it joined a minute later");
    assert!(!world.permissions(den.bot.user_id, cellar).contains(Permissions::VIEW_CHANNEL));

    world.uninstall(bot, late).unwrap();
    let frame = raw.json().await;
    assert_eq!((&frame["t"], &frame["d"]), (&json!("GUILD_DELETE"), &json!({"id": late})));
    assert_eq!(den.rest("GET", &format!("/guilds/{late}"), Value::Null).await.code(), 50001);
}

#[tokio::test]
async fn changes_of_guild_roles_and_channels_are_understood_by_twilight() {
    let den = Den::open().await;
    let mut shard = den.shard().await;
    let world = &den.world;
    world.set_system_channel(den.guild, Some(den.lobby)).unwrap();
    world.set_owner(den.guild, den.ann).unwrap();
    let role = world.add_role(den.guild, "mods", Permissions::MANAGE_MESSAGES).unwrap();
    world.set_role(den.guild, role, Permissions::MANAGE_THREADS).unwrap();
    world.set_everyone(den.guild, Permissions::VIEW_CHANNEL).unwrap();
    world.set_permission(den.lobby, Whom::Role(role), Permissions::SEND_MESSAGES, true).unwrap();
    world.set_age_restricted(den.lobby, true).unwrap();
    world.add_private_thread(den.lobby, "whispers", &[]).unwrap();
    world.delete_channel(den.lobby).unwrap();
    let kinds = kinds_until(&mut shard, "ChannelDelete").await;
    assert_eq!(
        kinds,
        [
            "GuildCreate",
            "GuildUpdate",
            "GuildUpdate",
            "RoleCreate",
            "RoleUpdate",
            "RoleUpdate",
            "ChannelUpdate",
            "ChannelUpdate",
            "ThreadCreate",
            "ThreadDelete",
            "ChannelDelete",
        ]
    );
    let told = den.rest("GET", &format!("/guilds/{}", den.guild), Value::Null).await.ok();
    assert_eq!((&told["owner_id"], &told["system_channel_id"]), (&json!(den.ann), &Value::Null));
}

#[tokio::test]
async fn a_later_guild_is_understood_by_twilight() {
    let den = Den::open().await;
    let mut shard = den.shard().await;
    let late = den.world.add_guild_without_bots("Late");
    let plaza = den.world.add_text_channel(late, "plaza").unwrap();
    den.world.add_private_thread(plaza, "whispers", &[]).unwrap();
    den.world.set_system_channel(late, Some(plaza)).unwrap();
    den.world.install(den.bot.application_id, late).unwrap();
    let guild = event(&mut shard, |event| match event {
        Event::GuildCreate(created) => match *created {
            GuildCreate::Available(guild) if guild.id.get() == late.get() => Some(guild),
            _ => None,
        },
        _ => None,
    })
    .await;
    assert_eq!(guild.system_channel_id.unwrap().get(), plaza.get());
    assert!(guild.joined_at.is_some());
    assert!(guild.threads.is_empty(), "nobody added the bot to the private thread");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_given() {
    let den = Den::open().await;
    let (world, guild) = (&den.world, den.guild);
    let gus = world.add_person("Gus");
    let elsewhere = world.add_guild("Elsewhere");
    let outside = world.add_text_channel(elsewhere, "outside").unwrap();
    let foreign = world.add_role(elsewhere, "mods", Permissions::empty()).unwrap();
    assert_eq!(world.set_owner(guild, gus), Err(Unknown::User(gus)));
    assert_eq!(world.set_system_channel(guild, Some(outside)), Err(Unknown::Channel(outside)));
    assert_eq!(world.give_role(den.ann, guild, foreign, true), Err(Unknown::Role(foreign)));
    let thread = world.add_thread(den.lobby, "aside").unwrap();
    let refused = world.set_permission(thread, Whom::Everyone, Permissions::VIEW_CHANNEL, false);
    assert_eq!(refused, Err(Unknown::Channel(thread)));
}
