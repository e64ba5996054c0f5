//! Whether the listener is well, told over HTTP on a loopback address.
//!
//! Well means that every shard's loop turns: connected, connecting, or waiting on purpose. Whether Discord
//! can be reached is not part of it, or an outage of Discord's would have the listener restarted again and
//! again, which costs identifies.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use futures_util::future::join;
use http::{Request, Response, StatusCode, header::CONTENT_TYPE};
use hyper::{body::Incoming, client, server, service::service_fn};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use twilight_gateway::{Shard, ShardId, ShardState};

use crate::{budget::Budget, counts::Counts, intake::Intake, lanes::Depth};

/// A shard that has not shown itself for so long hangs.
const HANGS: Duration = Duration::from_secs(30);
/// How long a report may take, and a check of one.
const REPORT: Duration = Duration::from_secs(5);
/// Reports served at once.
const AT_ONCE: usize = 16;

/// What a shard is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Not connected yet, or between connections.
    Connecting,
    /// Waiting for READY.
    Identifying,
    /// Being replayed what it missed.
    Resuming,
    /// Receiving events.
    Active,
    /// Waiting a little before it connects again.
    Pausing,
    /// Waiting for the queue to take what was received.
    WaitingForQueue,
    /// Finished.
    Stopped,
}

/// What a shard last said of itself.
pub struct ShardReport(Mutex<Said>);

struct Said {
    shard: ShardId,
    doing: Doing,
    alive_at: Instant,
    latency: Option<Duration>,
    received: Option<u64>,
    checkpoint: Option<u64>,
}

impl ShardReport {
    /// A shard that has said nothing yet.
    pub fn new(shard: ShardId) -> Self {
        let (latency, received, checkpoint) = (None, None, None);
        let (doing, alive_at) = (Doing::Connecting, Instant::now());
        Self(Mutex::new(Said { shard, doing, alive_at, latency, received, checkpoint }))
    }

    /// Says what it is doing, and that it is alive.
    pub fn set(&self, doing: Doing) {
        let mut said = self.said();
        said.doing = doing;
        said.alive_at = Instant::now();
    }

    /// Says where its connection stands.
    pub fn update(&self, shard: &Shard<Budget>, intake: &Intake) {
        let mut said = self.said();
        said.alive_at = Instant::now();
        said.doing = match shard.state() {
            ShardState::Active => Doing::Active,
            ShardState::Resuming => Doing::Resuming,
            ShardState::Identifying => Doing::Identifying,
            ShardState::Disconnected { .. } | ShardState::FatallyClosed => Doing::Connecting,
        };
        said.latency = shard.latency().recent().first().copied();
        let tracker = intake.checkpoint.tracker();
        said.received = tracker.received().map(|position| position.sequence);
        said.checkpoint = tracker.checkpoint().map(|position| position.sequence);
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.0.lock().expect("no panic while held")
    }
}

/// Everything a report is made of.
pub struct Health {
    pub shards: Vec<Arc<ShardReport>>,
    pub depth: Depth,
    pub counts: Arc<Counts>,
}

#[derive(Serialize)]
struct Report<'a> {
    healthy: bool,
    shards: Vec<ShardLine>,
    /// Events received and not settled yet.
    queue_depth: usize,
    counts: std::collections::BTreeMap<&'a str, u64>,
}

#[derive(Serialize)]
struct ShardLine {
    shard: u32,
    doing: Doing,
    silent_ms: u128,
    latency_ms: Option<u128>,
    received: Option<u64>,
    checkpoint: Option<u64>,
}

impl Health {
    fn report(&self) -> Report<'_> {
        let shards: Vec<_> = self.shards.iter().map(|shard| shard.line()).collect();
        Report {
            healthy: shards.iter().all(|line| line.silent_ms < HANGS.as_millis()),
            shards,
            queue_depth: self.depth.get(),
            counts: self.counts.by_name().into_iter().collect(),
        }
    }

    fn response(&self) -> Response<String> {
        let report = self.report();
        let status = if report.healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let body =
            serde_json::to_string(&report).expect("a report has string keys and plain values");
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
        response
    }

    /// Answers every request with a report, for ever.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Out of file handles, mostly: they come back.
                sleep(Duration::from_millis(100)).await;
                continue;
            };
            while connections.try_join_next().is_some() {}
            if connections.len() >= AT_ONCE {
                continue;
            }
            let health = self.clone();
            connections.spawn(async move {
                let answer = service_fn(move |_: Request<Incoming>| {
                    let response = health.response();
                    async move { Ok::<_, std::convert::Infallible>(response) }
                });
                let connection = server::conn::http1::Builder::new()
                    .keep_alive(false)
                    .serve_connection(TokioIo::new(stream), answer);
                // Whoever asked hung up, or took too long; they may ask again.
                let _ = timeout(REPORT, connection).await;
            });
        }
    }
}

impl ShardReport {
    fn line(&self) -> ShardLine {
        let said = self.said();
        ShardLine {
            shard: said.shard.number(),
            doing: said.doing,
            // One that is finished has nothing more to show.
            silent_ms: if said.doing == Doing::Stopped {
                0
            } else {
                said.alive_at.elapsed().as_millis()
            },
            latency_ms: said.latency.map(|latency| latency.as_millis()),
            received: said.received,
            checkpoint: said.checkpoint,
        }
    }
}

/// Why a listener is not known to be well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwell {
    /// Nobody answers in time.
    #[error(
        "nobody answers at {0}: is the listener running, and is DEN_HEALTH_ADDR the same for both?"
    )]
    NoAnswer(SocketAddr),
    /// It answers that it is not well.
    #[error("a shard of the listener at {0} hangs; its report at http://{0}/ says which")]
    Hangs(SocketAddr),
}

/// Asks the listener at `address` whether it is well.
///
/// # Errors
/// Why it is not, as far as that is known.
pub async fn check(address: SocketAddr) -> Result<(), Unwell> {
    let asked = async {
        let stream = TcpStream::connect(address).await.ok()?;
        let (mut sender, connection) =
            client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
        let request =
            Request::get("/").header("host", address.to_string()).body(String::new()).ok()?;
        // The connection carries the request, and ends with the answer: reports are not kept alive.
        let (response, _) = join(sender.send_request(request), connection).await;
        Some(response.ok()?.status())
    };
    match timeout(REPORT, asked).await.ok().flatten() {
        Some(StatusCode::OK) => Ok(()),
        Some(_) => Err(Unwell::Hangs(address)),
        None => Err(Unwell::NoAnswer(address)),
    }
}
