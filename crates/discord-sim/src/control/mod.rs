//! The control API under `/sim/`: what the library offers, for scripts and other languages. JSON in, JSON out.
//!
//! Requests must say `content-type: application/json`, so that no page in a browser can act here unasked.

mod act;
mod build;

use std::{convert::Infallible, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::{Stream, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::wrappers::BroadcastStream;

use crate::{
    Clock, Faults, OnConnect, RestFault,
    id::{ChannelId, InteractionId, UserId},
    world::{NoChoices, Unknown, World},
};

/// What the routes share.
#[derive(Clone)]
struct Control {
    world: World,
    faults: Faults,
    clock: Clock,
}

pub(crate) fn router(world: World, faults: Faults, clock: Clock) -> Router<World> {
    Router::new()
        .route("/applications", post(build::add_application))
        .route("/guilds", post(build::add_guild))
        .route("/channels", post(build::add_channel))
        .route("/people", post(build::add_person))
        .route("/say", post(act::say))
        .route("/edit", post(act::edit))
        .route("/delete", post(act::delete))
        .route("/react", post(act::react))
        .route("/unreact", post(act::unreact))
        .route("/slash", post(act::slash))
        .route("/menu", post(act::menu))
        .route("/click", post(act::click))
        .route("/choose", post(act::choose))
        .route("/submit", post(act::submit))
        .route("/autocomplete", post(act::autocomplete))
        .route("/faults", post(make_fault))
        .route("/clock", post(advance))
        .route("/world", get(snapshot))
        .route("/channels/{channel}/messages", get(messages))
        .route("/interactions/{interaction}", get(interaction))
        .route("/people/{person}/form", get(form))
        .route("/requests", get(requests))
        .route("/gateway", get(gateway))
        .route("/changes", get(changes))
        .with_state(Control { world, faults, clock })
}

/// Why a request here failed.
struct Failure(StatusCode, String);

impl From<Unknown> for Failure {
    fn from(unknown: Unknown) -> Self {
        let status = match unknown {
            Unknown::NotAllowed { .. } | Unknown::NotTheirs(..) => StatusCode::FORBIDDEN,
            _ => StatusCode::NOT_FOUND,
        };
        Self(status, unknown.to_string())
    }
}

impl From<NoChoices> for Failure {
    fn from(problem: NoChoices) -> Self {
        let status = match problem {
            NoChoices::Unknown(_) => StatusCode::NOT_FOUND,
            NoChoices::NoAnswer => StatusCode::GATEWAY_TIMEOUT,
        };
        Self(status, problem.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

type Answer = Result<Json<Value>, Failure>;

/// A fault, as [`Faults`] has them.
#[derive(Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
enum Fault {
    DropConnections,
    CloseConnections { code: u16 },
    AskReconnect,
    InvalidateSessions { resumable: bool },
    ForgetSessions,
    OnConnect { what: OnConnect, times: u32 },
    IgnoreResumes { times: u32 },
    IgnoreHeartbeats { ignore: bool },
    DelayDispatches { ms: u64 },
    DuplicateDispatches { duplicate: bool },
    Rest(RestFault),
    Clear,
}

async fn make_fault(State(sim): State<Control>, Json(fault): Json<Fault>) -> Json<Value> {
    let faults = sim.faults;
    match fault {
        Fault::DropConnections => faults.drop_connections(),
        Fault::CloseConnections { code } => faults.close_connections(code),
        Fault::AskReconnect => faults.ask_reconnect(),
        Fault::InvalidateSessions { resumable } => faults.invalidate_sessions(resumable),
        Fault::ForgetSessions => faults.forget_sessions(),
        Fault::OnConnect { what, times } => faults.on_connect(what, times),
        Fault::IgnoreResumes { times } => faults.ignore_resumes(times),
        Fault::IgnoreHeartbeats { ignore } => faults.ignore_heartbeats(ignore),
        Fault::DelayDispatches { ms } => faults.delay_dispatches(Duration::from_millis(ms)),
        Fault::DuplicateDispatches { duplicate } => faults.duplicate_dispatches(duplicate),
        Fault::Rest(fault) => faults.rest(fault),
        Fault::Clear => faults.clear(),
    }
    Json(json!({}))
}

#[derive(Deserialize)]
struct Advance {
    advance_ms: u64,
}

async fn advance(State(sim): State<Control>, Json(advance): Json<Advance>) -> Json<Value> {
    sim.clock.advance(Duration::from_millis(advance.advance_ms));
    Json(json!({"now_ms": sim.clock.now_ms()}))
}

async fn snapshot(State(sim): State<Control>) -> Json<Value> {
    Json(json!(sim.world.snapshot()))
}

async fn messages(State(sim): State<Control>, Path(channel): Path<ChannelId>) -> Json<Value> {
    let messages = sim.world.messages(channel);
    Json(messages.iter().map(|message| json!(**message)).collect())
}

async fn interaction(State(sim): State<Control>, Path(id): Path<InteractionId>) -> Answer {
    let found = sim.world.interaction(id);
    let missing = || Failure(StatusCode::NOT_FOUND, format!("no interaction {id}"));
    Ok(Json(json!(found.ok_or_else(missing)?)))
}

/// The form somebody has before their eyes, or `null`.
async fn form(State(sim): State<Control>, Path(person): Path<UserId>) -> Json<Value> {
    Json(json!(sim.world.open_form(person)))
}

async fn requests(State(sim): State<Control>) -> Json<Value> {
    let newest: Value = sim.world.requests().iter().map(|request| json!(**request)).collect();
    Json(json!({
        "count": sim.world.request_count(),
        "invalid": sim.world.invalid_requests(),
        "violations": sim.world.violations(),
        "newest": newest,
    }))
}

async fn gateway(State(sim): State<Control>) -> Json<Value> {
    Json(json!({
        "connections": sim.world.connections(),
        "sessions": sim.world.sessions(),
        "log": sim.world.gateway_log(),
    }))
}

/// Everything that happens from now on; an event named `missed` where the reader was too slow.
async fn changes(State(sim): State<Control>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = BroadcastStream::new(sim.world.subscribe()).map(|change| {
        let event = match change {
            Ok(change) => Event::default().data(json!(change).to_string()),
            Err(missed) => Event::default().event("missed").data(missed.to_string()),
        };
        Ok(event)
    });
    Sse::new(changes).keep_alive(KeepAlive::default())
}
