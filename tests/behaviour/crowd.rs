//! Many people in many channels at once.

use std::time::{Duration, Instant};

use discord_sim::MessageId;
use tests::Ministack;

use crate::world::{Plan, World};

const CHANNELS: usize = 50;
const BURST: usize = 10;
/// On two cores, in a debug build.
const IN_TIME: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_messages_in_bursts_are_all_answered_in_order_and_none_twice() {
    // Its own AWS, so that nobody else's deadlines wait behind so many messages.
    let ministack: &'static Ministack = Box::leak(Box::new(Ministack::start()));
    let world = World::open_with(Plan { ministack, ..Plan::default() }).await;
    let people: Vec<_> = (0..10).map(|n| world.add_person(&format!("Person {n}"))).collect();
    let channels: Vec<_> = (0..CHANNELS).map(|n| world.add_channel(&format!("room-{n}"))).collect();
    let began = Instant::now();
    let said: Vec<Vec<MessageId>> = channels
        .iter()
        .enumerate()
        .map(|(at, channel)| {
            let line = |n| world.says(people[at % 10], *channel, &format!("Grim, line {n}"));
            (0..BURST).map(line).collect()
        })
        .collect();

    for (channel, said) in channels.iter().zip(&said) {
        world.until_answered_in_order(*channel, said).await;
    }
    let took = began.elapsed();
    let calls = world.bedrock.calls().len();
    println!("{} messages, {calls} turns, {} s", CHANNELS * BURST, took.as_secs());
    assert!(took < IN_TIME, "it took {} s", took.as_secs());
    let replies: usize =
        channels.iter().map(|channel| world.discord.messages(*channel).len() - BURST).sum();
    assert_eq!(calls, replies, "a call of the model for each reply, and no more");
    world.aws.until_depth("grim", |depth| depth == Default::default()).await;
    assert_eq!(world.aws.look_at_dead_letters("grim").await, []);
}
