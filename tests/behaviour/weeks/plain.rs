//! Ids and dates in plain words, so that the same story reads the same on every day.

use std::collections::HashMap;

const DAY_S: u64 = 86_400;
/// Digits that Discord's ids have at least.
const ID_DIGITS: usize = 17;

/// What ids and dates are called.
pub struct Names {
    known: HashMap<String, String>,
    /// The day the story begins, counted from the Unix epoch.
    first_day: u64,
    /// The day it really is.
    today: u64,
}

impl Names {
    /// Names for a story that begins on that day, told today; both counted from the Unix epoch.
    pub fn since(first_day: u64, today: u64) -> Self {
        Self { known: HashMap::new(), first_day, today }
    }

    /// Calls an id by a name.
    pub fn call(&mut self, id: impl ToString, name: impl Into<String>) {
        self.known.insert(id.to_string(), name.into());
    }

    /// The text with names in the place of ids, and days of the story in the place of dates.
    pub fn plain(&mut self, text: &str) -> String {
        self.without_ids(&self.without_dates(&self.without_times(text)))
    }

    /// Days are counted from the first; what carries the real date is of `today`.
    fn day(&self, day: u64) -> String {
        match day {
            // Midnight may pass while the story is told.
            day if (self.today..=self.today + 1).contains(&day) => "today".to_owned(),
            day => format!("day {}", (day + 1).saturating_sub(self.first_day)),
        }
    }

    /// `<t:1769850300:d>`, as Discord shows times.
    fn without_times(&self, text: &str) -> String {
        let mut parts = text.split("<t:");
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (time, rest) = part.split_once('>').unwrap_or((part, ""));
            let seconds = time.split(':').next().and_then(|seconds| seconds.parse::<u64>().ok());
            plain += &seconds.map_or_else(|| time.to_owned(), |s| self.day(s / DAY_S));
            plain += rest;
        }
        plain
    }

    /// `2026-01-31`.
    fn without_dates(&self, text: &str) -> String {
        let is_date = |word: &str| {
            let mut parts =
                word.split('-').map(|part| part.parse::<u64>().ok().map(|n| (n, part.len())));
            match (parts.next()??, parts.next()??, parts.next()??, parts.next()) {
                ((year, 4), (month @ 1..=12, 2), (date @ 1..=31, 2), None) => {
                    Some((year, month, date))
                }
                _ => None,
            }
        };
        let is_part = |c: char| c.is_ascii_digit() || c == '-';
        replaced(text, is_part, |word| {
            is_date(word).map(|(year, month, date)| self.day(days(year, month, date)))
        })
    }

    fn without_ids(&mut self, text: &str) -> String {
        let mut known = std::mem::take(&mut self.known);
        let plain = replaced(
            text,
            |c| c.is_ascii_digit(),
            |word| {
                (word.len() >= ID_DIGITS).then(|| {
                    let n = known.len();
                    known.entry(word.to_owned()).or_insert_with(|| format!("id-{n}")).clone()
                })
            },
        );
        self.known = known;
        plain
    }
}

/// The text with every longest run of such characters replaced, where there is a replacement.
fn replaced(
    text: &str,
    is_part: impl Fn(char) -> bool,
    mut replacement: impl FnMut(&str) -> Option<String>,
) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(&is_part) {
        plain += &rest[..start];
        let run = &rest[start..];
        let end = run.find(|c| !is_part(c)).unwrap_or(run.len());
        plain += &replacement(&run[..end]).unwrap_or_else(|| run[..end].to_owned());
        rest = &run[end..];
    }
    plain + rest
}

/// Days since the Unix epoch, in the Gregorian calendar.
fn days(year: u64, month: u64, date: u64) -> u64 {
    // Counted from 1 March of the year 0, so that the leap day ends a year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date - 1 - 719_468
}

#[test]
fn ids_and_dates_are_told_in_plain_words() {
    let mut names = Names::since(days(2026, 1, 31), days(2026, 4, 1));
    names.call(960_000_000_000_000_001_u64, "Ann");
    let text =
        "<@960000000000000001> on 2026-02-01 (<t:1769850300:d>, message 1203000000000000007, 4711)";
    assert_eq!(names.plain(text), "<@Ann> on day 2 (day 1, message id-1, 4711)");
    assert_eq!(names.plain("made_on 2026-04-01, not 2026-4-1"), "made_on today, not 2026-4-1");
}
