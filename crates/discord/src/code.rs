//! The error codes of Discord that someone acts on. See Discord Docs/Opcodes and Status Codes, "JSON".

/// The channel was deleted, or never was.
pub const UNKNOWN_CHANNEL: u64 = 10_003;
/// The guild is gone, or the bot is not in it.
pub const UNKNOWN_GUILD: u64 = 10_004;
/// The person is not in the guild.
pub const UNKNOWN_MEMBER: u64 = 10_007;
/// The message was deleted.
pub const UNKNOWN_MESSAGE: u64 = 10_008;
/// There is no such person any more.
pub const UNKNOWN_USER: u64 = 10_013;
/// The webhook was deleted. Using it again is punished: forget it, and make a new one.
pub const UNKNOWN_WEBHOOK: u64 = 10_015;
/// The interaction's three seconds, or its fifteen minutes, are over.
pub const UNKNOWN_INTERACTION: u64 = 10_062;
/// Too many messages are written to the channel, by whomever.
pub const CHANNEL_WRITE_LIMIT: u64 = 20_028;
/// The channel has its fifteen webhooks.
pub const TOO_MANY_WEBHOOKS: u64 = 30_007;
/// The guild has its thousand webhooks.
pub const TOO_MANY_GUILD_WEBHOOKS: u64 = 30_058;
/// The account or address was blocked on the way, mostly for its user agent.
pub const BLOCKED_AT_THE_EDGE: u64 = 40_333;
/// The interaction was answered already, perhaps by ourselves a moment ago.
pub const ALREADY_ACKNOWLEDGED: u64 = 40_060;
/// The bot cannot see the channel.
pub const MISSING_ACCESS: u64 = 50_001;
/// The message is not ours to edit.
pub const NOT_OURS_TO_EDIT: u64 = 50_005;
/// A message without content.
pub const EMPTY_MESSAGE: u64 = 50_006;
/// The person takes no direct messages from the bot.
pub const CANNOT_MESSAGE_PERSON: u64 = 50_007;
/// The bot lacks a permission.
pub const MISSING_PERMISSIONS: u64 = 50_013;
/// The webhook's token is wrong, or the interaction's fifteen minutes are over.
pub const INVALID_WEBHOOK_TOKEN: u64 = 50_027;
/// A field of the body was refused.
pub const INVALID_FORM_BODY: u64 = 50_035;
/// The thread is archived.
pub const THREAD_ARCHIVED: u64 = 50_083;
/// The guild's automatic moderation stopped the message.
pub const STOPPED_BY_AUTOMOD: u64 = 200_000;
/// A forum takes webhook messages only in a thread.
pub const FORUM_NEEDS_THREAD: u64 = 220_001;
