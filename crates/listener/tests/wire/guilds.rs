//! Guilds that let the den in, and remove it.

use discord_sim::{Permissions, Whom};
use queue::{Event, What};

use crate::town::Town;

#[tokio::test]
async fn a_guild_that_lets_us_in_is_told_and_one_that_throws_us_out_is_as_well() {
    let town = Town::new().await;
    let running = town.started().await;
    let asked = town.says("Grim, anything new?");
    town.until_queued(&[asked]).await;
    assert_eq!(town.inbox.ids().len(), 1, "the guild that was there is no news");

    let inn = town.world.add_guild_without_bots("The Inn");
    let lobby = town.world.add_text_channel(inn, "lobby").unwrap();
    town.world.set_system_channel(inn, Some(lobby)).unwrap();
    town.world.install(town.app.application_id, inn).unwrap();
    town.until("the steward is told", || !town.inbox.for_steward().is_empty()).await;
    let event = town.inbox.for_steward().remove(0);
    assert_eq!(event.what, What::Joined);
    assert_eq!(event.guild_id.map(|id| id.get()), Some(inn.get()));
    assert_eq!(event.channel_id.get(), lobby.get());
    assert!(event.id.as_str().starts_with(&format!("{inn}@joined-")), "{}", event.id);

    town.world.uninstall(town.app.application_id, inn).unwrap();
    town.until("the steward is told", || town.inbox.for_steward().len() == 2).await;
    let event = town.inbox.for_steward().remove(1);
    assert_eq!(event.what, What::Left);
    assert_eq!(
        (event.guild_id.map(|id| id.get()), event.channel_id.get()),
        (Some(inn.get()), inn.get())
    );

    // Let in again, it is told again, under an id of its own.
    town.world.set_system_channel(inn, None).unwrap();
    town.world.install(town.app.application_id, inn).unwrap();
    town.until("the steward is told", || town.inbox.for_steward().len() == 3).await;
    let again = town.inbox.for_steward().remove(2);
    assert_eq!((again.what, again.channel_id.get()), (What::Joined, inn.get()));
    let ids: std::collections::BTreeSet<_> = town.inbox.ids().into_iter().collect();
    assert_eq!(ids.len(), 4, "{ids:?}");
    assert_eq!(running.count("guild_changes").await, 3);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_channel_or_a_thread_that_is_deleted_is_told() {
    let town = Town::new().await;
    let running = town.started().await;
    let pantry = town.world.add_text_channel(town.guild, "pantry").unwrap();
    let jars = town.world.add_thread(pantry, "jars").unwrap();
    town.world.delete_channel(jars).unwrap();
    town.world.delete_channel(pantry).unwrap();
    // A direct message that is closed is none: nothing of it is gone.
    town.world.dispatch("CHANNEL_DELETE", &serde_json::json!({"id": "4711", "type": 1}));
    let message = town.says("Grim, all well?");
    town.until_queued(&[message]).await;
    town.until("the steward is told", || town.inbox.for_steward().len() >= 2).await;

    let mut told = town.inbox.for_steward();
    told.sort_by_key(|event| event.channel_id != jars.get());
    let places: Vec<_> = told.iter().map(|event| event.channel_id.get()).collect();
    assert_eq!(places, [jars.get(), pantry.get()]);
    for event in told {
        assert_eq!(event.what, What::ChannelDeleted);
        assert_eq!(event.guild_id.map(|id| id.get()), Some(town.guild.get()));
        assert_eq!(event.id.as_str(), format!("{}@channel-deleted:steward", event.channel_id));
    }
    assert_eq!(running.count("channel_deletions").await, 2);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_said_after_a_change_of_who_may_read_tells_of_it() {
    let town = Town::new().await;
    let running = town.started().await;
    let pantry = town.world.add_text_channel(town.guild, "pantry").unwrap();
    let role = town.world.add_role(town.guild, "cooks", Permissions::empty()).unwrap();
    let everyone = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
    let told = async |text: &str| {
        let message = town.says(text);
        town.until_queued(&[message]).await;
        let events = town.inbox.events();
        let is_it = |event: &&Event| event.message().is_some_and(|said| said.id.get() == message);
        events.iter().find(is_it).expect("it is queued").audience_changed_ms
    };
    let began = told("Grim, all well?").await;
    assert!(began > 0, "what changed before the listener began, it did not see");
    // What one role may do is nothing to everybody.
    town.world.set_role(town.guild, role, Permissions::MANAGE_MESSAGES).unwrap();
    town.world.dispatch("CHANNEL_UPDATE", &serde_json::json!({"id": "4711", "type": 1}));
    assert_eq!(told("Grim, still well?").await, began);
    town.world.set_permission(pantry, Whom::Everyone, Permissions::VIEW_CHANNEL, false).unwrap();
    let closed = told("Grim, and now?").await;
    assert!(closed > began);
    town.world.set_everyone(town.guild, everyone).unwrap();
    assert!(told("Grim, and then?").await > closed);
    assert!(town.inbox.for_steward().is_empty(), "nobody else has to be told");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn an_outage_is_no_departure_and_its_end_no_arrival() {
    let town = Town::new().await;
    let running = town.started().await;
    let guild = town.guild.to_string();
    let gone = serde_json::json!({"id": guild, "unavailable": true});
    town.world.dispatch("GUILD_DELETE", &gone);
    let back = serde_json::json!({
        "id": guild, "unavailable": false, "joined_at": "2020-01-01T00:00:00.000000+00:00",
    });
    town.world.dispatch("GUILD_CREATE", &back);
    let message = town.says("Grim, all well?");
    town.until_queued(&[message]).await;
    assert_eq!(town.inbox.ids().len(), 1, "{:?}", town.inbox.ids());
    running.stop().await.unwrap();
}
