//! `den cost`: what was spent, by day, guild, personality and model.

mod bill;

use std::process::ExitCode;

use anyhow::Context;
use jiff::{ToSpan, Unit, civil::Date, tz::TimeZone};
use store::{Day, Purse};
use twilight_model::id::{Id, marker::GuildMarker};

use self::bill::{Bill, DayBill};
use crate::{
    config::Settings,
    table::{self, Opened, TableArgs},
};

/// What `den cost --help` teaches.
pub(crate) const EXAMPLES: &str = "\
Days are those of UTC. What a turn is thought to cost is reserved before the model is asked, and
settled afterwards from what it used, at the prices this den knows (DEN_PRICES adds to them).

Examples:
  den cost                        today
  den cost --days 7               this week, with sums
  den cost --day 2026-11-21 --guild 1042
  den cost --days 30 --json | jq .total.micro_dollars";

/// Which spending is asked about.
#[derive(Clone, Debug, clap::Args)]
pub struct CostArgs {
    /// The last day to look at [default: today]
    #[arg(long, value_name = "DATE")]
    day: Option<Date>,
    /// How many days, that one included
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=400))]
    days: u16,
    /// Look at one guild only
    #[arg(long, value_name = "ID")]
    guild: Option<Id<GuildMarker>>,
    #[command(flatten)]
    table: TableArgs,
}

/// Runs `den cost`.
///
/// # Errors
/// Where the ledger cannot be read.
pub async fn run(args: CostArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let last = args.day.unwrap_or_else(today);
    let bill = table::with(&args.table, settings, async |opened| {
        let mut days = Vec::new();
        for back in (0..args.days).rev() {
            let date = last.checked_sub(i64::from(back).days()).context("count the days")?;
            days.push(day_bill(opened, date, args.guild).await.context("read the ledger")?);
        }
        Ok(Bill { days, guild: args.guild })
    })
    .await?;
    match args.table.json {
        true => println!("{:#}", bill.json()),
        false => print!("{}", bill.text()),
    }
    Ok(ExitCode::SUCCESS)
}

async fn day_bill(
    opened: &Opened,
    date: Date,
    guild: Option<Id<GuildMarker>>,
) -> anyhow::Result<DayBill> {
    let store = &opened.store;
    let day = day_of(date);
    let purse = guild.map_or(Purse::Den, Purse::Guild);
    let mut entries = store.ledger(day, guild).await?;
    entries.sort_by(|a, b| {
        b.cost.cmp(&a.cost).then_with(|| {
            (a.guild, &a.personality, &a.model).cmp(&(b.guild, &b.personality, &b.model))
        })
    });
    Ok(DayBill { date, entries, spending: store.spending(purse, day).await? })
}

fn today() -> Date {
    jiff::Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Days since the Unix epoch; those before it are all the first.
fn day_of(date: Date) -> Day {
    let epoch = Date::constant(1970, 1, 1);
    let since = date.since((Unit::Day, epoch)).map_or(0, |span| span.get_days());
    Day(u64::try_from(since).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_the_day_the_store_counts() {
        assert_eq!(day_of(Date::constant(1970, 1, 2)), Day(1));
        assert_eq!(day_of(Date::constant(2026, 11, 21)), Day::of(1_795_262_400_000));
        assert_eq!(day_of(Date::constant(1812, 1, 1)), Day(0));
    }
}
