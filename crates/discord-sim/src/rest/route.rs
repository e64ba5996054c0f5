//! Routes: which there are, and which one a request means.

use super::{
    Outcome, call::Call, commands, guilds, interactions, messages, reactions, users, webhooks,
};
use crate::{settings::Bucket, world::state::State};

/// A route with one method.
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    /// As in Discord's documentation.
    pub(crate) route: &'static str,
    /// Whether it needs a bot's token; the others carry one in their path.
    pub(crate) needs_token: bool,
    /// Whether it counts towards the global limit.
    pub(crate) is_global: bool,
    pub(crate) bucket: Bucket,
    pub(crate) serve: fn(&mut State, &Call) -> Outcome,
}

impl Endpoint {
    /// An endpoint for a bot's token, with `limit` requests per `per_ms` milliseconds.
    pub(crate) const fn bot(
        method: &'static str,
        route: &'static str,
        (limit, per_ms): (u32, u64),
        serve: fn(&mut State, &Call) -> Outcome,
    ) -> Self {
        let bucket = Bucket::new(limit, per_ms);
        Self { method, route, needs_token: true, is_global: true, bucket, serve }
    }

    /// An endpoint whose path carries a token of its own.
    pub(crate) const fn open(
        method: &'static str,
        route: &'static str,
        limit: (u32, u64),
        serve: fn(&mut State, &Call) -> Outcome,
    ) -> Self {
        Self { needs_token: false, ..Self::bot(method, route, limit, serve) }
    }

    /// Not counted towards the global limit, as interactions are not.
    pub(crate) const fn not_global(self) -> Self {
        Self { is_global: false, ..self }
    }
}

/// The values of a route's parameters, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(&'static str, String)>);

impl Params {
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// What a bucket is counted for beside its route: channel, guild, or webhook with token.
    pub(crate) fn major(&self) -> String {
        let is_major =
            |name: &str| matches!(name, "channel_id" | "guild_id" | "webhook_id" | "webhook_token");
        let major = self.0.iter().filter(|(name, _)| is_major(name));
        major.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("/")
    }
}

/// What a method and a path mean.
pub(crate) enum Meaning {
    Endpoint(&'static Endpoint, Params),
    /// There is the path, but not with this method.
    WrongMethod,
    /// There is no such path.
    Nothing,
}

/// Finds the endpoint of `path`, which begins after `/api/v10`.
pub(crate) fn find(method: &str, path: &str) -> Meaning {
    let mut meaning = Meaning::Nothing;
    for endpoint in all() {
        let Some(params) = matched(endpoint.route, path) else { continue };
        if endpoint.method == method {
            return Meaning::Endpoint(endpoint, params);
        }
        meaning = Meaning::WrongMethod;
    }
    meaning
}

/// All endpoints; the more particular of two that match comes first.
pub(crate) fn all() -> impl Iterator<Item = &'static Endpoint> {
    let tables = [
        messages::ENDPOINTS,
        reactions::ENDPOINTS,
        webhooks::ENDPOINTS,
        interactions::ENDPOINTS,
        guilds::ENDPOINTS,
        users::ENDPOINTS,
        commands::ENDPOINTS,
    ];
    tables.into_iter().flatten()
}

fn matched(route: &'static str, path: &str) -> Option<Params> {
    let mut params = Vec::new();
    let mut given = path.split('/');
    for wanted in route.split('/') {
        let segment = given.next()?;
        if let Some(name) = wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            if segment.is_empty() || segment.starts_with('@') {
                return None;
            }
            params.push((name, decode(segment)));
        } else if wanted != segment {
            return None;
        }
    }
    given.next().is_none().then_some(Params(params))
}

/// Undoes percent-encoding; what is not well encoded stays as it is.
pub(crate) fn decode(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = segment.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| segment.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route_of(method: &str, path: &str) -> Option<&'static str> {
        match find(method, path) {
            Meaning::Endpoint(endpoint, _) => Some(endpoint.route),
            Meaning::WrongMethod => Some("wrong method"),
            Meaning::Nothing => None,
        }
    }

    #[test]
    fn paths_find_their_route() {
        let message = "/channels/{channel_id}/messages/{message_id}";
        assert_eq!(route_of("PATCH", "/channels/1/messages/2"), Some(message));
        assert_eq!(route_of("PUT", "/channels/1/messages/2"), Some("wrong method"));
        assert_eq!(route_of("GET", "/channels/1/mesages"), None);
        let original = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";
        assert_eq!(route_of("GET", "/webhooks/1/t/messages/@original"), Some(original));
    }

    #[test]
    fn segments_are_decoded() {
        assert_eq!(decode("%F0%9F%94%A5"), "🔥");
        assert_eq!(decode("100%"), "100%");
    }
}
