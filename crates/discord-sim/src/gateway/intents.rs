//! Gateway intents. See Discord Docs/Gateway, "Gateway Intents".

pub(crate) const GUILDS: u64 = 1 << 0;
pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
pub(crate) const GUILD_WEBHOOKS: u64 = 1 << 5;
pub(crate) const GUILD_PRESENCES: u64 = 1 << 8;
pub(crate) const GUILD_MESSAGES: u64 = 1 << 9;
pub(crate) const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
pub(crate) const GUILD_MESSAGE_TYPING: u64 = 1 << 11;
pub(crate) const DIRECT_MESSAGES: u64 = 1 << 12;
pub(crate) const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
pub(crate) const DIRECT_MESSAGE_TYPING: u64 = 1 << 14;
pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;

/// Every intent there is: bits 0 to 16, 20, 21, 24 and 25.
const KNOWN: u64 = ((1 << 17) - 1) | (0b11 << 20) | (0b11 << 24);

/// Whether `intents` holds a bit that is no intent.
pub(crate) fn has_unknown(intents: u64) -> bool {
    intents & !KNOWN != 0
}
