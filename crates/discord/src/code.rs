//! The error codes of Discord that someone acts on. See Discord Docs/Opcodes and Status Codes, "JSON".

/// The channel was deleted, or never was.
pub const UNKNOWN_CHANNEL: u64 = 10_003;
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
/// The interaction was answered already, perhaps by ourselves a moment ago.
pub const ALREADY_ACKNOWLEDGED: u64 = 40_060;
/// The person takes no direct messages from the bot.
pub const CANNOT_MESSAGE_PERSON: u64 = 50_007;
/// The bot lacks a permission.
pub const MISSING_PERMISSIONS: u64 = 50_013;
/// The webhook's token is wrong, or the interaction's fifteen minutes are over.
pub const INVALID_WEBHOOK_TOKEN: u64 = 50_027;
/// The thread is archived.
pub const THREAD_ARCHIVED: u64 = 50_083;
