//! How long each kind of item is kept, in days. One place, so that the promise people read is the one kept.

/// A turn of the window.
pub const WINDOW: u64 = 30;
/// A message among the episodes, where the guild sets nothing else.
pub const EPISODES: u64 = 365;
/// The rolling summary of a channel where nobody speaks any more, or as long as the guild keeps words, if that is less.
pub const SUMMARY: u64 = 90;
/// The row of a posted message with its explanation.
pub const REPLY: u64 = 30;
/// A claim, after its last write: longer than any queue redelivers.
pub const CLAIM: u64 = 1;
/// That a message was deleted: longer than any event of it can be under way.
pub const TOMBSTONE: u64 = 30;
/// What was spent, by day, guild, personality and model.
pub const SPENDING: u64 = 400;
/// An administrative act, and a report.
pub const AUDIT: u64 = 365;
/// What an operator put aside.
pub const DEAD_LETTER: u64 = 14;
/// A count of turns, after the day its span ends on.
pub const COUNTER: u64 = 1;
/// A count of identifies: longer than the longest span of Discord's.
pub const IDENTIFIES: u64 = 2;
/// That something was said which is said once a day: longer than the day.
pub const ONCE_A_DAY: u64 = 2;
/// A guild that removed the den, before all of it is erased.
pub const LEFT_GUILD: u64 = 30;
