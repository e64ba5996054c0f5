//! The deployment's queues: one for each personality and one for the steward, each with its dead letters.
//!
//! A queue that is there may still be made wrong, and nobody notices until a function cannot be mapped to it
//! or a message is lost: so its attributes are read as well.

use std::{collections::HashMap, error::Error};

use aws_sdk_sqs::{Client, error::ProvideErrorMetadata, types::QueueAttributeName};
use futures_util::{StreamExt, stream};
use queue::{STEWARD, dead_letter_queue_name, queue_name};
use serde_json::{Value, json};

use super::{Finding, Part, State, Subject};
use crate::trouble::{Call, Trouble, mend};

const PART: Part = Part::Queues;
/// Queues looked at at once, each with its dead letters.
const AT_ONCE: usize = 4;
/// The steward's deadline in seconds, as the worker has it; it has no file.
const STEWARD_TIMEOUT_S: u32 = 30;
/// How many times its function's timeout a queue should hide a message. See AWS Lambda/Using Lambda with SQS.
const TIMEOUTS_HIDDEN: u32 = 6;
/// Deliveries after which a queue that we have made gives a message up. Many on purpose: an outage must not
/// fill the dead letters.
const DELIVERIES: u64 = 100;
/// With fewer the queue gives up before the worker does, which holds a newer build's events for so many.
const FEWEST_DELIVERIES: u64 = 12;
/// What holds where a redrive policy names no number. See AWS SQS/SetQueueAttributes.
const USUAL_DELIVERIES: u64 = 10;
/// How long dead letters are kept, in seconds: 14 days, the longest that SQS allows.
const KEPT_S: u32 = 1_209_600;
/// Stands before a queue's name for an ARN that is not known.
const UNKNOWN_ARN: &str = "ARN_OF_";

type Attributes = HashMap<QueueAttributeName, String>;

/// A queue as it should be.
struct Plan {
    name: String,
    /// The name of the queue for its dead letters.
    dead_letters: String,
    /// The longest a batch of turns may take, in seconds.
    timeout_s: u32,
}

/// What a plan came to.
struct Seen {
    plan: Plan,
    queue: Queue,
    dead_letters: Queue,
}

/// How a queue is.
enum Queue {
    There {
        url: String,
        attributes: Attributes,
    },
    /// It is there, and its attributes cannot be read.
    Closed(Trouble),
    Absent,
    Unknown(Trouble),
}

pub(super) async fn look(subject: &Subject) -> Vec<Finding> {
    let prefix = &subject.settings.queue_prefix;
    let Ok(roster) = &subject.roster else {
        let what = "not looked at: they are named after the personalities";
        return vec![Finding::note(PART, what)];
    };
    let steward = STEWARD.parse().expect("the steward's id is an id");
    let served = roster.iter().map(|who| (&who.id, who.scaling.timeout_s));
    let plans: Vec<Plan> = served
        .chain([(&steward, STEWARD_TIMEOUT_S)])
        .map(|(id, timeout_s)| Plan {
            name: queue_name(prefix, id),
            dead_letters: dead_letter_queue_name(prefix, id),
            timeout_s,
        })
        .collect();
    let looks = plans.into_iter().map(|plan| look_at(&subject.sqs, prefix, plan));
    let seen: Vec<Seen> = stream::iter(looks).buffered(AT_ONCE).collect().await;
    let queues = || seen.iter().flat_map(|seen| [&seen.queue, &seen.dead_letters]);

    if !subject.is_deployment && queues().all(|queue| matches!(queue, Queue::Absent)) {
        let what = format!(
            "no queue begins with {prefix}; `den up` needs none, it has an inbox of its own"
        );
        return vec![Finding::note(PART, what)];
    }
    let mut found = Vec::new();
    let (n, n_there) = (queues().count(), queues().filter(|queue| queue.is_there()).count());
    if n_there > 0 {
        let of = if n_there == n { "all".to_owned() } else { format!("{n_there} of") };
        found.push(Finding::fine(
            PART,
            format!("{of} {n} queues are there, with those for dead letters"),
        ));
    }
    // What keeps us from one keeps us from all: it is said once.
    let mut said = Vec::new();
    for queue in queues() {
        if let Queue::Closed(trouble) | Queue::Unknown(trouble) = queue
            && !said.contains(&&trouble.mend)
        {
            said.push(&trouble.mend);
            found.push(Finding::wrong(PART, &trouble.what, &trouble.mend));
        }
    }
    let place = queues().find_map(Queue::place);
    found.extend(seen.iter().flat_map(|seen| seen.findings(place)));
    let has_gap =
        |finding: &Finding| finding.mend.as_ref().is_some_and(|mend| mend.contains(UNKNOWN_ARN));
    if found.iter().any(has_gap) {
        found.push(unknown_arn());
    }
    let rated = found.into_iter().map(|finding| match finding.state {
        State::Wrong => finding.rated(subject.missing()),
        State::Fine | State::Note => finding,
    });
    rated.collect()
}

async fn look_at(client: &Client, prefix: &str, plan: Plan) -> Seen {
    let (queue, dead_letters) = tokio::join!(
        look_up(client, prefix, &plan.name),
        look_up(client, prefix, &plan.dead_letters),
    );
    Seen { plan, queue, dead_letters }
}

async fn look_up(client: &Client, prefix: &str, name: &str) -> Queue {
    let url = match client.get_queue_url().queue_name(name).send().await {
        Ok(output) => output.queue_url.unwrap_or_default(),
        Err(e) if is_absent(e.code()) => return Queue::Absent,
        Err(e) => return Queue::Unknown(trouble(prefix, name, "sqs:GetQueueUrl", &e, e.code())),
    };
    let asked =
        client.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::All);
    match asked.send().await {
        Ok(output) => Queue::There { url, attributes: output.attributes.unwrap_or_default() },
        Err(e) if is_absent(e.code()) => Queue::Absent,
        Err(e) => Queue::Closed(trouble(prefix, name, "sqs:GetQueueAttributes", &e, e.code())),
    }
}

/// Two names for one thing: the JSON protocol's, and the older query protocol's.
fn is_absent(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.contains("QueueDoesNotExist") || code.contains("NonExistentQueue"))
}

/// What keeps us from a queue. Its mend is for all of them: who may not look at one may look at none.
fn trouble(
    prefix: &str,
    name: &str,
    action: &str,
    error: &(dyn Error + 'static),
    code: Option<&str>,
) -> Trouble {
    let (one, all) = (format!("queue {name}"), format!("every queue {prefix}*"));
    let call = Call { action, object: &one, endpoint: "AWS_ENDPOINT_URL_SQS" };
    let mend = mend(Call { object: &all, ..call }, error, code);
    Trouble { mend, ..Trouble::of(call, error, code) }
}

impl Queue {
    fn is_there(&self) -> bool {
        matches!(self, Self::There { .. } | Self::Closed(_))
    }

    /// Its ARN up to the name, which is the same for all queues of an account in a region.
    fn place(&self) -> Option<&str> {
        let Self::There { attributes, .. } = self else { return None };
        let (place, _name) = attributes.get(&QueueAttributeName::QueueArn)?.rsplit_once(':')?;
        Some(place)
    }
}

impl Seen {
    /// What is not as it should be. Dead letters come first: a redrive policy is refused until they exist.
    fn findings(&self, place: Option<&str>) -> Vec<Finding> {
        let plan = &self.plan;
        let mut found = Vec::new();
        if matches!(self.dead_letters, Queue::Absent) {
            let attributes = format!("FifoQueue=true,MessageRetentionPeriod={KEPT_S}");
            found.push(absent(&plan.dead_letters, &attributes));
        }
        match &self.queue {
            Queue::Absent => found.push(absent(&plan.name, &plan.attributes(place))),
            Queue::There { url, attributes } => {
                found.extend(plan.shortcomings(url, attributes, place));
            }
            Queue::Closed(_) | Queue::Unknown(_) => {}
        }
        found
    }
}

fn absent(name: &str, attributes: &str) -> Finding {
    let mend =
        format!("make it: aws sqs create-queue --queue-name {name} --attributes {attributes}");
    Finding::wrong(PART, format!("queue {name} does not exist"), mend)
}

fn unknown_arn() -> Finding {
    let what = format!(
        "{UNKNOWN_ARN}NAME stands for the ARN of queue NAME, arn:aws:sqs:REGION:ACCOUNT:NAME, as none could be read from a queue"
    );
    let how =
        "make one of the queues for dead letters, and run `den doctor` again: it puts them in";
    Finding::note(PART, what).mended_by(how)
}

impl Plan {
    /// The attributes to make it with, for a shell.
    fn attributes(&self, place: Option<&str>) -> String {
        let attributes = json!({
            "DeduplicationScope": "messageGroup",
            "FifoQueue": "true",
            "FifoThroughputLimit": "perMessageGroupId",
            "RedrivePolicy": self.redrive_policy(place),
            "VisibilityTimeout": self.visibility_s().to_string(),
        });
        format!("'{attributes}'")
    }

    /// JSON in a text, as SQS wants it.
    fn redrive_policy(&self, place: Option<&str>) -> String {
        let name = &self.dead_letters;
        let arn = match place {
            Some(place) => format!("{place}:{name}"),
            None => format!("{UNKNOWN_ARN}{name}"),
        };
        json!({ "deadLetterTargetArn": arn, "maxReceiveCount": DELIVERIES }).to_string()
    }

    fn visibility_s(&self) -> u32 {
        self.timeout_s * TIMEOUTS_HIDDEN
    }

    /// What is not as it should be with the queue at `url`, which has these attributes.
    fn shortcomings(
        &self,
        url: &str,
        attributes: &Attributes,
        place: Option<&str>,
    ) -> Vec<Finding> {
        let Self { name, timeout_s, .. } = self;
        let set = |attributes: &str| {
            format!("aws sqs set-queue-attributes --queue-url {url} --attributes {attributes}")
        };
        let is = |attribute: QueueAttributeName, value: &str| {
            attributes.get(&attribute).is_some_and(|is| is == value)
        };
        let mut found = Vec::new();
        if let Some(what) = self.redrive_problem(attributes) {
            let policy = json!({ "RedrivePolicy": self.redrive_policy(place) });
            let mend = format!("set where they go, and when: {}", set(&format!("'{policy}'")));
            found.push(Finding::wrong(PART, what, mend));
        }
        let hidden_s = attributes.get(&QueueAttributeName::VisibilityTimeout);
        let hidden_s = hidden_s.and_then(|text| text.parse::<u32>().ok());
        if let Some(hidden_s) = hidden_s.filter(|hidden_s| hidden_s < timeout_s) {
            let what = format!(
                "queue {name} hides a message for {hidden_s} s, while a turn may take {timeout_s} s: Lambda refuses to serve it"
            );
            let visibility_s = self.visibility_s();
            let mend = format!(
                "hide it for {visibility_s} s, as AWS advises: {}",
                set(&format!("VisibilityTimeout={visibility_s}"))
            );
            found.push(Finding::wrong(PART, what, mend));
        }
        if !is(QueueAttributeName::DeduplicationScope, "messageGroup")
            || !is(QueueAttributeName::FifoThroughputLimit, "perMessageGroupId")
        {
            let what = format!("all channels of queue {name} share a limit of 300 calls a second");
            let limits = "DeduplicationScope=messageGroup,FifoThroughputLimit=perMessageGroupId";
            let how = format!("give each its own: {}", set(limits));
            found.push(Finding::note(PART, what).mended_by(how));
        }
        found
    }

    /// What is not as it should be with where its dead letters go, and when.
    fn redrive_problem(&self, attributes: &Attributes) -> Option<String> {
        let Self { name, dead_letters, .. } = self;
        let policy = attributes.get(&QueueAttributeName::RedrivePolicy);
        let policy: Value =
            policy.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let Some(target) = policy["deadLetterTargetArn"].as_str() else {
            return Some(format!(
                "queue {name} has no dead letters: a message that fails holds its channel up until it expires"
            ));
        };
        if target.rsplit(':').next() != Some(dead_letters.as_str()) {
            return Some(format!(
                "the dead letters of queue {name} go to {target}, not to {dead_letters}"
            ));
        }
        // A number, or a text as AWS's own examples set it.
        let deliveries = match &policy["maxReceiveCount"] {
            Value::String(text) => text.parse().ok(),
            count => count.as_u64(),
        };
        let deliveries = deliveries.unwrap_or(USUAL_DELIVERIES);
        (deliveries < FEWEST_DELIVERIES).then(|| {
            format!(
                "queue {name} gives a message up after {deliveries} deliveries: an outage fills its dead letters"
            )
        })
    }
}
