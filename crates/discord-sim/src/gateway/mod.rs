//! The gateway, version 10. See Discord Docs/Gateway.

mod connection;
mod handshake;
pub(crate) mod identify;
pub(crate) mod intents;
pub(crate) mod session;
mod zlib;

pub(crate) use self::handshake::application_flags;

use std::{collections::VecDeque, sync::Arc};

use axum::{
    extract::{
        ConnectInfo, RawQuery, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::sync::mpsc;

use crate::{faults::OnConnect, id::ApplicationId, net::Connection, world::World, world::state};

/// An open connection, as the rest of the simulator reaches it.
pub(crate) struct Link {
    pub(crate) orders: mpsc::UnboundedSender<Order>,
    pub(crate) connection: Connection,
    /// The session it reads, once it identified or resumed.
    pub(crate) session: Option<Arc<str>>,
}

/// What a connection is told to do.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    /// Say this text, whatever it is.
    Say(String),
    /// Close with this code.
    Close(u16),
    /// Leave the session and say INVALID SESSION.
    Invalidate {
        /// Whether it can be resumed.
        resumable: bool,
    },
}

/// Something that happened on the gateway.
#[derive(Clone, Debug, Serialize)]
pub struct GatewayEvent {
    /// When, in milliseconds since the simulator started.
    pub at_ms: u64,
    /// On which connection, counted from 1.
    pub connection: u64,
    /// What.
    pub what: GatewayNews,
}

/// What happened on the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum GatewayNews {
    /// A client connected.
    Connected,
    /// It identified and was given a new session.
    Identified {
        /// The bot.
        application_id: ApplicationId,
        /// Index and number of shards.
        shard: (u32, u32),
    },
    /// It took up an earlier session.
    Resumed {
        /// The bot.
        application_id: ApplicationId,
        /// How many dispatches it had missed.
        replayed: u64,
    },
    /// Its IDENTIFY or RESUME was answered with INVALID SESSION.
    Invalidated,
    /// It sent a heartbeat.
    Heartbeat,
    /// The connection ended.
    Closed {
        /// The close code, where there was one.
        code: Option<u16>,
        /// Whether the client closed it.
        by_client: bool,
    },
}

/// The newest gateway events.
#[derive(Default)]
pub(crate) struct GatewayLog(VecDeque<GatewayEvent>);

impl GatewayLog {
    pub(crate) fn all(&self) -> Vec<GatewayEvent> {
        self.0.iter().cloned().collect()
    }
}

impl state::State {
    pub(crate) fn gateway_news(&mut self, connection: u64, what: GatewayNews) {
        let at_ms = self.clock.since_start_ms();
        self.gateway_log.0.push_back(GatewayEvent { at_ms, connection, what });
        if self.gateway_log.0.len() > self.settings.requests {
            self.gateway_log.0.pop_front();
        }
        self.touch();
    }

    /// Gives every open connection an order.
    pub(crate) fn order_all(&self, order: &Order) {
        for link in self.links.values() {
            // A connection that is ending needs no order.
            let _ = link.orders.send(order.clone());
        }
    }

    /// Lets every connection look again at what it is to send.
    pub(crate) fn wake_sessions(&self) {
        for session in self.sessions.values() {
            session.wake.notify_one();
        }
    }

    /// Forgets sessions whose resume window is over.
    pub(crate) fn expire_sessions(&mut self) {
        let now_ms = self.clock.now_ms();
        let window_ms = self.settings.gateway.resume_window.as_millis();
        self.sessions.retain(|_, session| {
            session.disconnected_ms.is_none_or(|at| u128::from(now_ms - at) <= window_ms)
        });
    }

    /// Ends an application's sessions at once, as a token reset does.
    pub(crate) fn end_sessions_of(&mut self, application: ApplicationId) {
        for session in self.sessions.values().filter(|one| one.application == application) {
            if let Some(link) = session.connection.and_then(|link| self.links.get(&link)) {
                let _ = link.orders.send(Order::Close(close::AUTHENTICATION_FAILED));
            }
        }
        self.sessions.retain(|_, session| session.application != application);
    }
}

/// Close codes. See Discord Docs/Opcodes and Status Codes, "Gateway Close Event Codes".
pub(crate) mod close {
    pub(crate) const UNKNOWN_ERROR: u16 = 4000;
    pub(crate) const UNKNOWN_OPCODE: u16 = 4001;
    pub(crate) const DECODE_ERROR: u16 = 4002;
    pub(crate) const NOT_AUTHENTICATED: u16 = 4003;
    pub(crate) const AUTHENTICATION_FAILED: u16 = 4004;
    pub(crate) const ALREADY_AUTHENTICATED: u16 = 4005;
    pub(crate) const INVALID_SEQUENCE: u16 = 4007;
    pub(crate) const RATE_LIMITED: u16 = 4008;
    pub(crate) const SESSION_TIMED_OUT: u16 = 4009;
    pub(crate) const INVALID_SHARD: u16 = 4010;
    pub(crate) const SHARDING_REQUIRED: u16 = 4011;
    pub(crate) const INVALID_API_VERSION: u16 = 4012;
    pub(crate) const INVALID_INTENTS: u16 = 4013;
    pub(crate) const DISALLOWED_INTENTS: u16 = 4014;
}

/// What a client asks for in the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transport {
    /// Whether it asked for version 10 and JSON, which is all we speak.
    pub(crate) is_spoken: bool,
    pub(crate) zlib_stream: bool,
}

impl Transport {
    fn from_query(query: &str) -> Self {
        let has = |wanted: &str| query.split('&').any(|pair| pair == wanted);
        let other_encoding =
            query.split('&').any(|pair| pair.starts_with("encoding=") && pair != "encoding=json");
        Self { is_spoken: has("v=10") && !other_encoding, zlib_stream: has("compress=zlib-stream") }
    }
}

/// Serves `/` and `/gateway`.
pub(crate) async fn serve(
    State(world): State<World>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let on_connect = world.lock().faults.next_connect();
    if on_connect == OnConnect::Refuse {
        connection.cut();
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let transport = Transport::from_query(query.as_deref().unwrap_or_default());
    upgrade
        .on_upgrade(move |socket| connection::run(world, socket, connection, transport, on_connect))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_version_encoding_and_compression() {
        let of = Transport::from_query;
        let spoken = Transport { is_spoken: true, zlib_stream: false };
        assert_eq!(of("v=10&encoding=json"), spoken);
        assert_eq!(of("v=10"), spoken);
        assert!(of("v=10&encoding=json&compress=zlib-stream").zlib_stream);
        assert!(!of("v=9&encoding=json").is_spoken);
        assert!(!of("v=10&encoding=etf").is_spoken);
        assert!(!of("").is_spoken);
    }
}
