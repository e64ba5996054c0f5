//! The gateway is a log: sessions end in every way there is, and what was said is not lost.

use std::time::Duration;

use den_listener::RunError;
use discord_sim::OnConnect;
use tokio::time::sleep;

use crate::town::{Running, Town};

impl Town {
    /// Says so many things, slowly enough that something can happen in between.
    async fn chatters(&self, n: usize) -> Vec<u64> {
        let mut said = Vec::new();
        for n in 0..n {
            said.push(self.says(&format!("Grim, this is line {n}")));
            sleep(Duration::from_millis(3)).await;
        }
        said
    }

    fn identifies(&self) -> usize {
        self.logged("Identified")
    }

    fn connects(&self) -> usize {
        self.logged("Connected")
    }

    fn logged(&self, what: &str) -> usize {
        let log = self.world.gateway_log();
        log.iter().filter(|event| format!("{:?}", event.what).starts_with(what)).count()
    }
}

#[tokio::test]
async fn a_listener_that_is_killed_mid_stream_loses_nothing() {
    let town = Town::new().await;
    let mut said = Vec::new();
    for _ in 0..3 {
        let running = town.started().await;
        said.extend(town.chatters(40).await);
        running.crash().await;
        // While nobody listens.
        said.extend(town.chatters(10).await);
    }
    let running = town.start().await;
    town.until_queued(&said).await;
    assert_eq!(town.identifies(), 1, "every successor resumes");
    assert_eq!(running.count("gaps").await, 0);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_listener_that_is_stopped_leaves_nothing_to_replay_twice() {
    let town = Town::new().await;
    let running = town.started().await;
    let mut said = town.chatters(20).await;
    running.stop().await.unwrap();
    said.extend(town.chatters(5).await);
    let running = town.started().await;
    town.until_queued(&said).await;
    assert_eq!(town.inbox.message_ids(), said, "each once, and in order");
    assert_eq!(town.identifies(), 1);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn whatever_cuts_the_connection_the_session_goes_on() {
    let town = Town::new().await;
    let running = town.started().await;
    let mut said = Vec::new();
    type Cut = fn(&Town);
    let cuts: [(&str, Cut); 5] = [
        ("a dropped connection", |town| town.faults.drop_connections()),
        ("a close code", |town| town.faults.close_connections(4000)),
        ("a close without reason", |town| town.faults.close_connections(1000)),
        ("a request to reconnect", |town| town.faults.ask_reconnect()),
        ("an invalid session that can be resumed", |town| town.faults.invalidate_sessions(true)),
    ];
    for (what, cut) in cuts {
        said.extend(town.chatters(5).await);
        cut(&town);
        said.extend(town.chatters(5).await);
        town.until_queued(&said).await;
        running.until_active().await;
        assert_eq!(town.identifies(), 1, "after {what}");
    }
    assert_eq!(running.count("gaps").await, 0);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_session_discord_forgot_is_a_counted_gap() {
    let town = Town::new().await;
    let running = town.started().await;
    town.faults.invalidate_sessions(false);
    running.until_health("a gap", |health| health["counts"]["gaps"] == 1).await;
    town.until("a new session", || town.identifies() == 2).await;
    running.until_active().await;
    let message = town.says("Grim, are you back?");
    town.until_queued(&[message]).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_stored_session_discord_forgot_is_a_counted_gap_as_well() {
    let town = Town::new().await;
    town.started().await.stop().await.unwrap();
    town.faults.forget_sessions();
    let running = town.start().await;
    running.until_health("a gap", |health| health["counts"]["gaps"] == 1).await;
    town.until("a new session", || town.identifies() == 2).await;
    let message = town.says("Grim, are you back?");
    town.until_queued(&[message]).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_resume_that_nobody_answers_is_tried_again_and_then_given_up() {
    let town = Town::new().await;
    let running = town.started().await;
    town.faults.ignore_resumes(1);
    town.faults.drop_connections();
    let message = town.says("Grim, once");
    town.until_queued(&[message]).await;
    assert_eq!(town.identifies(), 1);

    town.faults.ignore_resumes(100);
    town.faults.drop_connections();
    town.until("a new session", || town.identifies() == 2).await;
    running.until_active().await;
    assert_eq!(running.count("gaps").await, 1);
    let message = town.says("Grim, twice");
    town.until_queued(&[message]).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_accepts_and_drops_is_not_stormed() {
    is_not_stormed(OnConnect::Drop).await;
}

#[tokio::test]
async fn a_server_that_accepts_and_closes_is_not_stormed() {
    is_not_stormed(OnConnect::Close(4000)).await;
}

#[tokio::test]
async fn a_server_that_refuses_is_not_stormed() {
    is_not_stormed(OnConnect::Refuse).await;
}

/// Twilight alone opens thousands of connections in that time.
async fn is_not_stormed(fault: OnConnect) {
    let town = Town::new().await;
    let running = town.started().await;
    town.faults.on_connect(fault, u32::MAX);
    town.faults.drop_connections();
    let before = running.count("connections").await;
    sleep(Duration::from_secs(3)).await;
    let opened = running.count("connections").await - before;
    assert!((2..=6).contains(&opened), "{opened} connections in 3 s at {fault:?}");
    let connects = town.connects();
    assert!(connects <= 50, "discord saw {connects} connections at {fault:?}");

    town.faults.clear();
    let message = town.says("Grim, at last");
    town.until_queued(&[message]).await;
    assert_eq!(town.identifies(), 1);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing_is_left() {
    let town = Town::new().await;
    let running = town.started().await;
    town.faults.on_connect(OnConnect::Hang, 1);
    town.faults.drop_connections();
    let message = town.says("Grim, hello?");
    town.until_queued(&[message]).await;
    assert_eq!(town.identifies(), 1);
    running.stop().await.unwrap();
}

async fn unwelcome(running: Running) -> String {
    match running.end().await {
        Err(error @ RunError::Unwelcome { .. }) => error.to_string(),
        other => panic!("discord should have refused us: {other:?}"),
    }
}

#[tokio::test]
async fn a_revoked_token_ends_it_with_what_to_do() {
    let town = Town::new().await;
    town.world.reset_token(town.app.application_id).unwrap();
    let why = unwelcome(town.start().await).await;
    assert!(why.contains("401") && why.contains("DISCORD_TOKEN"), "{why}");
    assert_eq!(town.connects(), 0);
}

#[tokio::test]
async fn a_token_revoked_meanwhile_ends_it_too() {
    let town = Town::new().await;
    let running = town.started().await;
    town.world.reset_token(town.app.application_id).unwrap();
    town.faults.drop_connections();
    let why = unwelcome(running).await;
    assert!(why.contains("4004") && why.contains("DISCORD_TOKEN"), "{why}");
}

#[tokio::test]
async fn a_missing_intent_ends_it_with_where_to_switch_it_on() {
    let town = Town::new().await;
    town.world.set_message_content(town.app.application_id, false).unwrap();
    let why = unwelcome(town.start().await).await;
    assert!(why.contains("4014") && why.contains("Message Content Intent"), "{why}");
    assert!(town.identifies() <= 1, "it does not ask again");
}

#[tokio::test]
async fn the_last_identifies_of_a_day_are_not_used() {
    let town = Town::new().await;
    town.world.set_identifies_left(town.app.application_id, 50).unwrap();
    let running = town.start().await;
    running
        .until_health("waiting for permission", |health| {
            health["shards"][0]["doing"] == "identifying"
        })
        .await;
    // Longer than it waits for a server that says nothing: waiting for permission is not that.
    sleep(Town::patience().unanswered * 2).await;
    assert_eq!(town.identifies(), 0);
    assert_eq!(running.health().await["healthy"], true, "a restart would not help");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn other_settings_begin_a_session_anew() {
    let town = Town::with(discord_sim::Settings {
        gateway: discord_sim::GatewaySettings { max_concurrency: 16, ..Default::default() },
        ..Town::settings()
    })
    .await;
    town.started().await.stop().await.unwrap();
    let running = town.start_with(|listener| listener.shards = std::num::NonZeroU32::new(2)).await;
    running
        .until_health("two active shards", |health| {
            let shards = health["shards"].as_array();
            shards.is_some_and(|shards| {
                shards.len() == 2 && shards.iter().all(|shard| shard["doing"] == "active")
            })
        })
        .await;
    assert_eq!(town.identifies(), 3);
    let message = town.says("Grim, which of you hears this?");
    town.until_queued(&[message]).await;
    assert_eq!(town.inbox.message_ids(), [message], "a guild is on one shard only");
    running.stop().await.unwrap();
}
