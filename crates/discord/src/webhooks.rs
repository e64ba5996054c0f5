//! Webhooks: how a personality speaks under its own name.

use std::fmt;

use serde::{Deserialize, Serialize};
use twilight_http::{request::Request, routing::Route};
use twilight_model::id::{
    Id,
    marker::{ApplicationMarker, ChannelMarker, MessageMarker, WebhookMarker},
};

use crate::{
    Call, Discord, Edited, Error, Lane, Posted, code,
    messages::{NO_PINGS, NoPings, checked_content, edit_body, edited, gone, json},
};

/// What Discord refuses anywhere in a webhook's name, in any case. See Discord Docs/Webhook.
const REFUSED_IN_NAMES: [&str; 2] = ["clyde", "discord"];

/// A webhook of ours.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: Id<WebhookMarker>,
    /// Whoever has it can speak: a credential, never logged.
    pub token: String,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Under which name and face a webhook speaks.
#[derive(Clone, Copy, Debug)]
pub struct Speaker<'a> {
    /// 1 to 80 characters, without "clyde" and "discord".
    pub name: &'a str,
    /// Where the picture is; without one, the webhook's own.
    pub avatar_url: Option<&'a str>,
}

/// A webhook as Discord describes it.
#[derive(Deserialize)]
struct Described {
    id: Id<WebhookMarker>,
    token: Option<String>,
    application_id: Option<Id<ApplicationMarker>>,
}

impl Discord {
    /// Posts a message by webhook. In a thread, `webhook` is the parent channel's and `thread` names the
    /// thread.
    ///
    /// # Errors
    /// See [`Error`]. Discord knows no nonce here, so a request that may have been carried out is not
    /// repeated: on [`Error::Uncertain`] look with [`Discord::messages_after`] before posting again.
    pub async fn execute_webhook(
        &self,
        webhook: &Webhook,
        thread: Option<Id<ChannelMarker>>,
        speaker: &Speaker<'_>,
        content: &str,
    ) -> Result<Posted, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            content: &'a str,
            allowed_mentions: NoPings,
            username: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            avatar_url: Option<&'a str>,
        }
        checked_content(content)?;
        checked_name(speaker.name)?;
        let route = Route::ExecuteWebhook {
            thread_id: thread.map(Id::get),
            token: &webhook.token,
            wait: Some(true),
            with_components: None,
            webhook_id: webhook.id.get(),
        };
        let body = Body {
            content,
            allowed_mentions: NO_PINGS,
            username: speaker.name,
            avatar_url: speaker.avatar_url,
        };
        let reply = self.send(Call::new(without_token(&route, Some(&body))?)).await?;
        // It is posted; only we do not know as what.
        reply.json().map_err(Error::uncertain)
    }

    /// Gives a message of a webhook another text. See [`Discord::edit_message`] for the lanes.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn edit_webhook_message(
        &self,
        webhook: &Webhook,
        thread: Option<Id<ChannelMarker>>,
        message: Id<MessageMarker>,
        content: &str,
        lane: Lane,
    ) -> Result<Edited, Error> {
        let route = Route::UpdateWebhookMessage {
            message_id: message.get(),
            thread_id: thread.map(Id::get),
            token: &webhook.token,
            webhook_id: webhook.id.get(),
        };
        let request = without_token(&route, Some(&edit_body(content)?))?;
        edited(self.send(Call::new(request).lane(lane)).await, lane)
    }

    /// Deletes a message of a webhook. One that is gone already counts as deleted.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_webhook_message(
        &self,
        webhook: &Webhook,
        thread: Option<Id<ChannelMarker>>,
        message: Id<MessageMarker>,
    ) -> Result<(), Error> {
        let route = Route::DeleteWebhookMessage {
            message_id: message.get(),
            thread_id: thread.map(Id::get),
            token: &webhook.token,
            webhook_id: webhook.id.get(),
        };
        let request = without_token(&route, None::<&()>)?;
        gone(self.send(Call::new(request)).await, code::UNKNOWN_MESSAGE)
    }

    /// Makes a webhook in a channel (not in a thread: threads use their parent's).
    ///
    /// # Errors
    /// See [`Error`]. On [`Error::Uncertain`] look with [`Discord::channel_webhooks`]: a channel has room
    /// for fifteen.
    pub async fn create_webhook(
        &self,
        channel_id: Id<ChannelMarker>,
        name: &str,
    ) -> Result<Webhook, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            name: &'a str,
        }
        checked_name(name)?;
        let request = json(&Route::CreateWebhook { channel_id: channel_id.get() }, &Body { name })?;
        let created: Described =
            self.send(Call::new(request)).await?.json().map_err(Error::uncertain)?;
        let token = created.token.ok_or_else(|| {
            Error::Unreadable { source: "a new webhook came without a token".into() }.uncertain()
        })?;
        Ok(Webhook { id: created.id, token })
    }

    /// The webhooks of a channel that belong to `application` and that it can therefore use.
    ///
    /// # Errors
    /// See [`Error`]; it needs the permission to manage webhooks.
    pub async fn channel_webhooks(
        &self,
        channel_id: Id<ChannelMarker>,
        application: Id<ApplicationMarker>,
    ) -> Result<Vec<Webhook>, Error> {
        let route = Route::GetChannelWebhooks { channel_id: channel_id.get() };
        let reply = self.send(Call::new(Request::from_route(&route))).await?;
        let all: Vec<Described> = reply.json()?;
        let ours = all.into_iter().filter(|webhook| webhook.application_id == Some(application));
        Ok(ours
            .filter_map(|webhook| Some(Webhook { id: webhook.id, token: webhook.token? }))
            .collect())
    }

    /// Deletes a webhook. One that is gone already counts as deleted.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_webhook(&self, webhook: &Webhook) -> Result<(), Error> {
        let route =
            Route::DeleteWebhook { token: Some(&webhook.token), webhook_id: webhook.id.get() };
        let request = without_token(&route, None::<&()>)?;
        gone(self.send(Call::new(request)).await, code::UNKNOWN_WEBHOOK)
    }
}

/// A request whose address is its credential.
pub(crate) fn without_token(
    route: &Route<'_>,
    body: Option<&impl Serialize>,
) -> Result<Request, Error> {
    let mut builder = Request::builder(route).use_authorization_token(false);
    if let Some(body) = body {
        builder = builder.json(body);
    }
    builder.build().map_err(Error::build)
}

/// twilight refuses only names *equal* to "clyde"; Discord refuses them anywhere in the name.
fn checked_name(name: &str) -> Result<(), Error> {
    let lower = name.to_lowercase();
    if let Some(refused) = REFUSED_IN_NAMES.iter().find(|refused| lower.contains(**refused)) {
        return Err(Error::build(format!("Discord refuses names with `{refused}` in them")));
    }
    twilight_validate::request::webhook_username(name).map_err(Error::build)
}
