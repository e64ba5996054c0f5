//! `den budget`: what the den and a guild may spend a day.

use std::{process::ExitCode, str::FromStr};

use anyhow::Context;
use model::{InvalidAmount, Microdollars};
use serde_json::json;
use store::DenRow;

use crate::{
    config::Settings,
    table::{self, TableArgs, write_down},
};

/// What `den budget --help` teaches.
pub(crate) const EXAMPLES: &str = "\
Amounts are US dollars a day, and days are those of UTC. When one is spent, one kind line says
so, and answers return with the next day. A guild's admins may set less with /den budget, not more.

Examples:
  den budget                      what is set
  den budget --den 5 --guild 1    five dollars for all together, one for each guild
  den budget --guild none         a guild is bound by the den's budget alone";

/// What may be spent.
#[derive(Clone, Debug, clap::Args)]
pub struct BudgetArgs {
    /// What all guilds together may spend a day, in dollars; `none` for any amount
    #[arg(long, value_name = "DOLLARS")]
    den: Option<Amount>,
    /// What each guild may spend a day, in dollars; `none` for any amount
    #[arg(long, value_name = "DOLLARS")]
    guild: Option<Amount>,
    #[command(flatten)]
    table: TableArgs,
}

/// An amount, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Amount(Option<Microdollars>);

impl FromStr for Amount {
    type Err = InvalidAmount;

    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        match text {
            "none" => Ok(Self(None)),
            text => text.parse().map(|amount| Self(Some(amount))),
        }
    }
}

/// Runs `den budget`.
///
/// # Errors
/// Where the table cannot be read or changed.
pub async fn run(args: BudgetArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let den = table::with(&args.table, settings, async |opened| {
        for (whose, amount) in [("the den", args.den), ("a guild", args.guild)] {
            if let Some(amount) = amount {
                let what = format!("budget of {whose}: {}", in_dollars(amount.0));
                write_down(opened, None, what).await?;
            }
        }
        if args.den.is_none() && args.guild.is_none() {
            return opened.store.den().await.context("read the budgets");
        }
        let change = |row: &mut DenRow| {
            if let Some(Amount(amount)) = args.den {
                row.budget = amount.map(|amount| amount.0);
            }
            if let Some(Amount(amount)) = args.guild {
                row.guild_budget = amount.map(|amount| amount.0);
            }
        };
        opened.store.change_den(change).await.context("change the budgets")
    })
    .await?;
    if args.table.json {
        let json =
            json!({"den_micro_dollars": den.budget, "guild_micro_dollars": den.guild_budget});
        println!("{json:#}");
        return Ok(ExitCode::SUCCESS);
    }
    let shown = |amount: Option<u64>| in_dollars(amount.map(Microdollars));
    println!("The den may spend {} a day, a guild {}.", shown(den.budget), shown(den.guild_budget));
    Ok(ExitCode::SUCCESS)
}

fn in_dollars(amount: Option<Microdollars>) -> String {
    amount.map_or_else(|| "any amount".to_owned(), |amount| amount.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_may_be_none() {
        assert_eq!("none".parse(), Ok(Amount(None)));
        assert_eq!("$2.50".parse(), Ok(Amount(Some(Microdollars(2_500_000)))));
        assert!("plenty".parse::<Amount>().is_err());
    }
}
