//! IDENTIFY and RESUME: how a connection comes by its session.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    GatewayNews, Link, Order, close,
    identify::Spent,
    intents,
    session::{Next, Session, serves},
};
use crate::{
    Change,
    id::{ApplicationId, GuildId, secret},
    world::state::State,
};

/// How an IDENTIFY or a RESUME ends.
pub(super) enum Outcome {
    /// The connection reads this session from the dispatch after `seen` on.
    Reads { session: Arc<str>, seen: u64 },
    /// INVALID SESSION; never resumable.
    Invalid,
    /// The connection is closed.
    Close(u16),
    /// Nothing at all happens: a fault.
    Silence,
}

impl State {
    pub(super) fn identify(&mut self, link: u64, payload: &Value) -> Outcome {
        let token = payload["token"].as_str().unwrap_or_default();
        let Some(application) = self.application_of(plain_token(token)) else {
            return Outcome::Close(close::AUTHENTICATION_FAILED);
        };
        let asked = match self.check_identify(application, payload) {
            Ok(asked) => asked,
            Err(code) => return Outcome::Close(code),
        };
        let (now_ms, settings) = (self.clock.now_ms(), self.settings.clone());
        let app = self.applications.get_mut(&application).expect("its token was just found");
        match app.budget.spend(asked.shard.0, now_ms, &settings.gateway) {
            Spent::Fine => {}
            Spent::TooSoon => {
                self.gateway_news(link, GatewayNews::Invalidated);
                return Outcome::Invalid;
            }
            Spent::UsedUp => {
                tracing::warn!(%application, "identify budget used up: the token is reset");
                self.reset_token(application);
                return Outcome::Close(close::AUTHENTICATION_FAILED);
            }
        }
        let id: Arc<str> = secret().into();
        let session = Session::new(id.clone(), application, asked.shard, asked.intents);
        self.sessions.insert(id.clone(), session);
        self.attach(link, &id);
        self.welcome(&id);
        self.gateway_news(
            link,
            GatewayNews::Identified { application_id: application, shard: asked.shard },
        );
        Outcome::Reads { session: id, seen: 0 }
    }

    pub(super) fn resume(&mut self, link: u64, payload: &Value) -> Outcome {
        if self.faults.next_resume_is_ignored() {
            return Outcome::Silence;
        }
        let token = payload["token"].as_str().unwrap_or_default();
        let Some(application) = self.application_of(plain_token(token)) else {
            return Outcome::Close(close::AUTHENTICATION_FAILED);
        };
        self.expire_sessions();
        let id = payload["session_id"].as_str().unwrap_or_default();
        let session = self.sessions.get(id).filter(|session| session.application == application);
        let (Some(session), Some(seen)) = (session, payload["seq"].as_u64()) else {
            self.gateway_news(link, GatewayNews::Invalidated);
            return Outcome::Invalid;
        };
        if seen > session.sequence {
            return Outcome::Close(close::INVALID_SEQUENCE);
        }
        if matches!(session.after(seen, 1), Next::Forgotten) {
            self.sessions.remove(id);
            self.gateway_news(link, GatewayNews::Invalidated);
            return Outcome::Invalid;
        }
        let (id, replayed) = (session.id.clone(), session.sequence - seen);
        // A connection that still reads the session loses it to the new one.
        let old = session.connection.and_then(|old| self.links.get(&old));
        if let Some(old) = old {
            let _ = old.orders.send(Order::Close(close::UNKNOWN_ERROR));
        }
        self.attach(link, &id);
        let session = self.sessions.get_mut(&id).expect("it was just looked up");
        session.resumes += 1;
        session.append("RESUMED", r#"{"_trace":[]}"#, usize::MAX);
        self.gateway_news(link, GatewayNews::Resumed { application_id: application, replayed });
        Outcome::Reads { session: id, seen }
    }

    /// Registers a new connection and returns its number.
    pub(super) fn link(&mut self, link: Link) -> u64 {
        self.last_link += 1;
        self.links.insert(self.last_link, link);
        self.gateway_news(self.last_link, GatewayNews::Connected);
        self.last_link
    }

    /// Notes that a connection ended. `keeps` says whether its session can be resumed.
    pub(super) fn unlink(&mut self, link: u64, code: Option<u16>, by_client: bool, keeps: bool) {
        self.gateway_news(link, GatewayNews::Closed { code, by_client });
        self.detach(link, keeps);
        self.links.remove(&link);
    }

    /// Takes a connection's session away from it. `keeps` says whether it can be resumed.
    pub(super) fn detach(&mut self, link: u64, keeps: bool) {
        let now_ms = self.clock.now_ms();
        let Some(id) = self.links.get_mut(&link).and_then(|link| link.session.take()) else {
            return;
        };
        let Some(session) = self.sessions.get_mut(&id) else { return };
        // Another connection may have resumed it meanwhile.
        if session.connection != Some(link) {
            return;
        }
        let application_id = session.application;
        session.connection = None;
        session.disconnected_ms = Some(now_ms);
        if !keeps {
            self.sessions.remove(&id);
        }
        self.announce(Change::Session { application_id, connected: false });
    }

    fn attach(&mut self, link: u64, id: &Arc<str>) {
        if let Some(link) = self.links.get_mut(&link) {
            link.session = Some(id.clone());
        }
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.connection = Some(link);
        session.disconnected_ms = None;
        let application_id = session.application;
        self.announce(Change::Session { application_id, connected: true });
    }

    fn check_identify(&self, application: ApplicationId, payload: &Value) -> Result<Asked, u16> {
        let Some(intents) = payload["intents"].as_u64() else {
            return Err(close::INVALID_INTENTS);
        };
        if intents::has_unknown(intents) {
            return Err(close::INVALID_INTENTS);
        }
        if !payload["properties"].is_object() {
            return Err(close::DECODE_ERROR);
        }
        let app = &self.applications[&application];
        let mut disallowed = intents::GUILD_MEMBERS | intents::GUILD_PRESENCES;
        if !app.message_content {
            disallowed |= intents::MESSAGE_CONTENT;
        }
        if intents & disallowed != 0 {
            return Err(close::DISALLOWED_INTENTS);
        }
        let shard = match payload.get("shard").filter(|shard| !shard.is_null()) {
            None => (0, 1),
            Some(shard) => shard_of(shard).ok_or(close::INVALID_SHARD)?,
        };
        let guilds = self.guilds_of(application);
        let served = guilds.iter().filter(|guild| serves(shard, Some(**guild))).count();
        if served > self.settings.gateway.max_guilds_per_shard {
            return Err(close::SHARDING_REQUIRED);
        }
        Ok(Asked { intents, shard })
    }

    /// Puts READY and the guilds into a new session's log.
    fn welcome(&mut self, id: &str) {
        let session = &self.sessions[id];
        let (application, shard, intents) = (session.application, session.shard, session.intents);
        let guilds: Vec<GuildId> = self.guilds_of(application);
        let served = guilds.into_iter().filter(|guild| serves(shard, Some(*guild)));
        let guilds: Vec<_> = served.collect();
        let app = &self.applications[&application];
        let unavailable = guilds.iter().map(|id| json!({"id": id, "unavailable": true}));
        let ready = json!({
            "v": 10,
            "user_settings": {},
            "user": self.users.get(&app.user_id).map(|user| user.own_json()),
            "session_type": "normal",
            "session_id": id,
            "resume_gateway_url": self.gateway_url,
            "relationships": [],
            "private_channels": [],
            "presences": [],
            "guilds": unavailable.collect::<Vec<_>>(),
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": [],
            "auth": {},
            "application": {"id": application, "flags": application_flags(app.message_content)},
            "shard": [shard.0, shard.1],
            "_trace": [],
        });
        let mut events = vec![("READY", ready.to_string())];
        if intents & intents::GUILDS != 0 {
            let creates = guilds.iter().map(|guild| self.guild_create_json(*guild, application));
            events.extend(creates.map(|create| ("GUILD_CREATE", create.to_string())));
        }
        // All of them must be there to be sent, however many guilds there are.
        let bound = self.settings.gateway.replay.max(events.len());
        let session = self.sessions.get_mut(id).expect("it was just looked up");
        for (name, body) in events {
            session.append(name, &body, bound);
        }
    }
}

struct Asked {
    intents: u64,
    shard: (u32, u32),
}

/// Flags of an unverified application: message content limited, where it is on at all.
/// See Discord Docs/Application, "Application Flags".
pub(crate) fn application_flags(message_content: bool) -> u64 {
    const GATEWAY_MESSAGE_CONTENT_LIMITED: u64 = 1 << 19;
    if message_content { GATEWAY_MESSAGE_CONTENT_LIMITED } else { 0 }
}

fn shard_of(shard: &Value) -> Option<(u32, u32)> {
    let [index, total] = shard.as_array()?.as_slice() else { return None };
    let index = u32::try_from(index.as_u64()?).ok()?;
    let total = u32::try_from(total.as_u64()?).ok()?;
    (index < total).then_some((index, total))
}

/// Discord takes a bot's token with and without the word before it.
fn plain_token(token: &str) -> &str {
    token.strip_prefix("Bot ").unwrap_or(token)
}
