//! Guilds that let the den in, and remove it.

use queue::What;

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
