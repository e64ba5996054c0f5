//! A queue that does not take what it is given.

use std::{net::SocketAddr, time::Duration};

use store::Store;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::sleep,
};

use crate::town::{Town, dynamo};

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
async fn what_waits_for_settings_counts_as_held() {
    let town = Town::new().await;
    let (open, gate) = watch::channel(true);
    let store = Store::new(dynamo(behind(gate, town.database).await), "roast-den");
    let running = town.start_with(|listener| listener.store = store).await;
    running.until_active().await;
    town.inbox.set_down(true);
    open.send_replace(false);
    let said: Vec<_> = (0..60).map(|n| town.says(&format!("Grim, line {n}"))).collect();
    running
        .until_health("a pause", |health| health["shards"][0]["doing"] == "waiting_for_queue")
        .await;
    // Now their settings are known, or given up on.
    open.send_replace(true);
    running.until_health("they are let go", |health| health["queue_depth"] != 0).await;
    let health = running.health().await;
    assert!(health["queue_depth"].as_u64().unwrap() <= 2 * 20 + 1, "{health}");
    town.inbox.set_down(false);
    town.until_queued(&said).await;
    assert_eq!(town.inbox.message_ids(), said, "each once, in order");
    running.stop().await.unwrap();
}

/// A way to `address` on which nobody new gets through while the gate is shut, and nobody who was through before
/// keeps the line.
async fn behind(gate: watch::Receiver<bool>, address: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut gate = gate.clone();
            tokio::spawn(async move {
                gate.wait_for(|is_open| *is_open).await.ok()?;
                let mut server = TcpStream::connect(address).await.ok()?;
                tokio::select! {
                    _ = copy_bidirectional(&mut client, &mut server) => {}
                    _ = gate.wait_for(|is_open| !*is_open) => {}
                }
                Some(())
            });
        }
    });
    front
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
