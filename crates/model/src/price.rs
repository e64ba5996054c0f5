//! What a model costs.

use crate::{Microdollars, Usage};

/// What a model costs. Rates are whole microdollars per million tokens, so that a sum is exact until it is
/// rounded, once, upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// What most requests cost.
    pub rates: Rates,
    /// What requests with a long prompt cost, where that is another price.
    pub long: Option<Long>,
}

/// Microdollars per million tokens: 1,000,000 is a dollar per million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Tokens of the prompt.
    pub input: u64,
    /// Tokens of the answer, reasoning included.
    pub output: u64,
    /// Tokens read from the prompt cache.
    pub cache_read: u64,
    /// Tokens written to the prompt cache.
    pub cache_write: u64,
}

/// The rates of requests with a long prompt: they hold for every token of the request, its answer included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Long {
    /// The tokens a prompt may have, cached ones included, before these rates hold.
    pub above: u32,
    /// The rates.
    pub rates: Rates,
}

impl Price {
    /// Nothing: what runs on a machine of one's own, and the understudy.
    pub const FREE: Self =
        Self { rates: Rates { input: 0, output: 0, cache_read: 0, cache_write: 0 }, long: None };

    /// What a request came to.
    pub fn cost(&self, usage: &Usage) -> Microdollars {
        let prompt =
            [usage.input, usage.cache_read, usage.cache_write].map(u64::from).iter().sum::<u64>();
        match self.long {
            Some(long) if prompt > long.above.into() => long.rates.cost(usage),
            _ => self.rates.cost(usage),
        }
    }

    /// The most a request can come to whose prompt has at most `input_tokens` tokens and whose answer at most
    /// `max_output_tokens`: as if every token of the prompt were charged at the dearest rate it can meet.
    ///
    /// [`Price::cost`] never exceeds it for a usage within these bounds. [`crate::Prompt::at_most_tokens`] is
    /// such a bound; an estimate is not.
    pub fn ceiling(&self, input_tokens: u32, max_output_tokens: u32) -> Microdollars {
        let usual = self.rates.most(input_tokens, max_output_tokens);
        match self.long {
            Some(long) if input_tokens > long.above => {
                usual.max(long.rates.most(input_tokens, max_output_tokens))
            }
            _ => usual,
        }
    }

    /// The price where a guardrail reads along, at so many microdollars per thousand text units of a thousand characters
    /// each, as if every token had five characters: few have more.
    pub(crate) fn guarded(self, per_thousand_units: u64) -> Self {
        let guarded = |rates: Rates| Rates {
            input: rates.input.saturating_add(per_thousand_units.saturating_mul(5)),
            output: rates.output.saturating_add(per_thousand_units.saturating_mul(5)),
            // What is cached are instructions, which a guardrail does not read.
            ..rates
        };
        let long = self.long.map(|long| Long { rates: guarded(long.rates), ..long });
        Self { rates: guarded(self.rates), long }
    }

    /// A price that is in no rate below this or the other.
    pub(crate) fn dearest(self, other: Self) -> Self {
        let long = |price: &Self| price.long.map(|long| long.rates).unwrap_or_default();
        let rates = [other.rates, long(&self), long(&other)];
        Self { rates: rates.into_iter().fold(self.rates, Rates::dearest), long: None }
    }

    /// The price with every rate multiplied by `thousandths`, rounded upwards.
    pub(crate) fn scaled(self, thousandths: u64) -> Self {
        let long = self.long.map(|long| Long { rates: long.rates.scaled(thousandths), ..long });
        Self { rates: self.rates.scaled(thousandths), long }
    }
}

impl Rates {
    fn cost(&self, usage: &Usage) -> Microdollars {
        sum([
            (usage.input, self.input),
            (usage.output, self.output),
            (usage.cache_read, self.cache_read),
            (usage.cache_write, self.cache_write),
        ])
    }

    fn most(&self, input_tokens: u32, max_output_tokens: u32) -> Microdollars {
        let input = self.input.max(self.cache_read).max(self.cache_write);
        sum([(input_tokens, input), (max_output_tokens, self.output)])
    }

    fn dearest(self, other: Self) -> Self {
        Self {
            input: self.input.max(other.input),
            output: self.output.max(other.output),
            cache_read: self.cache_read.max(other.cache_read),
            cache_write: self.cache_write.max(other.cache_write),
        }
    }

    fn scaled(self, thousandths: u64) -> Self {
        let scale = |rate: u64| rate.saturating_mul(thousandths).div_ceil(1_000);
        Self {
            input: scale(self.input),
            output: scale(self.output),
            cache_read: scale(self.cache_read),
            cache_write: scale(self.cache_write),
        }
    }
}

fn sum<const N: usize>(parts: [(u32, u64); N]) -> Microdollars {
    let exact: u128 =
        parts.iter().map(|(tokens, rate)| u128::from(*tokens) * u128::from(*rate)).sum();
    Microdollars(u64::try_from(exact.div_ceil(1_000_000)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Prices;

    fn used(input: u32, output: u32, cache_read: u32, cache_write: u32) -> Usage {
        Usage { input, output, cache_read, cache_write, is_estimate: false }
    }

    #[test]
    fn a_cost_is_the_sum_of_its_tokens_rounded_up_once() {
        let haiku = Prices::built_in().get("global.anthropic.claude-haiku-5-5").unwrap();
        // 0.10, 0.50, 0.01 and 0.125 dollars per million.
        assert_eq!(haiku.cost(&used(1_000, 200, 2_000, 400)), Microdollars(270));
        assert_eq!(haiku.cost(&used(1, 0, 0, 0)), Microdollars(1));
        assert_eq!(haiku.cost(&used(0, 0, 0, 0)), Microdollars::ZERO);
        let all = used(u32::MAX, u32::MAX, u32::MAX, u32::MAX);
        assert!(haiku.cost(&all) > Microdollars::DOLLAR);
    }

    #[test]
    fn a_long_prompt_makes_every_token_dearer_cached_ones_and_the_answer_included() {
        let haiku = Prices::built_in().get("global.anthropic.claude-haiku-5-5").unwrap();
        assert_eq!(haiku.cost(&used(50_000, 1_000, 50_000, 0)), Microdollars(6_000));
        assert_eq!(haiku.cost(&used(50_001, 1_000, 50_000, 0)), Microdollars(30_001));
    }

    /// Every price of the table, usages of every shape: none settles above what was reserved for it.
    #[test]
    fn no_cost_exceeds_the_ceiling_that_was_reserved_for_it() {
        let counts = [0, 1, 7, 999, 40_000, 100_000, 100_001, 300_000, 3_000_000_000];
        for (id, price) in Prices::built_in().all() {
            for input in counts {
                for cached in counts {
                    for written in counts {
                        let usage = used(input, 321, cached, written);
                        let prompt = input.saturating_add(cached).saturating_add(written);
                        if prompt == u32::MAX {
                            continue;
                        }
                        let (cost, ceiling) = (price.cost(&usage), price.ceiling(prompt, 321));
                        assert!(cost <= ceiling, "{id}: {cost:?} > {ceiling:?} for {usage:?}");
                        assert!(price.ceiling(prompt, 322) >= ceiling, "{id}");
                        assert!(price.ceiling(prompt + 1, 321) >= ceiling, "{id}");
                    }
                }
            }
        }
    }
}
