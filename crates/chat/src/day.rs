//! Days, as people and models read them.

use jiff::Timestamp;

/// The day of a time in milliseconds since the Unix epoch, in UTC, as in `2026-11-21`.
pub fn day(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_named_as_in_a_calendar() {
        assert_eq!(day(1_795_219_200_000), "2026-11-21");
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(u64::MAX), "");
    }
}
