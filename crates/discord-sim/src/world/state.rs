//! Everything the simulated Discord knows, behind one lock.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
};

use bytes::Bytes;
use tokio::sync::{broadcast, watch};

use super::{
    channel::Channel, command::Commands, guild::Guild, interaction::Live, message::File,
    people::User, webhook::Webhook,
};
use crate::{
    Change, Clock, Settings,
    faults::Plan,
    gateway::{GatewayLog, Link, identify::Budget, session::Session},
    id::{
        ApplicationId, AttachmentId, ChannelId, GuildId, InteractionId, MessageId, UserId,
        WebhookId, snowflake,
    },
    rest::{limits::Limiter, log::RequestLog},
};

/// The whole world.
pub(crate) struct State {
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Clock,
    /// The address clients reach the gateway under: `ws://…`.
    pub(crate) gateway_url: String,
    /// What addresses of files begin with.
    pub(crate) cdn_url: String,
    last_id: u64,
    /// The ten bits of a snowflake that tell Discord's machines apart: here, simulators running at once.
    machine: u64,
    /// Applications, people, guilds, channels and roles made so far.
    n_places: u64,
    pub(crate) changes: broadcast::Sender<Change>,
    /// Counts up with every change, for those who wait.
    pub(crate) version: watch::Sender<u64>,

    pub(crate) users: BTreeMap<UserId, User>,
    /// The person who owns all guilds and says nothing.
    pub(crate) landlord: UserId,
    pub(crate) applications: BTreeMap<ApplicationId, Application>,
    pub(crate) guilds: BTreeMap<GuildId, Guild>,
    pub(crate) channels: BTreeMap<ChannelId, Channel>,
    /// Where each message stands that is still kept.
    pub(crate) message_channels: HashMap<MessageId, ChannelId>,
    pub(crate) files: HashMap<AttachmentId, File>,
    pub(crate) webhooks: BTreeMap<WebhookId, Webhook>,
    pub(crate) commands: Commands,
    /// The newest interactions, by id, which is by time.
    pub(crate) interactions: BTreeMap<InteractionId, Live>,
    pub(crate) interaction_tokens: HashMap<String, InteractionId>,

    pub(crate) sessions: BTreeMap<Arc<str>, Session>,
    /// Open gateway connections.
    pub(crate) links: HashMap<u64, Link>,
    pub(crate) last_link: u64,
    pub(crate) gateway_log: GatewayLog,
    pub(crate) limiter: Limiter,
    pub(crate) requests: RequestLog,
    pub(crate) faults: Plan,
    /// What every request is checked against, where it was given.
    #[cfg(feature = "openapi")]
    pub(crate) specification: Option<crate::openapi::Specification>,
}

/// A bot's application.
pub(crate) struct Application {
    pub(crate) id: ApplicationId,
    pub(crate) name: String,
    pub(crate) user_id: UserId,
    /// The bot's token as it is now.
    pub(crate) token: String,
    /// Whether the portal's switch for message content is on.
    pub(crate) message_content: bool,
    pub(crate) budget: Budget,
    /// Recent nonces with `enforce_nonce`, oldest first.
    pub(crate) nonces: VecDeque<(ChannelId, String, MessageId)>,
}

/// Where ids of places, people and bots begin: in the spring of 2022, before every message of a world.
const FIRST_PLACE: u64 = 960_000_000_000_000_000;

impl State {
    pub(crate) fn new(settings: Arc<Settings>, clock: Clock, url: String) -> Self {
        let gateway_url = url.replacen("http", "ws", 1);
        let cdn_url = settings.cdn_url.clone().unwrap_or_else(|| url.clone());
        let mut state = Self {
            cdn_url,
            gateway_url,
            last_id: 0,
            machine: RandomState::new().build_hasher().finish() % 1024,
            n_places: 0,
            changes: broadcast::channel(4096).0,
            version: watch::channel(0).0,
            users: BTreeMap::new(),
            landlord: UserId(0),
            applications: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            message_channels: HashMap::new(),
            files: HashMap::new(),
            webhooks: BTreeMap::new(),
            commands: Commands::default(),
            interactions: BTreeMap::new(),
            interaction_tokens: HashMap::new(),
            sessions: BTreeMap::new(),
            links: HashMap::new(),
            last_link: 0,
            gateway_log: GatewayLog::default(),
            limiter: Limiter::default(),
            requests: RequestLog::default(),
            faults: Plan::default(),
            #[cfg(feature = "openapi")]
            specification: None,
            settings,
            clock,
        };
        state.landlord = UserId(state.next_place_id());
        state.users.insert(state.landlord, User::person(state.landlord, "landlord"));
        state
    }

    /// A snowflake of now, larger than every earlier one.
    pub(crate) fn next_id(&mut self) -> u64 {
        let now = snowflake(self.clock.now_ms()) | self.machine << 12;
        self.last_id = (self.last_id + 1).max(now);
        self.last_id
    }

    /// The id of something that is no event: the same in every world that is built in the same order, so
    /// that what was kept about a channel is found again when a simulator is started again.
    pub(crate) fn next_place_id(&mut self) -> u64 {
        self.n_places += 1;
        FIRST_PLACE + (self.n_places << 22)
    }

    /// Tells those who watch.
    pub(crate) fn announce(&mut self, change: Change) {
        // Nobody watching is no fault.
        let _ = self.changes.send(change);
        self.touch();
    }

    /// Wakes those who wait for something that is no change of the world, such as a request.
    pub(crate) fn touch(&mut self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// The bot's user of an application that exists.
    pub(crate) fn bot(&self, application: ApplicationId) -> UserId {
        self.applications[&application].user_id
    }

    /// The application a bot token belongs to.
    pub(crate) fn application_of(&self, token: &str) -> Option<ApplicationId> {
        let mut applications = self.applications.values();
        applications.find(|application| application.token == token).map(|found| found.id)
    }

    /// The guilds an application's bot is in.
    pub(crate) fn guilds_of(&self, application: ApplicationId) -> Vec<GuildId> {
        let Some(bot) = self.applications.get(&application).map(|app| app.user_id) else {
            return Vec::new();
        };
        let guilds = self.guilds.values();
        guilds.filter(|guild| guild.members.contains_key(&bot)).map(|guild| guild.id).collect()
    }

    /// What lies behind a file's address.
    pub(crate) fn file(&self, id: AttachmentId) -> Option<(Bytes, Option<String>)> {
        self.files.get(&id).map(|file| (file.bytes.clone(), file.content_type.clone()))
    }
}
