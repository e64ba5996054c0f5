//! Faults: everything that can go wrong between a bot and Discord, on demand.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{gateway::Order, world::World};

/// Makes things go wrong. Clones break the same world; [`Faults::clear`] mends it.
#[derive(Clone)]
pub struct Faults {
    world: World,
}

/// What a gateway connection meets when it opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "code", rename_all = "snake_case")]
pub enum OnConnect {
    /// It is served.
    #[default]
    Serve,
    /// It is reset before the websocket opens.
    Refuse,
    /// It opens, and nothing is ever said.
    Hang,
    /// It opens and is reset at once.
    Drop,
    /// It opens and is closed at once with this code.
    Close(u16),
}

/// A fault of REST requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestFault {
    /// The requests it meets: `POST /channels/{channel_id}/messages`. `*` and anything in braces stand for
    /// any one segment, `*` for any method, and `*` alone for everything.
    pub on: String,
    /// How many requests it meets.
    #[serde(default = "once")]
    pub times: u32,
    /// How many matching requests pass unharmed before.
    #[serde(default)]
    pub after: u32,
    /// What happens to them.
    pub effect: Effect,
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Effect {
    /// 429 as Discord sends it.
    RateLimited {
        /// Whose limit.
        scope: Scope,
        /// Seconds to wait.
        retry_after: f64,
    },
    /// 429 as Cloudflare sends it to a banned address: HTML, and no scope.
    CloudflareBan,
    /// This answer, and the request changes nothing.
    Answer {
        /// HTTP status.
        status: u16,
        /// Body; nothing where `null`.
        #[serde(default)]
        body: Value,
    },
    /// The request is served after a while.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The connection is reset, and the request changed nothing.
    ResetBefore,
    /// The request is served, but the connection is reset before the answer.
    ResetAfter,
}

/// Whose limit a 429 speaks of. See Discord Docs/Rate Limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// This bot on this route.
    User,
    /// This bot on all routes.
    Global,
    /// Everybody on this resource; it does not count as an invalid request.
    Shared,
}

impl Scope {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Global => "global",
            Self::Shared => "shared",
        }
    }
}

impl RestFault {
    /// `effect` for the next request that matches `on`.
    pub fn on(on: &str, effect: Effect) -> Self {
        Self { on: on.to_owned(), times: 1, after: 0, effect }
    }

    /// For the next `times` matching requests.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    /// Only after `after` matching requests went unharmed.
    #[must_use]
    pub fn after(self, after: u32) -> Self {
        Self { after, ..self }
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        let (wanted, pattern) = match self.on.split_once(' ') {
            Some((wanted, pattern)) => (wanted, pattern),
            None => ("*", self.on.as_str()),
        };
        if wanted != "*" && !wanted.eq_ignore_ascii_case(method) {
            return false;
        }
        if pattern == "*" {
            return true;
        }
        let is_any = |segment: &str| segment == "*" || segment.starts_with('{');
        let (pattern, path) = (pattern.split('/'), path.split('/'));
        pattern.clone().count() == path.clone().count()
            && pattern.zip(path).all(|(wanted, segment)| is_any(wanted) || wanted == segment)
    }
}

fn once() -> u32 {
    1
}

/// The faults in force.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    on_connect: OnConnect,
    connects: u32,
    resumes: u32,
    pub(crate) ignores_heartbeats: bool,
    pub(crate) dispatch_delay: Duration,
    pub(crate) duplicates_dispatches: bool,
    rest: Vec<RestFault>,
}

impl Plan {
    /// What the next gateway connection meets.
    pub(crate) fn next_connect(&mut self) -> OnConnect {
        if take_one(&mut self.connects) { self.on_connect } else { OnConnect::Serve }
    }

    pub(crate) fn next_resume_is_ignored(&mut self) -> bool {
        take_one(&mut self.resumes)
    }

    /// What happens to this request; `path` begins after `/api/v10`.
    pub(crate) fn next_rest(&mut self, method: &str, path: &str) -> Option<Effect> {
        let matching = |fault: &RestFault| fault.times > 0 && fault.matches(method, path);
        let at = self.rest.iter().position(matching)?;
        let fault = &mut self.rest[at];
        if take_one(&mut fault.after) {
            return None;
        }
        fault.times -= 1;
        if fault.times > 0 { Some(fault.effect.clone()) } else { Some(self.rest.remove(at).effect) }
    }
}

/// Takes one from `count`, if there is one.
fn take_one(count: &mut u32) -> bool {
    let any = *count > 0;
    *count = count.saturating_sub(1);
    any
}

impl Faults {
    pub(crate) fn new(world: World) -> Self {
        Self { world }
    }

    /// Resets every open gateway connection, without a close frame. Sessions can be resumed.
    pub fn drop_connections(&self) {
        for link in self.world.lock().links.values() {
            link.connection.cut();
        }
    }

    /// Closes every gateway connection with this code. Sessions can be resumed.
    pub fn close_connections(&self, code: u16) {
        self.world.lock().order_all(&Order::Close(code));
    }

    /// Asks every client to reconnect and resume (opcode 7).
    pub fn ask_reconnect(&self) {
        self.say(r#"{"t":null,"s":null,"op":7,"d":null}"#);
    }

    /// Tells every client that its session is invalid (opcode 9), and whether it may be resumed.
    pub fn invalidate_sessions(&self, resumable: bool) {
        self.world.lock().order_all(&Order::Invalidate { resumable });
    }

    /// Forgets all sessions without a word: the next RESUME meets INVALID SESSION, and whoever is connected
    /// hears nothing any more.
    pub fn forget_sessions(&self) {
        let mut state = self.world.lock();
        state.sessions.clear();
        state.touch();
    }

    /// Says what the next `times` gateway connections meet.
    pub fn on_connect(&self, what: OnConnect, times: u32) {
        let mut state = self.world.lock();
        (state.faults.on_connect, state.faults.connects) = (what, times);
    }

    /// Leaves the next `times` RESUMEs unanswered.
    pub fn ignore_resumes(&self, times: u32) {
        self.world.lock().faults.resumes = times;
    }

    /// Leaves heartbeats unacknowledged.
    pub fn ignore_heartbeats(&self, ignore: bool) {
        self.world.lock().faults.ignores_heartbeats = ignore;
    }

    /// Delivers every dispatch this much later.
    pub fn delay_dispatches(&self, delay: Duration) {
        let mut state = self.world.lock();
        state.faults.dispatch_delay = delay;
        state.wake_sessions();
    }

    /// Delivers every dispatch twice, with the same sequence number.
    pub fn duplicate_dispatches(&self, duplicate: bool) {
        self.world.lock().faults.duplicates_dispatches = duplicate;
    }

    /// Sends any text to every client, as if the gateway had said it.
    pub fn say(&self, text: &str) {
        self.world.lock().order_all(&Order::Say(text.to_owned()));
    }

    /// Adds a fault of REST requests. Where several match, the oldest acts.
    pub fn rest(&self, fault: RestFault) {
        self.world.lock().faults.rest.push(fault);
    }

    /// Mends everything that is broken by a standing fault.
    pub fn clear(&self) {
        let mut state = self.world.lock();
        state.faults = Plan::default();
        state.wake_sessions();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_methods_and_segments() {
        let matches = |on: &str, method: &str, path: &str| {
            RestFault::on(on, Effect::ResetBefore).matches(method, path)
        };
        assert!(matches("POST /channels/{channel_id}/messages", "POST", "/channels/1/messages"));
        assert!(matches("* /channels/*/messages", "GET", "/channels/1/messages"));
        assert!(matches("/channels/1/messages", "GET", "/channels/1/messages"));
        assert!(matches("*", "DELETE", "/anything/at/all"));
        assert!(!matches("POST /channels/*/messages", "GET", "/channels/1/messages"));
        assert!(!matches("POST /channels/*/messages", "POST", "/channels/1/messages/2"));
        assert!(!matches("POST /channels/2/messages", "POST", "/channels/1/messages"));
    }

    #[test]
    fn a_fault_acts_as_often_as_it_was_told_and_no_earlier() {
        let mut plan = Plan::default();
        plan.rest.push(RestFault::on("*", Effect::ResetAfter).times(2).after(1));
        let mut next = || plan.next_rest("GET", "/gateway/bot").is_some();
        assert_eq!([next(), next(), next(), next()], [false, true, true, false]);
    }
}
