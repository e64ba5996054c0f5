//! AWS is out of reach for a while.

use chat::Outcome;
use discord_sim::{GatewayNews, MessageId};
use twilight_model::id::Id;

use crate::{characters::GRIM_SAYS, patience::A_WHILE, proxy::Proxy, world::World};

/// The listener's backlog beyond which it lets the session wait at Discord.
const BACKLOG: usize = 1_000;

async fn with_a_way_to_sqs() -> (World, Proxy) {
    let mut world = World::new().await;
    let proxy = Proxy::to(&world.aws.ministack.url()).await;
    world.set("AWS_ENDPOINT_URL_SQS", &proxy.url());
    (world, proxy)
}

#[tokio::test]
async fn while_the_queue_is_out_of_reach_the_listener_waits_with_what_was_said() {
    let (mut world, proxy) = with_a_way_to_sqs().await;
    let listener = world.start_listener().await;
    // Only the listener loses its way.
    world.environment.remove("AWS_ENDPOINT_URL_SQS");
    let _worker = world.start_worker();
    let first = world.ann_says("Grim, can you hear me?");
    world.why(first).await;

    proxy.cut();
    let mut said = vec![first];
    said.extend((0..5).map(|n| world.ann_says(&format!("Grim, and now? ({n})"))));
    let answered = world
        .discord
        .wait_until(A_WHILE, |discord| discord.messages(world.channel).len() > said.len() + 1);
    assert!(answered.await.is_err(), "nobody can have heard that");
    // What is not queued is not behind the checkpoint either: a crash now would lose nothing.
    let sequence = world.discord.sessions()[0].sequence;
    let application = Id::new(world.app.application_id.get());
    let kept = world.aws.store.gateway_session(application, 0).await.unwrap().unwrap();
    assert!(kept.sequence < sequence, "{} of {sequence}", kept.sequence);
    proxy.mend();

    world.until_answered_in_order(world.channel, &said).await;
    assert_eq!((world.identifies(), world.resumes()), (1, 0), "too short to let go of the session");
    assert_eq!(listener.stop().await, 0);
}

#[tokio::test]
async fn when_too_much_waits_the_session_waits_at_discord_and_nothing_is_lost() {
    let (world, proxy) = with_a_way_to_sqs().await;
    let _listener = world.start_listener().await;
    let channels: Vec<_> = (0..60).map(|n| world.add_channel(&format!("room-{n}"))).collect();
    let mut said: Vec<MessageId> = Vec::new();
    let mut say = |n: usize| {
        for _ in 0..n {
            let channel = channels[said.len() % channels.len()];
            said.push(world.says(world.ann, channel, &format!("Grim, line {}", said.len())));
        }
        said.len()
    };
    say(10);
    world.aws.until_depth("grim", |depth| depth.waiting == 10).await;

    proxy.cut();
    say(BACKLOG + 50);
    let closed = |discord: &discord_sim::World| {
        let log = discord.gateway_log();
        log.iter().find_map(|event| match event.what {
            GatewayNews::Closed { code, by_client: true } => Some(code),
            _ => None,
        })
    };
    let code = world.until("the listener lets go of its session", closed).await;
    assert_eq!(code, Some(4000), "a code that keeps the session");
    let n = say(40);
    proxy.mend();

    // Each has an id of its own, by which the queue would know it again: none can be there twice.
    world.aws.until_depth("grim", |depth| depth.waiting == n).await;
    assert_eq!((world.identifies(), world.resumes()), (1, 1));
}

#[tokio::test]
async fn while_the_table_is_out_of_reach_nobody_answers_and_then_once() {
    let mut world = World::new().await;
    let _listener = world.start_listener().await;
    let proxy = Proxy::to(&world.aws.ministack.url()).await;
    world.set("AWS_ENDPOINT_URL_DYNAMODB", &proxy.url());
    let worker = world.start_worker();
    proxy.cut();
    let asked = world.ann_says("Grim, what is for dinner?");
    worker.says(&["the store did not gather; the record returns"]).await;
    assert_eq!(world.bedrock.calls().len(), 0, "no claim, no question");
    proxy.mend();

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);
    assert_eq!(world.bedrock.calls().len(), 1);
}
