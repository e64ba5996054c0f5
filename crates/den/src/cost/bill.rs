//! The bill: entries of the ledger, added up.

use std::{collections::BTreeMap, fmt::Write};

use jiff::civil::Date;
use model::Microdollars;
use serde_json::{Value, json};
use store::{Entry, Spending};
use twilight_model::id::{Id, marker::GuildMarker};

/// What some days cost.
#[derive(Debug)]
pub(super) struct Bill {
    /// Oldest first.
    pub(super) days: Vec<DayBill>,
    /// Of one guild only.
    pub(super) guild: Option<Id<GuildMarker>>,
}

/// What a day cost.
#[derive(Debug)]
pub(super) struct DayBill {
    pub(super) date: Date,
    /// The dearest first.
    pub(super) entries: Vec<Entry>,
    /// The purse of that day: with what is under way.
    pub(super) spending: Spending,
}

/// Sums over entries.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sum {
    turns: u64,
    tokens_in: u64,
    tokens_cached: u64,
    tokens_out: u64,
    cost: u64,
}

impl Sum {
    fn of<'a>(entries: impl Iterator<Item = &'a Entry>) -> Self {
        entries.fold(Self::default(), |sum, entry| Self {
            turns: sum.turns + entry.turns,
            tokens_in: sum.tokens_in + entry.tokens_in,
            tokens_cached: sum.tokens_cached + entry.tokens_cached,
            tokens_out: sum.tokens_out + entry.tokens_out,
            cost: sum.cost + entry.cost,
        })
    }

    fn json(self) -> Value {
        json!({
            "turns": self.turns,
            "tokens_in": self.tokens_in,
            "tokens_cached": self.tokens_cached,
            "tokens_out": self.tokens_out,
            "micro_dollars": self.cost,
        })
    }
}

impl Bill {
    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.days.iter().flat_map(|day| &day.entries)
    }

    /// As a terminal shows it.
    pub(super) fn text(&self) -> String {
        let mut lines = Vec::new();
        for day in &self.days {
            day.write(&mut lines);
        }
        let n_entries = self.entries().count();
        for (kind, name) in [
            ("guild", (|entry| guild_name(entry.guild)) as fn(&Entry) -> String),
            ("personality", |entry| entry.personality.to_string()),
            ("model", |entry| entry.model.clone()),
        ] {
            let groups = self.grouped(name);
            // Where there is one line, its sum is the line again.
            if n_entries > 1 && groups.len() > 1 {
                lines.push((format!("by {kind}"), None));
                lines
                    .extend(groups.into_iter().map(|(name, sum)| (format!("  {name}"), Some(sum))));
            }
        }
        if n_entries > 1 {
            lines.push(("all together".to_owned(), Some(Sum::of(self.entries()))));
        }
        table(&lines)
    }

    /// As a script reads it.
    pub(super) fn json(&self) -> Value {
        let days: Vec<Value> = self.days.iter().map(DayBill::json).collect();
        json!({
            "guild": self.guild,
            "days": days,
            "total": Sum::of(self.entries()).json(),
        })
    }

    /// The dearest first.
    fn grouped(&self, name: fn(&Entry) -> String) -> Vec<(String, Sum)> {
        let mut groups: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
        for entry in self.entries() {
            groups.entry(name(entry)).or_default().push(entry);
        }
        let sums = groups.into_iter().map(|(name, of)| (name, Sum::of(of.into_iter())));
        let mut sums: Vec<(String, Sum)> = sums.collect();
        sums.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.cost));
        sums
    }
}

impl DayBill {
    fn write(&self, lines: &mut Vec<Line>) {
        let date = self.date;
        lines.push(match self.entries.is_empty() {
            true => (format!("{date}  nothing was spent"), None),
            false => (date.to_string(), None),
        });
        lines.extend(self.entries.iter().map(|entry| {
            let name =
                format!("  {}, {}, {}", guild_name(entry.guild), entry.personality, entry.model);
            (name, Some(Sum::of(std::iter::once(entry))))
        }));
        if self.spending.reserved > 0 {
            let reserved = Microdollars(self.spending.reserved.unsigned_abs());
            lines.push((format!("  {reserved} more is reserved for turns under way"), None));
        }
    }

    fn json(&self) -> Value {
        let entries = self.entries.iter().map(|entry| {
            let mut json = Sum::of(std::iter::once(entry)).json();
            json["guild"] = json!(entry.guild);
            json["personality"] = json!(entry.personality);
            json["model"] = json!(entry.model);
            json
        });
        json!({
            "day": self.date.to_string(),
            "entries": entries.collect::<Vec<_>>(),
            "reserved_micro_dollars": self.spending.reserved.max(0),
            "spent_micro_dollars": self.spending.spent.max(0),
        })
    }
}

/// A line of the table; without figures it stands above others, or says something.
type Line = (String, Option<Sum>);

/// The lines below each other.
fn table(lines: &[Line]) -> String {
    let named = lines.iter().filter(|(_, sum)| sum.is_some());
    let width = named.map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, sum) in lines {
        let written = match sum {
            None => writeln!(text, "{name}"),
            Some(sum) => writeln!(
                text,
                "{name:<width$} {:>6} turns {:>9} in {:>9} cached {:>8} out  {}",
                sum.turns,
                sum.tokens_in,
                sum.tokens_cached,
                sum.tokens_out,
                Microdollars(sum.cost)
            ),
        };
        written.expect("a string takes everything");
    }
    text
}

fn guild_name(guild: Option<Id<GuildMarker>>) -> String {
    guild.map_or_else(|| "direct messages".to_owned(), |id| format!("guild {id}"))
}

#[cfg(test)]
mod tests {
    use store::Day;

    use super::*;

    fn entry(guild: Option<u64>, personality: &str, model: &str, cost: u64) -> Entry {
        Entry {
            day: Day(20_778),
            guild: guild.map(Id::new),
            personality: personality.parse().unwrap(),
            model: model.to_owned(),
            turns: 12,
            tokens_in: 12_345,
            tokens_cached: 3_000,
            tokens_out: 1_200,
            cost,
        }
    }

    fn bill(entries: Vec<Entry>) -> Bill {
        let date = Date::constant(2026, 11, 21);
        let spending = Spending { reserved: 900, spent: 24_600 };
        Bill { days: vec![DayBill { date, entries, spending }], guild: None }
    }

    #[test]
    fn a_bill_adds_up() {
        let bill = bill(vec![
            entry(Some(1042), "baroness", "claude-haiku-4-5", 12_300),
            entry(Some(1042), "turbo", "claude-haiku-4-5", 12_000),
            entry(None, "turbo", "llama3.2:3b", 0),
        ]);
        insta::assert_snapshot!(bill.text(), @r"
        2026-11-21
          guild 1042, baroness, claude-haiku-4-5     12 turns     12345 in      3000 cached     1200 out  $0.0123
          guild 1042, turbo, claude-haiku-4-5        12 turns     12345 in      3000 cached     1200 out  $0.0120
          direct messages, turbo, llama3.2:3b        12 turns     12345 in      3000 cached     1200 out  $0
          $0.0009 more is reserved for turns under way
        by guild
          guild 1042                                 24 turns     24690 in      6000 cached     2400 out  $0.0243
          direct messages                            12 turns     12345 in      3000 cached     1200 out  $0
        by personality
          baroness                                   12 turns     12345 in      3000 cached     1200 out  $0.0123
          turbo                                      24 turns     24690 in      6000 cached     2400 out  $0.0120
        by model
          claude-haiku-4-5                           24 turns     24690 in      6000 cached     2400 out  $0.0243
          llama3.2:3b                                12 turns     12345 in      3000 cached     1200 out  $0
        all together                                 36 turns     37035 in      9000 cached     3600 out  $0.0243
        ");
        assert_eq!(bill.json()["total"]["micro_dollars"], 24_300);
        assert_eq!(bill.json()["days"][0]["entries"][2]["guild"], Value::Null);
    }

    #[test]
    fn a_day_without_spending_says_so() {
        let mut bill = bill(vec![]);
        bill.days[0].spending = Spending::default();
        insta::assert_snapshot!(bill.text(), @"2026-11-21  nothing was spent");
    }
}
