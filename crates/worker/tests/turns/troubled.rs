//! The table or Discord fails halfway: the next attempt finds its way, and nothing is said twice or lost.

use std::time::Duration;

use bedrock_sim::{Gate, Play};
use chat::Outcome;
use den_worker::{Deadline, Verdict};
use discord_sim::{Effect, Permissions, RestFault, Scope};
use queue::Event;

use crate::world::{World, deliveries};

fn is_retry(verdicts: &[Verdict]) -> bool {
    verdicts.iter().all(|verdict| matches!(verdict, Verdict::Retry { .. }))
}

async fn killed_before_showing(world: &World, events: &[Event]) {
    let gate = Gate::new();
    world.bedrock.script(Play::say("never").behind(&gate));
    tokio::select! {
        _ = world.serve(events) => panic!("it was not killed"),
        () = gate.reached() => {}
    }
    for event in events {
        world.time_passes_for(event).await;
    }
}

#[tokio::test]
async fn a_post_that_could_not_be_noted_is_adopted() {
    let world = World::new().await;
    world.trouble.with(&["#shown = :value"], 1);
    let event = [world.ann_says("Grim?")];
    assert!(is_retry(&world.serve(&event).await));
    assert_eq!(world.serve(&event).await, [Verdict::Done]);
    assert_eq!(world.grim_said().len(), 1);
}

#[tokio::test]
async fn a_post_nobody_is_sure_of_is_looked_for_by_the_next_attempt() {
    let world = World::new().await;
    let unavailable = Effect::Answer { status: 503, body: serde_json::Value::Null };
    world.sim.faults().rest(RestFault::on("POST /webhooks/*/*", Effect::ResetAfter).times(1));
    world.sim.faults().rest(RestFault::on("GET /channels/*/messages", unavailable).times(5));
    world.bedrock.script(Play::say("Boo."));
    let event = [world.ann_says("Grim?")];
    assert!(is_retry(&world.serve(&event).await));
    assert_eq!(world.serve(&event).await, [Verdict::Done]);
    assert_eq!(world.grim_said(), ["Boo."]);
}

#[tokio::test]
async fn who_was_not_answered_is_answered_after_a_crash_and_a_failure() {
    let world = World::new().await;
    let both = ["Grim, one?", "Grim, two?"].map(|text| world.ann_says(text));
    killed_before_showing(&world, &both).await;
    world.bedrock.script(Play::say("Answer to one."));
    world.bedrock.script(Play::say("Answer to two."));
    world.trouble.with(&["#shown = :value"], 1);
    assert!(is_retry(&world.serve(&both).await));
    assert_eq!(world.serve(&both).await, [Verdict::Done, Verdict::Done]);
    assert_eq!(world.grim_said(), ["Answer to one.", "Answer to two."]);
}

#[tokio::test]
async fn a_newcomer_that_was_answered_is_not_answered_again() {
    let world = World::new().await;
    let first = world.ann_says("Grim, one?");
    world.trouble.with(&["\"pk\":{\"S\":\"U#"], 1);
    assert!(is_retry(&world.serve(std::slice::from_ref(&first)).await));
    let both = [first.clone(), world.ann_says("Grim, two?")];
    world.bedrock.script(Play::say("Answer to one and to two."));
    world
        .sim
        .faults()
        .rest(RestFault::on("POST /webhooks/*/*", Effect::Delay { ms: 1_500 }).times(1));
    tokio::select! {
        _ = world.serve(&both) => panic!("it was not killed"),
        () = world.claim_reaches(&first, "generated") => {}
    }
    for event in &both {
        world.time_passes_for(event).await;
    }
    assert_eq!(world.serve(&both).await, [Verdict::Done, Verdict::Done]);
    assert_eq!(world.grim_said(), ["Answer to one and to two."]);
}

#[tokio::test]
async fn a_member_delivered_later_than_its_leader_is_not_answered_again() {
    let world = World::new().await;
    let both = ["Grim, one?", "Grim, two?"].map(|text| world.ann_says(text));
    world.bedrock.script(Play::say("Answer to one and to two."));
    world
        .sim
        .faults()
        .rest(RestFault::on("POST /webhooks/*/*", Effect::Delay { ms: 1_500 }).times(1));
    tokio::select! {
        _ = world.serve(&both) => panic!("it was not killed"),
        () = world.claim_reaches(&both[0], "generated") => {}
    }
    for event in &both {
        world.time_passes_for(event).await;
    }
    assert_eq!(world.serve(&both[..1]).await, [Verdict::Done]);
    assert_eq!(world.serve(&both[1..]).await, [Verdict::Done]);
    assert_eq!(world.grim_said(), ["Answer to one and to two."]);
}

#[tokio::test]
async fn a_member_closed_in_the_middle_keeps_its_neighbours_together() {
    let world = World::new().await;
    let burst = ["Grim, one?", "two?", "three?"].map(|text| world.ann_says(text));
    world.trouble.with(&["#why = :value", &format!("E#{}", burst[2].id.cause())], 1);
    assert!(is_retry(&world.serve(&burst).await));
    assert_eq!(world.serve(&burst).await.len(), 3);
    assert_eq!((world.grim_said().len(), world.bedrock.calls().len()), (1, 1));
}

#[tokio::test]
async fn the_same_event_twice_in_a_batch_blocks_nobody() {
    let world = World::new().await;
    let event = world.ann_says("Grim?");
    assert_eq!(world.serve(&[event.clone(), event]).await, [Verdict::Done, Verdict::Done]);
    assert_eq!(world.grim_said().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_not_hammered() {
    let world = World::new().await;
    let all = Permissions::MANAGE_WEBHOOKS | Permissions::SEND_MESSAGES;
    world.sim.world().set_bot_permission(world.channel, all, false).unwrap();
    let chunks = (1..=60).map(|n| format!("Spoon {n} of the soup. ")).collect();
    world.bedrock.script(Play::Say { chunks, pace: Duration::from_millis(30) });
    let event = world.ann_says("Grim?");
    assert_eq!(world.serve(&[event]).await, [Verdict::Done]);
    let posts = |request: &&std::sync::Arc<discord_sim::Request>| {
        request.status == 403 && request.call() == "POST /channels/{channel_id}/messages"
    };
    assert_eq!(world.sim.world().requests().iter().filter(posts).count(), 2);
}

#[tokio::test]
async fn a_webhook_that_dies_while_it_speaks_takes_no_words_with_it() {
    let world = World::new().await;
    let chunks = ["Once upon a time there was a soup. ", "It was thin. ", "The end."];
    let chunks = chunks.map(str::to_owned).to_vec();
    world.bedrock.script(Play::Say { chunks, pace: Duration::from_secs(2) });
    let event = [world.ann_says("Grim?")];
    let (verdicts, ()) = tokio::join!(world.serve(&event), async {
        let sim = world.sim.world();
        let spoke =
            sim.wait_until(Duration::from_secs(10), |sim| sim.messages(world.channel).len() == 2);
        spoke.await.unwrap();
        let webhook = sim.webhooks(world.channel)[0].id;
        sim.delete_webhook(webhook).unwrap();
    });
    assert_eq!(verdicts, [Verdict::Done]);
    let whole = "Once upon a time there was a soup. It was thin. The end.";
    assert!(world.grim_said().iter().any(|said| said == whole), "{:?}", world.grim_said());
}

/// The worker dies while it shows, and its webhook is gone when the next one comes.
async fn dies_with_its_webhook(world: &World) -> [Event; 1] {
    let event = world.ann_says("Grim, tell");
    let chunks = ["The first words begin here, and ", "go on."].map(str::to_owned).to_vec();
    world.bedrock.script(Play::Say { chunks, pace: Duration::from_secs(3) });
    world.bedrock.script(Play::say("The whole long story, told to its end."));
    let events = [event.clone()];
    tokio::select! {
        _ = world.serve(&events) => panic!("it was not killed"),
        () = world.claim_reaches(&event, "showing") => {}
    }
    world.time_passes_for(&event).await;
    let webhook = world.sim.world().webhooks(world.channel)[0].id;
    world.sim.world().delete_webhook(webhook).expect("it was there");
    let row = world.worker.store.channel(event.channel_id).await;
    let mut row = row.expect("the store").expect("the row was kept");
    row.webhook = None;
    world.worker.store.keep_channel(event.channel_id, &row).await.expect("the store");
    events
}

#[tokio::test]
async fn another_webhook_says_the_whole_answer_again() {
    let world = World::new().await;
    let events = dies_with_its_webhook(&world).await;
    assert_eq!(world.serve(&events).await, [Verdict::Done]);
    assert_eq!(world.grim_said().last().unwrap(), "The whole long story, told to its end.");
    assert_eq!(world.why(&events[0]).await.outcome, Outcome::Spoke);
}

#[tokio::test]
async fn the_bot_user_says_what_a_webhook_cannot_say_any_more() {
    let world = World::new().await;
    let events = dies_with_its_webhook(&world).await;
    world
        .sim
        .world()
        .set_bot_permission(world.channel, Permissions::MANAGE_WEBHOOKS, false)
        .unwrap();
    assert_eq!(world.serve(&events).await, [Verdict::Done]);
    assert_eq!(
        world.channel().last().unwrap(),
        "Den: **Grim:** The whole long story, told to its end."
    );
}

#[tokio::test]
async fn a_throttled_table_opens_no_way_around_the_limits() {
    let world = World::new().await;
    for n in 0..4 {
        let event = world.ann_says(&format!("Grim, {n}"));
        world.serve(&[event]).await;
    }
    let calls = world.bedrock.calls().len();
    let fifth = [world.ann_says("Grim, the fifth")];
    world.trouble.with(&["#why = :value"], 1);
    assert!(is_retry(&world.serve(&fifth).await));
    assert_eq!(world.serve(&fifth).await, [Verdict::Done]);
    assert_eq!(world.bedrock.calls().len(), calls);
}

#[tokio::test]
async fn a_poisonous_event_stays_dead_until_it_is_put_aside() {
    let world = World::new().await;
    let event = [world.ann_says("Grim?")];
    for _ in 0..3 {
        killed_before_showing(&world, &event).await;
    }
    let once = world.serve(&event).await;
    assert!(matches!(&once[0], Verdict::Dead { .. }), "{once:?}");
    let again = world.serve(&event).await;
    assert!(matches!(&again[0], Verdict::Dead { .. }), "{again:?}");
}

#[tokio::test]
async fn a_table_that_cannot_say_whose_a_message_is_costs_no_earlier_answer() {
    let world = World::new().await;
    world.bedrock.script(Play::say("The first answer, which somebody treasures."));
    let first = world.ann_says("Grim, first");
    world.serve(&[first]).await;
    let chunks = ["The second answer begins here, and ", "goes on."].map(str::to_owned).to_vec();
    world.bedrock.script(Play::Say { chunks, pace: Duration::from_secs(3) });
    // The model is asked while it is looked what stands there.
    for _ in 0..4 {
        world.bedrock.script(Play::say("The second answer."));
    }
    let second = [world.ann_says("Grim, second")];
    tokio::select! {
        _ = world.serve(&second) => panic!("it was not killed"),
        () = world.claim_reaches(&second[0], "showing") => {}
    }
    world.time_passes_for(&second[0]).await;
    world.trouble.with(&["\"M#"], 3);
    while is_retry(&world.serve(&second).await) {}
    assert_eq!(
        world.grim_said(),
        ["The first answer, which somebody treasures.", "The second answer."]
    );
}

#[tokio::test]
async fn a_turn_ends_before_its_deadline_whatever_it_waits_for() {
    let world = World::new().await;
    let slow = Effect::RateLimited { scope: Scope::Shared, retry_after: 12.0 };
    world.sim.faults().rest(RestFault::on("GET /channels/*/webhooks", slow).times(1));
    let event = world.ann_says("Grim?");
    let deadline = Duration::from_secs(9);
    let started = std::time::Instant::now();
    let verdicts = world.worker.serve(&deliveries(&[event]), Deadline::after(deadline)).await;
    assert!(
        is_retry(&verdicts) && started.elapsed() < deadline,
        "{verdicts:?} {:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn while_the_token_is_not_accepted_no_model_is_paid() {
    let world = World::new().await;
    world.sim.world().reset_token(world.app.application_id).unwrap();
    let first = [world.ann_says("Grim?")];
    assert!(is_retry(&world.serve(&first).await));
    let calls = world.bedrock.calls().len();
    assert!(is_retry(&world.serve(&first).await));
    assert_eq!(world.bedrock.calls().len(), calls);
}
