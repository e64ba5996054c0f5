//! The doctor before patients: a simulated Discord, an embedded table, endpoints that answer and that do not.

use std::fs;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use bedrock_sim::{BedrockSim, Play};
use discord_sim::{App, GuildId, Permissions, Sim, World};
use serde_json::{Value, json};
use store::Store;
use tokio::net::TcpListener;

use super::*;

/// Nothing listens there: it is the port of nothing.
const DEAD: &str = "http://127.0.0.1:1";

/// A den at a simulated Discord, and a way to have it looked at.
struct Patient {
    sim: Sim,
    world: World,
    bot: App,
    guild: GuildId,
    variables: Vec<(&'static str, String)>,
    folder: tempfile::TempDir,
    is_deployment: bool,
    dynamodb_url: String,
    sqs_url: String,
}

impl Patient {
    async fn new() -> Self {
        let sim = Sim::start(discord_sim::Settings::default()).await.unwrap();
        let world = sim.world();
        let bot = world.add_application("Roast Den", "invented-token");
        let guild = world.add_guild("The Ember Society");
        world.add_text_channel(guild, "campfire").unwrap();
        let variables =
            vec![("DISCORD_TOKEN", bot.token.clone()), ("DISCORD_API_URL", sim.url().to_owned())];
        let folder = tempfile::tempdir().unwrap();
        let text = personality::Personality::new_file(&"turbo".parse().unwrap(), "Turbo");
        fs::write(folder.path().join("turbo.toml"), text).unwrap();
        let (dynamodb_url, sqs_url) = (DEAD.to_owned(), DEAD.to_owned());
        Self {
            sim,
            world,
            bot,
            guild,
            variables,
            folder,
            is_deployment: false,
            dynamodb_url,
            sqs_url,
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    async fn subject(&self) -> Subject {
        let variables: Vec<_> =
            self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let settings = Settings::of(&variables).unwrap();
        let aws = aws::local_config().await;
        let retries = aws_config::retry::RetryConfig::disabled();
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&aws)
            .endpoint_url(&self.dynamodb_url)
            .retry_config(retries.clone())
            .build();
        let sqs = aws_sdk_sqs::config::Builder::from(&aws)
            .endpoint_url(&self.sqs_url)
            .retry_config(retries)
            .build();
        let folder = self.folder.path().to_owned();
        Subject {
            is_deployment: self.is_deployment || settings.names_deployment,
            settings,
            roster: Roster::load(&folder, &|_, _| true).map(Arc::new),
            folder,
            guild: None,
            aws,
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            sqs: aws_sdk_sqs::Client::from_conf(sqs),
        }
    }

    /// What the doctor says of some parts, with what changes from run to run taken out.
    async fn told(&self, parts: &[Part]) -> String {
        let found = examine(&self.subject().await).collect::<Vec<_>>().await;
        let mut report = Report::default();
        for findings in found {
            if findings.iter().any(|finding| parts.contains(&finding.part)) {
                report.add(findings);
            }
        }
        report
            .text()
            .replace(&self.folder.path().display().to_string(), "FOLDER")
            .replace(&self.bot.application_id.to_string(), "APPLICATION")
            .replace(self.sim.url(), "SIMULATOR")
    }

    async fn sync_commands(&self) {
        let subject = self.subject().await;
        let discord = bot::connect(&subject).unwrap().unwrap();
        let application = twilight_model::id::Id::new(self.bot.application_id.get());
        crate::commands::sync(&discord, application).await.unwrap();
    }
}

#[tokio::test]
async fn a_den_that_can_work_is_told_so() {
    let patient = Patient::new().await;
    patient.sync_commands().await;
    insta::assert_snapshot!(patient.told(&[Part::Personalities, Part::Discord, Part::Permissions]).await, @r"
    Personalities
      ✓ 1 in FOLDER: Turbo

    Discord
      ✓ the token is Roast Den's
      ✓ the Message Content intent is on
      ✓ 1000 of 1000 connections are left today
      ✓ all 19 commands are registered

    Permissions
      ✓ The Ember Society: all that is needed, in 1 channel

    Nothing is wrong.
    ");
}

#[tokio::test]
async fn without_anything_it_says_what_den_up_does() {
    let mut patient = Patient::new().await;
    patient.variables.clear();
    let told = patient.told(&[Part::Discord, Part::Permissions]).await;
    insta::assert_snapshot!(told, @r"
    Discord
      · no DISCORD_TOKEN is set: `den up` runs a simulated Discord on this machine
        → to join a real server, see docs/how-to/join-your-server.md

    Permissions
      · none are looked at: there is no bot to ask as

    Nothing is wrong.
    ");
}

#[tokio::test]
async fn in_a_deployment_a_missing_token_and_model_are_wrong() {
    let mut patient = Patient::new().await;
    patient.variables.clear();
    patient.is_deployment = true;
    insta::assert_snapshot!(patient.told(&[Part::Discord, Part::Model]).await, @r"
    Discord
      ✗ DISCORD_TOKEN is not set: listener and workers do not start
        → make a bot at https://discord.com/developers/applications, and set DISCORD_TOKEN to its token

    Model
      ✗ DEN_MODEL is not set: workers do not start
        → set it to a model id, as in us.anthropic.claude-haiku-5-5

    2 things are wrong.
    ");
}

#[tokio::test]
async fn a_token_that_was_reset_is_found_and_nothing_else_is_blamed() {
    let patient = Patient::new().await;
    patient.world.reset_token(patient.bot.application_id).unwrap();
    insta::assert_snapshot!(patient.told(&[Part::Discord, Part::Permissions]).await, @r"
    Discord
      ✗ Discord does not accept the token
        → set DISCORD_TOKEN to a new one: https://discord.com/developers/applications, your application, Bot, Reset Token

    Permissions
      · none are looked at: the bot does not get into Discord

    One thing is wrong.
    ");
}

#[tokio::test]
async fn an_intent_that_is_off_and_commands_that_are_not_ours_are_found() {
    let patient = Patient::new().await;
    patient.world.set_message_content(patient.bot.application_id, false).unwrap();
    insta::assert_snapshot!(patient.told(&[Part::Discord]).await, @r"
    Discord
      ✓ the token is Roast Den's
      ✗ the Message Content intent is off: the den sees that people write, but not what
        → switch it on: https://discord.com/developers/applications/APPLICATION/bot, Privileged Gateway Intents, Message Content Intent
      ✓ 1000 of 1000 connections are left today
      · the commands people see are not ours
        → register them: den commands sync (`den up` does it by itself)

    One thing is wrong.
    ");
}

#[tokio::test]
async fn connections_that_run_out_are_found() {
    let patient = Patient::new().await;
    patient.sync_commands().await;
    patient.world.set_identifies_left(patient.bot.application_id, 0).unwrap();
    let told = patient.told(&[Part::Discord]).await;
    assert!(
        told.contains("✗ 0 of 1000 connections are left today: the listener cannot connect"),
        "{told}"
    );
}

#[tokio::test]
async fn a_bot_without_a_guild_is_given_its_invitation() {
    let patient = Patient::new().await;
    patient.world.uninstall(patient.bot.application_id, patient.guild).unwrap();
    insta::assert_snapshot!(patient.told(&[Part::Permissions]).await, @r"
    Permissions
      ✗ Roast Den is in no guild yet
        → invite it: https://discord.com/oauth2/authorize?client_id=APPLICATION&scope=bot+applications.commands&permissions=275414862848

    One thing is wrong.
    ");
}

#[tokio::test]
async fn what_a_channel_takes_away_is_named_with_the_channels_it_concerns() {
    let patient = Patient::new().await;
    let world = &patient.world;
    for name in ["rules", "news"] {
        let channel = world.add_text_channel(patient.guild, name).unwrap();
        world.set_bot_permission(channel, Permissions::SEND_MESSAGES, false).unwrap();
    }
    let attic = world.add_text_channel(patient.guild, "attic").unwrap();
    world.set_bot_permission(attic, Permissions::VIEW_CHANNEL, false).unwrap();
    insta::assert_snapshot!(patient.told(&[Part::Permissions]).await, @r"
    Permissions
      · The Ember Society: hidden from the bot, which may be as you want it: #attic
        → where the den should listen: Edit Channel, Permissions, add Roast Den: View Channel
      ✓ The Ember Society: all that is needed, in 1 channel
      ✗ The Ember Society: no Send Messages in #rules, #news: the overwrite for Roast Den itself takes it away; it cannot answer there
        → Edit Channel, Permissions, Roast Den: set Send Messages to ✓; or hide the channel from the bot, if nobody should talk to it there

    One thing is wrong.
    ");
}

#[tokio::test]
async fn what_no_role_allows_is_mended_at_the_role() {
    let patient = Patient::new().await;
    patient
        .world
        .set_bot_role(patient.bot.application_id, patient.guild, Permissions::empty())
        .unwrap();
    insta::assert_snapshot!(patient.told(&[Part::Permissions]).await, @r"
    Permissions
      ✗ The Ember Society: no Manage Webhooks in #campfire: no role of Roast Den allows it; every personality speaks as the bot, without its own name and face
        → Server Settings, Roles, Roast Den: switch Manage Webhooks on

    One thing is wrong.
    ");
}

#[tokio::test]
async fn a_channel_in_a_file_that_nobody_can_see_is_found() {
    let patient = Patient::new().await;
    let file = patient.folder.path().join("turbo.toml");
    let text = fs::read_to_string(&file).unwrap();
    let bound = text
        .replace("# channels = [\"100000000000000000\"]", "channels = [\"100000000000004242\"]");
    assert_ne!(text, bound, "the template shows how a channel is bound");
    fs::write(&file, bound).unwrap();
    let told = patient.told(&[Part::Permissions]).await;
    assert!(
        told.contains("✗ Turbo is bound to channel 100000000000004242, which does not exist"),
        "{told}"
    );
}

#[tokio::test]
async fn a_discord_that_is_not_there_is_told_apart_from_a_bad_token() {
    let mut patient = Patient::new().await;
    patient.variables.retain(|(name, _)| *name != "DISCORD_API_URL");
    let patient = patient.with("DISCORD_API_URL", DEAD);
    let told = patient.told(&[Part::Discord]).await;
    assert!(told.contains("✗ the bot cannot be looked at: reach discord"), "{told}");
    assert!(told.contains("→ check the network, and DISCORD_API_URL"), "{told}");
}

#[tokio::test]
async fn a_file_with_a_problem_is_named() {
    let patient = Patient::new().await;
    fs::write(patient.folder.path().join("grim.toml"), "id = \"grim\"\nname = 3\n").unwrap();
    let told = patient.told(&[Part::Personalities]).await;
    assert!(told.contains("problems, the first: FOLDER/grim.toml"), "{told}");
    assert!(told.contains("→ see all, each with its place: den personality check"), "{told}");
}

#[tokio::test]
async fn a_model_that_answers_and_a_fallback_that_is_throttled_are_told_apart() {
    let sim = BedrockSim::start().await;
    sim.answer_with(
        |call| if call.model_id == "spare" { Play::Throttle } else { Play::say("Hello!") },
    );
    let mut patient = Patient::new()
        .await
        .with("DEN_MODEL", "main")
        .with("DEN_FALLBACK_MODEL", "spare")
        .with("DEN_MODEL_URL", sim.openai_url());
    patient.is_deployment = true;
    let told = patient.told(&[Part::Model]).await;
    assert!(told.contains("✓ main answers, with the first word after"), "{told}");
    assert!(told.contains("✗ ask spare: throttled"), "{told}");
    assert!(
        told.contains("→ wait, raise the limit at the endpoint, or set DEN_FALLBACK_MODEL"),
        "{told}"
    );
    assert_eq!(sim.calls().len(), 2, "each model is asked once");
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_says_how_to_start_one() {
    let patient = Patient::new()
        .await
        .with("DEN_MODEL", "llama3.2:3b")
        .with("DEN_MODEL_URL", format!("{DEAD}/v1"));
    let told = patient.told(&[Part::Model]).await;
    assert!(told.contains("✗ ask llama3.2:3b: not available"), "{told}");
    assert!(told.contains("→ start the server that DEN_MODEL_URL names"), "{told}");
}

/// An embedded DynamoDB; it ends with the test's runtime.
async fn dynamodb() -> String {
    let db = dynoxide::Database::memory().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_with_shutdown(listener, db, std::future::pending()));
    url
}

#[tokio::test]
async fn the_table_of_a_deployment_is_missed_made_and_found() {
    let mut patient = Patient::new().await.with("DEN_TABLE", "dens");
    patient.dynamodb_url = dynamodb().await;
    insta::assert_snapshot!(patient.told(&[Part::Table]).await, @r"
    Table
      ✗ table dens does not exist in local
        → make it: den store init

    One thing is wrong.
    ");

    let client = patient.subject().await.dynamodb;
    Store::new(client, "dens").init().await.unwrap();
    insta::assert_snapshot!(patient.told(&[Part::Table]).await, @r"
    Table
      ✓ table dens in local is there
      ✓ its TTL is on: what is old is forgotten
      ✓ items in it can be read

    Nothing is wrong.
    ");
}

#[tokio::test]
async fn a_table_that_forgets_nothing_and_one_of_somebody_else_are_found() {
    let mut patient = Patient::new().await.with("DEN_TABLE", "dens");
    patient.dynamodb_url = dynamodb().await;
    let client = patient.subject().await.dynamodb;
    make_table(&client, "dens", &["pk", "sk"]).await;
    let told = patient.told(&[Part::Table]).await;
    assert!(told.contains("✗ the TTL of table dens is off: nothing is ever forgotten"), "{told}");
    assert!(told.contains("→ switch it on: den store init"), "{told}");

    make_table(&client, "invoices", &["number", "sk"]).await;
    let patient = patient.with("DEN_TABLE", "invoices");
    let mut subject = patient.subject().await;
    subject.settings.table = "invoices".to_owned();
    let found = table::look(&client, "invoices", true).await;
    assert_eq!(found[0].what, "table invoices is no table of a den: its key is not `pk` and `sk`");
}

async fn make_table(client: &aws_sdk_dynamodb::Client, table: &str, keys: &[&str; 2]) {
    let mut request =
        client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in keys.iter().zip([KeyType::Hash, KeyType::Range]) {
        let key = KeySchemaElement::builder().attribute_name(*name).key_type(kind).build().unwrap();
        let text = AttributeDefinition::builder()
            .attribute_name(*name)
            .attribute_type(ScalarAttributeType::S);
        request = request.key_schema(key).attribute_definitions(text.build().unwrap());
    }
    request.send().await.unwrap();
}

#[tokio::test]
async fn a_cloud_that_does_not_answer_is_wrong_only_where_there_is_a_deployment() {
    let mut patient = Patient::new().await;
    let told = patient.told(&[Part::Table, Part::Queues]).await;
    assert!(told.contains("Nothing is wrong."), "{told}");

    patient.is_deployment = true;
    let told = patient.told(&[Part::Table, Part::Queues]).await;
    assert!(told.contains("✗ table roast-den: "), "{told}");
    assert!(told.contains("AWS_ENDPOINT_URL_DYNAMODB"), "{told}");
    assert!(told.contains("✗ queue roast-den-turbo.fifo: "), "{told}");
    assert!(told.contains("AWS_ENDPOINT_URL_SQS"), "{told}");
    assert!(told.contains("2 things are wrong."), "said once for all queues\n{told}");
}

/// The queues of these, made as they should be: attributes by name.
fn queues_of(ids: &[&str]) -> Value {
    let pairs = ids.iter().flat_map(|id| {
        let dead_letters = format!("roast-den-{id}-dlq.fifo");
        let redrive = json!({"deadLetterTargetArn": arn(&dead_letters), "maxReceiveCount": 100});
        let attributes = json!({
            "DeduplicationScope": "messageGroup",
            "FifoThroughputLimit": "perMessageGroupId",
            "RedrivePolicy": redrive.to_string(),
            "VisibilityTimeout": "360",
        });
        [(format!("roast-den-{id}.fifo"), attributes), (dead_letters, json!({}))]
    });
    Value::Object(pairs.collect())
}

fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:eu-central-1:111122223333:{queue}")
}

/// An SQS that has only these queues; one without attributes shows them to nobody.
async fn sqs(queues: Value) -> String {
    use axum::{Json, Router, http::StatusCode, routing::post};
    let answer = move |Json(asked): Json<Value>| async move {
        let refuse = |code: &str| {
            let code = format!("com.amazonaws.sqs#{code}");
            (StatusCode::BAD_REQUEST, Json(json!({"__type": code, "message": "as told"})))
        };
        let url = asked["QueueUrl"].as_str();
        let called = url.or(asked["QueueName"].as_str()).unwrap_or_default();
        let name = called.rsplit('/').next().unwrap_or_default();
        match (queues.get(name), url) {
            (None, _) => refuse("QueueDoesNotExist"),
            (Some(_), None) => {
                (StatusCode::OK, Json(json!({"QueueUrl": format!("http://sqs.test/1/{name}")})))
            }
            (Some(Value::Null), Some(_)) => refuse("AccessDeniedException"),
            (Some(attributes), Some(_)) => {
                let mut attributes = attributes.clone();
                attributes["QueueArn"] = json!(arn(name));
                (StatusCode::OK, Json(json!({"Attributes": attributes})))
            }
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // SQS's own media type is not JSON's.
    let app = Router::new().route("/", post(answer)).layer(axum::middleware::map_request(as_json));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

async fn as_json(mut request: axum::extract::Request) -> axum::extract::Request {
    let json = axum::http::HeaderValue::from_static("application/json");
    request.headers_mut().insert(axum::http::header::CONTENT_TYPE, json);
    request
}

/// What the doctor says of a deployment's queues, where SQS has these.
async fn told_of(queues: Value) -> String {
    let mut patient = Patient::new().await;
    patient.is_deployment = true;
    patient.sqs_url = sqs(queues).await;
    patient.told(&[Part::Queues]).await
}

#[tokio::test]
async fn queues_that_are_made_as_they_should_be_are_told_in_one_line() {
    insta::assert_snapshot!(told_of(queues_of(&["turbo", "steward"])).await, @r"
    Queues
      ✓ all 4 queues are there, with those for dead letters

    Nothing is wrong.
    ");
}

#[tokio::test]
async fn each_queue_that_is_missing_comes_with_the_command_that_makes_it() {
    insta::assert_snapshot!(told_of(queues_of(&["steward"])).await, @r#"
    Queues
      ✓ 2 of 4 queues are there, with those for dead letters
      ✗ queue roast-den-turbo-dlq.fifo does not exist
        → make it: aws sqs create-queue --queue-name roast-den-turbo-dlq.fifo --attributes FifoQueue=true,MessageRetentionPeriod=1209600
      ✗ queue roast-den-turbo.fifo does not exist
        → make it: aws sqs create-queue --queue-name roast-den-turbo.fifo --attributes '{"DeduplicationScope":"messageGroup","FifoQueue":"true","FifoThroughputLimit":"perMessageGroupId","RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-central-1:111122223333:roast-den-turbo-dlq.fifo\",\"maxReceiveCount\":100}","VisibilityTimeout":"360"}'

    2 things are wrong.
    "#);
}

#[tokio::test]
async fn while_no_queue_is_there_the_place_of_its_arn_is_kept_and_explained() {
    insta::assert_snapshot!(told_of(json!({})).await, @r#"
    Queues
      ✗ queue roast-den-turbo-dlq.fifo does not exist
        → make it: aws sqs create-queue --queue-name roast-den-turbo-dlq.fifo --attributes FifoQueue=true,MessageRetentionPeriod=1209600
      ✗ queue roast-den-turbo.fifo does not exist
        → make it: aws sqs create-queue --queue-name roast-den-turbo.fifo --attributes '{"DeduplicationScope":"messageGroup","FifoQueue":"true","FifoThroughputLimit":"perMessageGroupId","RedrivePolicy":"{\"deadLetterTargetArn\":\"ARN_OF_roast-den-turbo-dlq.fifo\",\"maxReceiveCount\":100}","VisibilityTimeout":"360"}'
      ✗ queue roast-den-steward-dlq.fifo does not exist
        → make it: aws sqs create-queue --queue-name roast-den-steward-dlq.fifo --attributes FifoQueue=true,MessageRetentionPeriod=1209600
      ✗ queue roast-den-steward.fifo does not exist
        → make it: aws sqs create-queue --queue-name roast-den-steward.fifo --attributes '{"DeduplicationScope":"messageGroup","FifoQueue":"true","FifoThroughputLimit":"perMessageGroupId","RedrivePolicy":"{\"deadLetterTargetArn\":\"ARN_OF_roast-den-steward-dlq.fifo\",\"maxReceiveCount\":100}","VisibilityTimeout":"180"}'
      · ARN_OF_NAME stands for the ARN of queue NAME, arn:aws:sqs:REGION:ACCOUNT:NAME, as none could be read from a queue
        → make one of the queues for dead letters, and run `den doctor` again: it puts them in

    4 things are wrong.
    "#);
}

#[tokio::test]
async fn a_queue_that_was_made_without_attributes_is_not_fine() {
    let mut queues = queues_of(&["turbo", "steward"]);
    // What SQS gives a queue that asks for nothing but to be FIFO.
    queues["roast-den-turbo.fifo"] = json!({
        "DeduplicationScope": "queue",
        "FifoThroughputLimit": "perQueue",
        "VisibilityTimeout": "30",
    });
    insta::assert_snapshot!(told_of(queues).await, @r#"
    Queues
      ✓ all 4 queues are there, with those for dead letters
      ✗ queue roast-den-turbo.fifo has no dead letters: a message that fails holds its channel up until it expires
        → set where they go, and when: aws sqs set-queue-attributes --queue-url http://sqs.test/1/roast-den-turbo.fifo --attributes '{"RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-central-1:111122223333:roast-den-turbo-dlq.fifo\",\"maxReceiveCount\":100}"}'
      ✗ queue roast-den-turbo.fifo hides a message for 30 s, while a turn may take 60 s: Lambda refuses to serve it
        → hide it for 360 s, as AWS advises: aws sqs set-queue-attributes --queue-url http://sqs.test/1/roast-den-turbo.fifo --attributes VisibilityTimeout=360
      · all channels of queue roast-den-turbo.fifo share a limit of 300 calls a second
        → give each its own: aws sqs set-queue-attributes --queue-url http://sqs.test/1/roast-den-turbo.fifo --attributes DeduplicationScope=messageGroup,FifoThroughputLimit=perMessageGroupId

    2 things are wrong.
    "#);
}

#[tokio::test]
async fn dead_letters_that_go_elsewhere_or_too_soon_are_found() {
    let mut queues = queues_of(&["turbo", "steward"]);
    let redrive = |to: &str, deliveries: Value| {
        let policy = json!({"deadLetterTargetArn": arn(to), "maxReceiveCount": deliveries});
        json!(policy.to_string())
    };
    queues["roast-den-turbo.fifo"]["RedrivePolicy"] = redrive("trash.fifo", json!(100));
    // A text, as AWS's own examples set it.
    queues["roast-den-steward.fifo"]["RedrivePolicy"] =
        redrive("roast-den-steward-dlq.fifo", json!("3"));
    let told = told_of(queues).await;
    assert!(
        told.contains("✗ the dead letters of queue roast-den-turbo.fifo go to arn:aws:sqs:eu-central-1:111122223333:trash.fifo, not to roast-den-turbo-dlq.fifo"),
        "{told}"
    );
    assert!(
        told.contains("✗ queue roast-den-steward.fifo gives a message up after 3 deliveries"),
        "{told}"
    );
    assert!(told.contains("2 things are wrong."), "{told}");
}

#[tokio::test]
async fn a_longer_turn_needs_a_queue_that_hides_its_messages_longer() {
    let mut patient = Patient::new().await;
    patient.is_deployment = true;
    let file = patient.folder.path().join("turbo.toml");
    let text = fs::read_to_string(&file).unwrap();
    let longer = text.replace("# timeout_s = 60", "timeout_s = 361");
    assert_ne!(text, longer, "the template shows the deadline");
    fs::write(&file, longer).unwrap();
    patient.sqs_url = sqs(queues_of(&["turbo", "steward"])).await;
    let told = patient.told(&[Part::Queues]).await;
    assert!(
        told.contains(
            "✗ queue roast-den-turbo.fifo hides a message for 360 s, while a turn may take 361 s"
        ),
        "{told}"
    );
    assert!(told.contains(" --attributes VisibilityTimeout=2166\n"), "{told}");
    assert!(told.contains("One thing is wrong."), "{told}");
}

#[tokio::test]
async fn who_may_not_read_attributes_is_told_so_once() {
    let names = queues_of(&["turbo", "steward"]);
    let names = names.as_object().unwrap().keys();
    let closed = names.map(|name| (name.clone(), Value::Null)).collect();
    insta::assert_snapshot!(told_of(Value::Object(closed)).await, @r#"
    Queues
      ✓ all 4 queues are there, with those for dead letters
      ✗ queue roast-den-turbo.fifo: service error: unhandled error (AccessDeniedException): Error { code: "AccessDeniedException", message: "as told" }
        → allow sqs:GetQueueAttributes on every queue roast-den-* to whoever `aws sts get-caller-identity` names

    One thing is wrong.
    "#);
}

#[tokio::test]
async fn on_a_laptop_no_queue_is_missed() {
    let mut patient = Patient::new().await;
    patient.sqs_url = sqs(json!({})).await;
    insta::assert_snapshot!(patient.told(&[Part::Queues]).await, @r"
    Queues
      · no queue begins with roast-den-; `den up` needs none, it has an inbox of its own

    Nothing is wrong.
    ");
}

#[test]
fn a_report_for_scripts_says_state_and_mend() {
    let finding =
        Finding::wrong(Part::Table, "table dens does not exist", "make it: den store init");
    insta::assert_snapshot!(serde_json::to_string(&finding).unwrap(), @r#"{"part":"table","state":"wrong","what":"table dens does not exist","mend":"make it: den store init"}"#);
}
