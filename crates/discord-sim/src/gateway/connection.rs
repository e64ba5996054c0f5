//! One gateway connection, from HELLO to the end.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::{
    GatewayNews, Link, Order, Transport, close, handshake::Outcome, session::Next, zlib::ZlibStream,
};
use crate::{faults::OnConnect, net, world::World};

/// Dispatches taken from a session at a time.
const BATCH: usize = 256;
/// The largest payload a client may send, in bytes. See Discord Docs/Gateway, "Sending Events".
const MAX_PAYLOAD: usize = 4096;
/// The window of the send limit.
const MINUTE: Duration = Duration::from_secs(60);

/// Why a connection ends.
enum End {
    /// We close it with this code.
    Close(u16),
    /// The client closed it, with this code.
    Closed(Option<u16>),
    /// The connection broke.
    Broken,
}

struct Client {
    world: World,
    socket: WebSocket,
    link: u64,
    zlib: Option<ZlibStream>,
    reading: Option<Reading>,
    interval: Duration,
    heard: Instant,
    sends: VecDeque<Instant>,
}

/// The session a connection reads, and how far it got.
struct Reading {
    session: Arc<str>,
    seen: u64,
    wake: Arc<Notify>,
}

/// Serves a connection until it ends.
pub(super) async fn run(
    world: World,
    socket: WebSocket,
    connection: net::Connection,
    transport: Transport,
    on_connect: OnConnect,
) {
    let (orders, mut inbox) = mpsc::unbounded_channel();
    let interval = world.lock().settings.gateway.heartbeat_interval;
    let link = Link { orders, connection: connection.clone(), session: None };
    let link = world.lock().link(link);
    let mut client = Client {
        zlib: transport.zlib_stream.then(ZlibStream::new),
        world,
        socket,
        link,
        reading: None,
        interval,
        heard: Instant::now(),
        sends: VecDeque::new(),
    };
    let end = match on_connect {
        OnConnect::Drop => {
            connection.cut();
            End::Broken
        }
        OnConnect::Close(code) => End::Close(code),
        OnConnect::Hang => client.hang(&mut inbox).await,
        OnConnect::Serve | OnConnect::Refuse => match transport.is_spoken {
            true => client.serve(&mut inbox).await,
            false => End::Close(close::INVALID_API_VERSION),
        },
    };
    client.finish(end).await;
}

impl Client {
    async fn serve(&mut self, inbox: &mut mpsc::UnboundedReceiver<Order>) -> End {
        let hello = json!({"heartbeat_interval": self.interval.as_millis(), "_trace": []});
        let mut result = self.say(10, &hello).await;
        loop {
            if let Err(end) = result {
                return end;
            }
            // Sends what is due and says when something will be.
            let due = match self.catch_up().await {
                Ok(due) => due,
                Err(end) => return end,
            };
            let silent_until = self.heard + self.interval * 3 / 2;
            let wake = self.reading.as_ref().map(|reading| reading.wake.clone());
            result = tokio::select! {
                message = self.socket.recv() => self.receive(message).await,
                Some(order) = inbox.recv() => self.obey(order).await,
                () = woken(wake.as_deref()) => Ok(()),
                () = at(due) => Ok(()),
                () = at(Some(silent_until)) => Err(End::Close(close::SESSION_TIMED_OUT)),
            };
        }
    }

    /// Says nothing, ever, until the client gives up or the fault is lifted by dropping connections.
    async fn hang(&mut self, inbox: &mut mpsc::UnboundedReceiver<Order>) -> End {
        loop {
            tokio::select! {
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Close(frame))) => return closed(frame),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return End::Broken,
                },
                Some(order) = inbox.recv() => if let Order::Close(code) = order {
                    return End::Close(code);
                },
            }
        }
    }

    /// Sends the dispatches that are due. Returns when the next one will be, if one is being delayed.
    async fn catch_up(&mut self) -> Result<Option<Instant>, End> {
        loop {
            let Some(reading) = &self.reading else { return Ok(None) };
            let (next, delay, twice) = {
                let state = self.world.lock();
                let next =
                    state.sessions.get(&reading.session).map(|s| s.after(reading.seen, BATCH));
                (next, state.faults.dispatch_delay, state.faults.duplicates_dispatches)
            };
            let frames = match next {
                Some(Next::Frames(frames)) if frames.is_empty() => return Ok(None),
                Some(Next::Frames(frames)) => frames,
                // The client read too slowly for the bound: it must start anew.
                Some(Next::Forgotten) => return Err(End::Close(close::UNKNOWN_ERROR)),
                // The session was taken away while we read it; another one may begin here.
                None => {
                    self.reading = None;
                    return Ok(None);
                }
            };
            for frame in frames {
                let due = frame.since + delay;
                if due > Instant::now() {
                    self.flush().await?;
                    return Ok(Some(due));
                }
                self.feed(&frame.text).await?;
                if twice {
                    self.feed(&frame.text).await?;
                }
                if let Some(reading) = &mut self.reading {
                    reading.seen = frame.sequence;
                }
            }
            self.flush().await?;
        }
    }

    async fn receive(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            // JSON may also come in a binary frame.
            Some(Ok(Message::Binary(bytes))) => {
                Utf8Bytes::try_from(bytes).map_err(|_| End::Close(close::DECODE_ERROR))?
            }
            Some(Ok(Message::Close(frame))) => return Err(closed(frame)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Err(_)) | None => return Err(End::Broken),
        };
        if text.len() > MAX_PAYLOAD {
            return Err(End::Close(close::DECODE_ERROR));
        }
        let now = Instant::now();
        self.sends.push_back(now);
        self.sends.retain(|sent| now.duration_since(*sent) < MINUTE);
        let most = self.world.lock().settings.gateway.sends_per_minute;
        if self.sends.len() > usize::try_from(most).unwrap_or(usize::MAX) {
            return Err(End::Close(close::RATE_LIMITED));
        }
        let payload: Value =
            serde_json::from_str(&text).map_err(|_| End::Close(close::DECODE_ERROR))?;
        let Some(opcode) = payload["op"].as_u64() else {
            return Err(End::Close(close::DECODE_ERROR));
        };
        self.take(opcode, &payload["d"]).await
    }

    /// See Discord Docs/Opcodes and Status Codes, "Gateway Opcodes".
    async fn take(&mut self, opcode: u64, body: &Value) -> Result<(), End> {
        match opcode {
            1 => {
                self.heard = Instant::now();
                let ignored = {
                    let mut state = self.world.lock();
                    state.gateway_news(self.link, GatewayNews::Heartbeat);
                    state.faults.ignores_heartbeats
                };
                if ignored {
                    return Ok(());
                }
                self.say_text(r#"{"t":null,"s":null,"op":11,"d":null}"#).await
            }
            2 | 6 if self.reading.is_some() => Err(End::Close(close::ALREADY_AUTHENTICATED)),
            2 => {
                let outcome = self.world.lock().identify(self.link, body);
                self.begin(outcome).await
            }
            6 => {
                let outcome = self.world.lock().resume(self.link, body);
                self.begin(outcome).await
            }
            3 | 4 | 8 | 31 if self.reading.is_none() => Err(End::Close(close::NOT_AUTHENTICATED)),
            // Presence, voice, members, soundboard: allowed, and of no consequence here.
            3 | 4 | 8 | 31 => Ok(()),
            _ => Err(End::Close(close::UNKNOWN_OPCODE)),
        }
    }

    async fn begin(&mut self, outcome: Outcome) -> Result<(), End> {
        match outcome {
            Outcome::Reads { session, seen } => {
                let wake = self.world.lock().sessions.get(&session).map(|found| found.wake.clone());
                self.reading = wake.map(|wake| Reading { session, seen, wake });
                Ok(())
            }
            Outcome::Invalid => self.say(9, &Value::Bool(false)).await,
            Outcome::Close(code) => Err(End::Close(code)),
            Outcome::Silence => Ok(()),
        }
    }

    async fn obey(&mut self, order: Order) -> Result<(), End> {
        match order {
            Order::Say(text) => self.say_text(&text).await,
            Order::Close(code) => Err(End::Close(code)),
            Order::Invalidate { resumable } => {
                self.reading = None;
                self.world.lock().detach(self.link, resumable);
                self.say(9, &Value::Bool(resumable)).await
            }
        }
    }

    async fn say(&mut self, opcode: u8, body: &Value) -> Result<(), End> {
        self.say_text(&format!(r#"{{"t":null,"s":null,"op":{opcode},"d":{body}}}"#)).await
    }

    async fn say_text(&mut self, text: &str) -> Result<(), End> {
        self.feed(&text.into()).await?;
        self.flush().await
    }

    async fn feed(&mut self, text: &Utf8Bytes) -> Result<(), End> {
        let message = match &mut self.zlib {
            Some(zlib) => Message::Binary(zlib.compress(text).into()),
            None => Message::Text(text.clone()),
        };
        self.socket.feed(message).await.map_err(|_| End::Broken)
    }

    async fn flush(&mut self) -> Result<(), End> {
        self.socket.flush().await.map_err(|_| End::Broken)
    }

    async fn finish(mut self, end: End) {
        // 1000 and 1001 tell Discord that the client will not come back. See "Initiating a Disconnect".
        let (code, by_client, keeps) = match end {
            End::Close(code) => (Some(code), false, true),
            End::Closed(code) => (code, true, !matches!(code, Some(1000 | 1001))),
            End::Broken => (None, false, true),
        };
        self.world.lock().unlink(self.link, code, by_client, keeps);
        if by_client {
            let _ = SinkExt::close(&mut self.socket).await;
        }
        if let End::Close(code) = end {
            let reason = Utf8Bytes::from_static(reason(code));
            let _ = self.socket.send(Message::Close(Some(CloseFrame { code, reason }))).await;
            // The client's own close frame ends the conversation; it has a moment for it.
            let farewell = async { while let Some(Ok(_)) = self.socket.recv().await {} };
            let _ = tokio::time::timeout(Duration::from_secs(2), farewell).await;
        }
    }
}

fn closed(frame: Option<CloseFrame>) -> End {
    End::Closed(frame.map(|frame| frame.code))
}

async fn woken(wake: Option<&Notify>) {
    match wake {
        Some(wake) => wake.notified().await,
        None => std::future::pending().await,
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

fn reason(code: u16) -> &'static str {
    match code {
        close::UNKNOWN_ERROR => "Unknown error.",
        close::UNKNOWN_OPCODE => "Unknown opcode.",
        close::DECODE_ERROR => "Error while decoding payload.",
        close::NOT_AUTHENTICATED => "Not authenticated.",
        close::AUTHENTICATION_FAILED => "Authentication failed.",
        close::ALREADY_AUTHENTICATED => "Already authenticated.",
        close::INVALID_SEQUENCE => "Invalid seq.",
        close::RATE_LIMITED => "Rate limited.",
        close::SESSION_TIMED_OUT => "Session timed out.",
        close::INVALID_SHARD => "Invalid shard.",
        close::SHARDING_REQUIRED => "Sharding required.",
        close::INVALID_API_VERSION => "Invalid API version.",
        close::INVALID_INTENTS => "Invalid intent(s).",
        close::DISALLOWED_INTENTS => "Disallowed intent(s).",
        _ => "",
    }
}
