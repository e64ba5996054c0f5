//! Frames from outside: recorded from the real service, from documentation, from other libraries' samples.
//! They lie beside the checkout and are not part of it.

use std::{fs, path::Path};

use den_listener::Patience;
use serde_json::Value;

use crate::town::Town;

#[tokio::test]
async fn frames_nobody_expected_cost_nothing_but_themselves() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/gateway-frames");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: no folder shared/gateway-frames beside the checkout");
        return;
    };
    let mut frames: Vec<Value> = Vec::new();
    for file in files
        .filter_map(Result::ok)
        .filter(|file| file.path().extension().is_some_and(|e| e == "jsonl"))
    {
        let text = fs::read_to_string(file.path()).unwrap();
        frames.extend(text.lines().map(|line| serde_json::from_str(line).unwrap()));
    }
    assert!(frames.len() > 300, "only {} frames", frames.len());

    let town = Town::new().await;
    // They come all at once, and some are direct messages to the den.
    let running = town.start_with(|listener| listener.patience = Patience::default()).await;
    running.until_active().await;
    let mut said = vec![town.says("Grim, before")];
    // Sessions are begun and resumed by those; that is another story.
    let is_about_sessions = |name: &str| matches!(name, "READY" | "RESUMED");
    for (n, frame) in frames.iter().map(|line| &line["frame"]).enumerate() {
        let name = frame["t"].as_str().unwrap();
        if is_about_sessions(name) {
            continue;
        }
        town.world.dispatch(name, &frame["d"]);
        if n % 10 == 0 {
            said.push(town.says(&format!("Grim, after frame {n}")));
        }
    }
    said.push(town.says("Grim, at the end"));
    town.until_queued(&said).await;
    assert_eq!(running.count("connections").await, 1, "it did not hold:\n{}", town.log());
    running
        .until_health("everything is settled", |health| {
            health["queue_depth"] == 0
                && health["shards"][0]["received"] == health["shards"][0]["checkpoint"]
        })
        .await;
    running.stop().await.unwrap();
}
