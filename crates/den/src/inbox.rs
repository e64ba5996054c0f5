//! The queue on one machine: an event is accepted by a row in the table, dealt with in its lane, and its row
//! deleted. What a killed den left is drained at the next start.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use async_trait::async_trait;
use den_worker::{Deadline, Delivery, Verdict, Worker};
use personality::PersonalityId;
use queue::{Event, SendError, Sink};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::clock::now_ms;

/// Events waiting beyond this are not accepted: the listener holds back, and Discord replays.
const MOST: usize = 10_000;
/// The most events of a lane that are dealt with at once, as SQS delivers at most ten.
const BATCH: usize = 10;
/// The deadline of a turn of the steward, who has no file.
const STEWARD_TIMEOUT: Duration = Duration::from_secs(30);

/// The inbox. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    inner: Arc<Inner>,
}

struct Inner {
    worker: Worker,
    lanes: Mutex<Lanes>,
    turns: TaskTracker,
    stop: CancellationToken,
    /// Told when a lane runs dry.
    idle: Notify,
}

/// One lane per personality and message group.
type Lane = (PersonalityId, String);

#[derive(Default)]
struct Lanes {
    /// A lane is here as long as its task runs.
    waiting: HashMap<Lane, VecDeque<Event>>,
    n_waiting: usize,
}

impl Inbox {
    /// An inbox whose events a worker deals with until `stop`. The worker is made with the sink for the
    /// events it causes itself: this inbox.
    pub fn new(worker: impl FnOnce(Arc<dyn Sink>) -> Worker, stop: CancellationToken) -> Self {
        let inner = Arc::new_cyclic(|inner| Inner {
            worker: worker(Arc::new(Door(Weak::clone(inner)))),
            lanes: Mutex::default(),
            turns: TaskTracker::new(),
            stop,
            idle: Notify::new(),
        });
        Self { inner }
    }

    /// The worker.
    pub fn worker(&self) -> &Worker {
        &self.inner.worker
    }

    /// Takes up what an earlier den left, and returns how many events that were: at once, as nobody else is at them in
    /// a folder that is this den's alone. A body that cannot be read
    /// is put aside with its reason.
    ///
    /// # Errors
    /// The store's.
    pub async fn drain(&self) -> anyhow::Result<usize> {
        let bodies = self.inner.worker.store.inbox().await?;
        let n = bodies.len();
        for (id, body) in bodies {
            match Event::read(&body) {
                Ok(event) => {
                    self.inner.worker.store.unlock(&event.id).await?;
                    self.inner.clone().enqueue(event);
                }
                Err(e) => {
                    self.inner.worker.store.put_aside(&id, &body, &e.to_string(), now_ms()).await?;
                    self.inner.worker.store.remove_from_inbox(&id).await?;
                }
            }
        }
        Ok(n)
    }

    /// Waits until everything accepted is dealt with.
    pub async fn quiet(&self) {
        loop {
            let idle = self.inner.idle.notified();
            if self.inner.lock().waiting.is_empty() {
                return;
            }
            idle.await;
        }
    }

    /// Waits for the turns that are under way; what still waits stays in the table.
    pub async fn close(&self) {
        self.inner.stop.cancel();
        self.inner.turns.close();
        self.inner.turns.wait().await;
    }
}

#[async_trait]
impl Sink for Inbox {
    async fn send(&self, events: &[Event]) -> Vec<Result<(), SendError>> {
        let mut answers = Vec::with_capacity(events.len());
        for event in events {
            answers.push(self.accept(event).await);
        }
        answers
    }

    async fn probe(&self) -> Result<(), SendError> {
        self.inner.has_room("inbox")
    }
}

/// The inbox as its own worker sees it. It does not keep the inbox alive.
struct Door(Weak<Inner>);

#[async_trait]
impl Sink for Door {
    async fn send(&self, events: &[Event]) -> Vec<Result<(), SendError>> {
        match self.0.upgrade() {
            Some(inner) => Inbox { inner }.send(events).await,
            None => events.iter().map(|event| Err(closed(event.id.as_str()))).collect(),
        }
    }

    async fn probe(&self) -> Result<(), SendError> {
        match self.0.upgrade() {
            Some(inner) => inner.has_room("inbox"),
            None => Err(closed("inbox")),
        }
    }
}

fn closed(id: &str) -> SendError {
    SendError::Unavailable { id: id.to_owned(), reason: "the den is stopping".to_owned() }
}

impl Inbox {
    async fn accept(&self, event: &Event) -> Result<(), SendError> {
        self.inner.has_room(event.id.as_str())?;
        match self.inner.worker.store.put_in_inbox(event).await {
            Ok(()) => {
                self.inner.clone().enqueue(event.clone());
                Ok(())
            }
            Err(e) => {
                Err(SendError::Unavailable { id: event.id.to_string(), reason: e.to_string() })
            }
        }
    }
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, Lanes> {
        // Nothing between lock and unlock can panic halfway through a change.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_room(&self, id: &str) -> Result<(), SendError> {
        match self.lock().n_waiting {
            n if n >= MOST => Err(SendError::Unavailable {
                id: id.to_owned(),
                reason: format!("{n} events wait in the inbox"),
            }),
            _ => Ok(()),
        }
    }

    fn enqueue(self: Arc<Self>, event: Event) {
        let lane = (event.personality.clone(), event.group());
        let is_new = {
            let mut lanes = self.lock();
            let waiting = lanes.waiting.get(&lane);
            // Left by an earlier den, and replayed by Discord.
            if waiting.is_some_and(|events| events.iter().any(|known| known.id == event.id)) {
                return;
            }
            let is_new = waiting.is_none();
            lanes.n_waiting += 1;
            lanes.waiting.entry(lane.clone()).or_default().push_back(event);
            is_new
        };
        if is_new {
            let inner = Arc::clone(&self);
            self.turns.spawn(async move { inner.run(lane).await });
        }
    }

    /// Deals with a lane until it is dry: first what came first, then what came meanwhile together.
    async fn run(&self, lane: Lane) {
        let mut receives = 1;
        loop {
            let batch = {
                let mut lanes = self.lock();
                let waiting = lanes
                    .waiting
                    .get(&lane)
                    .map(|events| events.iter().take(BATCH).cloned().collect());
                let batch: Vec<Event> = waiting.unwrap_or_default();
                if batch.is_empty() || self.stop.is_cancelled() {
                    lanes.waiting.remove(&lane);
                    drop(lanes);
                    self.idle.notify_waiters();
                    return;
                }
                batch
            };
            match self.serve(&lane, &batch, receives).await {
                None => receives = 1,
                Some(after) => {
                    receives += 1;
                    tokio::select! {
                        () = self.stop.cancelled() => {}
                        () = tokio::time::sleep(after) => {}
                    }
                }
            }
        }
    }

    /// How long to wait before the rest of the batch is tried again; nothing where none is left.
    async fn serve(&self, lane: &Lane, batch: &[Event], receives: u32) -> Option<Duration> {
        let who = &lane.0;
        let timeout = self.worker.roster.get(who);
        let timeout = timeout
            .map_or(STEWARD_TIMEOUT, |who| Duration::from_secs(who.scaling.timeout_s.into()));
        let deliveries: Vec<Delivery> =
            batch.iter().map(|event| Delivery { body: event.write(), receives }).collect();
        let verdicts = self.worker.serve(&deliveries, Deadline::after(timeout)).await;
        let mut again = None;
        for ((event, delivery), verdict) in batch.iter().zip(&deliveries).zip(verdicts) {
            match verdict {
                Verdict::Done => {}
                Verdict::Retry { after } => {
                    again = Some(after);
                    break;
                }
                Verdict::Dead { reason } => {
                    let put = self.worker.dead_letters.put(
                        who,
                        event.id.as_str(),
                        &delivery.body,
                        &reason,
                    );
                    if let Err(e) = put.await {
                        tracing::error!(event = %event.id, error = format!("{e:#}"), "a dead letter was not put aside");
                        again = Some(Duration::from_secs(60));
                        break;
                    }
                }
            }
            if let Err(e) = self.worker.store.remove_from_inbox(event.id.as_str()).await {
                // It comes again at the next start, and its closed claim knows it.
                tracing::warn!(event = %event.id, error = %e, "an event stays in the inbox");
            }
            let mut lanes = self.lock();
            lanes.n_waiting -= 1;
            if let Some(events) = lanes.waiting.get_mut(lane) {
                events.pop_front();
            }
        }
        again
    }
}
