//! A small, strict Discord on the wire: gateway and REST on one loopback port, scriptable and breakable.
//!
//! [`Sim::start`] serves a [`World`], in which one builds guilds and acts as people, and at which one looks
//! to see what a bot did. [`Faults`] makes things go wrong. It refuses what Discord refuses, with Discord's
//! own error bodies; where it knows less than Discord it says so rather than being lenient.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use discord_sim::{Settings, Sim};
//!
//! let sim = Sim::start(Settings::default()).await?;
//! let world = sim.world();
//! let bot = world.add_application("den", "token");
//! let guild = world.add_guild("The Den");
//! let lobby = world.add_text_channel(guild, "lobby")?;
//! let ann = world.add_person("Ann");
//! world.join(ann, guild)?;
//! world.say(ann, lobby, &format!("<@{}> good evening", bot.user_id))?;
//! let second = std::time::Duration::from_secs(1);
//! world.wait_until(second, |world| world.messages(lobby).len() == 2).await?;
//! # Ok(()) }
//! ```
//!
//! It must never be linked into what runs in production: it believes everything it is told.

mod cdn;
mod change;
mod clock;
mod control;
mod faults;
mod gateway;
mod id;
mod net;
#[cfg(feature = "openapi")]
pub mod openapi;
mod rest;
mod settings;
mod sim;
mod world;

pub use crate::{
    change::Change,
    clock::Clock,
    faults::{Effect, Faults, OnConnect, RestFault, Scope},
    gateway::{GatewayEvent, GatewayNews, session::SessionView},
    id::{
        ApplicationId, AttachmentId, ChannelId, CommandId, GuildId, InteractionId, InvalidId,
        MessageId, RoleId, UserId, WebhookId,
    },
    rest::log::{Request, Violation},
    settings::{Bucket, GatewaySettings, RateLimits, Settings},
    sim::Sim,
    world::{
        Answering, App, Attachment, Author, ChannelView, Choice, Edit, File, GuildView,
        Interaction, InteractionKind, InteractionState, Message, NoChoices, Permissions,
        PersonView, Pings, Poster, Reaction, Saying, Snapshot, TimedOut, Typing, Unknown, Webhook,
        Whom, World,
    },
};
