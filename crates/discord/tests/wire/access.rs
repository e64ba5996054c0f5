//! Who sees a channel and may do what there.

use discord::Error;
use discord_sim::{ChannelId, Permissions as Simulated, UserId, Whom};
use serde_json::json;
use twilight_model::{guild::Permissions, id::Id};

use crate::{
    script::{Script, answer},
    town::{Town, channel},
};

impl Town {
    async fn is_public(&self, id: ChannelId) -> Result<bool, Error> {
        self.discord.is_public(channel(id)).await
    }

    async fn may(&self, user: UserId, id: ChannelId) -> Permissions {
        let guild = Id::new(self.guild.get());
        self.discord.may(guild, channel(id), Id::new(user.get())).await.unwrap()
    }
}

#[tokio::test]
async fn a_channel_is_public_where_everyone_may_look() {
    let town = Town::open().await;
    let (world, see) = (&town.world, Simulated::VIEW_CHANNEL);
    let thread = world.add_thread(town.hall, "aside").unwrap();
    let whispers = world.add_private_thread(town.hall, "whispers", &[town.ann]).unwrap();
    let cellar = world.add_private_channel(town.guild, "cellar", &[town.ann]).unwrap();
    let below = world.add_thread(cellar, "below").unwrap();
    let direct = world.open_dm(town.ann, town.bot.application_id).unwrap();
    for (place, is_public) in [
        (town.hall, true),
        (thread, true),
        (whispers, false),
        (cellar, false),
        (below, false),
        (direct, false),
    ] {
        assert_eq!(town.is_public(place).await.unwrap(), is_public, "{place}");
    }

    world.set_bot_permission(town.hall, see, true).unwrap();
    world.set_permission(town.hall, Whom::Everyone, see, false).unwrap();
    assert!(!town.is_public(town.hall).await.unwrap(), "a channel may become private");
    assert!(!town.is_public(thread).await.unwrap(), "and its threads with it");
    world.set_permission(town.hall, Whom::Everyone, see, true).unwrap();
    world.set_everyone(town.guild, Simulated::empty()).unwrap();
    assert!(town.is_public(town.hall).await.unwrap(), "a channel may be open in a closed guild");
    town.was_specified();
}

#[tokio::test]
async fn of_a_channel_that_cannot_be_seen_nothing_is_known() {
    let town = Town::open().await;
    let gone = ChannelId::from(5);
    assert!(matches!(town.is_public(gone).await, Err(Error::NotFound { .. })));
    town.world.set_bot_permission(town.hall, Simulated::VIEW_CHANNEL, false).unwrap();
    assert!(matches!(town.is_public(town.hall).await, Err(Error::Forbidden { .. })));
}

#[tokio::test]
async fn moderators_owners_and_strangers_are_told_apart() {
    let town = Town::open().await;
    let world = &town.world;
    let person = |name| {
        let person = world.add_person(name);
        world.join(person, town.guild).unwrap();
        person
    };
    let (moe, olga, gus) = (person("Moe"), person("Olga"), world.add_person("Gus"));
    let role = world.add_role(town.guild, "mods", Simulated::MANAGE_MESSAGES).unwrap();
    world.give_role(moe, town.guild, role, true).unwrap();
    world.set_owner(town.guild, olga).unwrap();
    let thread = world.add_thread(town.hall, "aside").unwrap();
    for place in [town.hall, thread] {
        assert!(town.may(moe, place).await.contains(Permissions::MANAGE_MESSAGES));
        let ann = town.may(town.ann, place).await;
        assert!(ann.contains(Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES));
        assert!(!ann.contains(Permissions::MANAGE_MESSAGES));
        assert_eq!(town.may(olga, place).await, Permissions::all());
        assert_eq!(town.may(gus, place).await, Permissions::empty(), "no member");
    }

    let whom = Whom::Role(role);
    world.set_permission(town.hall, whom, Simulated::MANAGE_MESSAGES, false).unwrap();
    assert!(!town.may(moe, town.hall).await.contains(Permissions::MANAGE_MESSAGES));
    let (guild, discord) = (Id::new(town.guild.get()), &town.discord);
    let in_guild =
        async |user: UserId| discord.may_in_guild(guild, Id::new(user.get())).await.unwrap();
    assert!(in_guild(moe).await.contains(Permissions::MANAGE_MESSAGES), "elsewhere he may");
    world.set_permission(town.hall, Whom::Everyone, Simulated::MANAGE_MESSAGES, true).unwrap();
    assert!(town.may(town.ann, town.hall).await.contains(Permissions::MANAGE_MESSAGES));
    assert!(!in_guild(town.ann).await.contains(Permissions::MANAGE_MESSAGES), "there alone");
    assert_eq!(in_guild(olga).await, Permissions::all());
    assert_eq!(in_guild(gus).await, Permissions::empty(), "no member");
    let elsewhere = world.add_guild("Elsewhere");
    let square = world.add_text_channel(elsewhere, "square").unwrap();
    assert_eq!(town.may(olga, square).await, Permissions::empty(), "another guild's channel");
    town.was_specified();
}

#[tokio::test]
async fn who_is_timed_out_may_only_look() {
    let script = Script::start(|seen, _| async move {
        let role = |permissions: &str| json!({ "id": "1", "name": "@everyone", "permissions": permissions });
        let until = if seen.path.ends_with('9') { "2099-01-01" } else { "2020-01-01" };
        answer(200, match seen.path.as_str() {
            "guilds/1" => json!({ "id": "1", "name": "Town", "owner_id": "5",
                "system_channel_id": null, "roles": [role("76800")] }),
            "guilds/1/members/9" | "guilds/1/members/8" => json!({ "user": { "id": "9" }, "roles": [],
                "communication_disabled_until": format!("{until}T00:00:00.000000+00:00") }),
            "channels/100" => json!({ "id": "100", "type": 0, "guild_id": "1", "name": "hall",
                "parent_id": null, "permission_overwrites": [] }),
            other => panic!("{other}"),
        })
    })
    .await;
    let look = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
    let may = |user| {
        let discord = script.discord();
        async move { discord.may(Id::new(1), Id::new(100), Id::new(user)).await.unwrap() }
    };
    assert_eq!(may(9).await, look);
    assert_eq!(may(8).await, look | Permissions::SEND_MESSAGES | Permissions::MANAGE_MESSAGES);
}

#[tokio::test]
async fn a_guild_says_where_it_wants_notices() {
    let town = Town::open().await;
    let guild = Id::new(town.guild.get());
    assert_eq!(town.discord.guild(guild).await.unwrap().system_channel_id, None);
    town.world.set_system_channel(town.guild, Some(town.hall)).unwrap();
    let found = town.discord.guild(guild).await.unwrap();
    assert_eq!((found.name.as_str(), found.system_channel_id), ("Town", Some(channel(town.hall))));
    town.was_specified();
}
