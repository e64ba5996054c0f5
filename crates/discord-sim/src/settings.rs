//! What a simulated Discord can be told before it starts.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

/// How the simulator runs. The defaults are Discord's own numbers, on a free loopback port.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen, for gateway and REST alike. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address clients reach it under, such as `http://sim.test:8090`, when that is not `listen`.
    /// It is given out as the gateway's address and in `resume_gateway_url`.
    pub public_url: Option<String>,
    /// What the addresses of attached files begin with. The simulator's own address where unset.
    pub cdn_url: Option<String>,
    /// Whether the control API under `/sim/` is served. Off where only tests in this process hold the world.
    pub control: bool,
    /// The gateway's rules.
    pub gateway: GatewaySettings,
    /// REST rate limits.
    pub limits: RateLimits,
    /// Messages kept per channel; the oldest go first, with their files.
    pub history: usize,
    /// REST requests and gateway events kept for looking at.
    pub requests: usize,
    /// When the world's time begins, in milliseconds since the Unix epoch; now where unset. In a world that
    /// begins weeks ago, [`Clock::advance`](crate::Clock::advance) lets these weeks pass.
    pub begins_ms: Option<u64>,
    /// Discord's OpenAPI document, to validate every request against. Needs the feature `openapi`: without
    /// it [`Sim::start`](crate::Sim::start) refuses.
    pub openapi: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            cdn_url: None,
            control: false,
            gateway: GatewaySettings::default(),
            limits: RateLimits::default(),
            history: 5_000,
            requests: 20_000,
            begins_ms: None,
            openapi: None,
        }
    }
}

/// The gateway's rules. See Discord Docs/Gateway.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// How often a client must send a heartbeat. One and a half intervals of silence close the connection.
    pub heartbeat_interval: Duration,
    /// How long a session can be resumed after its connection is gone. Discord says "a few minutes".
    pub resume_window: Duration,
    /// Dispatches kept per session for a RESUME; one that needs older ones is told to identify.
    pub replay: usize,
    /// The number of shards `GET /gateway/bot` recommends.
    pub shards: u32,
    /// IDENTIFYs a bot may send per day.
    pub identifies: u32,
    /// IDENTIFYs a bot may send per `identify_window`, each for another `shard % max_concurrency`.
    pub max_concurrency: u32,
    /// Five seconds at Discord.
    pub identify_window: Duration,
    /// Payloads a client may send per minute on one connection.
    pub sends_per_minute: u32,
    /// Guilds one shard may hold; with more, sharding is required.
    pub max_guilds_per_shard: usize,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            heartbeat_interval: Duration::from_millis(41_250),
            resume_window: Duration::from_secs(180),
            replay: 20_000,
            shards: 1,
            identifies: 1000,
            max_concurrency: 1,
            identify_window: Duration::from_secs(5),
            sends_per_minute: 120,
            max_guilds_per_shard: 2500,
        }
    }
}

/// REST rate limits. See Discord Docs/Rate Limits. The numbers per route are not documented by Discord;
/// the defaults are what its response headers were seen to say.
#[derive(Clone, Debug)]
pub struct RateLimits {
    /// Whether anything is limited at all. Headers are sent only when it is.
    pub enabled: bool,
    /// Requests a bot may send per second, interactions not counted.
    pub global_per_second: u32,
    /// Limits of single routes that differ from the default, by method and route as in Discord's
    /// documentation: `POST /channels/{channel_id}/messages`.
    pub buckets: BTreeMap<String, Bucket>,
    /// After how many invalid requests (401, 403, 429) within ten minutes everything is answered as
    /// Cloudflare does with a banned address. Discord's number is 10,000; `None` never bans.
    pub ban_after_invalid: Option<u32>,
}

impl RateLimits {
    /// No limits at all, for benches.
    pub fn off() -> Self {
        Self { enabled: false, ..Self::default() }
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            enabled: true,
            global_per_second: 50,
            buckets: BTreeMap::new(),
            ban_after_invalid: None,
        }
    }
}

/// How many requests fit into a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Requests per window.
    pub limit: u32,
    /// Length of the window, which begins with its first request.
    pub per: Duration,
}

impl Bucket {
    /// `limit` requests per `per_ms` milliseconds.
    pub const fn new(limit: u32, per_ms: u64) -> Self {
        Self { limit, per: Duration::from_millis(per_ms) }
    }
}
