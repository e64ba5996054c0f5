//! Sending: room first, then tries, until there is an answer, a reason, or no time left.

use std::{
    hash::{BuildHasher, RandomState},
    pin::pin,
    sync::atomic::Ordering,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::{
    Call, Discord, Error, Lane, Reply,
    answer::Told,
    failure::{Broken, Failure, Next},
    limits::{Admission, Permit},
    route::Route,
};

/// How often a request is sent at most.
const MAX_TRIES: u32 = 5;
/// The pause before the second try; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// No answer of Discord's comes near; it keeps a wrong address from filling the memory.
const MAX_BODY: usize = 8 << 20;

impl Discord {
    /// Sends a request, with patience where it matters: waits for room, for as long as a 429 says, and
    /// between tries after a failure of Discord's, at most five tries and never past the deadline.
    ///
    /// # Errors
    /// See [`Error`]. [`Lane::Edit`] and [`Lane::Typing`] are tried once, and get [`Error::NoRoom`]
    /// instead of waiting.
    pub async fn send(&self, call: Call) -> Result<Reply, Error> {
        let deadline = self.deadline();
        let route = Route::of(&call.request);
        let max_tries = if call.lane == Lane::Final { MAX_TRIES } else { 1 };
        let mut tries = 0;
        loop {
            if call.request.use_authorization_token() && self.may_not_authorize() {
                return Err(Error::Unauthorized);
            }
            let permit = self.admit(&route, call.lane, deadline).await?;
            tries += 1;
            let failure = match self.attempt(&call, &route, permit, deadline).await {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            let again_at = match failure.next {
                Next::Stop => return Err(failure.error),
                Next::At(at) => at,
                Next::Pause => Instant::now() + jittered(FIRST_PAUSE * 2_u32.pow(tries - 1)),
            };
            if tries >= max_tries || again_at >= deadline {
                return Err(failure.error);
            }
            sleep_until(again_at).await;
        }
    }

    fn may_not_authorize(&self) -> bool {
        self.inner.authorization.is_none() || self.inner.unauthorized.load(Ordering::Relaxed)
    }

    /// Waits for room.
    async fn admit(&self, route: &Route, lane: Lane, deadline: Instant) -> Result<Permit, Error> {
        let limits = &self.inner.limits;
        let mut waiting = None;
        loop {
            let mut changed = pin!(limits.changed().notified());
            changed.as_mut().enable();
            let now = Instant::now();
            if now >= deadline {
                return Err(Error::Deadline);
            }
            let until = match limits.admit(route, lane, now) {
                Admission::Go(permit) => return Ok(permit),
                Admission::NoRoom => return Err(Error::NoRoom),
                Admission::Suspended(until) => return Err(Error::Suspended { until }),
                Admission::Closed(until, scope) if until >= deadline => {
                    return Err(Error::RateLimited { retry_after: until - now, scope });
                }
                Admission::Closed(until, _) => until,
                Admission::Wait(until) => until.unwrap_or(deadline).min(deadline),
            };
            waiting.get_or_insert_with(|| limits.wait());
            tokio::select! {
                () = changed => {}
                () = sleep_until(until) => {}
            }
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        route: &Route,
        permit: Permit,
        deadline: Instant,
    ) -> Result<Reply, Failure> {
        let request = self.request(call).map_err(Failure::stop)?;
        let time_limit = deadline.min(Instant::now() + self.inner.attempt_timeout);
        let (status, headers, body) = match timeout_at(time_limit, self.exchange(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(broken)) => return Err(broken.failure(call)),
            Err(_elapsed) => return Err(Failure::perhaps_applied(call, Error::Deadline)),
        };
        let now = Instant::now();
        let told = Told::read(&headers);
        permit.answered(route, &told, status.is_success(), now);
        if status.is_success() {
            return Ok(Reply { status, body, room: told.room });
        }
        Err(self.failure(call, route, status, &headers, &body, now))
    }

    fn request(&self, call: &Call) -> Result<reqwest::Request, Error> {
        let method =
            call.request.method().name().parse().expect("a method of ours is one of HTTP's");
        let mut builder =
            self.inner.http.request(method, format!("{}{}", self.inner.base, call.request.path()));
        if let Some(headers) = call.request.headers() {
            builder = builder.headers(headers.clone());
        }
        if let Some(authorization) = &self.inner.authorization
            && call.request.use_authorization_token()
        {
            builder = builder.header(AUTHORIZATION, authorization);
        }
        if let Some(form) = call.request.form() {
            let body = form.clone().build();
            builder = builder.header(CONTENT_TYPE, form.content_type()).body(body);
        } else if let Some(body) = call.request.body() {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_vec());
        }
        builder.build().map_err(|source| Error::build(source.without_url()))
    }

    async fn exchange(
        &self,
        request: reqwest::Request,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Broken> {
        let mut response = self.inner.http.execute(request).await.map_err(Broken::Transport)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(Broken::Transport)? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(Broken::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, headers, body.freeze()))
    }
}

/// Half to all of `pause`, so that workers that failed together do not come back together.
fn jittered(pause: Duration) -> Duration {
    // A fresh RandomState is seeded anew by the standard library: enough for jitter, no crate needed.
    let random = RandomState::new().hash_one(0_u8);
    let share = (random % 1_000) as u32;
    pause / 2 + pause / 2 * share / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_differ_and_stay_within_bounds() {
        let pause = Duration::from_millis(100);
        for _ in 0..100 {
            assert!((pause / 2..=pause).contains(&jittered(pause)));
        }
    }
}
