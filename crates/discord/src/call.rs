//! One request, how much it matters, and what comes back.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;
use twilight_http::request::{Method, Request};

use crate::{Error, Room};

/// How much a request matters when room is short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lane {
    /// What must arrive: it waits for room until the deadline, and one place is kept for it.
    #[default]
    Final,
    /// A message growing while a model speaks: sent once, and only while there is room to spare. After a
    /// 429 nothing of this lane goes to the same bucket for five minutes.
    Edit,
    /// A typing indicator: the first to be dropped under any pressure.
    Typing,
}

/// A request on its way. Neither it nor a [`Reply`] shows what it carries: texts and tokens.
pub struct Call {
    pub(crate) request: Request,
    pub(crate) lane: Lane,
    pub(crate) repeatable: bool,
}

impl Call {
    /// A request that must arrive. It may be repeated unless it is a POST.
    pub fn new(request: Request) -> Self {
        let repeatable = !matches!(request.method(), Method::Post);
        Self { request, lane: Lane::Final, repeatable }
    }

    /// In which lane it goes.
    pub fn lane(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    /// Says of a POST that doing it twice is the same as doing it once.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("lane", &self.lane).finish_non_exhaustive()
    }
}

/// What Discord answered, with success.
#[derive(Clone)]
pub struct Reply {
    /// A 2xx.
    pub status: StatusCode,
    /// The body, perhaps empty.
    pub body: Bytes,
    /// How much room the bucket has left, where Discord said so.
    pub room: Option<Room>,
}

impl Reply {
    /// Reads the body.
    ///
    /// # Errors
    /// [`Error::Unreadable`] when it is something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body)
            .map_err(|source| Error::Unreadable { source: source.into() })
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reply = f.debug_struct("Reply");
        reply.field("status", &self.status).field("room", &self.room).finish_non_exhaustive()
    }
}
