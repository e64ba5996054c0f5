//! Dates in a question: "yesterday", "last week", "two weeks ago", "on 3 May", "in March".
//!
//! Everything is read in UTC, as nobody says in which zone they live; whoever uses a [`Span`] leaves its ends
//! some room.

mod reader;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use self::reader::Reader;
use super::word::Word;

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// A span of time that a question names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    /// Its first millisecond.
    pub(super) from_ms: u64,
    /// The first millisecond after it.
    pub(super) to_ms: u64,
}

/// The spans that a question of words names, asked at `now_ms`. A date without a year means that of every year
/// from the first message's to this, since whoever asks "in May" means the May there was.
pub(super) fn spans(words: &[Word<'_>], now_ms: u64, first_ms: u64) -> Vec<Span> {
    let (Some(now), Some(first)) = (day_of(now_ms), day_of(first_ms)) else { return Vec::new() };
    let reader = Reader { words, now, first_year: first.year().min(now.year()) };
    let mut spans = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match reader.read(at) {
            Some((found, length)) => {
                spans
                    .extend(found.into_iter().filter_map(|(from, to)| reader.turned(at, from, to)));
                at += length;
            }
            None => at += 1,
        }
    }
    spans
}

/// How near an instant is to the nearest of some spans: one within it, half of it shortly after, when people tell
/// what was, and nought elsewhere.
pub(super) fn nearness(spans: &[Span], at_ms: u64) -> f32 {
    let of = |span: &Span| {
        // Half a day before it counts, too, as nobody's day is UTC's.
        let around = span.from_ms.saturating_sub(DAY_MS / 2)..span.to_ms + 7 * DAY_MS;
        match (span.from_ms..span.to_ms).contains(&at_ms) {
            true => 1.0,
            false if around.contains(&at_ms) => 0.5,
            false => 0.0,
        }
    };
    spans.iter().map(of).fold(0.0, f32::max)
}

/// The day that holds an instant.
pub(super) fn day_of(ms: u64) -> Option<Date> {
    let instant = Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()?;
    Some(instant.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::recall::word::words;

    fn ms(day: Date) -> u64 {
        let start = day.to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond();
        start.try_into().unwrap()
    }

    /// The days that a question asked on Wednesday, 14 August 2024 names, first and last; the history begins in
    /// 2023.
    fn asked(question: &str) -> Vec<String> {
        let now = ms(date(2024, 8, 14)) + DAY_MS / 2;
        let spans = spans(&words(question), now, ms(date(2023, 2, 1)));
        let shown = |span: &Span| {
            let last = day_of(span.to_ms - 1).unwrap();
            format!("{}..{last}", day_of(span.from_ms).unwrap())
        };
        spans.iter().map(shown).collect()
    }

    #[test]
    fn days_are_counted_back_from_now() {
        assert_eq!(asked("what did I eat yesterday?"), ["2024-08-13..2024-08-13"]);
        assert_eq!(asked("what did we say last week"), ["2024-08-05..2024-08-14"]);
        assert_eq!(asked("where was I two weeks ago?"), ["2024-07-27..2024-08-04"]);
        assert_eq!(asked("and last month?"), ["2024-07-01..2024-07-31"]);
        assert_eq!(asked("what happened on Friday"), ["2024-08-09..2024-08-09"]);
        assert_eq!(asked("where were you last summer"), ["2024-06-01..2024-08-31"]);
    }

    #[test]
    fn a_date_without_a_year_is_that_of_every_year() {
        let both = ["2023-05-03..2023-05-03", "2024-05-03..2024-05-03"];
        assert_eq!(asked("what did Ann do on 3 May?"), both);
        assert_eq!(asked("what did Ann do on May 3rd?"), both);
        assert_eq!(asked("on the 3rd of May"), both);
        assert_eq!(asked("on May 3, 2023"), both[..1]);
        assert_eq!(asked("in March 2024"), ["2024-03-01..2024-03-31"]);
        assert_eq!(asked("2023-05-03"), both[..1]);
    }

    #[test]
    fn may_is_not_always_a_month() {
        assert!(asked("may I ask what you march for?").is_empty());
        assert_eq!(asked("who came in may").len(), 2);
    }

    #[test]
    fn a_word_before_a_date_turns_it() {
        assert_eq!(asked("the week before 9 June 2024"), ["2024-06-02..2024-06-09"]);
        assert_eq!(asked("since March 2024"), ["2024-03-01..2024-08-14"]);
    }

    #[test]
    fn no_time_is_out_of_reach() {
        for question in ["200 years ago", "31 February", "0000-99-99", "99/99/9999", "in 1900"] {
            asked(question);
            spans(&words(question), 0, 0);
            spans(&words(question), u64::MAX, u64::MAX);
        }
    }
}
