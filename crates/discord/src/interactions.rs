//! The first answer to an interaction. See Discord Docs/Receiving and Responding.
//!
//! The first answer is due within three seconds: set the deadline accordingly. The token of an
//! interaction is a credential for fifteen minutes.

use twilight_http::routing::Route;
use twilight_model::{
    application::command::CommandOptionChoice,
    channel::message::{AllowedMentions, MessageFlags},
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
    id::{Id, marker::InteractionMarker},
};

use crate::{Call, Discord, Error, code, messages::checked_components, webhooks::without_token};

/// The most suggestions Discord shows.
const MAX_CHOICES: usize = 25;

impl Discord {
    /// Acknowledges a command, a button or a form that was sent: "… is thinking", to be completed later;
    /// with `ephemeral`, for the person's eyes only.
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

    /// Acknowledges a button, a select menu, or a form opened from one: nothing is to be seen, and what is
    /// completed later is the message it stands on.
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

    /// Answers an interaction with anything: a form (to a command or a component, never to a form), a
    /// message at once. Pings nobody unless the response
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
            checked_components(data.components.as_deref())?;
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
}
