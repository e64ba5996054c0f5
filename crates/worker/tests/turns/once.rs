//! Killed here, delivered twice, at the same time: one reply, one model call.

use std::time::Duration;

use bedrock_sim::{Gate, Play};
use den_worker::Verdict;
use discord_sim::{Effect, RestFault};
use twilight_model::id::Id;

use crate::world::World;

#[tokio::test]
async fn a_message_delivered_twice_is_answered_once() {
    let world = World::new().await;
    let event = world.ann_says("Grim?");
    world.serve(std::slice::from_ref(&event)).await;
    assert_eq!(world.serve(&[event]).await, [Verdict::Done]);
    assert_eq!((world.grim_said().len(), world.bedrock.calls().len()), (1, 1));
}

#[tokio::test]
async fn while_one_worker_is_at_it_another_returns_the_record() {
    let world = World::new().await;
    let gate = Gate::new();
    world.bedrock.script(Play::say("Boo.").behind(&gate));
    let event = world.ann_says("Grim?");
    let events = [event];
    let (first, second) = tokio::join!(world.serve(&events), async {
        gate.reached().await;
        let second = world.serve(&events).await;
        gate.open();
        second
    });
    assert_eq!(first, [Verdict::Done]);
    assert!(
        matches!(second[0], Verdict::Retry { after } if after > Duration::from_secs(20)),
        "{second:?}"
    );
    assert_eq!((world.grim_said().len(), world.bedrock.calls().len()), (1, 1));
}

/// The worker is killed as soon as the claim is in `state`; its successor takes over.
async fn killed_when(world: &World, text: &str, state: &str) {
    let event = world.ann_says(text);
    let events = [event];
    tokio::select! {
        verdicts = world.serve(&events) => panic!("it was too quick to be killed: {verdicts:?}"),
        () = world.claim_reaches(&events[0], state) => {}
    }
    world.time_passes_for(&events[0]).await;
    assert_eq!(world.serve(&events).await, [Verdict::Done]);
}

#[tokio::test]
async fn killed_while_showing_it_goes_on_in_the_message_shown() {
    let world = World::new().await;
    let chunks =
        ["Once upon a time there was a ", "soup.", " The end."].map(str::to_owned).to_vec();
    world.bedrock.script(Play::Say { chunks, pace: Duration::from_secs(3) });
    world.bedrock.script(Play::say("There was no soup."));
    killed_when(&world, "Grim, a story", "showing").await;
    assert_eq!(world.grim_said(), ["There was no soup."]);
}

#[tokio::test]
async fn killed_after_the_model_answered_it_is_neither_asked_nor_said_twice() {
    let world = World::new().await;
    world.bedrock.script(Play::say("Boo, and again boo."));
    // The answer is kept, and its post is on the way, when the worker dies.
    world
        .sim
        .faults()
        .rest(RestFault::on("POST /webhooks/*/*", Effect::Delay { ms: 1_500 }).times(1));
    killed_when(&world, "Grim?", "generated").await;
    assert_eq!(
        (world.grim_said(), world.bedrock.calls().len()),
        (vec!["Boo, and again boo.".to_owned()], 1)
    );
}

#[tokio::test]
async fn posted_but_not_written_down_is_adopted_not_posted_again() {
    let world = World::new().await;
    world.bedrock.script(Play::say("Boo."));
    // Discord did it, and the answer was lost on the way back.
    world.sim.faults().rest(RestFault::on("POST /webhooks/*/*", Effect::ResetAfter).times(1));
    let event = world.ann_says("Grim?");
    assert_eq!(world.serve(&[event]).await, [Verdict::Done]);
    assert_eq!((world.grim_said(), world.bedrock.calls().len()), (vec!["Boo.".to_owned()], 1));
}

#[tokio::test]
async fn a_message_that_kills_its_worker_again_and_again_is_put_aside() {
    let world = World::new().await;
    let event = world.ann_says("Grim?");
    for _ in 0..3 {
        let gate = Gate::new();
        world.bedrock.script(Play::say("never").behind(&gate));
        let events = [event.clone()];
        tokio::select! {
            _ = world.serve(&events) => panic!("it was not killed"),
            () = gate.reached() => {}
        }
        world.time_passes_for(&event).await;
    }
    let mut neighbour = world.ann_says("Grim, are you well?");
    // Somebody else: Ann has asked as often as she may.
    neighbour.author.id = Id::new(77);
    let verdicts = world.serve(&[event, neighbour]).await;
    assert!(
        matches!(&verdicts[0], Verdict::Dead { reason } if reason == "3 tries crashed"),
        "{verdicts:?}"
    );
    assert_eq!(verdicts[1], Verdict::Done);
    assert_eq!(world.grim_said().len(), 1);
}
