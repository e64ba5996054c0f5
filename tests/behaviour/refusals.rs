//! Discord refuses something: a token, an intent, a channel or a webhook that is gone.

use chat::Outcome;

use crate::{account::Depth, characters::GRIM_SAYS, patience::A_WHILE, world::World};

impl World {
    /// Watches for a while that no more than `n` requests reach Discord.
    async fn is_not_stormed(&self, n: u64) {
        let before = self.discord.request_count();
        let stormed =
            self.discord.wait_until(A_WHILE, |discord| discord.request_count() > before + n);
        assert!(stormed.await.is_err(), "more than {n} requests within {A_WHILE:?}");
    }
}

#[tokio::test]
async fn a_channel_deleted_meanwhile_costs_only_its_own_answer() {
    let world = World::new().await;
    let _listener = world.start_listener().await;
    let doomed = world.add_channel("doomed");
    let lost = world.says(world.ann, doomed, "Grim, will this channel last?");
    let asked = world.ann_says("Grim, what is for dinner?");
    world.aws.until_depth("grim", |depth| depth.waiting == 2).await;
    world.discord.delete_channel(doomed).unwrap();
    let _worker = world.start_worker();

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    let why = world.why(lost).await;
    assert_eq!((why.outcome, why.reason.as_deref()), (Outcome::Silent, Some("channel_closed")));
    world.aws.until_depth("grim", |depth| depth == Depth::default()).await;
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);
}

#[tokio::test]
async fn a_webhook_deleted_meanwhile_is_replaced() {
    let world = World::open().await;
    let first = world.ann_says("Grim, what is for dinner?");
    world.why(first).await;
    let [webhook] = &world.discord.webhooks(world.channel)[..] else { panic!("one webhook") };
    world.discord.delete_webhook(webhook.id).unwrap();
    let second = world.ann_says("Grim, and now?");

    assert_eq!(world.why(second).await.outcome, Outcome::Spoke);
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS, GRIM_SAYS]);
    let third = world.ann_says("Grim, and now?");
    assert_eq!(world.why(third).await.outcome, Outcome::Spoke);
    let webhooks = world.discord.webhooks(world.channel);
    assert_eq!(webhooks.len(), 1, "the new one is kept: {webhooks:?}");
}

#[tokio::test]
async fn a_listener_with_a_revoked_token_says_so_and_does_not_insist() {
    let world = World::new().await;
    world.discord.reset_token(world.app.application_id).unwrap();
    let listener = world.start("den-listener");
    listener.says(&["the token is not valid (401)", "DISCORD_TOKEN"]).await;
    world.is_not_stormed(0).await;
    assert!(world.discord.invalid_requests() <= 3, "{}", world.discord.invalid_requests());
    assert_eq!(listener.stop().await, 77);
}

#[tokio::test]
async fn a_listener_whose_token_is_revoked_meanwhile_says_so_and_does_not_insist() {
    let world = World::new().await;
    let listener = world.start_listener().await;
    world.discord.reset_token(world.app.application_id).unwrap();
    world.faults.drop_connections();
    listener.says(&["the token is not valid (4004)", "DISCORD_TOKEN"]).await;
    world.is_not_stormed(0).await;
    assert_eq!(listener.stop().await, 77);
}

#[tokio::test]
async fn a_worker_whose_token_is_revoked_says_so_and_does_not_insist() {
    let mut world = World::new().await;
    let listener = world.start_listener().await;
    let asked = world.ann_says("Grim, what is for dinner?");
    world.aws.until_depth("grim", |depth| depth.waiting == 1).await;
    listener.stop().await;
    let token = world.discord.reset_token(world.app.application_id).unwrap();
    let worker = world.start_worker();
    worker.says(&["does not accept the bot token"]).await;
    // What was asked beside the reply may still be on its way; once it is there, nothing follows.
    let many = world.discord.wait_until(A_WHILE, |discord| discord.invalid_requests() > 3).await;
    assert!(many.is_err(), "{}", world.discord.invalid_requests());
    world.is_not_stormed(0).await;
    assert!(world.discord.invalid_requests() <= 3, "{}", world.discord.invalid_requests());
    assert_eq!(worker.stop().await, 0);

    world.set("DISCORD_TOKEN", &token);
    let _worker = world.start_worker();
    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);
}

#[tokio::test]
async fn a_missing_intent_ends_the_listener_with_where_to_switch_it_on() {
    let world = World::new().await;
    world.discord.set_message_content(world.app.application_id, false).unwrap();
    let listener = world.start("den-listener");
    listener.says(&["(4014)", "Message Content Intent", "developer portal"]).await;
    world.is_not_stormed(0).await;
    assert!(world.identifies() <= 1);
    assert_eq!(listener.stop().await, 77);
}

#[tokio::test]
async fn programs_without_a_token_say_what_they_need() {
    for program in ["den-listener", "den-worker"] {
        let mut world = World::new().await;
        world.set("DISCORD_TOKEN", " ");
        let process = world.start(program);
        process.says(&["DISCORD_TOKEN is not set", "developer portal"]).await;
        assert_ne!(process.ends().await, 0, "{program}");
        assert_eq!(world.discord.request_count(), 0);
    }
}

#[tokio::test]
async fn a_bad_personality_file_is_refused_with_its_place() {
    let world = World::new().await;
    let file = world.personalities().join("grim.json");
    let text = std::fs::read_to_string(&file).unwrap().replace("\"summary\"", "\n\"sumary\"");
    std::fs::write(&file, text).unwrap();
    for program in ["den-listener", "den-worker"] {
        let process = world.start(program);
        process.says(&["grim.json:2:", "sumary"]).await;
        assert_ne!(process.ends().await, 0, "{program}");
    }
}
