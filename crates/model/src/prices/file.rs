//! The file that prices stand in.

use serde::Deserialize;

use crate::{
    Price,
    price::{Long, Rates},
};

/// Dollars per million tokens beyond which a price is a slip of the pen.
const DEAREST: f64 = 10_000.0;

/// A name, and what it costs.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// A model's own id, or its beginning followed by `*`.
    pub(super) name: String,
    /// The price by `global.`, and of models outside Bedrock.
    pub(super) price: Price,
    /// The factor for Bedrock's other ids, in thousandths.
    pub(super) regional: u64,
}

/// What stands in a prices file.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) entries: Vec<Entry>,
    /// Of a guardrail, in microdollars per thousand text units, where it is given.
    pub(super) guardrail: Option<u64>,
}

/// What is wrong with a prices file.
#[derive(Debug, thiserror::Error)]
pub enum PricesError {
    /// It is no TOML, or has other keys.
    #[error("read the prices")]
    Malformed(#[source] Box<toml::de::Error>),
    /// A number is none that a price can be.
    #[error(
        "the price of {model}: {key} is {value}, and must be between 0 and 10000 dollars per million tokens"
    )]
    Amount {
        /// The first model of its entry.
        model: String,
        /// Which number.
        key: &'static str,
        /// What it is.
        value: f64,
    },
    /// The regional factor is none.
    #[error("the price of {model}: regional is {value}, and must be between 1 and 10")]
    Factor {
        /// The first model of its entry.
        model: String,
        /// What it is.
        value: f64,
    },
    /// The price of a guardrail is none.
    #[error("guardrail is {value}, and must be between 0 and 100 dollars per thousand text units")]
    Guardrail {
        /// What it is.
        value: f64,
    },
    /// An entry is for no model.
    #[error("a price names no model")]
    Nameless,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    guardrail: Option<f64>,
    #[serde(default)]
    price: Vec<Written>,
}

/// An entry as it is written: dollars per million tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    models: Vec<String>,
    input: f64,
    output: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
    regional: Option<f64>,
    long: Option<WrittenLong>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLong {
    above: u32,
    input: f64,
    output: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
}

pub(super) fn read(text: &str) -> Result<Table, PricesError> {
    let file: File = toml::from_str(text).map_err(|e| PricesError::Malformed(Box::new(e)))?;
    let mut entries = Vec::new();
    for written in &file.price {
        let model = written.models.first().ok_or(PricesError::Nameless)?;
        if written.models.iter().any(|name| name.trim_end_matches('*').is_empty()) {
            return Err(PricesError::Nameless);
        }
        let Written { input, output, cache_read, cache_write, .. } = *written;
        let base = rates(model, input, output, cache_read, cache_write)?;
        let long = match &written.long {
            None => None,
            Some(long) => {
                let WrittenLong { above, input, output, cache_read, cache_write } = *long;
                let rates = rates(model, input, output, cache_read, cache_write)?;
                Some(Long { above, rates })
            }
        };
        let regional = factor(model, written.regional.unwrap_or(1.0))?;
        let price = Price { rates: base, long };
        entries.extend(written.models.iter().map(|name| Entry {
            name: name.clone(),
            price,
            regional,
        }));
    }
    let guardrail = match file.guardrail {
        Some(value) if !(0.0..=100.0).contains(&value) => {
            return Err(PricesError::Guardrail { value });
        }
        given => given.map(|value| (value * 1e6).round() as u64),
    };
    Ok(Table { entries, guardrail })
}

fn rates(
    model: &str,
    input: f64,
    output: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
) -> Result<Rates, PricesError> {
    let amount = |key, value: f64| match (0.0..=DEAREST).contains(&value) {
        // A millionth of a dollar per million tokens is finer than any price.
        true => Ok((value * 1e6).round() as u64),
        false => Err(PricesError::Amount { model: model.to_owned(), key, value }),
    };
    Ok(Rates {
        input: amount("input", input)?,
        output: amount("output", output)?,
        cache_read: amount("cache_read", cache_read.unwrap_or(input))?,
        cache_write: amount("cache_write", cache_write.unwrap_or(input))?,
    })
}

fn factor(model: &str, value: f64) -> Result<u64, PricesError> {
    match (1.0..=10.0).contains(&value) {
        true => Ok((value * 1e3).round() as u64),
        false => Err(PricesError::Factor { model: model.to_owned(), value }),
    }
}

impl Entry {
    /// Whether it is this model's: a date or version may follow its name, other words may not.
    pub(super) fn fits(&self, id: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(beginning) => id.starts_with(beginning),
            None => id.strip_prefix(self.name.as_str()).is_some_and(is_version),
        }
    }
}

/// Whether this is no more than a date and a version: ``, `-20251001-v1:0`, `-v1:0:48k`, `-2025-04-14`, `-1:0`.
fn is_version(rest: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (rest, has_tag) = match rest.split_once(':') {
        Some((rest, _)) => (rest, true),
        None => (rest, false),
    };
    let rest = match rest.rsplit_once('-') {
        Some((before, version)) if version.strip_prefix('v').is_some_and(is_number) => before,
        // OpenAI's open models have no `v` before the version, and always a tag behind it.
        Some(("", version)) if has_tag && is_number(version) => "",
        _ => rest,
    };
    let digits = rest.replace(['-', '@'], "");
    rest.is_empty() || (rest.starts_with(['-', '@']) && digits.len() == 8 && is_number(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_of_the_table_makes_sense() {
        let Table { entries, guardrail } = read(super::super::TABLE).unwrap();
        assert_eq!(guardrail, Some(400_000));
        assert!(entries.len() > 60);
        for (at, entry) in entries.iter().enumerate() {
            let Rates { input, output, cache_read, cache_write } = entry.price.rates;
            assert!(input > 0 && output >= input, "{}", entry.name);
            assert!(cache_read <= input && cache_write >= cache_read, "{}", entry.name);
            if let Some(long) = entry.price.long {
                assert!(long.rates.input > input && long.rates.output > output, "{}", entry.name);
            }
            let again = entries[at + 1..].iter().find(|other| other.name == entry.name);
            assert!(again.is_none(), "{} stands there twice", entry.name);
        }
    }

    #[test]
    fn what_cannot_be_a_price_is_refused_by_name() {
        let entry = |rest: &str| format!("[[price]]\nmodels = [\"acme\"]\n{rest}");
        for (rest, said) in [
            ("input = -1\noutput = 1", "the price of acme: input is -1"),
            ("input = 1\noutput = nan", "the price of acme: output is NaN"),
            ("input = 1\noutput = 1e9", "the price of acme: output is 1000000000"),
            ("input = 1\noutput = 1\ncache_read = inf", "the price of acme: cache_read is inf"),
            ("input = 1\noutput = 1\nregional = 0.5", "the price of acme: regional is 0.5"),
            ("input = 1\noutput = 1\ninptu = 3", "read the prices"),
            ("input = 1", "read the prices"),
        ] {
            let error = read(&entry(rest)).unwrap_err().to_string();
            assert!(error.starts_with(said), "{rest}: {error}");
        }
        for models in ["[]", "[\"\"]", "[\"*\"]"] {
            let text = format!("[[price]]\nmodels = {models}\ninput = 1\noutput = 1");
            assert!(matches!(read(&text), Err(PricesError::Nameless)), "{models}");
        }
    }

    #[test]
    fn dates_and_versions_are_told_from_other_models() {
        for rest in [
            "",
            ":0",
            "-v1:0",
            "-v1",
            "-20251001-v1:0",
            "-20250514",
            "-2025-04-14",
            "@20251001",
            "-1:0",
            ":free",
        ] {
            assert!(is_version(rest), "{rest}");
        }
        for rest in
            ["-5", "5", ".1", "-mini", "-v", "-1", "-2025", "-vision", "x20251001", "-5-20251001"]
        {
            assert!(!is_version(rest), "{rest}");
        }
    }
}
