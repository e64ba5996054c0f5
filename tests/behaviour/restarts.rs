//! Processes end, by a deploy or by an accident, and somebody was in the middle of a sentence.

use std::time::Duration;

use bedrock_sim::{Gate, Play};
use chat::Outcome;
use discord_sim::{ChannelId, Effect, MessageId, RestFault, UserId};

use crate::{
    characters::GRIM_SAYS,
    world::{Plan, World},
};

/// People in channels, who talk to Grim one after the other.
struct Crowd {
    people: Vec<UserId>,
    channels: Vec<(ChannelId, Vec<MessageId>)>,
    n: usize,
}

impl Crowd {
    fn gather(world: &World, n_people: usize, n_channels: usize) -> Self {
        let people = (0..n_people).map(|n| world.add_person(&format!("Person {n}"))).collect();
        let channels =
            (0..n_channels).map(|n| (world.add_channel(&format!("room-{n}")), Vec::new()));
        Self { people, channels: channels.collect(), n: 0 }
    }

    /// The next of them says the next thing in the next channel.
    fn say(&mut self, world: &World, n: usize) {
        for _ in 0..n {
            let who = self.people[self.n % self.people.len()];
            let (at, text) =
                (self.n % self.channels.len(), format!("Grim, this is line {}", self.n));
            let (channel, said) = &mut self.channels[at];
            said.push(world.says(who, *channel, &text));
            self.n += 1;
        }
    }

    /// They wait until they see that Grim has said more than `n` things.
    async fn watch(&self, world: &World, n: usize) -> usize {
        world
            .until("another reply", |discord| {
                let replies = self
                    .channels
                    .iter()
                    .map(|(channel, said)| discord.messages(*channel).len() - said.len());
                Some(replies.sum()).filter(|seen| *seen > n)
            })
            .await
    }

    async fn until_all_is_answered(&self, world: &World) {
        for (channel, said) in &self.channels {
            world.until_answered_in_order(*channel, said).await;
        }
    }
}

#[tokio::test]
async fn a_listener_killed_while_people_talk_loses_nothing_and_repeats_nothing() {
    let world = World::new().await;
    let _worker = world.start_worker();
    let mut listener = world.start_listener().await;
    let mut crowd = Crowd::gather(&world, 5, 20);
    let mut seen = 0;
    for _ in 0..3 {
        for _ in 0..4 {
            crowd.say(&world, 15);
            seen = crowd.watch(&world, seen).await;
        }
        // In the middle of these.
        crowd.say(&world, 4);
        listener.kill().await;
        crowd.say(&world, 2);
        listener = world.start_listener().await;
    }
    crowd.say(&world, 2);
    assert_eq!(crowd.n, 200);

    crowd.until_all_is_answered(&world).await;
    assert_eq!((world.identifies(), world.resumes()), (1, 3), "every successor resumes");
}

#[tokio::test]
async fn a_deploy_of_the_listener_resumes_its_session() {
    let world = World::new().await;
    let _worker = world.start_worker();
    let listener = world.start_listener().await;
    let mut crowd = Crowd::gather(&world, 2, 4);
    crowd.say(&world, 12);
    assert_eq!(listener.stop().await, 0);
    crowd.say(&world, 8);
    let listener = world.start_listener().await;
    crowd.say(&world, 4);

    crowd.until_all_is_answered(&world).await;
    assert_eq!((world.identifies(), world.resumes()), (1, 1));
    assert_eq!(listener.stop().await, 0);
}

#[tokio::test]
async fn a_deploy_of_the_worker_finishes_what_was_begun() {
    let world = World::new().await;
    let worker = world.start_worker();
    let _listener = world.start_listener().await;
    let gate = Gate::new();
    world.bedrock.script(Play::say(GRIM_SAYS).behind(&gate));
    let asked = world.ann_says("Grim, take your time");
    gate.reached().await;
    worker.ask_to_stop().await;
    worker.says(&["shutting down; started turns are finished"]).await;
    gate.open();
    assert_eq!(worker.ends().await, 0);
    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);
}

#[tokio::test]
async fn what_discord_delivers_twice_is_answered_once() {
    let world = World::open().await;
    world.faults.duplicate_dispatches(true);
    let mut crowd = Crowd::gather(&world, 2, 2);
    crowd.say(&world, 6);
    crowd.until_all_is_answered(&world).await;
}

/// A town whose turns are over quickly, so that its people need not wait long for a killed worker's successor.
async fn impatient() -> World {
    World::with(Plan { timeout_s: 12, ..Plan::default() }).await
}

#[tokio::test]
async fn a_worker_killed_after_the_model_answered_costs_neither_a_second_call_nor_a_second_reply() {
    let world = impatient().await;
    let worker = world.start_worker();
    let _listener = world.start_listener().await;
    // The answer is kept, and the post is on its way, when the worker dies.
    let post = "POST /webhooks/{webhook_id}/{webhook_token}";
    world.faults.rest(RestFault::on(post, Effect::Delay { ms: 5_000 }));
    let asked = world.ann_says("Grim, what is for dinner?");
    world.aws.until_claim(asked.get(), "grim", "generated").await;
    worker.kill().await;
    let _worker = world.start_worker();

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);
    assert_eq!(world.bedrock.calls().len(), 1);
}

#[tokio::test]
async fn a_worker_killed_as_its_reply_appears_does_not_say_it_again() {
    let world = impatient().await;
    let worker = world.start_worker();
    let _listener = world.start_listener().await;
    let asked = world.ann_says("Grim, what is for dinner?");
    world.until_said("Grim", world.channel, 1).await;
    worker.kill().await;
    let _worker = world.start_worker();

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);
}

#[tokio::test]
async fn a_worker_killed_in_the_middle_of_a_sentence_has_it_finished_in_place() {
    let world = impatient().await;
    let worker = world.start_worker();
    let _listener = world.start_listener().await;
    let chunks = ["Once upon a time there was a ", "soup.", " The end."].map(str::to_owned);
    world.bedrock.script(Play::Say { chunks: chunks.to_vec(), pace: Duration::from_millis(1_500) });
    let asked = world.ann_says("Grim, a story");
    let begun = world.until_said("Grim", world.channel, 1).await;
    world.aws.until_claim(asked.get(), "grim", "showing").await;
    worker.kill().await;
    let _worker = world.start_worker();

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);
    assert_eq!(world.discord.last_message(world.channel).unwrap().id, begun.id);
}
