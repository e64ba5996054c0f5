//! The SQS sink against SQS's protocol on the wire, with the failures a real queue has.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps says all there is to say when it fails"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use aws_sdk_sqs::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
};
use axum::{Json, Router, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use queue::{
    Addressed, Event, EventId, Message, Person, SendError, Sink as _, SqsSink, VERSION, What,
};
use serde_json::{Value, json};
use twilight_model::id::Id;

/// What stands in for SQS knows and saw.
#[derive(Default)]
struct Queues {
    names: BTreeSet<String>,
    /// Entries by deduplication id that fail, with code and fault.
    failing: BTreeMap<String, (&'static str, bool)>,
    /// A code every batch that holds this deduplication id fails with as a whole.
    poison: Option<(String, &'static str)>,
    /// Queue, group and deduplication id of what was accepted, in order.
    accepted: Vec<String>,
    /// Entries of every batch.
    batches: Vec<usize>,
    lookups: usize,
    traces: Vec<String>,
}

type Shared = Arc<Mutex<Queues>>;

async fn sqs(
    State(queues): State<Shared>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Json<Value>) {
    let mut queues = queues.lock().unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    let operation = headers["x-amz-target"].to_str().unwrap();
    let refuse = |code: &str| {
        let code = format!("com.amazonaws.sqs#{code}");
        (StatusCode::BAD_REQUEST, Json(json!({"__type": code, "message": "as told"})))
    };
    if operation.ends_with(".GetQueueUrl") {
        queues.lookups += 1;
        let name = body["QueueName"].as_str().unwrap();
        if !queues.names.contains(name) {
            return refuse("QueueDoesNotExist");
        }
        return (
            StatusCode::OK,
            Json(json!({"QueueUrl": format!("http://sqs.test/000000000000/{name}")})),
        );
    }
    assert!(operation.ends_with(".SendMessageBatch"), "{operation}");
    let queue = body["QueueUrl"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let entries = body["Entries"].as_array().unwrap();
    let bytes: usize =
        entries.iter().map(|entry| entry["MessageBody"].as_str().unwrap().len()).sum();
    assert!(
        entries.len() <= 10 && bytes <= 1024 * 1024,
        "{} entries of {bytes} bytes",
        entries.len()
    );
    let groups: BTreeSet<_> =
        entries.iter().map(|entry| entry["MessageGroupId"].as_str()).collect();
    assert_eq!(groups.len(), entries.len(), "a batch has two events of one group");
    queues.batches.push(entries.len());
    if !queues.names.contains(&queue) {
        return refuse("QueueDoesNotExist");
    }
    let id_of = |entry: &Value| entry["MessageDeduplicationId"].as_str().unwrap().to_owned();
    if let Some((poison, code)) = queues.poison.clone()
        && entries.iter().any(|entry| id_of(entry) == poison)
    {
        return refuse(code);
    }
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        let id = id_of(entry);
        if let Some((code, fault)) = queues.failing.get(&id) {
            failed.push(json!({"Id": entry["Id"], "Code": code, "SenderFault": fault, "Message": "as told"}));
            continue;
        }
        let group = entry["MessageGroupId"].as_str().unwrap();
        queues.accepted.push(format!("{queue} {group} {id}"));
        if let Some(trace) =
            entry["MessageSystemAttributes"]["AWSTraceHeader"]["StringValue"].as_str()
        {
            queues.traces.push(trace.to_owned());
        }
        successful.push(json!({"Id": entry["Id"], "MessageId": id, "MD5OfMessageBody": "00"}));
    }
    (StatusCode::OK, Json(json!({"Successful": successful, "Failed": failed})))
}

async fn world(names: &[&str]) -> (SqsSink, Shared) {
    let queues = Queues {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Queues::default()
    };
    let queues = Arc::new(Mutex::new(queues));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/", post(sqs)).with_state(queues.clone());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(format!("http://{address}"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    (SqsSink::new(Client::from_conf(config), "den-"), queues)
}

fn event(n: u64, personality: &str, channel: u64) -> Event {
    let personality = personality.parse().unwrap();
    Event {
        v: VERSION,
        id: EventId::new(n, &personality),
        personality,
        application_id: Id::new(1),
        guild_id: None,
        channel_id: Id::new(channel),
        author: Person { id: Id::new(2), name: "Ann".to_owned() },
        what: What::Message(Message {
            id: Id::new(n),
            text: "hi".to_owned(),
            addressed: Addressed::Name,
            reply_to: None,
            attachments: Vec::new(),
            mentions: Vec::new(),
        }),
        preceding: Vec::new(),
        credit: 3,
        trace: None,
        received_at_ms: 0,
        audience_changed_ms: 0,
    }
}

fn told(answers: &[Result<(), SendError>]) -> Vec<&'static str> {
    let word = |answer: &Result<(), SendError>| match answer {
        Ok(()) => "accepted",
        Err(SendError::Unavailable { .. }) => "unavailable",
        Err(SendError::Refused { .. }) => "refused",
        Err(SendError::HeldBack { .. }) => "held back",
    };
    answers.iter().map(word).collect()
}

#[tokio::test]
async fn a_burst_travels_in_few_batches_and_each_channel_in_order() {
    let (sink, queues) = world(&["den-grim.fifo", "den-mabel.fifo"]).await;
    let mut events: Vec<_> = (1..=24).map(|n| event(n, "grim", n % 12 + 1)).collect();
    events.push(event(25, "mabel", 1));
    events[0].trace = Some("Root=1-00000000-000000000000000000000000".to_owned());
    assert!(told(&sink.send(&events).await).iter().all(|word| *word == "accepted"));
    let queues = queues.lock().unwrap();
    let of_channel: Vec<_> =
        queues.accepted.iter().filter(|line| line.contains(".fifo 2 ")).collect();
    assert_eq!(of_channel, ["den-grim.fifo 2 1:grim", "den-grim.fifo 2 13:grim"]);
    assert!(queues.batches.iter().filter(|n| **n == 10).count() >= 2, "{:?}", queues.batches);
    assert_eq!(queues.lookups, 2, "an address is looked up once");
    assert_eq!(queues.traces, ["Root=1-00000000-000000000000000000000000"]);
}

#[tokio::test]
async fn a_batch_that_succeeds_can_hide_an_entry_that_failed() {
    let (sink, queues) = world(&["den-grim.fifo"]).await;
    {
        let mut queues = queues.lock().unwrap();
        queues.failing.insert("1:grim".to_owned(), ("InternalError", false));
        queues.failing.insert("3:grim".to_owned(), ("InvalidMessageContents", true));
        queues.failing.insert("4:grim".to_owned(), ("RequestThrottled", true));
    }
    let events = [
        event(1, "grim", 1),
        event(2, "grim", 1),
        event(3, "grim", 3),
        event(4, "grim", 4),
        event(5, "grim", 5),
    ];
    let answers = sink.send(&events).await;
    assert_eq!(told(&answers), ["unavailable", "held back", "refused", "unavailable", "accepted"]);
    assert_eq!(queues.lock().unwrap().accepted, ["den-grim.fifo 5 5:grim"]);
}

#[tokio::test]
async fn an_event_that_spoils_its_batch_costs_only_itself() {
    let (sink, queues) = world(&["den-grim.fifo"]).await;
    queues.lock().unwrap().poison = Some(("2:grim".to_owned(), "InvalidMessageContents"));
    let events = [event(1, "grim", 1), event(2, "grim", 2), event(3, "grim", 3)];
    assert_eq!(told(&sink.send(&events).await), ["accepted", "refused", "accepted"]);
}

#[tokio::test]
async fn too_much_for_one_batch_is_two_and_too_much_for_any_is_refused() {
    let (sink, queues) = world(&["den-grim.fifo"]).await;
    let long = |n, length: usize| {
        let mut event = event(n, "grim", n);
        let What::Message(message) = &mut event.what else { unreachable!("it is a message") };
        message.text = "x".repeat(length);
        event
    };
    let events = [long(1, 600_000), long(2, 600_000), long(3, 2_000_000), long(4, 10)];
    assert_eq!(told(&sink.send(&events).await), ["accepted", "accepted", "refused", "accepted"]);
    assert_eq!(queues.lock().unwrap().batches, [2, 1]);
}

#[tokio::test]
async fn a_queue_made_later_is_found_later() {
    let (sink, queues) = world(&["den-grim.fifo"]).await;
    let events = [event(1, "grim", 1), event(2, "mabel", 1)];
    assert_eq!(told(&sink.send(&events).await), ["accepted", "unavailable"]);
    queues.lock().unwrap().names.insert("den-mabel.fifo".to_owned());
    assert_eq!(told(&sink.send(&events[1..]).await), ["accepted"]);

    queues.lock().unwrap().names.clear();
    assert_eq!(told(&sink.send(&events[..1]).await), ["unavailable"], "a queue can go, too");
}

#[tokio::test]
async fn a_probe_asks_the_service_and_not_for_a_queue() {
    let (sink, queues) = world(&[]).await;
    assert!(sink.probe().await.is_ok(), "nothing was sent yet: nothing to ask about");
    assert_eq!(told(&sink.send(&[event(1, "grim", 1)]).await), ["unavailable"]);
    assert!(sink.probe().await.is_ok(), "it answers, although that queue is missing");
    assert_eq!(queues.lock().unwrap().lookups, 2);

    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(format!("http://{nobody}"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let sink = SqsSink::new(Client::from_conf(config), "den-");
    assert_eq!(told(&sink.send(&[event(1, "grim", 1)]).await), ["unavailable"]);
    assert_eq!(told(&[sink.probe().await]), ["unavailable"]);
}
