//! REST, version 10: the way of a request from the door to its endpoint and back.
//! See Discord Docs/Reference.

mod answer;
mod body;
pub(crate) mod call;
mod commands;
mod component;
mod followups;
mod form;
mod guilds;
mod interactions;
pub(crate) mod limits;
pub(crate) mod log;
mod messages;
mod modal;
mod reactions;
pub(crate) mod refusal;
pub(crate) mod route;
mod users;
mod webhooks;

use std::time::{Duration, Instant};

use axum::{
    body::to_bytes,
    extract::{ConnectInfo, Request as HttpRequest, State as Extracted},
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, USER_AGENT},
    },
    response::{IntoResponse, Response},
};
use serde_json::Value;

use self::{
    answer::Answer,
    body::Parsed,
    call::Call,
    limits::{Exceeded, Standing},
    log::{Request, without_tokens},
    refusal::Refusal,
    route::{Endpoint, Meaning, Params, decode},
};
use crate::{
    faults::{Effect, Scope},
    id::ApplicationId,
    net::Connection,
    world::{World, state::State},
};

/// The largest request, in bytes: 25 MiB.
const MAX_REQUEST: usize = 25 << 20;

/// What an endpoint comes to.
pub(crate) type Outcome = Result<Reply, Refusal>;

/// What an endpoint answers.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Reply {
    pub(crate) fn json(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    pub(crate) fn empty() -> Self {
        Self { status: 204, body: None }
    }
}

/// A request as it came in, its body read.
struct Incoming {
    method: String,
    /// After `/api/v10`.
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    parsed: Result<Parsed, Refusal>,
}

impl Incoming {
    fn file_names(&self) -> Vec<String> {
        let files = self.parsed.iter().flat_map(|parsed| &parsed.files);
        files.map(|file| file.name.clone()).collect()
    }
}

/// What is known about a request besides, for the log.
#[derive(Default)]
struct Known {
    application: Option<ApplicationId>,
    route: Option<&'static str>,
    scope: Option<Scope>,
}

/// Serves everything under `/api/`.
pub(crate) async fn serve(
    Extracted(world): Extracted<World>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: HttpRequest,
) -> Response {
    let at_ms = world.lock().clock.since_start_ms();
    let (parts, body) = request.into_parts();
    let Some(path) = parts.uri.path().strip_prefix("/api/v10").map(str::to_owned) else {
        let is_api = parts.uri.path().starts_with("/api/");
        let refusal = if is_api { Refusal::invalid_api_version() } else { Refusal::not_found() };
        return Answer::from(refusal).into_http();
    };
    let parsed = match to_bytes(body, MAX_REQUEST).await {
        Ok(bytes) => body::parse(&parts, bytes).await,
        Err(_) => Err(Refusal::too_large()),
    };
    let incoming = Incoming {
        method: parts.method.to_string(),
        path,
        query: pairs(parts.uri.query().unwrap_or_default()),
        headers: parts.headers,
        parsed,
    };
    let effect = world.lock().faults.next_rest(&incoming.method, &incoming.path);
    if let Some(Effect::Delay { ms }) = effect {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    let began = Instant::now();
    let mut known = Known::default();
    let mut state = world.lock();
    let instead =
        effect.as_ref().and_then(|effect| effect.answer(&mut known, state.clock.now_ms()));
    let answer = instead.unwrap_or_else(|| state.answer(&incoming, &mut known));
    let is_reset = matches!(effect, Some(Effect::ResetBefore | Effect::ResetAfter));
    let status = if is_reset { 0 } else { answer.status() };
    let request = Request {
        at_ms,
        took_us: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
        path: without_tokens(&incoming.path),
        route: known.route,
        application_id: known.application,
        files: incoming.file_names(),
        query: incoming.query.into_iter().collect(),
        body: incoming.parsed.map(|parsed| parsed.json).unwrap_or_default(),
        method: incoming.method,
        status,
        code: answer.code(),
        scope: known.scope,
    };
    let bound = state.settings.requests;
    state.requests.push(request, bound);
    state.touch();
    drop(state);
    if is_reset {
        connection.cut();
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    answer.into_http()
}

impl State {
    fn answer(&mut self, incoming: &Incoming, known: &mut Known) -> Answer {
        let now_ms = self.clock.since_start_ms();
        if self.requests.is_banned(now_ms, self.settings.limits.ban_after_invalid) {
            return Answer::Cloudflare;
        }
        let mut headers = HeaderMap::new();
        match self.outcome(incoming, known, &mut headers) {
            Ok(Reply { status, body: Some(body) }) => Answer::Json { status, body, headers },
            Ok(Reply { status, body: None }) => Answer::Empty { status, headers },
            Err(Turned::Limited(exceeded)) => {
                known.scope = Some(exceeded.scope);
                exceeded.into()
            }
            Err(Turned::Refused(refusal)) => {
                Answer::Json { status: refusal.status, body: refusal.body(), headers }
            }
        }
    }

    fn outcome(
        &mut self,
        incoming: &Incoming,
        known: &mut Known,
        headers: &mut HeaderMap,
    ) -> Result<Reply, Turned> {
        check_user_agent(&incoming.headers)?;
        let (endpoint, params) = match route::find(&incoming.method, &incoming.path) {
            Meaning::Endpoint(endpoint, params) => (endpoint, params),
            Meaning::WrongMethod => return Err(Refusal::wrong_method().into()),
            Meaning::Nothing => return Err(Refusal::not_found().into()),
        };
        known.route = Some(endpoint.route);
        if endpoint.needs_token {
            known.application = Some(self.authenticate(&incoming.headers)?);
        }
        if let Some(standing) = self.count(endpoint, &params, known.application)? {
            standing.write_to(headers);
        }
        let parsed = incoming.parsed.clone()?;
        self.check_against_specification(endpoint, incoming, &parsed)?;
        let call = Call {
            application: known.application,
            params,
            query: incoming.query.clone(),
            body: parsed.json,
            files: parsed.files,
        };
        Ok((endpoint.serve)(self, &call)?)
    }

    fn authenticate(&self, headers: &HeaderMap) -> Result<ApplicationId, Refusal> {
        let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| value.strip_prefix("Bot "));
        token.and_then(|token| self.application_of(token)).ok_or_else(Refusal::unauthorized)
    }

    fn count(
        &mut self,
        endpoint: &Endpoint,
        params: &Params,
        application: Option<ApplicationId>,
    ) -> Result<Option<Standing>, Exceeded> {
        let now_ms = self.clock.now_ms();
        let settings = self.settings.clone();
        // Further messages of an interaction share their route with webhooks, but not the global limit.
        let id = params.get("webhook_id").parse::<ApplicationId>();
        let is_interaction = id.is_ok_and(|id| self.applications.contains_key(&id));
        let is_global = endpoint.is_global && !is_interaction;
        self.limiter.count(endpoint, params, application, is_global, now_ms, &settings.limits)
    }

    /// Refuses what Discord's own specification does not allow, and notes it.
    #[cfg(feature = "openapi")]
    fn check_against_specification(
        &mut self,
        endpoint: &Endpoint,
        incoming: &Incoming,
        parsed: &Parsed,
    ) -> Result<(), Refusal> {
        let Some(specification) = &self.specification else { return Ok(()) };
        let body = Some(&parsed.json).filter(|body| !body.is_null());
        let found = specification.check(endpoint.method, endpoint.route, &incoming.query, body);
        let Err(problem) = found else { return Ok(()) };
        let call = format!("{} {}", endpoint.method, endpoint.route);
        let errors = refusal::FormErrors::at("_specification", "SPECIFICATION", &problem);
        self.requests.violations.push(log::Violation { call, problem });
        Err(Refusal::form(errors))
    }

    #[cfg(not(feature = "openapi"))]
    #[expect(clippy::unused_self, reason = "the other half of this function needs it")]
    fn check_against_specification(
        &self,
        _: &Endpoint,
        _: &Incoming,
        _: &Parsed,
    ) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Why a request was turned away.
enum Turned {
    Refused(Refusal),
    Limited(Exceeded),
}

impl From<Refusal> for Turned {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Exceeded> for Turned {
    fn from(exceeded: Exceeded) -> Self {
        Self::Limited(exceeded)
    }
}

/// Discord's proxy lets only clients through that say what they are.
/// See Discord Docs/Reference, "User Agent".
fn check_user_agent(headers: &HeaderMap) -> Result<(), Refusal> {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let inside = agent.strip_prefix("DiscordBot (").and_then(|rest| rest.split_once(')'));
    match inside {
        Some((inside, _)) if inside.contains(", ") => Ok(()),
        _ => Err(Refusal::cloudflare()),
    }
}

/// The pairs of a query.
fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}
