//! Where a request counts.

use std::{fmt::Write as _, sync::Arc};

use twilight_http::request::Request;

/// The route of a request, with what Discord counts apart. See Discord Docs/Rate Limits.
pub(crate) struct Route {
    /// Method and path with all ids and tokens masked: the same for every channel, and fit to be logged.
    pub(crate) template: Arc<str>,
    /// The major parameters: channel, guild, or webhook with its token. Never logged.
    pub(crate) major: Arc<str>,
    /// Whether it carries the bot's token: Discord counts those by bot, the others by address.
    pub(crate) authorized: bool,
    /// Whether it shares a bucket with later requests. An interaction is answered once at an address of
    /// its own, so nothing can be learnt from it.
    pub(crate) counted: bool,
}

impl Route {
    pub(crate) fn of(request: &Request) -> Self {
        let path = request.path().split('?').next().unwrap_or_default();
        let root = path.split('/').next().unwrap_or_default();
        let mut template = request.method().name().to_owned();
        let mut major = String::new();
        for (position, segment) in path.split('/').enumerate() {
            template.push(if position == 0 { ' ' } else { '/' });
            match (root, position) {
                ("channels" | "guilds", 1) | ("webhooks", 1 | 2) => {
                    let _ = write!(major, "/{segment}");
                    template.push_str(":major");
                }
                ("interactions", 1 | 2) => template.push_str(":interaction"),
                // One bucket for all emojis, and as few templates.
                ("channels", 5) if path.contains("/reactions/") => template.push_str(":emoji"),
                _ if segment.bytes().all(|byte| byte.is_ascii_digit()) => template.push_str(":id"),
                _ => template.push_str(segment),
            }
        }
        Self {
            template: template.into(),
            major: major.into(),
            authorized: request.use_authorization_token(),
            counted: root != "interactions",
        }
    }
}

#[cfg(test)]
mod tests {
    use twilight_http::request::Method;

    use super::*;

    fn route(method: Method, path: &str) -> (String, String, bool) {
        let request = twilight_http::request::RequestBuilder::raw(method, path.to_owned());
        let route = Route::of(&request.build().expect("nothing to fail"));
        (route.template.to_string(), route.major.to_string(), route.counted)
    }

    #[test]
    fn channels_and_webhooks_count_apart_and_messages_do_not() {
        let edit = route(Method::Patch, "channels/1/messages/2");
        assert_eq!(edit, ("PATCH channels/:major/messages/:id".into(), "/1".into(), true));
        let clear = route(Method::Delete, "channels/1/messages/2/reactions/%E2%9D%8C/3");
        assert_eq!(clear.0, "DELETE channels/:major/messages/:id/reactions/:emoji/:id");
        let speak = route(Method::Post, "webhooks/3/s3cret?wait=true");
        assert_eq!(speak, ("POST webhooks/:major/:major".into(), "/3/s3cret".into(), true));
        let answer = route(Method::Post, "interactions/4/t0ken/callback");
        assert_eq!(
            answer,
            ("POST interactions/:interaction/:interaction/callback".into(), String::new(), false)
        );
    }
}
