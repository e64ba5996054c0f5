//! Typing into an option that completes itself.

use std::time::Duration;

use super::{Choice, InteractionKind, InteractionState, Unknown, World, option::Typed};
use crate::id::{ChannelId, UserId};

/// How long a person waits for completions: the three seconds a bot has, and the way there and back.
const COMPLETION_PATIENCE: Duration = Duration::from_millis(3_200);

/// Why a person saw no completions.
#[derive(Debug, thiserror::Error)]
pub enum NoChoices {
    /// Something named is not there.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The bot gave none in time.
    #[error("the bot offered no completions within three seconds")]
    NoAnswer,
}

impl World {
    /// Lets a person type into an option that completes itself, and waits for what the bot offers.
    ///
    /// # Errors
    /// [`NoChoices`].
    pub async fn autocomplete(
        &self,
        person: UserId,
        channel: ChannelId,
        command: &str,
        option: &str,
        typed: &str,
    ) -> Result<Vec<Choice>, NoChoices> {
        self.autocomplete_with(person, channel, command, &[], option, typed).await
    }

    /// Lets a person type into an option after they have filled in others, and waits for what the bot
    /// offers.
    ///
    /// # Errors
    /// [`NoChoices`].
    pub async fn autocomplete_with(
        &self,
        person: UserId,
        channel: ChannelId,
        command: &str,
        filled_in: &[(&str, &str)],
        option: &str,
        typed: &str,
    ) -> Result<Vec<Choice>, NoChoices> {
        let mut options = filled_in.to_vec();
        options.push((option, typed));
        let typed = Typed { options: &options, focused: Some(option), client: self.client };
        let kind = InteractionKind::Autocomplete;
        let id = self.lock().use_command(person, channel, command, &typed, kind)?;
        let answer =
            self.wait_for(COMPLETION_PATIENCE, |world| match world.interaction(id)?.state {
                InteractionState::Choices { choices } => Some(choices),
                _ => None,
            });
        answer.await.map_err(|_| NoChoices::NoAnswer)
    }
}
