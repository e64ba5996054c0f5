//! Who we are, and how the gateway may be used.

use serde::Deserialize;
use twilight_http::{request::Request, routing::Route};
use twilight_model::{
    gateway::connection_info::BotConnectionInfo,
    id::{
        Id,
        marker::{ApplicationMarker, UserMarker},
    },
    oauth::ApplicationFlags,
};

use crate::{Call, Discord, Error};

/// The bot user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Me {
    /// Its id.
    pub id: Id<UserMarker>,
    /// Its user name.
    #[serde(rename = "username")]
    pub name: String,
}

/// The application the bot user belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Application {
    /// Its id.
    pub id: Id<ApplicationMarker>,
    /// Its name.
    pub name: String,
    /// Among other things, which privileged intents are switched on.
    #[serde(default = "ApplicationFlags::empty")]
    pub flags: ApplicationFlags,
}

impl Application {
    /// Whether the message content intent is switched on in the developer portal.
    pub fn reads_message_content(&self) -> bool {
        self.flags.intersects(
            ApplicationFlags::GATEWAY_MESSAGE_CONTENT
                | ApplicationFlags::GATEWAY_MESSAGE_CONTENT_LIMITED,
        )
    }
}

impl Discord {
    /// The bot user the token belongs to.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn me(&self) -> Result<Me, Error> {
        self.send(Call::new(Request::from_route(&Route::GetCurrentUser))).await?.json()
    }

    /// The application the token belongs to.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn application(&self) -> Result<Application, Error> {
        self.send(Call::new(Request::from_route(&Route::GetCurrentUserApplicationInfo)))
            .await?
            .json()
    }

    /// Where the gateway is, with how many shards, and how many sessions may still be started.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn gateway_bot(&self) -> Result<BotConnectionInfo, Error> {
        self.send(Call::new(Request::from_route(&Route::GetGatewayBot))).await?.json()
    }
}
