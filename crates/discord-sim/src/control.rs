//! The control API under `/sim/`: what the library offers, for scripts and other languages. JSON in, JSON out.
//!
//! Requests must say `content-type: application/json`, so that no page in a browser can act here unasked.

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
    Clock, Faults, OnConnect, RestFault, Saying,
    id::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId, UserId},
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
        .route("/applications", post(add_application))
        .route("/guilds", post(add_guild))
        .route("/channels", post(add_channel))
        .route("/people", post(add_person))
        .route("/say", post(say))
        .route("/edit", post(edit))
        .route("/delete", post(delete))
        .route("/react", post(react))
        .route("/slash", post(slash))
        .route("/menu", post(menu))
        .route("/click", post(click))
        .route("/autocomplete", post(autocomplete))
        .route("/faults", post(make_fault))
        .route("/clock", post(advance))
        .route("/world", get(snapshot))
        .route("/channels/{channel}/messages", get(messages))
        .route("/interactions/{interaction}", get(interaction))
        .route("/requests", get(requests))
        .route("/gateway", get(gateway))
        .route("/changes", get(changes))
        .with_state(Control { world, faults, clock })
}

/// Why a request here failed.
struct Failure(StatusCode, String);

impl From<Unknown> for Failure {
    fn from(unknown: Unknown) -> Self {
        Self(StatusCode::NOT_FOUND, unknown.to_string())
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

#[derive(Deserialize)]
struct NewApplication {
    name: String,
    token: String,
}

async fn add_application(State(sim): State<Control>, Json(new): Json<NewApplication>) -> Answer {
    let app = sim.world.add_application(&new.name, &new.token);
    Ok(Json(json!({"application_id": app.application_id, "user_id": app.user_id})))
}

#[derive(Deserialize)]
struct NewGuild {
    name: String,
}

async fn add_guild(State(sim): State<Control>, Json(new): Json<NewGuild>) -> Answer {
    Ok(Json(json!({"guild_id": sim.world.add_guild(&new.name)})))
}

#[derive(Deserialize)]
struct NewChannel {
    name: String,
    /// For a text channel.
    guild_id: Option<GuildId>,
    /// Only these people see the channel.
    private_to: Option<Vec<UserId>>,
    /// For a thread.
    parent_id: Option<ChannelId>,
    /// For a direct message, with `application_id`.
    person: Option<UserId>,
    application_id: Option<ApplicationId>,
}

async fn add_channel(State(sim): State<Control>, Json(new): Json<NewChannel>) -> Answer {
    let channel = match new {
        NewChannel { parent_id: Some(parent), name, .. } => sim.world.add_thread(parent, &name)?,
        NewChannel { person: Some(person), application_id: Some(application), .. } => {
            sim.world.open_dm(person, application)?
        }
        NewChannel { guild_id: Some(guild), private_to: Some(people), name, .. } => {
            sim.world.add_private_channel(guild, &name, &people)?
        }
        NewChannel { guild_id: Some(guild), name, .. } => {
            sim.world.add_text_channel(guild, &name)?
        }
        _ => {
            let message = "one of guild_id, parent_id, or person with application_id is needed";
            return Err(Failure(StatusCode::UNPROCESSABLE_ENTITY, message.to_owned()));
        }
    };
    Ok(Json(json!({"channel_id": channel})))
}

#[derive(Deserialize)]
struct NewPerson {
    name: String,
    guild_id: Option<GuildId>,
}

async fn add_person(State(sim): State<Control>, Json(new): Json<NewPerson>) -> Answer {
    let person = sim.world.add_person(&new.name);
    if let Some(guild) = new.guild_id {
        sim.world.join(person, guild)?;
    }
    Ok(Json(json!({"user_id": person})))
}

#[derive(Deserialize)]
struct Say {
    person: UserId,
    channel: ChannelId,
    text: String,
    reply_to: Option<MessageId>,
}

async fn say(State(sim): State<Control>, Json(say): Json<Say>) -> Answer {
    let saying = Saying { text: say.text, reply_to: say.reply_to, ..Saying::default() };
    let message = sim.world.say_with(say.person, say.channel, saying)?;
    Ok(Json(json!({"message_id": message})))
}

/// Something a person does with a message.
#[derive(Deserialize)]
struct OnMessage {
    person: UserId,
    message: MessageId,
    #[serde(default)]
    text: String,
    #[serde(default)]
    emoji: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    custom_id: String,
}

async fn edit(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    sim.world.edit(on.person, on.message, &on.text)?;
    Ok(Json(json!({})))
}

async fn delete(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    sim.world.delete(on.person, on.message)?;
    Ok(Json(json!({})))
}

async fn react(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    sim.world.react(on.person, on.message, &on.emoji)?;
    Ok(Json(json!({})))
}

async fn menu(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    let interaction = sim.world.menu(on.person, on.message, &on.name)?;
    Ok(Json(json!({"interaction_id": interaction})))
}

async fn click(State(sim): State<Control>, Json(on): Json<OnMessage>) -> Answer {
    let interaction = sim.world.click(on.person, on.message, &on.custom_id)?;
    Ok(Json(json!({"interaction_id": interaction})))
}

#[derive(Deserialize)]
struct Slash {
    person: UserId,
    channel: ChannelId,
    command: String,
    #[serde(default)]
    options: std::collections::BTreeMap<String, String>,
}

async fn slash(State(sim): State<Control>, Json(slash): Json<Slash>) -> Answer {
    let options = slash.options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let options: Vec<_> = options.collect();
    let interaction = sim.world.slash(slash.person, slash.channel, &slash.command, &options)?;
    Ok(Json(json!({"interaction_id": interaction})))
}

#[derive(Deserialize)]
struct Autocomplete {
    person: UserId,
    channel: ChannelId,
    command: String,
    option: String,
    typed: String,
}

async fn autocomplete(State(sim): State<Control>, Json(ask): Json<Autocomplete>) -> Answer {
    let world = &sim.world;
    let choices =
        world.autocomplete(ask.person, ask.channel, &ask.command, &ask.option, &ask.typed);
    Ok(Json(json!({"choices": choices.await?})))
}

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
