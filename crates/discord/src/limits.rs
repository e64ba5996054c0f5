//! Everything that is known about limits, and who may go now.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use crate::{
    Lane, Scope,
    answer::{Told, TooMany},
    bucket::{Bucket, Standing},
    invalid::Invalid,
    route::Route,
};

/// For so long after any 429 no typing indicator is sent.
const PRESSURE: Duration = Duration::from_secs(10);
/// Beyond so many buckets the idle ones are forgotten; interactions bring a new one each.
const MANY_BUCKETS: usize = 1_000;

/// What a request is told that wants to go.
pub(crate) enum Admission {
    Go(Permit),
    /// Ask again after an answer, or at this instant.
    Wait(Option<Instant>),
    /// Ask again at this instant, not before.
    Closed(Instant, Scope),
    NoRoom,
    Suspended(Instant),
}

/// The limits of one client. Cheap to lock: nothing waits while holding it.
pub(crate) struct Limits {
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    /// Discord's bucket name per route and major parameters (one route may be in different buckets for
    /// different channels); what has none counts under the route itself.
    names: HashMap<Key, Arc<str>>,
    buckets: HashMap<Key, Bucket>,
    /// Until when everything pauses that goes with the bot's token, and without it.
    paused: [Option<Instant>; 2],
    suspended_until: Option<Instant>,
    pressed_until: Option<Instant>,
    invalid: Invalid,
    /// How many requests that must arrive are waiting for room.
    waiting: usize,
}

/// Discord's bucket name (or the route's) and the major parameters.
type Key = (Arc<str>, Arc<str>);

impl Limits {
    pub(crate) fn new(invalid_cap: usize) -> Arc<Self> {
        let state = State {
            names: HashMap::new(),
            buckets: HashMap::new(),
            paused: [None; 2],
            suspended_until: None,
            pressed_until: None,
            invalid: Invalid::new(invalid_cap),
            waiting: 0,
        };
        Arc::new(Self { state: Mutex::new(state), changed: Notify::new() })
    }

    /// Is told when an answer came. Ask for it before [`Limits::admit`], lest the answer fall in between.
    pub(crate) fn changed(&self) -> &Notify {
        &self.changed
    }

    pub(crate) fn admit(self: &Arc<Self>, route: &Route, lane: Lane, now: Instant) -> Admission {
        let mut state = self.state();
        if let Some(until) = state.suspended_until(now) {
            return Admission::Suspended(until);
        }
        let key = state.key(route);
        if lane != Lane::Final && !state.can_spare(route, &key, lane, now) {
            return Admission::NoRoom;
        }
        if let Some(until) =
            state.paused[usize::from(route.authorized)].filter(|until| *until > now)
        {
            return Admission::Closed(until, Scope::Global);
        }
        if route.counted {
            let bucket = state.buckets.entry(key.clone()).or_default();
            match bucket.standing(now) {
                Standing::Free(_) => bucket.start(),
                Standing::Busy(until) => return Admission::Wait(until),
                Standing::Closed(until, scope) => return Admission::Closed(until, scope),
            }
        }
        Admission::Go(Permit { limits: Arc::clone(self), key: route.counted.then_some(key) })
    }

    /// Discord answered 429: returns until when nothing goes.
    pub(crate) fn too_many(&self, route: &Route, told: TooMany, now: Instant) -> Instant {
        let until = now + told.retry_after;
        let mut state = self.state();
        state.pressed_until = Some(now + PRESSURE);
        match told.scope {
            Scope::Edge => state.suspended_until = state.suspended_until.max(Some(until)),
            Scope::Global => {
                let paused = &mut state.paused[usize::from(route.authorized)];
                *paused = (*paused).max(Some(until));
            }
            Scope::User | Scope::Shared if route.counted => {
                let key = state.key(route);
                state.buckets.entry(key).or_default().close(until, told.scope, now);
            }
            Scope::User | Scope::Shared => {}
        }
        until
    }

    /// Counts a request that Discord counts as invalid: 401, 403, and 429 unless it is shared.
    pub(crate) fn count_invalid(&self, now: Instant) {
        self.state().invalid.count(now);
    }

    /// Counts a request as waiting until the guard is dropped.
    pub(crate) fn wait(&self) -> Waiting<'_> {
        self.state().waiting += 1;
        Waiting(self)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way, so a poisoned lock holds a sound state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn key(&self, route: &Route) -> Key {
        let own = (Arc::clone(&route.template), Arc::clone(&route.major));
        match self.names.get(&own) {
            Some(name) => (Arc::clone(name), own.1),
            None => own,
        }
    }

    fn suspended_until(&mut self, now: Instant) -> Option<Instant> {
        let capped = self.invalid.suspended_until(now);
        capped.max(self.suspended_until.filter(|until| *until > now))
    }

    fn forget_idle(&mut self, now: Instant) {
        self.buckets.retain(|_, bucket| !bucket.is_idle(now));
        let buckets = &self.buckets;
        self.names
            .retain(|own, name| buckets.contains_key(&(Arc::clone(name), Arc::clone(&own.1))));
    }

    /// Whether there is room for what may be dropped.
    fn can_spare(&self, route: &Route, key: &Key, lane: Lane, now: Instant) -> bool {
        let is_paused = self.paused[usize::from(route.authorized)].is_some_and(|until| until > now);
        let is_pressed = self.waiting > 0 || self.pressed_until.is_some_and(|until| until > now);
        if is_paused || self.invalid.is_half_full() || (lane == Lane::Typing && is_pressed) {
            return false;
        }
        self.buckets.get(key).is_none_or(|bucket| bucket.can_spare(lane, now))
    }
}

/// The place of one request under way. Dropped without an answer, it counts as used.
pub(crate) struct Permit {
    limits: Arc<Limits>,
    key: Option<Key>,
}

impl Permit {
    /// Learns from the answer, and gives the place back.
    pub(crate) fn answered(mut self, route: &Route, told: &Told, is_success: bool, now: Instant) {
        let Some(key) = self.key.take() else { return };
        let mut state = self.limits.state();
        if let Some(bucket) = state.buckets.get_mut(&key) {
            bucket.end();
        }
        if let Some(name) = &told.bucket
            && *key.0 != **name
        {
            let own = (Arc::clone(&route.template), Arc::clone(&route.major));
            state.names.insert(own, name.as_str().into());
        }
        let named = state.key(route);
        let rest = state.buckets.get(&key).filter(|_| named != key).and_then(Bucket::rest);
        let bucket = state.buckets.entry(named).or_default();
        bucket.learn(told.room, is_success, now);
        if let Some(rest) = rest {
            bucket.take_over(rest);
        }
        if state.buckets.len() > MANY_BUCKETS {
            state.forget_idle(now);
        }
        drop(state);
        self.limits.changed.notify_waiters();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(key) = self.key.take() else { return };
        if let Some(bucket) = self.limits.state().buckets.get_mut(&key) {
            bucket.lost();
        }
        self.limits.changed.notify_waiters();
    }
}

/// A request that must arrive and waits.
pub(crate) struct Waiting<'a>(&'a Limits);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use twilight_http::{request::Request, routing};

    use super::*;

    #[test]
    fn thousands_of_interactions_do_not_fill_the_memory() {
        let limits = Limits::new(1_000);
        let now = Instant::now();
        for n in 0..3_000 {
            let token = format!("token{n}");
            let route = routing::Route::UpdateInteractionOriginal {
                application_id: 1,
                interaction_token: &token,
            };
            let route = Route::of(&Request::from_route(&route));
            let Admission::Go(permit) = limits.admit(&route, Lane::Final, now) else {
                panic!("a fresh bucket")
            };
            permit.answered(&route, &Told::default(), true, now);
        }
        assert!(limits.state().buckets.len() <= MANY_BUCKETS + 1);
    }
}
