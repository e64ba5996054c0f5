//! Reads the words of a question for dates, from left to right.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use super::{DAY_MS, Span};
use crate::recall::word::Word;

/// First and last day.
pub(super) type Days = (Date, Date);

/// The words of a question, and when it is asked.
pub(super) struct Reader<'a> {
    pub(super) words: &'a [Word<'a>],
    pub(super) now: Date,
    /// The year in which the history begins.
    pub(super) first_year: i16,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.plain.as_str())
    }

    /// The days that the words from `at` name, and how many words do.
    pub(super) fn read(&self, at: usize) -> Option<(Vec<Days>, usize)> {
        let one = |days: Days, length| Some((vec![days], length));
        let back = |days: i64| self.now.saturating_sub(days.days());
        match (self.word(at), self.word(at + 1)) {
            ("today" | "tonight", _) => return one((self.now, self.now), 1),
            ("this", "morning" | "afternoon" | "evening") => return one((self.now, self.now), 2),
            ("last", "night") => return one((back(1), self.now), 2),
            ("day", "before") if self.word(at + 2) == "yesterday" => {
                return one((back(2), back(2)), 3);
            }
            ("yesterday", _) => return one((back(1), back(1)), 1),
            ("other", "day") => return one((back(7), self.now), 2),
            (which @ ("last" | "past" | "this" | "previous"), unit) => {
                if let Some(days) = self.relative(which, unit) {
                    return one(days, 2);
                }
            }
            _ => {}
        }
        self.ago(at).or_else(|| self.weekday(at)).or_else(|| self.calendar(at))
    }

    /// "last week", "this month", "last summer", "last Friday", "last March".
    fn relative(&self, which: &str, unit: &str) -> Option<Days> {
        let now = self.now;
        let is_this = which == "this";
        let monday = now.saturating_sub(i64::from(now.weekday().to_monday_zero_offset()).days());
        let span = match unit {
            "week" if is_this => (monday, now),
            // Some mean the calendar's, some the last seven days.
            "week" => (monday.saturating_sub(7.days()), now),
            "weekend" => {
                let saturday = monday.saturating_sub(2.days());
                match (is_this, now.weekday()) {
                    (true, Weekday::Saturday | Weekday::Sunday) => {
                        (monday.saturating_add(4.days()), now)
                    }
                    _ => (saturday.saturating_sub(1.day()), saturday.saturating_add(1.day())),
                }
            }
            "month" if is_this => (now.first_of_month(), now),
            "month" => {
                let last = now.first_of_month().saturating_sub(1.month());
                (last, last.last_of_month())
            }
            "year" if is_this => (now.first_of_year(), now),
            "year" => {
                let last = now.first_of_year().saturating_sub(1.year());
                (last, last.last_of_year())
            }
            "few" | "couple" => (now.saturating_sub(21.days()), now),
            _ => {
                if let Some(weekday) = weekday(unit) {
                    let day = self.last_weekday(weekday);
                    return Some((day, day));
                }
                let (from, length) = season(unit).or_else(|| Some((month(unit)?, 1)))?;
                let mut years = [now.year(), now.year() - 1].into_iter();
                return years.find_map(|year| {
                    let days = months(year, from, length)?;
                    (days.0 <= now).then_some(days)
                });
            }
        };
        Some(span)
    }

    /// "two weeks ago", "a few days ago", "3 months back".
    fn ago(&self, at: usize) -> Option<(Vec<Days>, usize)> {
        let (n, mut length) = match (self.word(at), self.word(at + 1)) {
            ("a", "couple") => (2, 2 + usize::from(self.word(at + 2) == "of")),
            ("a", "few") => (3, 2),
            ("couple", _) => (2, 1 + usize::from(self.word(at + 1) == "of")),
            ("few" | "several", _) => (3, 1),
            ("a" | "an", _) => (1, 1),
            (word, _) => (count(word)?, 1),
        };
        let unit = self.word(at + length);
        length += 1;
        if !matches!(self.word(at + length), "ago" | "back" | "earlier") {
            return None;
        }
        let now = self.now;
        let days = match unit {
            "day" | "days" => {
                let day = now.saturating_sub(n.days());
                (day.saturating_sub(1.day()), day.saturating_add(1.day()))
            }
            "week" | "weeks" => {
                let day = now.saturating_sub(n.weeks());
                (day.saturating_sub(4.days()), day.saturating_add(4.days()))
            }
            "month" | "months" => {
                let day = now.saturating_sub(n.months());
                (day.saturating_sub(16.days()), day.saturating_add(16.days()))
            }
            "year" | "years" => {
                let day = now.saturating_sub(n.years());
                (day.saturating_sub(120.days()), day.saturating_add(120.days()))
            }
            "hour" | "hours" | "minute" | "minutes" => (now.saturating_sub(1.day()), now),
            _ => return None,
        };
        Some((vec![days], length + 1))
    }

    /// "on Monday": the last one, or today.
    fn weekday(&self, at: usize) -> Option<(Vec<Days>, usize)> {
        let day = self.last_weekday(weekday(self.word(at))?);
        Some((vec![(day, day)], 1))
    }

    fn last_weekday(&self, weekday: Weekday) -> Date {
        let days = weekday.until(self.now.weekday());
        self.now.saturating_sub(i64::from(days).days())
    }

    /// "3 May 2024", "May 3rd", "3rd of May", "in March", "March 2024", "2024-05-03", "summer", "in 2023".
    fn calendar(&self, at: usize) -> Option<(Vec<Days>, usize)> {
        if let Some(found) = self.numeric(at) {
            return Some(found);
        }
        if let Some(day) = day_of_month(self.word(at)) {
            let of = usize::from(self.word(at + 1) == "of");
            if let Some(month) = month(self.word(at + 1 + of)) {
                return self.in_year(at, 2 + of, |year| {
                    let day = Date::new(year, month, day).ok()?;
                    Some((day, day))
                });
            }
        }
        if let Some(month) = month(self.word(at)) {
            let the = usize::from(self.word(at + 1) == "the");
            if let Some(day) = day_of_month(self.word(at + 1 + the)) {
                return self.in_year(at, 2 + the, |year| {
                    let day = Date::new(year, month, day).ok()?;
                    Some((day, day))
                });
            }
            if self.is_really_a_month(at) {
                return self.in_year(at, 1, |year| months(year, month, 1));
            }
            return None;
        }
        let is_after = |words: &[&str]| at > 0 && words.contains(&self.word(at - 1));
        if let Some((from, length)) = season(self.word(at))
            && is_after(&["in", "the", "during", "since", "of", "this"])
        {
            return self.in_year(at, 1, |year| months(year, from, length));
        }
        let year = year(self.word(at))?;
        let days = (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?);
        Some((vec![days], 1))
    }

    /// "2024-05-03", "5/3/2024": numbers that only signs part.
    fn numeric(&self, at: usize) -> Option<(Vec<Days>, usize)> {
        let number = |at: usize| self.word(at).parse::<i16>().ok();
        let (a, b, c) = (number(at)?, number(at + 1)?, number(at + 2)?);
        let date = |year: i16, month: i16, day: i16| {
            Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        };
        let day = if a > 1900 {
            date(a, b, c)?
        } else if c > 1900 {
            // Month first where that is possible, as most do who write it with slashes in English.
            date(c, a, b).or_else(|| date(c, b, a))?
        } else {
            return None;
        };
        Some((vec![(day, day)], 3))
    }

    /// The days in the year that the words behind name, or else in every year of the history.
    fn in_year(
        &self,
        at: usize,
        length: usize,
        days: impl Fn(i16) -> Option<Days>,
    ) -> Option<(Vec<Days>, usize)> {
        let of = usize::from(self.word(at + length) == "of");
        if let Some(year) = year(self.word(at + length + of)) {
            return Some((vec![days(year)?], length + of + 1));
        }
        let years = self.first_year..=self.now.year();
        Some((years.filter_map(days).collect(), length))
    }

    /// "May" and "march" are words as well.
    fn is_really_a_month(&self, at: usize) -> bool {
        if !matches!(self.word(at), "may" | "march" | "mar" | "dec" | "jan" | "sep" | "jun" | "jul")
        {
            return true;
        }
        let is_named =
            self.words[at].raw.starts_with(char::is_uppercase) && !self.words[at].is_first;
        let before = if at > 0 { self.word(at - 1) } else { "" };
        let is_in = matches!(
            before,
            "in" | "of"
                | "since"
                | "during"
                | "by"
                | "until"
                | "early"
                | "late"
                | "mid"
                | "before"
                | "after"
        );
        is_named || is_in || year(self.word(at + 1)).is_some()
    }

    /// What a word before the date makes of it: "before 9 June", "since March", "the week before 9 June".
    pub(super) fn turned(&self, at: usize, from: Date, to: Date) -> Option<Span> {
        // "before the 9th of June": articles say nothing.
        let mut place = at;
        while place > 0 && matches!(self.word(place - 1), "the" | "on" | "in") {
            place -= 1;
        }
        let before = if place > 0 { self.word(place - 1) } else { "" };
        let unit = if place > 1 { self.word(place - 2) } else { "" };
        let days = match unit {
            "week" => 7,
            "weekend" | "day" | "night" => 3,
            "month" => 31,
            _ if weekday(unit).is_some() => 7,
            _ => 0,
        };
        let (from, to) = match (before, days) {
            ("before" | "by" | "until", 0) => (from.saturating_sub(60.days()), from),
            ("before", days) => (from.saturating_sub(days.days()), from),
            ("since", _) => (from, self.now.max(to)),
            ("after", 0) => (from, to.saturating_add(60.days())),
            ("after", days) => (to, to.saturating_add(days.days())),
            ("of", days @ (7 | 3)) => {
                (from.saturating_sub(days.days()), to.saturating_add(days.days()))
            }
            _ => (from, to),
        };
        let ms = |day: Date| {
            let start = day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
            u64::try_from(start.max(0)).ok()
        };
        Some(Span { from_ms: ms(from)?, to_ms: ms(to)? + DAY_MS })
    }
}

fn months(year: i16, from: i8, length: i64) -> Option<Days> {
    let first = Date::new(year, from, 1).ok()?;
    Some((first, first.saturating_add((length - 1).months()).last_of_month()))
}

/// Its first month and how many it has, on the northern half of the world.
fn season(word: &str) -> Option<(i8, i64)> {
    Some(match word {
        "spring" => (3, 3),
        "summer" => (6, 3),
        "autumn" | "fall" => (9, 3),
        // December, and what follows of it.
        "winter" => (12, 3),
        _ => return None,
    })
}

fn month(word: &str) -> Option<i8> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sep" | "sept" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

fn year(word: &str) -> Option<i16> {
    let is_year = word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    if is_year { word.parse().ok() } else { None }
}

/// "3", "3rd", "third" is left to people who write it out.
fn day_of_month(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let ending = &word[digits.len()..];
    if !matches!(ending, "" | "st" | "nd" | "rd" | "th") || digits.len() > 2 {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn count(word: &str) -> Option<i64> {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    if let Some(at) = WORDS.iter().position(|known| *known == word) {
        return i64::try_from(at + 1).ok();
    }
    word.parse().ok().filter(|n| (1..=200).contains(n))
}
