//! Reactions of others. See Discord Docs/Message, "Delete User Reaction".

use twilight_http::{
    request::{Request, channel::reaction::RequestReactionType},
    routing::Route,
};
use twilight_model::id::{Id, marker::UserMarker};

use crate::{Call, Discord, Error, Posted, code, messages::gone};

impl Discord {
    /// Takes somebody's reaction away, for one a request that was carried out. `emoji` is the emoji itself,
    /// not one of a guild's own. One that is gone already counts as taken away.
    ///
    /// # Errors
    /// See [`Error`]; it needs the permission to manage messages, and is never possible in a direct
    /// message. Discord lets little of this through: give it a deadline, and do not mind.
    pub async fn remove_reaction(
        &self,
        message: Posted,
        emoji: &str,
        user: Id<UserMarker>,
    ) -> Result<(), Error> {
        let route = Route::DeleteReaction {
            channel_id: message.channel_id.get(),
            emoji: &RequestReactionType::Unicode { name: emoji },
            message_id: message.id.get(),
            user_id: user.get(),
        };
        gone(self.send(Call::new(Request::from_route(&route))).await, code::UNKNOWN_MESSAGE)
    }
}
