//! The worker as a Lambda function behind a mapping of its queue: the zip that is deployed, of a debug build.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chat::Outcome;
use serde_json::{Value, json};
use tests::lambda_zip;

use crate::{
    account::PREFIX,
    characters::GRIM_SAYS,
    patience,
    world::{Plan, World},
};

const FUNCTION: &str = "roast-den-grim";

/// Says something to the Lambda of this town's account.
async fn lambda(world: &World, method: &'static str, path: &str, body: Value) -> Value {
    let (ministack, account) = (world.aws.ministack, world.aws.id.clone());
    let path = path.to_owned();
    let asked = move || ministack.lambda(&account, method, &path, &body);
    tokio::task::spawn_blocking(asked).await.unwrap()
}

/// Deploys the worker as Grim's function.
async fn deploy(world: &World) {
    let zip = fs::read(lambda_zip()).unwrap();
    // Lambda sets these itself, to the credentials of the function's role.
    let own = [
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "DEN_HEALTH_ADDR",
        "DISCORD_GATEWAY_URL",
    ];
    let variables = world.environment.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let variables: serde_json::Map<_, _> =
        variables.map(|(name, value)| (name.clone(), json!(value))).collect();
    let function = json!({
        "FunctionName": FUNCTION,
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Role": format!("arn:aws:iam::{}:role/worker", world.aws.id),
        "Timeout": 20,
        "MemorySize": 256,
        "Code": { "ZipFile": STANDARD.encode(&zip) },
        "Environment": { "Variables": variables },
    });
    lambda(world, "POST", "/2015-03-31/functions", function).await;
    patience::until("an active function", async || {
        let path = format!("/2015-03-31/functions/{FUNCTION}/configuration");
        let state = lambda(world, "GET", &path, Value::Null).await["State"].clone();
        if state == "Active" { Ok(()) } else { Err(state) }
    })
    .await;
}

/// Lets the function serve Grim's queue.
async fn map(world: &World) {
    let mapping = json!({
        "FunctionName": FUNCTION,
        "EventSourceArn": world.aws.arn(&format!("{PREFIX}grim.fifo")),
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    });
    lambda(world, "POST", "/2015-03-31/event-source-mappings", mapping).await;
}

#[tokio::test]
async fn a_function_answers_and_puts_aside_only_what_nobody_can_read() {
    let world = World::with(Plan { timeout_s: 20, ..Plan::default() }).await;
    let _listener = world.start_listener().await;
    deploy(&world).await;

    // One batch: a message, something else, and another message of the same channel; and a neighbour.
    let first = world.ann_says("Grim, what is for dinner?");
    world.aws.until_depth("grim", |depth| depth.waiting == 1).await;
    world.aws.send("grim", &world.channel.to_string(), "noise", "<html>not an event</html>").await;
    let second = world.ann_says("Grim, is it thin?");
    let neighbour = world.add_channel("next-door");
    let third = world.says(world.ben, neighbour, "Grim, are you well?");
    world.aws.until_depth("grim", |depth| depth.waiting == 4).await;
    map(&world).await;

    for message in [first, second, third] {
        assert_eq!(world.why(message).await.outcome, Outcome::Spoke);
    }
    world.until_answered_in_order(world.channel, &[first, second]).await;
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS, GRIM_SAYS]);
    assert_eq!(world.said_by("Grim", neighbour), [GRIM_SAYS]);
    let dead = world.aws.dead_letters("grim", 1).await;
    assert_eq!(dead.len(), 1, "{dead:?}");
    assert_eq!(dead[0].body, "<html>not an event</html>");
    assert!(dead[0].reason.contains("read an event of 25 bytes"), "{dead:?}");

    // The mapping deletes what is done with, and the function stays.
    world.aws.until_depth("grim", |depth| depth == Default::default()).await;
    let more = world.ann_says("Grim, and for dessert?");
    assert_eq!(world.why(more).await.outcome, Outcome::Spoke);
    world.aws.until_depth("grim", |depth| depth == Default::default()).await;
}
