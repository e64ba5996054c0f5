//! Starting and stopping.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, routing::get};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    Clock, Faults, Settings, World, cdn, control, gateway,
    gateway::Order,
    net::{Connection, Listener},
    rest,
    world::state::State,
};

/// How long open connections have to end when the simulator is stopped.
const FAREWELL: Duration = Duration::from_secs(3);

/// A running simulator. Dropping it resets every connection; [`Sim::stop`] takes leave.
pub struct Sim {
    world: World,
    address: SocketAddr,
    url: String,
    gateway_url: String,
    clock: Clock,
    /// No more connections are accepted.
    closing: CancellationToken,
    /// Every connection is reset.
    stop: CancellationToken,
    serving: JoinHandle<io::Result<()>>,
}

impl Sim {
    /// Listens and serves an empty world.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the OpenAPI document cannot be used.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        let address = listener.local_addr()?;
        let url = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let clock = Clock::new(settings.begins_ms);
        let serves_control = settings.control;
        let state = new_state(settings, clock.clone(), url.clone())?;
        let gateway_url = state.gateway_url.clone();
        let world = World::new(state);
        let (closing, stop) = (CancellationToken::new(), CancellationToken::new());
        let app = router(&world, &clock, serves_control)
            .into_make_service_with_connect_info::<Connection>();
        let serving = axum::serve(Listener::new(listener, stop.clone()), app)
            .with_graceful_shutdown(closing.clone().cancelled_owned());
        let serving = tokio::spawn(serving.into_future());
        Ok(Self { world, address, url, gateway_url, clock, closing, stop, serving })
    }

    /// The address of REST: `http://127.0.0.1:40123`, without `/api`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of the gateway: `ws://127.0.0.1:40123`.
    pub fn gateway_url(&self) -> &str {
        &self.gateway_url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The world it serves.
    pub fn world(&self) -> World {
        self.world.clone()
    }

    /// What can go wrong.
    pub fn faults(&self) -> Faults {
        Faults::new(self.world.clone())
    }

    /// The world's clock.
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// Takes leave: closes gateway connections resumably, lets requests in flight end, and stops.
    pub async fn stop(mut self) {
        self.world.lock().order_all(&Order::Close(1001));
        self.closing.cancel();
        // What has not ended by then is reset when `self` is dropped.
        let _ = tokio::time::timeout(FAREWELL, &mut self.serving).await;
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.stop.cancel();
        self.serving.abort();
    }
}

fn router(world: &World, clock: &Clock, serves_control: bool) -> Router {
    let mut router = Router::new()
        .route("/", get(gateway::serve))
        .route("/gateway", get(gateway::serve))
        .route("/attachments/{channel}/{attachment}/{name}", get(cdn::serve));
    if serves_control {
        let faults = Faults::new(world.clone());
        router = router.nest("/sim", control::router(world.clone(), faults, clock.clone()));
    }
    router
        .fallback(rest::serve)
        // The limit on requests is Discord's own, checked where they are read.
        .layer(DefaultBodyLimit::disable())
        .with_state(world.clone())
}

#[cfg(feature = "openapi")]
fn new_state(settings: Settings, clock: Clock, url: String) -> io::Result<State> {
    let specification = match &settings.openapi {
        Some(path) => Some(crate::openapi::Specification::read(path).map_err(io::Error::other)?),
        None => None,
    };
    let mut state = State::new(Arc::new(settings), clock, url);
    state.specification = specification;
    Ok(state)
}

#[cfg(not(feature = "openapi"))]
fn new_state(settings: Settings, clock: Clock, url: String) -> io::Result<State> {
    if settings.openapi.is_some() {
        let message = "discord-sim was built without the feature `openapi`";
        return Err(io::Error::new(io::ErrorKind::Unsupported, message));
    }
    Ok(State::new(Arc::new(settings), clock, url))
}
