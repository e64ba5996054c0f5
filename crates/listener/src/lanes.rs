//! The way of events onto the sink: a lane per message group, so that order survives, and many lanes at
//! once.
//!
//! A lane has one send under way. What the sink cannot take now is tried again, later each time, and
//! everything behind it waits; what it will never take is dropped and counted. Ready lanes of one
//! personality share a send, and each personality's sends are its own, so that a slow queue delays nobody
//! else's.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_util::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use personality::PersonalityId;
use queue::{Event, SendError, Sink};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Instant, sleep_until},
};
use twilight_model::id::{Id, marker::ChannelMarker};

use crate::{backoff::backoff, checkpoint::Ticket, counts::Counts, error::chain};

/// Events of one send: a batch of SQS. See AWS SQS/SendMessageBatch.
const BATCH: usize = 10;
/// Sends under way at once for one personality.
const SENDS: usize = 4;
/// The first wait after a failed send.
const FIRST_RETRY: Duration = Duration::from_millis(100);
/// The longest wait after a failed send.
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// Where events are put for sending. Putting never waits; whoever puts watches [`Lanes::depth`].
#[derive(Clone)]
pub struct Lanes {
    sender: UnboundedSender<Queued>,
    depth: Depth,
}

/// How many events are on their way, for whoever only wants to know.
#[derive(Clone, Default)]
pub struct Depth(Arc<AtomicUsize>);

impl Depth {
    /// How many are not settled yet.
    pub fn get(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// An event, and what is settled once it is accepted.
struct Queued {
    event: Event,
    ticket: Ticket,
}

impl Lanes {
    /// Lanes onto `sink`, and the work that empties them. It ends when all handles are gone and everything
    /// is settled.
    pub fn new(
        sink: Arc<dyn Sink>,
        counts: Arc<Counts>,
    ) -> (Self, impl Future<Output = ()> + Send) {
        let (sender, receiver) = unbounded_channel();
        let depth = Depth::default();
        let sending = Sending {
            sink,
            counts,
            depth: depth.clone(),
            lanes: HashMap::new(),
            queues: HashMap::new(),
            retries: BTreeMap::new(),
            n_retries: 0,
            sends: FuturesUnordered::new(),
        };
        (Self { sender, depth }, sending.run(receiver))
    }

    /// Puts an event behind the others of its group.
    pub fn put(&self, event: Event, ticket: Ticket) {
        self.depth.0.fetch_add(1, Relaxed);
        // Without a receiver the process is ending: unsettled, the event is replayed to the next one.
        let _ = self.sender.send(Queued { event, ticket });
    }

    /// How many events are not settled yet.
    pub fn depth(&self) -> &Depth {
        &self.depth
    }
}

/// A message group of one queue.
type Key = (PersonalityId, Id<ChannelMarker>);

/// One lane; it exists while it is busy: its first event is ready, under way, or to be tried again.
#[derive(Default)]
struct Lane {
    waiting: VecDeque<Queued>,
    /// Sends of its first event that failed.
    attempts: u32,
}

/// One personality's queue.
#[derive(Default)]
struct Queue {
    ready: VecDeque<Key>,
    n_sends: usize,
    failing_since: Option<Instant>,
}

/// A finished send.
struct Sent {
    personality: PersonalityId,
    events: Vec<Event>,
    tickets: Vec<Ticket>,
    answers: Vec<Result<(), SendError>>,
}

struct Sending {
    sink: Arc<dyn Sink>,
    counts: Arc<Counts>,
    depth: Depth,
    lanes: HashMap<Key, Lane>,
    queues: HashMap<PersonalityId, Queue>,
    /// Lanes that wait, by when they are ready again; the number keeps equal instants apart.
    retries: BTreeMap<(Instant, u64), Key>,
    n_retries: u64,
    sends: FuturesUnordered<BoxFuture<'static, Sent>>,
}

impl Sending {
    async fn run(mut self, mut receiver: UnboundedReceiver<Queued>) {
        let mut is_open = true;
        while is_open || !self.lanes.is_empty() {
            let next_retry = self.retries.first_key_value().map(|((at, _), _)| *at);
            tokio::select! {
                queued = receiver.recv(), if is_open => match queued {
                    Some(queued) => {
                        self.enqueue(queued);
                        // What came together leaves together.
                        while let Ok(queued) = receiver.try_recv() {
                            self.enqueue(queued);
                        }
                    }
                    None => is_open = false,
                },
                Some(sent) = self.sends.next() => self.finish(sent),
                () = sleep_until(next_retry.unwrap_or_else(Instant::now)), if next_retry.is_some() => {
                    if let Some((_, key)) = self.retries.pop_first() {
                        self.make_ready(key);
                    }
                }
            }
            self.start_sends();
        }
    }

    fn enqueue(&mut self, queued: Queued) {
        let key = (queued.event.personality.clone(), queued.event.channel_id);
        let is_idle = !self.lanes.contains_key(&key);
        self.lanes.entry(key.clone()).or_default().waiting.push_back(queued);
        if is_idle {
            self.make_ready(key);
        }
    }

    fn make_ready(&mut self, key: Key) {
        self.queues.entry(key.0.clone()).or_default().ready.push_back(key);
    }

    fn start_sends(&mut self) {
        for (personality, queue) in &mut self.queues {
            while queue.n_sends < SENDS && !queue.ready.is_empty() {
                let n = queue.ready.len().min(BATCH);
                let lanes = queue.ready.drain(..n);
                let batch = lanes.filter_map(|key| self.lanes.get_mut(&key)?.waiting.pop_front());
                let (events, tickets): (Vec<_>, Vec<_>) =
                    batch.map(|queued| (queued.event, queued.ticket)).unzip();
                queue.n_sends += 1;
                let (sink, personality) = (self.sink.clone(), personality.clone());
                self.sends.push(Box::pin(async move {
                    let answers = sink.send(&events).await;
                    Sent { personality, events, tickets, answers }
                }));
            }
        }
    }

    fn finish(&mut self, sent: Sent) {
        let Sent { personality, events, tickets, mut answers } = sent;
        // A sink that answers for too few has not said that it accepted the rest.
        answers.resize_with(events.len(), || {
            Err(SendError::Unavailable {
                id: personality.to_string(),
                reason: "no answer".to_owned(),
            })
        });
        self.queues.entry(personality.clone()).or_default().n_sends -= 1;
        for ((event, ticket), answer) in events.into_iter().zip(tickets).zip(answers) {
            let queued = Queued { event, ticket };
            match answer {
                Ok(()) => {
                    self.counts.accepted.add();
                    self.recovered(&personality);
                    self.settle(queued);
                }
                Err(error @ SendError::Refused { .. }) => {
                    self.counts.refused.add();
                    let id = &queued.event.id;
                    tracing::error!(event = %id, error = %chain(&error), "the queue refused event {id}: dropped");
                    self.settle(queued);
                }
                Err(error) => {
                    self.failed(&personality, &error);
                    self.retry(queued);
                }
            }
        }
    }

    fn settle(&mut self, queued: Queued) {
        let key = (queued.event.personality, queued.event.channel_id);
        queued.ticket.settle();
        self.depth.0.fetch_sub(1, Relaxed);
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        lane.attempts = 0;
        if lane.waiting.is_empty() {
            self.lanes.remove(&key);
        } else {
            self.make_ready(key);
        }
    }

    fn retry(&mut self, queued: Queued) {
        let key = (queued.event.personality.clone(), queued.event.channel_id);
        let lane = self.lanes.entry(key.clone()).or_default();
        lane.waiting.push_front(queued);
        lane.attempts += 1;
        let wait = backoff(FIRST_RETRY, LONGEST_RETRY, lane.attempts);
        self.n_retries += 1;
        self.retries.insert((Instant::now() + wait, self.n_retries), key);
    }

    /// One line when a queue begins to fail, not one per try.
    fn failed(&mut self, personality: &PersonalityId, error: &SendError) {
        let queue = self.queues.entry(personality.clone()).or_default();
        if queue.failing_since.is_none() {
            queue.failing_since = Some(Instant::now());
            tracing::warn!(%personality, error = %chain(error), "the queue of {personality} takes nothing: trying again");
        }
    }

    fn recovered(&mut self, personality: &PersonalityId) {
        let queue = self.queues.entry(personality.clone()).or_default();
        if let Some(since) = queue.failing_since.take() {
            let after_ms = since.elapsed().as_millis() as u64;
            tracing::info!(%personality, after_ms, "the queue of {personality} takes events again");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Mutex};

    use async_trait::async_trait;
    use queue::{Addressed, EventId, Message, Person, VERSION, What};
    use store::Store;
    use twilight_gateway::{Intents, ShardId};

    use super::*;
    use crate::checkpoint::Checkpoint;

    /// A sink that fails as told, and watches over its callers.
    #[derive(Default)]
    struct Stubborn {
        accepted: Mutex<Vec<Event>>,
        under_way: Mutex<HashSet<Key>>,
        sends: Mutex<Vec<usize>>,
        /// Every so-many-th answer says that it is unavailable.
        fails_every: usize,
        /// The personality whose queue never answers.
        stuck: Option<PersonalityId>,
        /// The channel whose events are refused.
        refused: Option<Id<ChannelMarker>>,
    }

    fn key(event: &Event) -> Key {
        (event.personality.clone(), event.channel_id)
    }

    #[async_trait]
    impl Sink for Stubborn {
        async fn send(&self, events: &[Event]) -> Vec<Result<(), SendError>> {
            for event in events {
                assert!(
                    self.under_way.lock().unwrap().insert(key(event)),
                    "two sends of {:?}",
                    key(event)
                );
            }
            if events.iter().any(|event| Some(&event.personality) == self.stuck.as_ref()) {
                std::future::pending::<()>().await;
            }
            tokio::task::yield_now().await;
            let answer = |event: &Event| {
                self.under_way.lock().unwrap().remove(&key(event));
                let (id, reason) = (event.id.to_string(), "as told".to_owned());
                let n = {
                    let mut sends = self.sends.lock().unwrap();
                    sends.push(events.len());
                    sends.len()
                };
                if Some(event.channel_id) == self.refused {
                    return Err(SendError::Refused { id, reason });
                }
                if self.fails_every > 0 && n.is_multiple_of(self.fails_every) {
                    return Err(SendError::Unavailable { id, reason });
                }
                self.accepted.lock().unwrap().push(event.clone());
                Ok(())
            };
            events.iter().map(answer).collect()
        }

        async fn probe(&self) -> Result<(), SendError> {
            Ok(())
        }
    }

    fn event(n: u64, personality: &str, channel: u64) -> Event {
        let personality: PersonalityId = personality.parse().unwrap();
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

    fn checkpoint() -> Arc<Checkpoint> {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .build();
        let store = Store::new(aws_sdk_dynamodb::Client::from_conf(config), "never asked");
        let checkpoint =
            Checkpoint::new(store, Id::new(1), ShardId::ONE, Intents::empty(), Arc::default());
        checkpoint.tracker().begin("session".to_owned(), 0);
        Arc::new(checkpoint)
    }

    fn settled(checkpoint: &Checkpoint) -> u64 {
        checkpoint.tracker().checkpoint().unwrap().sequence
    }

    #[tokio::test]
    async fn a_channels_order_survives_a_queue_that_fails_now_and_then() {
        let sink = Arc::new(Stubborn { fails_every: 7, ..Stubborn::default() });
        let (checkpoint, counts) = (checkpoint(), Arc::new(Counts::default()));
        let (lanes, sending) = Lanes::new(sink.clone(), counts.clone());
        for n in 1..=200 {
            lanes.put(
                event(n, ["grim", "mabel"][n as usize % 2], 1 + n % 20),
                checkpoint.receive(n, 1),
            );
        }
        assert_eq!(lanes.depth().get(), 200);
        let depth = lanes.depth().clone();
        drop(lanes);
        sending.await;

        let accepted = sink.accepted.lock().unwrap();
        let mut by_lane: HashMap<Key, Vec<u64>> = HashMap::new();
        for event in accepted.iter() {
            by_lane.entry(key(event)).or_default().push(event.message().unwrap().id.get());
        }
        assert!(by_lane.values().all(|ids| ids.is_sorted() && ids.len() == 10), "{by_lane:?}");
        assert_eq!((settled(&checkpoint), depth.get(), counts.accepted.get()), (200, 0, 200));
        assert!(sink.sends.lock().unwrap().contains(&BATCH), "lanes share sends");
    }

    #[tokio::test]
    async fn what_is_refused_is_dropped_and_what_comes_after_it_is_not() {
        let sink = Arc::new(Stubborn { refused: Some(Id::new(5)), ..Stubborn::default() });
        let (checkpoint, counts) = (checkpoint(), Arc::new(Counts::default()));
        let (lanes, sending) = Lanes::new(sink.clone(), counts.clone());
        for (n, channel) in [(1, 5), (2, 6), (3, 5), (4, 6)] {
            lanes.put(event(n, "grim", channel), checkpoint.receive(n, 1));
        }
        drop(lanes);
        sending.await;
        assert_eq!((counts.refused.get(), counts.accepted.get(), settled(&checkpoint)), (2, 2, 4));
    }

    #[tokio::test]
    async fn a_stuck_queue_delays_nobody_elses_but_holds_the_checkpoint() {
        let sink =
            Arc::new(Stubborn { stuck: Some("grim".parse().unwrap()), ..Stubborn::default() });
        let (checkpoint, counts) = (checkpoint(), Arc::new(Counts::default()));
        let (lanes, sending) = Lanes::new(sink.clone(), counts.clone());
        lanes.put(event(1, "mabel", 5), checkpoint.receive(1, 1));
        lanes.put(event(2, "grim", 5), checkpoint.receive(2, 1));
        for n in 3..=50 {
            lanes.put(event(n, "mabel", 5), checkpoint.receive(n, 1));
        }
        let others_arrive = async {
            while counts.accepted.get() < 49 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = sending => panic!("it ended with an event under way"),
            arrived = tokio::time::timeout(Duration::from_secs(10), others_arrive) => arrived.unwrap(),
        }
        assert_eq!((settled(&checkpoint), lanes.depth().get()), (1, 1));
    }
}
