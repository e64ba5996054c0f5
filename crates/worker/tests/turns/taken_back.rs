//! What people decide between two tries of a turn.

use bedrock_sim::{Gate, Play};
use chat::Outcome;
use den_worker::Verdict;
use std::time::Duration;
use store::Pause;

use crate::world::World;

#[tokio::test]
async fn a_pause_between_two_tries_takes_the_half_answer_back() {
    let world = World::new().await;
    let chunks = ["The first words begin here, and ", "go on."].map(str::to_owned).to_vec();
    world.bedrock.script(Play::Say { chunks, pace: Duration::from_secs(3) });
    let event = [world.ann_says("Grim, tell")];
    tokio::select! {
        _ = world.serve(&event) => panic!("it was not killed"),
        () = world.claim_reaches(&event[0], "showing") => {}
    }
    world.time_passes_for(&event[0]).await;
    assert_eq!(world.grim_said().len(), 1);
    world.guild_wants(|row| row.paused = Some(Pause { by: None, at_ms: 1 })).await;
    assert_eq!(world.serve(&event).await, [Verdict::Done]);
    assert_eq!(world.grim_said(), Vec::<String>::new());
    let why = world.why(&event[0]).await;
    assert_eq!((why.outcome, why.reason.as_deref()), (Outcome::Silent, Some("guild_paused")));
}

#[tokio::test]
async fn a_question_deleted_after_its_answer_was_found_keeps_no_answer() {
    let world = World::new().await;
    world.bedrock.script(Play::say("Soup, as ever."));
    // It is posted, and nobody can note so.
    world.trouble.with(&["#shown = :value"], 1);
    let event = [world.ann_says("Grim, dinner?")];
    assert!(matches!(world.serve(&event).await[0], Verdict::Retry { .. }));
    assert_eq!(world.grim_said(), ["Soup, as ever."]);
    let message = event[0].message().expect("a message").id;
    world.worker.store.bury(&[message], 1).await.expect("the store");
    assert_eq!(world.serve(&event).await, [Verdict::Done]);
    assert_eq!(world.grim_said(), Vec::<String>::new());
    assert_eq!(world.why(&event[0]).await.reason.as_deref(), Some("deleted"));
}

#[tokio::test]
async fn where_one_of_two_takes_their_question_back_only_the_other_is_answered() {
    let world = World::new().await;
    let ben = world.person("Ben");
    let both =
        [world.ann_says("Grim, my diet failed."), world.somebody_says(ben, "Ben", "Grim, dinner?")];
    let gate = Gate::new();
    world.bedrock.script(Play::say("A failed diet, Ann!").behind(&gate));
    world.bedrock.script(Play::say("Soup, Ben."));
    let (verdicts, ()) = tokio::join!(world.serve(&both), async {
        gate.reached().await;
        let message = both[0].message().expect("a message").id;
        world.worker.store.bury(&[message], 1).await.expect("the store");
        gate.open();
    });
    assert!(matches!(verdicts[0], Verdict::Retry { .. }), "{verdicts:?}");
    assert_eq!(world.serve(&both).await, [Verdict::Done, Verdict::Done]);
    assert_eq!(world.grim_said(), ["Soup, Ben."]);
    let told = world.bedrock.calls()[1].body.to_string();
    assert!(told.contains("dinner?") && !told.contains("diet"), "{told}");
}
