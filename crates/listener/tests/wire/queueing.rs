//! A queue that does not take what it is given.

use std::time::Duration;

use tokio::time::sleep;

use crate::town::Town;

#[tokio::test]
async fn a_queue_that_is_down_for_a_while_gets_everything_afterwards() {
    let town = Town::new().await;
    let running = town.started().await;
    town.inbox.set_down(true);
    let channels: Vec<_> = (0..5)
        .map(|n| town.world.add_text_channel(town.guild, &format!("room-{n}")).unwrap())
        .collect();
    let mut said = Vec::new();
    // More than the backlog, so that the session has to wait.
    for n in 0..60 {
        let channel = channels[n % channels.len()];
        said.push(town.world.say(town.ann, channel, &format!("Grim, line {n}")).unwrap().get());
        sleep(Duration::from_millis(2)).await;
    }
    running
        .until_health("a pause", |health| health["shards"][0]["doing"] == "waiting_for_queue")
        .await;
    let health = running.health().await;
    assert_eq!(health["healthy"], true, "waiting on purpose is well");
    assert!(health["queue_depth"].as_u64().unwrap() <= 2 * 20 + 1, "{health}");
    for n in 60..80 {
        let channel = channels[n % channels.len()];
        said.push(town.world.say(town.ann, channel, &format!("Grim, line {n}")).unwrap().get());
    }
    town.inbox.set_down(false);
    town.until_queued(&said).await;

    let events = town.inbox.events();
    for channel in channels {
        let lane = events.iter().filter(|event| event.channel_id.get() == channel.get());
        let mut ids: Vec<_> = lane.map(|event| event.message().unwrap().id.get()).collect();
        ids.dedup();
        assert!(ids.is_sorted(), "out of order in {channel}: {ids:?}");
    }
    assert_eq!(running.count("gaps").await, 0);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn nothing_is_checkpointed_that_is_not_queued() {
    let town = Town::new().await;
    let running = town.started().await;
    let mut said = vec![town.says("Grim, one")];
    town.until_queued(&said).await;
    town.inbox.set_down(true);
    said.push(town.says("Grim, two"));
    running.until_health("it is received", |health| health["queue_depth"] == 1).await;
    // Neither a crash nor an orderly end, which gives up after a while, takes it for done.
    running.crash().await;
    town.started().await.stop().await.unwrap();
    town.inbox.set_down(false);
    let running = town.start().await;
    town.until_queued(&said).await;
    running.stop().await.unwrap();
}
