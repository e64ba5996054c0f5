//! Answering interactions. See Discord Docs/Receiving and Responding.
//!
//! The first answer is due within three seconds: set the deadline accordingly. The token of an
//! interaction is a credential for fifteen minutes.

use serde::Serialize;
use twilight_http::{request::Request, routing::Route};
use twilight_model::{
    application::command::CommandOptionChoice,
    channel::message::{AllowedMentions, Component, MessageFlags},
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
    id::{
        Id,
        marker::{ApplicationMarker, InteractionMarker},
    },
};

use crate::{
    Call, Discord, Error, Posted, code,
    messages::{NO_PINGS, NoPings, checked_content, gone},
    webhooks::without_token,
};

/// The most suggestions Discord shows.
const MAX_CHOICES: usize = 25;

impl Discord {
    /// Acknowledges a command: "… is thinking", to be completed later; with `ephemeral`, for the person's
    /// eyes only.
    ///
    /// # Errors
    /// See [`Discord::respond`].
    pub async fn defer(
        &self,
        interaction: Id<InteractionMarker>,
        token: &str,
        ephemeral: bool,
    ) -> Result<(), Error> {
        let data = ephemeral.then(|| InteractionResponseData {
            flags: Some(MessageFlags::EPHEMERAL),
            ..InteractionResponseData::default()
        });
        let kind = InteractionResponseType::DeferredChannelMessageWithSource;
        self.respond(interaction, token, InteractionResponse { kind, data }).await
    }

    /// Acknowledges a button or menu: nothing is to be seen, its message may be edited later.
    ///
    /// # Errors
    /// See [`Discord::respond`].
    pub async fn defer_update(
        &self,
        interaction: Id<InteractionMarker>,
        token: &str,
    ) -> Result<(), Error> {
        let kind = InteractionResponseType::DeferredUpdateMessage;
        self.respond(interaction, token, InteractionResponse { kind, data: None }).await
    }

    /// Suggests what to type on; the first 25 are shown.
    ///
    /// # Errors
    /// See [`Discord::respond`].
    pub async fn autocomplete(
        &self,
        interaction: Id<InteractionMarker>,
        token: &str,
        mut choices: Vec<CommandOptionChoice>,
    ) -> Result<(), Error> {
        choices.truncate(MAX_CHOICES);
        let data = Some(InteractionResponseData {
            choices: Some(choices),
            ..InteractionResponseData::default()
        });
        let kind = InteractionResponseType::ApplicationCommandAutocompleteResult;
        self.respond(interaction, token, InteractionResponse { kind, data }).await
    }

    /// Answers an interaction with anything: a modal, a message at once. Pings nobody unless the response
    /// says otherwise. One that was answered already counts as answered: the first answer may have
    /// arrived when we thought it lost.
    ///
    /// # Errors
    /// See [`Error`]; [`code::UNKNOWN_INTERACTION`] when the three seconds are over.
    pub async fn respond(
        &self,
        interaction: Id<InteractionMarker>,
        token: &str,
        mut response: InteractionResponse,
    ) -> Result<(), Error> {
        let shows_message = matches!(
            response.kind,
            InteractionResponseType::ChannelMessageWithSource
                | InteractionResponseType::UpdateMessage
        );
        if let Some(data) = response.data.as_mut().filter(|_| shows_message) {
            data.allowed_mentions.get_or_insert_with(AllowedMentions::default);
        }
        let route = Route::InteractionCallback {
            interaction_id: interaction.get(),
            interaction_token: token,
            with_response: false,
        };
        match self.send(Call::new(without_token(&route, Some(&response))?).repeatable()).await {
            Err(error) if error.code() == Some(code::ALREADY_ACKNOWLEDGED) => Ok(()),
            sent => sent.map(drop),
        }
    }

    /// Completes a deferred answer, or changes an answer given.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn complete(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
        content: &str,
        components: Option<&[Component]>,
    ) -> Result<(), Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            content: &'a str,
            allowed_mentions: NoPings,
            #[serde(skip_serializing_if = "Option::is_none")]
            components: Option<&'a [Component]>,
        }
        checked_content(content)?;
        if let Some(components) = components {
            twilight_validate::message::components(components, false).map_err(Error::build)?;
        }
        let route = Route::UpdateInteractionOriginal {
            application_id: application.get(),
            interaction_token: token,
        };
        let body = Body { content, allowed_mentions: NO_PINGS, components };
        self.send(Call::new(without_token(&route, Some(&body))?)).await.map(drop)
    }

    /// Adds a message to an answer.
    ///
    /// # Errors
    /// See [`Error`]. Discord knows no nonce here: [`Error::Uncertain`] when it may have been posted.
    pub async fn followup(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
        content: &str,
        ephemeral: bool,
    ) -> Result<Posted, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            content: &'a str,
            allowed_mentions: NoPings,
            #[serde(skip_serializing_if = "MessageFlags::is_empty")]
            flags: MessageFlags,
        }
        checked_content(content)?;
        let mut flags = MessageFlags::empty();
        flags.set(MessageFlags::EPHEMERAL, ephemeral);
        // Discord documents a follow-up as a webhook execution with the interaction's token.
        let route = Route::ExecuteWebhook {
            thread_id: None,
            token,
            wait: Some(true),
            with_components: None,
            webhook_id: application.get(),
        };
        let body = Body { content, allowed_mentions: NO_PINGS, flags };
        let reply = self.send(Call::new(without_token(&route, Some(&body))?)).await?;
        reply.json().map_err(Error::uncertain)
    }

    /// Deletes an answer. One that is gone already counts as deleted.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_original(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
    ) -> Result<(), Error> {
        let route = Route::DeleteInteractionOriginal {
            application_id: application.get(),
            interaction_token: token,
        };
        let request: Request = without_token(&route, None::<&()>)?;
        gone(self.send(Call::new(request)).await, code::UNKNOWN_MESSAGE)
    }
}
