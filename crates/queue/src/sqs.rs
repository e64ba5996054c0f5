//! The queue on AWS: one SQS FIFO queue per personality.
//!
//! Events of different queues travel concurrently. Within a queue, a batch never holds two events of one
//! message group: SQS may refuse the first entry of a batch and accept the second, which would then
//! overtake it. So a group's next event waits for the answer to its last one, and many groups share a batch.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use aws_sdk_sqs::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{
        MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
        SendMessageBatchRequestEntry,
    },
};
use futures_util::future::join_all;
use personality::PersonalityId;

use crate::{Event, SendError, Sink};

/// Entries of one batch. See AWS SQS/SendMessageBatch.
const MAX_ENTRIES: usize = 10;

/// Bytes of one message, and of all messages of a batch together: 1 MiB. See AWS SQS/Quotas.
const MAX_BYTES: usize = 1024 * 1024;

/// How long a queue that does not exist is waited for: a deployment may create it a little later. After
/// that its events are refused, so that one forgotten queue does not stop the whole den.
const MISSING_GRACE: Duration = Duration::from_secs(60);

/// The queue of a personality.
pub fn queue_name(prefix: &str, personality: &PersonalityId) -> String {
    format!("{prefix}{personality}.fifo")
}

/// Sends events to SQS.
pub struct SqsSink {
    client: Client,
    prefix: String,
    queues: Mutex<HashMap<PersonalityId, Lookup>>,
}

/// What the last look-up of a queue's address found.
#[derive(Clone)]
enum Lookup {
    Found { url: String },
    Missing { since: Instant },
    Unreached,
}

/// An event on its way: its place in the caller's list, and its body.
struct Parcel<'a> {
    index: usize,
    event: &'a Event,
    group: String,
    body: String,
}

type Answer = Result<(), SendError>;

impl SqsSink {
    /// A sink over the queues whose names begin with `prefix`; see [`queue_name`]. Makes no request.
    pub fn new(client: Client, prefix: impl Into<String>) -> Self {
        Self { client, prefix: prefix.into(), queues: Mutex::default() }
    }

    /// Sends one queue's events, batch after batch.
    async fn send_to(
        &self,
        personality: &PersonalityId,
        mut waiting: Vec<Parcel<'_>>,
    ) -> Vec<(usize, Answer)> {
        let url = match self.queue_url(personality).await {
            Ok(url) => url,
            Err(problem) => {
                return waiting
                    .iter()
                    .map(|parcel| (parcel.index, Err(problem.error(parcel.event))))
                    .collect();
            }
        };
        let mut answers = Vec::with_capacity(waiting.len());
        let mut failed_groups = HashSet::new();
        while !waiting.is_empty() {
            let (batch, rest) = next_batch(waiting);
            let results = self.send_batch(personality, &url, &batch).await;
            for (parcel, result) in batch.into_iter().zip(results) {
                if result.is_err() {
                    failed_groups.insert(parcel.group);
                }
                answers.push((parcel.index, result));
            }
            let (held_back, free): (Vec<_>, _) =
                rest.into_iter().partition(|parcel| failed_groups.contains(&parcel.group));
            answers.extend(held_back.iter().map(|parcel| {
                (parcel.index, Err(SendError::HeldBack { id: parcel.event.id.to_string() }))
            }));
            waiting = free;
        }
        answers
    }

    /// Sends one batch. A batch that SQS rejects as a whole for what is in it is sent again entry by entry,
    /// so that one bad event costs only itself.
    async fn send_batch(
        &self,
        personality: &PersonalityId,
        url: &str,
        batch: &[Parcel<'_>],
    ) -> Vec<Answer> {
        let problem = match self.request(personality, url, batch).await {
            Ok(answers) => return answers,
            Err(problem) => problem,
        };
        if !matches!(problem, Problem::Refused(_)) || batch.len() == 1 {
            return batch.iter().map(|parcel| Err(problem.error(parcel.event))).collect();
        }
        let mut answers = Vec::with_capacity(batch.len());
        for parcel in batch {
            let single = std::slice::from_ref(parcel);
            answers.push(match self.request(personality, url, single).await {
                Ok(mut answer) => answer.pop().expect("one entry, one answer"),
                Err(problem) => Err(problem.error(parcel.event)),
            });
        }
        answers
    }

    /// One request; `Err` where it failed as a whole.
    async fn request(
        &self,
        personality: &PersonalityId,
        url: &str,
        batch: &[Parcel<'_>],
    ) -> Result<Vec<Answer>, Problem> {
        if let [parcel] = batch
            && parcel.body.len() > MAX_BYTES
        {
            return Err(Problem::Refused(format!(
                "a body of {} bytes is too long",
                parcel.body.len()
            )));
        }
        let entries = batch.iter().enumerate().map(|(n, parcel)| entry(n, parcel)).collect();
        let request = self.client.send_message_batch().queue_url(url).set_entries(Some(entries));
        let output = match request.send().await {
            Ok(output) => output,
            Err(error) => {
                let problem = Problem::of(&error);
                if matches!(problem, Problem::Missing) {
                    // Deleted, perhaps created anew under the same name: look it up again.
                    self.remember(personality, None);
                }
                return Err(problem);
            }
        };
        let accepted: HashSet<&str> = output.successful().iter().map(|entry| entry.id()).collect();
        let failed: HashMap<&str, _> =
            output.failed().iter().map(|entry| (entry.id(), entry)).collect();
        let answers = batch.iter().enumerate().map(|(n, parcel)| {
            let n = n.to_string();
            if let Some(entry) = failed.get(n.as_str()) {
                let reason =
                    format!("{}: {}", entry.code(), entry.message().unwrap_or("no message"));
                let refused = entry.sender_fault() && !is_passing(entry.code());
                let problem =
                    if refused { Problem::Refused(reason) } else { Problem::Unavailable(reason) };
                Err(problem.error(parcel.event))
            } else if accepted.contains(n.as_str()) {
                Ok(())
            } else {
                Err(Problem::Unavailable("no answer for this entry".to_owned()).error(parcel.event))
            }
        });
        Ok(answers.collect())
    }

    /// The address of a personality's queue: looked up once, and again while there is none.
    async fn queue_url(&self, personality: &PersonalityId) -> Result<String, Problem> {
        let known = self.queues.lock().expect("no panic while held").get(personality).cloned();
        if let Some(Lookup::Found { url }) = known {
            return Ok(url);
        }
        match self.look_up(personality).await {
            Err(Problem::Missing) => {
                let name = queue_name(&self.prefix, personality);
                let since = match known {
                    Some(Lookup::Missing { since }) => since,
                    _ => {
                        let grace_s = MISSING_GRACE.as_secs();
                        tracing::error!(
                            queue = name,
                            "queue {name} does not exist: its events wait {grace_s} s for it, then they are dropped"
                        );
                        Instant::now()
                    }
                };
                self.remember(personality, Some(Lookup::Missing { since }));
                Err(if since.elapsed() < MISSING_GRACE {
                    Problem::Unavailable(format!("queue {name} does not exist"))
                } else {
                    Problem::Refused(format!(
                        "queue {name} does not exist; create it, or remove the personality"
                    ))
                })
            }
            Err(problem) => {
                if known.is_none() {
                    self.remember(personality, Some(Lookup::Unreached));
                }
                Err(problem)
            }
            Ok(url) => Ok(url),
        }
    }

    async fn look_up(&self, personality: &PersonalityId) -> Result<String, Problem> {
        let name = queue_name(&self.prefix, personality);
        let output = self.client.get_queue_url().queue_name(&name).send().await;
        let output = output.map_err(|error| Problem::of(&error))?;
        let Some(url) = output.queue_url else {
            return Err(Problem::Unavailable(format!("no address of queue {name} in the answer")));
        };
        self.remember(personality, Some(Lookup::Found { url: url.clone() }));
        Ok(url)
    }

    fn remember(&self, personality: &PersonalityId, lookup: Option<Lookup>) {
        let mut queues = self.queues.lock().expect("no panic while held");
        match lookup {
            Some(lookup) => queues.insert(personality.clone(), lookup),
            None => queues.remove(personality),
        };
    }
}

#[async_trait]
impl Sink for SqsSink {
    async fn send(&self, events: &[Event]) -> Vec<Answer> {
        let mut queues: HashMap<&PersonalityId, Vec<Parcel<'_>>> = HashMap::new();
        for (index, event) in events.iter().enumerate() {
            let parcel = Parcel { index, event, group: event.group(), body: event.write() };
            queues.entry(&event.personality).or_default().push(parcel);
        }
        let sends =
            queues.into_iter().map(|(personality, parcels)| self.send_to(personality, parcels));
        let mut answers: Vec<_> = join_all(sends).await.into_iter().flatten().collect();
        answers.sort_by_key(|(index, _)| *index);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    /// Looks up a queue that something was sent to; before that there is nothing to ask about. Nothing is
    /// sent now, as a worker would have to read it.
    async fn probe(&self) -> Answer {
        let known = self.queues.lock().expect("no panic while held").keys().next().cloned();
        let Some(personality) = known else { return Ok(()) };
        match self.look_up(&personality).await {
            // SQS itself answers; that one queue is missing is its senders' business.
            Ok(_) | Err(Problem::Missing) => Ok(()),
            Err(Problem::Unavailable(reason) | Problem::Refused(reason)) => {
                Err(SendError::Unavailable { id: queue_name(&self.prefix, &personality), reason })
            }
        }
    }
}

/// Takes the longest batch that fits: at most ten entries and 1 MiB, each of another group. What stays
/// behind keeps its order; an oversized event gets a batch of its own.
fn next_batch(waiting: Vec<Parcel<'_>>) -> (Vec<Parcel<'_>>, Vec<Parcel<'_>>) {
    let (mut batch, mut rest) = (Vec::new(), Vec::new());
    let mut groups = HashSet::new();
    let mut bytes = 0;
    for parcel in waiting {
        let fits = batch.is_empty()
            || (batch.len() < MAX_ENTRIES && bytes + parcel.body.len() <= MAX_BYTES);
        // A group whose earlier event stays behind stays behind as well.
        if groups.insert(parcel.group.clone()) && fits {
            bytes += parcel.body.len();
            batch.push(parcel);
        } else {
            rest.push(parcel);
        }
    }
    (batch, rest)
}

fn entry(n: usize, parcel: &Parcel<'_>) -> SendMessageBatchRequestEntry {
    let trace = parcel.event.trace.as_ref().map(|trace| {
        let value =
            MessageSystemAttributeValue::builder().data_type("String").string_value(trace).build();
        let value = value.expect("the only required field is set");
        HashMap::from([(MessageSystemAttributeNameForSends::AwsTraceHeader, value)])
    });
    SendMessageBatchRequestEntry::builder()
        .id(n.to_string())
        .message_group_id(&parcel.group)
        .message_deduplication_id(parcel.event.id.as_str())
        .message_body(&parcel.body)
        .set_message_system_attributes(trace)
        .build()
        .expect("all required fields are set")
}

/// Why SQS did not take something.
enum Problem {
    /// Try again.
    Unavailable(String),
    /// The queue does not exist.
    Missing,
    /// It will never be taken.
    Refused(String),
}

impl Problem {
    fn of<E, R>(error: &SdkError<E, R>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
        R: std::fmt::Debug,
    {
        let code = error.code().unwrap_or_default();
        if code.contains("QueueDoesNotExist") || code.contains("NonExistentQueue") {
            return Problem::Missing;
        }
        let reason = chain(error);
        if is_about_the_content(code) {
            Problem::Refused(reason)
        } else {
            Problem::Unavailable(reason)
        }
    }

    fn error(&self, event: &Event) -> SendError {
        let id = event.id.to_string();
        match self {
            Problem::Unavailable(reason) => SendError::Unavailable { id, reason: reason.clone() },
            Problem::Refused(reason) => SendError::Refused { id, reason: reason.clone() },
            Problem::Missing => SendError::Unavailable {
                id,
                reason: "its queue does not exist any more".to_owned(),
            },
        }
    }
}

/// An error with its causes; the SDK's own context formatter adds whole responses.
fn chain(error: &dyn std::error::Error) -> String {
    let (mut text, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Errors of a whole request that name its content, the only ones that will not pass by waiting. Denied
/// access is not among them: a policy may be mended while the events wait.
fn is_about_the_content(code: &str) -> bool {
    const CODES: [&str; 6] = [
        "InvalidMessageContents",
        "InvalidParameterValue",
        "InvalidAttributeValue",
        "MessageTooLong",
        "BatchRequestTooLong",
        "InvalidBatchEntryId",
    ];
    CODES.iter().any(|known| code.contains(known))
}

/// Failures of an entry that pass although SQS calls them the sender's fault: throttling and denied access.
fn is_passing(code: &str) -> bool {
    ["Throttl", "AccessDenied", "Kms"].iter().any(|known| code.contains(known))
}
