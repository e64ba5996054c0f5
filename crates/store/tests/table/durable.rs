//! The embedded engine calls itself an emulator: what we rely on is shown here.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use twilight_model::id::Id;

use crate::world::{NOW, fresh, grim, in_file};

/// Set in the process that writes until it is killed.
const FILE: &str = "STORE_TEST_WRITE_TO";

#[tokio::test]
async fn a_killed_process_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("den.db");
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["durable::writes_until_it_is_killed", "--exact", "--nocapture"])
        .env(FILE, &file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = 0;
    for line in BufReader::new(writer.stdout.take().unwrap()).lines() {
        if let Some(n) = line.unwrap().strip_prefix("acknowledged ") {
            acknowledged = n.parse().unwrap();
            if acknowledged == 200 {
                break;
            }
        }
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert_eq!(acknowledged, 200, "the writer ended early");

    let world = in_file(&file).await;
    for channel in 1..=acknowledged {
        let window = world.store.window(Id::new(channel), &grim()).await.unwrap();
        assert_eq!(window.len(), 1, "the turn of channel {channel} is gone");
    }
}

/// No test of its own: the other process of the one above.
#[tokio::test]
async fn writes_until_it_is_killed() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let world = in_file(std::path::Path::new(&file)).await;
    for channel in 1_u64.. {
        let turn = store::WindowTurn {
            message_id: Id::new(channel),
            speaker: store::Speaker::Me,
            text: "x".repeat(1_000),
        };
        world.store.remember_turns(Id::new(channel), &grim(), &[turn], NOW).await.unwrap();
        println!("acknowledged {channel}");
    }
}

#[tokio::test]
async fn aged_items_are_swept() {
    let world = fresh().await;
    let turn = |id| store::WindowTurn {
        message_id: Id::new(id),
        speaker: store::Speaker::Me,
        text: "old news".to_owned(),
    };
    let long_ago = NOW - 400 * 86_400_000;
    // The engine reads the real clock: what is to stay ages in the far future.
    let far_ahead = 10 * NOW;
    world.store.remember_turns(Id::new(7), &grim(), &[turn(1)], long_ago - NOW / 2).await.unwrap();
    world.store.remember_turns(Id::new(7), &grim(), &[turn(2)], far_ahead).await.unwrap();
    assert_eq!(world.db.sweep_ttl().unwrap(), 1);
    let left = world.store.window(Id::new(7), &grim()).await.unwrap();
    assert_eq!(left.iter().map(|turn| turn.message_id.get()).collect::<Vec<_>>(), [2]);
}
