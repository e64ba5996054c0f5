//! The embedded engine calls itself an emulator: what we rely on is shown here.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use store::Kept;
use twilight_model::id::Id;

use crate::world::{ANN, HALL, NOW, fresh, grim, in_file, public, said};

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
        let window = world.store.window(Id::new(channel), &grim(), NOW).await.unwrap();
        assert_eq!(window.len(), 1, "the turn of channel {channel} is gone");
    }
}

/// No test of its own: the other process of the one above.
#[tokio::test]
async fn writes_until_it_is_killed() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let world = in_file(std::path::Path::new(&file)).await;
    for channel in 1_u64.. {
        let turn = said(channel, ANN, &"x".repeat(1_000));
        world.keep_in(&public(), None, Id::new(channel), &[turn]).await;
        println!("acknowledged {channel}");
    }
}

#[tokio::test]
async fn aged_items_are_swept() {
    let world = fresh().await;
    let keep = |id, now_ms| {
        let store = &world.store;
        async move {
            let episodes = [said(id, ANN, "old news")];
            let scope = public();
            let kept =
                Kept { scope: &scope, guild: None, channel: HALL, episodes: &episodes, days: 365 };
            store.keep(&kept, now_ms).await.unwrap();
        }
    };
    // The engine reads the real clock: what is to stay ages in the far future.
    keep(1, NOW / 2).await;
    keep(2, 10 * NOW).await;
    assert_eq!(world.db.sweep_ttl().unwrap(), 3, "in the window, among the episodes, its keeper");
    let left = world.store.window(HALL, &grim(), NOW).await.unwrap();
    assert_eq!(left.iter().map(|turn| turn.message_id.get()).collect::<Vec<_>>(), [2]);
    assert_eq!(world.remembered().await.len(), 1);
}
