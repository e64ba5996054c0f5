//! What is offered to whom: commands, channels, and the rights people have.

use discord_sim::{ChannelId, Permissions, Unknown, Whom};
use serde_json::json;

use crate::{
    bot::{next_command, register},
    den::{Den, next_said},
};

fn lacks<T: std::fmt::Debug>(refused: Result<T, Unknown>) -> Permissions {
    match refused {
        Err(Unknown::NotAllowed { missing, .. }) => missing,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn commands_for_moderators_are_offered_to_moderators() {
    let den = Den::open().await;
    let manage = Permissions::MANAGE_MESSAGES;
    let bits = manage.bits().to_string();
    let commands = json!([
        {"name": "mute", "description": "x", "default_member_permissions": bits},
        {"name": "den", "description": "x", "default_member_permissions": "0"},
    ]);
    register(&den, commands).await;
    let mut shard = den.shard().await;
    let (world, ann, lobby) = (&den.world, den.ann, den.lobby);
    assert_eq!(lacks(world.slash(ann, lobby, "mute", &[])), manage);
    let hostile = world.as_hostile_client();
    hostile.slash(ann, lobby, "mute", &[]).unwrap();
    let (interaction, _) = next_command(&mut shard).await;
    let told = interaction.member.unwrap().permissions.unwrap();
    assert!(
        !told.contains(twilight_model::guild::Permissions::MANAGE_MESSAGES),
        "Discord does not lie"
    );

    let role = world.add_role(den.guild, "mods", manage).unwrap();
    world.give_role(ann, den.guild, role, true).unwrap();
    world.slash(ann, lobby, "mute", &[]).unwrap();
    assert_eq!(lacks(world.slash(ann, lobby, "den", &[])), Permissions::ADMINISTRATOR);
    world.set_role(den.guild, role, Permissions::ADMINISTRATOR).unwrap();
    world.slash(ann, lobby, "den", &[]).unwrap();
    world.give_role(ann, den.guild, role, false).unwrap();
    world.set_owner(den.guild, ann).unwrap();
    world.slash(ann, lobby, "den", &[]).unwrap();
    // In a direct message there are no such permissions.
    let direct = world.open_dm(ann, den.bot.application_id).unwrap();
    world.slash(ann, direct, "mute", &[]).unwrap();
}

#[tokio::test]
async fn commands_are_offered_where_they_belong() {
    let den = Den::open().await;
    let commands = json!([
        {"name": "bind", "description": "x", "contexts": [0]},
        {"name": "secret", "description": "x", "contexts": [1]},
        {"name": "lewd", "description": "x", "nsfw": true},
    ]);
    register(&den, commands).await;
    let world = &den.world;
    let direct = world.open_dm(den.ann, den.bot.application_id).unwrap();
    let other = world.add_application("other", "another.token");
    let of_other = world.open_dm(den.ann, other.application_id).unwrap();
    let offers = |name: &str, place: ChannelId| world.slash(den.ann, place, name, &[]).is_ok();
    assert!(offers("bind", den.lobby) && !offers("bind", direct));
    assert!(!offers("secret", den.lobby) && offers("secret", direct));
    assert!(!offers("secret", of_other), "another bot's direct message");
    assert!(!offers("lewd", den.lobby));
    world.set_age_restricted(den.lobby, true).unwrap();
    let thread = world.add_thread(den.lobby, "aside").unwrap();
    assert!(offers("lewd", den.lobby) && offers("lewd", thread));
    assert!(world.as_hostile_client().slash(den.ann, direct, "bind", &[]).is_ok());
}

#[tokio::test]
async fn a_private_channel_is_closed_to_others() {
    let den = Den::open().await;
    let world = &den.world;
    let bob = world.add_person("Bob");
    world.join(bob, den.guild).unwrap();
    let cellar = world.add_private_channel(den.guild, "cellar", &[den.ann]).unwrap();
    let said = world.say(den.ann, cellar, "psst").unwrap();
    let see = Permissions::VIEW_CHANNEL;
    assert_eq!(lacks(world.say(bob, cellar, "hello?")), see);
    assert_eq!(lacks(world.react(bob, said, "🔥")), see);
    assert_eq!(lacks(world.slash(bob, cellar, "ask", &[])), see);
    assert!(world.messages_seen_by(bob, cellar).is_empty());
    assert_eq!(world.messages_seen_by(den.ann, cellar).len(), 1);

    // A channel may be closed and opened again while people talk.
    world.set_permission(den.lobby, Whom::Everyone, see, false).unwrap();
    assert_eq!(lacks(world.say(bob, den.lobby, "hello?")), see);
    world.set_permission(den.lobby, Whom::User(bob), see, true).unwrap();
    world.say(bob, den.lobby, "hello!").unwrap();
    let view = |id| {
        let guilds = world.snapshot().guilds;
        guilds[0].channels.iter().find(|channel| channel.id == id).unwrap().clone()
    };
    assert!(!view(cellar).public && !view(den.lobby).public);
    world.set_permission(den.lobby, Whom::Everyone, Permissions::SEND_MESSAGES, false).unwrap();
    assert_eq!(lacks(world.say(bob, den.lobby, "hm")), Permissions::SEND_MESSAGES);
}

#[tokio::test]
async fn a_private_thread_is_for_those_who_were_added() {
    let den = Den::open().await;
    let world = &den.world;
    let bob = world.add_person("Bob");
    world.join(bob, den.guild).unwrap();
    let mut shard = den.shard().await;
    let thread = world.add_private_thread(den.lobby, "whispers", &[den.ann]).unwrap();
    world.say(den.ann, thread, "just us").unwrap();
    assert_eq!(next_said(&mut shard).await, "just us");
    assert_eq!(lacks(world.say(bob, thread, "hello?")), Permissions::VIEW_CHANNEL);
    let role = world.add_role(den.guild, "mods", Permissions::MANAGE_THREADS).unwrap();
    world.give_role(bob, den.guild, role, true).unwrap();
    world.say(bob, thread, "I keep an eye on you").unwrap();
    let path = format!("/channels/{thread}");
    let told = den.rest("GET", &path, json!(null)).await.ok();
    assert_eq!((&told["type"], &told["thread_metadata"]["invitable"]), (&json!(12), &json!(false)));

    let newcomer = world.add_application("late", "late.token");
    world.install(newcomer.application_id, den.guild).unwrap();
    assert_eq!(world.permissions(newcomer.user_id, thread), Permissions::empty(), "not added");
}
