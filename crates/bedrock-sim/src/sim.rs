//! The server, and the handle a test holds.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path as UrlPath, State},
    http::{HeaderMap, header},
    response::Response,
    routing::{get, post},
    serve::ListenerExt,
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    bedrock::{self, Cached},
    chat::{self, Dialect},
    play::Play,
    prompt, rules,
    script::{Refusal, Script},
    shapes::{ServiceModel, ServiceModelError},
};

/// A running simulator; dropping it stops it from taking calls.
#[derive(Debug)]
pub struct BedrockSim {
    address: SocketAddr,
    state: Arc<Mutex<Inner>>,
    server: JoinHandle<()>,
}

/// Which API was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Bedrock's `ConverseStream`.
    ConverseStream,
    /// Bedrock's `Converse`.
    Converse,
    /// `POST /v1/chat/completions`.
    ChatCompletions,
}

/// A call that got past the door: requests whose form is refused are no calls, and use up no script.
#[derive(Clone, Debug)]
pub struct Call {
    /// The API it came by.
    pub api: Api,
    /// The model it asked for, as the client wrote it.
    pub model_id: String,
    /// The request's body.
    pub body: Value,
    /// When it arrived.
    pub at: Instant,
}

impl Call {
    /// The text of the last user message.
    pub fn last_user_text(&self) -> String {
        prompt::last_user_text(&self.body)
    }
}

type Chooser = Arc<dyn Fn(&Call) -> Play + Send + Sync>;

#[derive(Default)]
struct Inner {
    script: VecDeque<Play>,
    chooser: Option<Chooser>,
    dialect: Dialect,
    calls: Vec<Call>,
    service_model: Option<Arc<ServiceModel>>,
    violations: Vec<String>,
    /// Tokens of each system prefix that was written to the prompt cache, by model and prefix.
    cache: HashMap<(String, String), u64>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner")
            .field("script", &self.script)
            .field("n_calls", &self.calls.len())
            .field("violations", &self.violations)
            .finish_non_exhaustive()
    }
}

impl BedrockSim {
    /// Starts a simulator on a free loopback port.
    ///
    /// # Panics
    /// When the machine has no loopback port left.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free loopback port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let state = Arc::new(Mutex::new(Inner::default()));
        let router = Router::new()
            .route("/model/{model}/converse-stream", post(converse_stream))
            .route("/model/{model}/converse", post(converse))
            .route("/v1/chat/completions", post(completions))
            .route("/v1/models", get(models))
            // Images travel in the body.
            .layer(DefaultBodyLimit::max(64 << 20))
            .with_state(Arc::clone(&state));
        // Without this the second small write of every answer waits 40 ms for an acknowledgement.
        let listener = listener.tap_io(|tcp| {
            if let Err(error) = tcp.set_nodelay(true) {
                tracing::debug!(%error, "set TCP_NODELAY");
            }
        });
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "serve the simulated Bedrock");
            }
        });
        Self { address, state, server }
    }

    /// The address for `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The base address for OpenAI-compatible clients.
    pub fn openai_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Queues how one of the next calls is answered; without a script, calls are answered by the closure of
    /// [`BedrockSim::answer_with`], else by [`Play::Echo`].
    pub fn script(&self, play: Play) -> &Self {
        self.lock().script.push_back(play);
        self
    }

    /// Decides by the call how it is answered, where the script has nothing to say.
    pub fn answer_with(&self, choose: impl Fn(&Call) -> Play + Send + Sync + 'static) -> &Self {
        self.lock().chooser = Some(Arc::new(choose));
        self
    }

    /// How the OpenAI-compatible face behaves from now on.
    pub fn speak(&self, dialect: Dialect) -> &Self {
        self.lock().dialect = dialect;
        self
    }

    /// Every call of a model so far, in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// Checks every Converse request from now on against AWS's service model; see [`ServiceModel::load`].
    /// A request that violates it is answered with a `ValidationException`.
    ///
    /// # Errors
    /// When the file cannot be loaded.
    pub fn validate_with(&self, path: &Path) -> Result<(), ServiceModelError> {
        self.lock().service_model = Some(Arc::new(ServiceModel::load(path)?));
        Ok(())
    }

    /// What was wrong with requests so far: shapes, and what Bedrock refuses beyond them.
    pub fn violations(&self) -> Vec<String> {
        self.lock().violations.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.state)
    }
}

impl Drop for BedrockSim {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Shared = State<Arc<Mutex<Inner>>>;

/// A test that panicked while it held the lock left nothing half-written.
fn lock(state: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes the call and decides how it is answered.
fn admit(state: &Mutex<Inner>, api: Api, model_id: &str, body: &Value) -> Script {
    let call = Call { api, model_id: model_id.to_owned(), body: body.clone(), at: Instant::now() };
    let (chooser, scripted) = {
        let mut inner = lock(state);
        inner.calls.push(call.clone());
        (inner.chooser.clone(), inner.script.pop_front())
    };
    // Outside the lock: the closure may look at the simulator.
    let chosen = scripted.or_else(|| chooser.map(|choose| choose(&call)));
    Script::new(chosen.unwrap_or_default(), body)
}

/// What Bedrock refuses about a request, whatever the play.
fn objection(
    state: &Mutex<Inner>,
    operation: &str,
    model_id: &str,
    body: &Value,
) -> Option<Refusal> {
    let service_model = lock(state).service_model.clone();
    let mut violations = service_model
        .map(|service_model| service_model.request_violations(operation, body))
        .unwrap_or_default();
    violations.extend(rules::objection(model_id, body));
    let message = violations.first()?.clone();
    lock(state).violations.extend(violations);
    Some(Refusal { status: 400, code: "ValidationException", message })
}

/// The prompt cache: the first request with a prefix writes it, later ones read it. See Amazon
/// Bedrock/Prompt caching.
fn cached(state: &Mutex<Inner>, model_id: &str, body: &Value) -> Cached {
    let Some(prefix) = prompt::cached_prefix(body) else {
        return Cached::default();
    };
    let tokens = prompt::tokens(prefix.chars().count());
    match lock(state).cache.insert((model_id.to_owned(), prefix), tokens) {
        Some(read) => Cached { read, written: 0 },
        None => Cached { read: 0, written: tokens },
    }
}

async fn converse_stream(
    State(state): Shared,
    UrlPath(model_id): UrlPath<String>,
    Json(body): Json<Value>,
) -> Response {
    if let Some(refusal) = objection(&state, "ConverseStream", &model_id, &body) {
        return bedrock::refuse(&refusal);
    }
    let script = admit(&state, Api::ConverseStream, &model_id, &body);
    bedrock::converse_stream(script, &body, cached(&state, &model_id, &body)).await
}

async fn converse(
    State(state): Shared,
    UrlPath(model_id): UrlPath<String>,
    Json(body): Json<Value>,
) -> Response {
    if let Some(refusal) = objection(&state, "Converse", &model_id, &body) {
        return bedrock::refuse(&refusal);
    }
    let script = admit(&state, Api::Converse, &model_id, &body);
    bedrock::converse(script, &body, cached(&state, &model_id, &body)).await
}

async fn completions(
    State(state): Shared,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let dialect = lock(&state).dialect.clone();
    let model_id = body["model"].as_str().unwrap_or_default();
    if let Some(refusal) = dialect.objection(&body, bearer(&headers)) {
        return chat::refuse(&refusal);
    }
    let script = admit(&state, Api::ChatCompletions, model_id, &body);
    chat::completions(script, &body, &dialect).await
}

async fn models(State(state): Shared) -> Response {
    let dialect = lock(&state).dialect.clone();
    chat::models(&dialect)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
