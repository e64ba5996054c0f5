//! The deployment's queues: one for each personality and one for the steward, each with its dead letters.

use aws_sdk_sqs::{Client, error::ProvideErrorMetadata};
use futures_util::{StreamExt, stream};
use queue::{STEWARD, dead_letter_queue_name, queue_name};

use super::{Finding, Part, Subject};
use crate::trouble::{Call, Trouble};

const PART: Part = Part::Queues;
/// Requests under way at once.
const AT_ONCE: usize = 8;

/// How a queue is.
enum Queue {
    There,
    Absent { name: String },
    Unknown(Trouble),
}

pub(super) async fn look(subject: &Subject) -> Vec<Finding> {
    let prefix = &subject.settings.queue_prefix;
    let Ok(roster) = &subject.roster else {
        let what = "not looked at: they are named after the personalities";
        return vec![Finding::note(PART, what)];
    };
    let steward = STEWARD.parse().expect("the steward's id is an id");
    let ids = roster.iter().map(|who| &who.id).chain([&steward]);
    let names: Vec<String> =
        ids.flat_map(|id| [queue_name(prefix, id), dead_letter_queue_name(prefix, id)]).collect();
    let n = names.len();
    let looks = names.into_iter().map(|name| look_up(&subject.sqs, name));
    let queues: Vec<Queue> = stream::iter(looks).buffered(AT_ONCE).collect().await;

    let is_there = |queue: &&Queue| matches!(queue, Queue::There);
    let n_there = queues.iter().filter(is_there).count();
    let is_absent = |queue: &Queue| matches!(queue, Queue::Absent { .. });
    if !subject.is_deployment && queues.iter().all(is_absent) {
        let what = format!(
            "no queue begins with {prefix}; `den up` needs none, it has an inbox of its own"
        );
        return vec![Finding::note(PART, what)];
    }
    let mut found = Vec::new();
    if n_there > 0 {
        let of = if n_there == n { "all".to_owned() } else { format!("{n_there} of") };
        found.push(Finding::fine(
            PART,
            format!("{of} {n} queues are there, with those for dead letters"),
        ));
    }
    let mut said = Vec::new();
    for queue in queues {
        match queue {
            Queue::There => {}
            Queue::Absent { name } => {
                let mend = format!(
                    "make it: aws sqs create-queue --queue-name {name} --attributes FifoQueue=true"
                );
                let what = format!("queue {name} does not exist");
                found.push(Finding::wrong(PART, what, mend).rated(subject.missing()));
            }
            // What keeps us from one keeps us from all: it is said once.
            Queue::Unknown(Trouble { what, mend }) if !said.contains(&mend) => {
                said.push(mend.clone());
                found.push(Finding::wrong(PART, what, mend).rated(subject.missing()));
            }
            Queue::Unknown(_) => {}
        }
    }
    found
}

async fn look_up(client: &Client, name: String) -> Queue {
    let Err(error) = client.get_queue_url().queue_name(&name).send().await else {
        return Queue::There;
    };
    let code = error.code();
    // Two names for one thing: the JSON protocol's, and the older query protocol's.
    if code
        .is_some_and(|code| code.contains("QueueDoesNotExist") || code.contains("NonExistentQueue"))
    {
        return Queue::Absent { name };
    }
    let object = format!("queue {name}");
    let call =
        Call { action: "sqs:GetQueueUrl", object: &object, endpoint: "AWS_ENDPOINT_URL_SQS" };
    Queue::Unknown(Trouble::of(call, &error, code))
}
