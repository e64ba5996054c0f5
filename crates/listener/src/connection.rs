//! One connection to the gateway, from connecting to the end, whatever that is.
//!
//! twilight keeps the protocol: HELLO, heartbeats, IDENTIFY or RESUME, compression. Its reconnecting is not
//! used: it has no pause where a server accepts and closes at once, and it goes on from the last event it
//! *received*, where we go on from the last one *taken in*. So this ends as soon as the socket is lost, and
//! [`shard`](crate::shard) decides what comes next.

use std::{fmt, future::poll_fn, pin::Pin, task::Poll, time::Duration};

use futures_util::Stream as _;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use twilight_gateway::{
    CloseFrame, Message, Shard, ShardState,
    error::{ReceiveMessageError, ReceiveMessageErrorType},
};

use crate::{
    Patience,
    budget::Budget,
    error::chain,
    frame::{DISPATCH, HELLO, Header, INVALID_SESSION, RECONNECT, read},
    health::ShardReport,
    intake::Intake,
};

/// How often a connection looks at itself.
const TICK: Duration = Duration::from_millis(250);
/// How long a close handshake may take.
const FAREWELL: Duration = Duration::from_secs(2);
/// Polls that connecting may take: about ten are needed, for name, socket, TLS and upgrade. More mean that
/// the server accepts and closes so fast that twilight never lets the connection be seen.
const POLLS_TO_CONNECT: u128 = 20;
/// Where connecting takes its time, as over a bad line, it may take a further poll each so often.
const POLL_ALLOWED_EVERY: Duration = Duration::from_millis(25);

/// How a connection ended.
#[derive(Debug)]
pub enum Ended {
    /// The server was not reached.
    Unreachable(String),
    /// The socket closed, with a code or without.
    Closed(Option<u16>),
    /// The server asked to come back; the session is as good as it was.
    Reconnect,
    /// The server does not know the session, or not at the moment.
    Invalid {
        /// Whether it may know it again.
        is_resumable: bool,
    },
    /// The server said nothing where it should have.
    Unanswered,
    /// The queue does not keep up.
    Full,
    /// We were asked to stop.
    Stopped,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "not reached: {why}"),
            Self::Closed(Some(code)) => write!(f, "closed with {code}"),
            Self::Closed(None) => f.write_str("lost"),
            Self::Reconnect => f.write_str("discord asked to reconnect"),
            Self::Invalid { is_resumable: true } => f.write_str("session not valid now"),
            Self::Invalid { is_resumable: false } => f.write_str("session not valid"),
            Self::Unanswered => f.write_str("discord does not answer"),
            Self::Full => f.write_str("the queue does not keep up"),
            Self::Stopped => f.write_str("asked to stop"),
        }
    }
}

/// What a connection was like.
pub struct Ending {
    /// How it ended.
    pub ended: Ended,
    /// Whether READY or RESUMED came.
    pub was_established: bool,
}

/// Runs a connection of `shard` to its end.
pub async fn run(
    shard: &mut Shard<Budget>,
    intake: &mut Intake,
    budget: &Budget,
    report: &ShardReport,
    patience: &Patience,
    stop: &CancellationToken,
) -> Ending {
    let mut connection =
        Connection { shard, ear: Ear::new(), was_established: false, quiet_since: Instant::now() };
    let mut full_since = None;
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ended = loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break Ended::Stopped,
            _ = tick.tick() => {
                connection.ear.forgive_one();
                report.update(connection.shard, intake);
                let state = connection.shard.state();
                if state == ShardState::Active || budget.is_waiting(connection.shard.id().number()) {
                    connection.quiet_since = Instant::now();
                } else if connection.quiet_since.elapsed() > patience.unanswered {
                    break Ended::Unanswered;
                }
                if intake.held() <= patience.backlog {
                    full_since = None;
                } else if full_since.get_or_insert_with(Instant::now).elapsed() > patience.full {
                    break Ended::Full;
                }
            }
            waited = intake.ready(), if intake.is_waiting() => intake.let_go(waited),
            heard = connection.hear() => match heard {
                Heard::Frame(frame) => {
                    if let Some(ended) = connection.take(&frame, intake) {
                        break ended;
                    }
                    if intake.held() > patience.backlog * 2 {
                        break Ended::Full;
                    }
                }
                Heard::Failed(error) => match error.kind() {
                    ReceiveMessageErrorType::Deserializing { event } => intake.skip(event),
                    ReceiveMessageErrorType::Reconnect => break Ended::Unreachable(chain(&error)),
                    _ => break Ended::Closed(None),
                },
                Heard::Closed(code) => break Ended::Closed(code),
            }
        }
    };
    connection.say_farewell(&ended).await;
    Ending { ended, was_established: connection.was_established }
}

struct Connection<'s> {
    shard: &'s mut Shard<Budget>,
    ear: Ear,
    was_established: bool,
    /// Since when the server has said nothing that brings us on; heartbeats do not.
    quiet_since: Instant,
}

/// What the socket brought.
enum Heard {
    Frame(String),
    Failed(ReceiveMessageError),
    Closed(Option<u16>),
}

impl Connection<'_> {
    /// Listens until something is heard. May be given up at any point and begun again.
    async fn hear(&mut self) -> Heard {
        poll_fn(|context| match Pin::new(&mut *self.shard).poll_next(context) {
            Poll::Ready(Some(Ok(Message::Text(frame)))) => Poll::Ready(Heard::Frame(frame)),
            Poll::Ready(Some(Ok(Message::Close(frame)))) => {
                Poll::Ready(Heard::Closed(frame.map(|frame| frame.code)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Heard::Failed(error)),
            Poll::Ready(None) => Poll::Ready(Heard::Closed(None)),
            Poll::Pending if self.ear.has_lost(self.shard.state()) => {
                Poll::Ready(Heard::Closed(None))
            }
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// Takes in a frame; says how the connection ends, if it does.
    fn take(&mut self, frame: &str, intake: &mut Intake) -> Option<Ended> {
        let header = Header::of(frame)?;
        if matches!(header.op, DISPATCH | HELLO) {
            self.quiet_since = Instant::now();
        }
        match header.op {
            DISPATCH => {
                match header.event.as_deref() {
                    Some("READY") => self.ready(intake),
                    Some("RESUMED") => self.was_established = true,
                    _ => {}
                }
                intake.take(&header, frame);
                None
            }
            RECONNECT => Some(Ended::Reconnect),
            INVALID_SESSION => Some(Ended::Invalid { is_resumable: read(frame).unwrap_or(false) }),
            _ => None,
        }
    }

    fn ready(&mut self, intake: &mut Intake) {
        self.was_established = true;
        if let Some(session) = self.shard.session() {
            intake.checkpoint.begin(session, self.shard.resume_url().unwrap_or_default());
        }
    }

    /// Closes in a way that keeps the session. What still arrives is not taken in: it lies behind the
    /// checkpoint, so that whoever resumes gets it.
    async fn say_farewell(&mut self, ended: &Ended) {
        match ended {
            Ended::Closed(_) | Ended::Unreachable(_) => return,
            // twilight has queued the right close frame.
            Ended::Reconnect | Ended::Invalid { .. } => {}
            Ended::Unanswered | Ended::Full | Ended::Stopped => {
                self.shard.close(CloseFrame::RESUME)
            }
        }
        self.ear = Ear::closing();
        let _ = timeout(FAREWELL, async { while matches!(self.hear().await, Heard::Frame(_)) {} })
            .await;
    }
}

/// Notices what twilight does not tell: that it has lost the socket and connects anew by itself.
struct Ear {
    was_connected: bool,
    is_closing: bool,
    was_disconnected: bool,
    connecting_since: Instant,
    polls: u128,
}

impl Ear {
    fn new() -> Self {
        let (was_connected, is_closing, was_disconnected) = (false, false, false);
        Self {
            was_connected,
            is_closing,
            was_disconnected,
            connecting_since: Instant::now(),
            polls: 0,
        }
    }

    /// For a connection that is being closed.
    fn closing() -> Self {
        Self { is_closing: true, ..Self::new() }
    }

    /// Whether the socket is lost, judged after a poll that brought nothing.
    fn has_lost(&mut self, state: ShardState) -> bool {
        let is_connected = !matches!(state, ShardState::Disconnected { .. });
        if self.is_closing {
            // Closing counts as disconnected at once; connected again means that the server hung up
            // without a word and twilight is back already.
            self.was_disconnected |= !is_connected;
            return self.was_disconnected && is_connected;
        }
        let has_lost = self.was_connected && !is_connected;
        self.was_connected |= is_connected;
        self.polls += 1;
        let allowed = POLLS_TO_CONNECT
            + self.connecting_since.elapsed().as_millis() / POLL_ALLOWED_EVERY.as_millis();
        has_lost || (!self.was_connected && self.polls > allowed)
    }

    /// A tick polls too, without anything having happened.
    fn forgive_one(&mut self) {
        self.polls = self.polls.saturating_sub(1);
    }
}
