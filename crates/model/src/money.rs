//! Amounts of money.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, Sub},
    str::FromStr,
};

/// An amount in millionths of a US dollar: what an answer costs is often less than a hundredth of a cent, and
/// a whole number can be added to in a table without ever drifting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Microdollars(pub u64);

/// A text that names no amount of dollars.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no amount of dollars, as in 2.50")]
pub struct InvalidAmount(String);

impl Microdollars {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One dollar.
    pub const DOLLAR: Self = Self(1_000_000);

    /// The amount `n` times; stops at the largest there is.
    #[must_use]
    pub fn times(self, n: u32) -> Self {
        Self(self.0.saturating_mul(n.into()))
    }
}

/// As `$0.0012`, from a dollar on as `$12.35`; never `$0` for something that is not nothing.
impl fmt::Display for Microdollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("$0"),
            1..100 => f.write_str("under $0.0001"),
            // Half of the last digit shown, so that the rest is cut off at the right place.
            cheap @ 100..999_950 => write!(f, "$0.{:04}", (cheap + 50) / 100),
            dear => {
                let cents = dear / 10_000 + u64::from(dear % 10_000 >= 5_000);
                write!(f, "${}.{:02}", cents / 100, cents % 100)
            }
        }
    }
}

/// Reads `2`, `2.5` or `$2.50`: at most six digits after the point, and at most a million dollars.
impl FromStr for Microdollars {
    type Err = InvalidAmount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidAmount(text.chars().take(40).collect());
        let plain = text.trim();
        let plain = plain.strip_prefix('$').unwrap_or(plain);
        let (dollars, fraction) = plain.split_once('.').unwrap_or((plain, "0"));
        let digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(dollars, 7) || !digits(fraction, 6) {
            return Err(invalid());
        }
        let number = |part: &str| part.parse::<u64>().map_err(|_| invalid());
        let micros = number(dollars)? * Self::DOLLAR.0 + number(&format!("{fraction:0<6}"))?;
        if micros > 1_000_000 * Self::DOLLAR.0 {
            return Err(invalid());
        }
        Ok(Self(micros))
    }
}

/// Stops at the largest amount there is.
impl Add for Microdollars {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// Stops at nothing.
impl Sub for Microdollars {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Microdollars {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_as_people_write_it() {
        for (micros, shown) in [
            (0, "$0"),
            (1, "under $0.0001"),
            (99, "under $0.0001"),
            (100, "$0.0001"),
            (1_234, "$0.0012"),
            (1_250, "$0.0013"),
            (999_949, "$0.9999"),
            (999_950, "$1.00"),
            (1_000_000, "$1.00"),
            (12_345_678, "$12.35"),
            (5_000_000_000, "$5000.00"),
        ] {
            assert_eq!(Microdollars(micros).to_string(), shown, "{micros}");
        }
    }

    #[test]
    fn an_amount_is_read_exactly() {
        for (text, micros) in [
            ("2", 2_000_000),
            ("$2.50", 2_500_000),
            (" 0.000001 ", 1),
            ("1000000", 1_000_000_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Microdollars(micros)), "{text}");
        }
        for text in
            ["", "$", ".5", "2.", "-1", "1e3", "2,50", "1.2345678", "1000000.01", "99999999", "two"]
        {
            assert!(text.parse::<Microdollars>().is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_stop_at_their_bounds() {
        assert_eq!(Microdollars(1) - Microdollars(2), Microdollars::ZERO);
        assert_eq!(Microdollars(u64::MAX) + Microdollars(1), Microdollars(u64::MAX));
        assert_eq!(Microdollars(u64::MAX / 2).times(3), Microdollars(u64::MAX));
    }
}
