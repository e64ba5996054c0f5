//! The understudy never speaks where a model is configured.

use bedrock_sim::{Exception, Play};
use chat::Outcome;

use crate::{
    characters::{EXAMPLE, UNAVAILABLE},
    world::World,
};

#[tokio::test]
async fn a_model_that_fails_is_admitted_in_character_and_never_stood_in_for() {
    let failures = [
        ("access denied", Play::AccessDenied),
        ("no such model", Play::NotFound),
        ("throttled", Play::Throttle),
        ("a server error", Play::ServerError(500)),
        ("an exception at once", Play::ExceptionAfter(0, Exception::ModelStreamError)),
        ("nothing but an end", Play::Empty),
    ];
    let world = World::open().await;
    for (name, failure) in failures {
        world.bedrock.answer_with(move |_| failure.clone());
        let channel = world.add_channel("somewhere");
        // The first line of the examples, which an understudy would answer with the line behind it.
        let asked = world.says(world.ann, channel, "Grim, Hello");
        let why = world.why(asked).await;
        assert_eq!(world.said_by("Grim", channel), [UNAVAILABLE], "{name}");
        assert_eq!(why.outcome, Outcome::Line, "{name}: {why:?}");
        assert!(!format!("{why:?}").contains("understudy"), "{name}: {why:?}");
    }
    for channel in &world.discord.snapshot().guilds[0].channels {
        let said = world.transcript(channel.id).join("\n");
        assert!(!said.contains(EXAMPLE) && !said.to_lowercase().contains("understudy"), "{said}");
    }
}

#[tokio::test]
async fn a_worker_without_a_model_refuses_to_start() {
    let mut world = World::new().await;
    world.environment.remove("DEN_MODEL");
    let worker = world.start_worker();
    worker.says(&["DEN_MODEL is not set"]).await;
    assert_ne!(worker.ends().await, 0);
}

#[tokio::test]
async fn the_understudy_cannot_be_had_by_asking_for_it() {
    let mut world = World::new().await;
    world.set("DEN_MODEL", "understudy");
    world.bedrock.answer_with(|_| Play::NotFound);
    let _worker = world.start_worker();
    let _listener = world.start_listener().await;
    let asked = world.ann_says("Grim, Hello");
    world.why(asked).await;
    assert_eq!(world.said_by("Grim", world.channel), [UNAVAILABLE]);
}
