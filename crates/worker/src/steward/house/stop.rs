//! Why an answer is not the one that was wanted.

use crate::steward::Trouble;

/// Why an answer stops early.
#[derive(Debug)]
pub(super) enum Stop {
    /// It cannot be, or may not be; this says so, and what would help.
    Refused(String),
    /// It is tried again later.
    Trouble(Trouble),
}

/// What cannot be, or may not be.
pub(super) fn refused<T>(line: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Refused(line.into()))
}

impl<E: Into<Trouble>> From<E> for Stop {
    fn from(trouble: E) -> Self {
        Stop::Trouble(trouble.into())
    }
}
