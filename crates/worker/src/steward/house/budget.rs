//! What a guild may spend a day.

use model::Microdollars;

use super::{
    rights::guild_of_admin,
    settings,
    spend::cap,
    stop::{Stop, refused},
};
use crate::steward::{Asked, Told};

/// Sets the guild's budget, never above what the operator allows; `default` takes the guild's own away. Without
/// an amount it is shown.
pub(super) async fn budget(asked: &Asked<'_>) -> Result<Told, Stop> {
    let guild = guild_of_admin(asked)?;
    let store = &asked.worker.store;
    let (den, row) = tokio::try_join!(store.den(), store.guild(guild))?;
    let wanted = match asked.option("dollars").map(str::trim) {
        None => return Ok(Told::line(shown(cap(&den, &row)))),
        Some("default") => None,
        Some(typed) => match typed.parse::<Microdollars>() {
            Ok(Microdollars(amount)) => Some(amount),
            Err(_) => {
                return refused(format!(
                    "“{}” is no amount of dollars; write it like 2.50, or `default`.",
                    chat::plain(typed, 40)
                ));
            }
        },
    };
    if let (Some(wanted), Some(most)) = (wanted, den.guild_budget)
        && wanted > most
    {
        return refused(format!(
            "A server here may spend at most {} a day; only the people who run this den can raise that.",
            Microdollars(most)
        ));
    }
    let act = match wanted {
        Some(amount) => format!("set the budget to {} a day", Microdollars(amount)),
        None => "set the budget to the den's own".to_owned(),
    };
    let row = settings::change(asked, guild, act, |row| {
        row.budget = wanted;
        Ok(row.clone())
    });
    Ok(Told::line(shown(cap(&den, &row.await?))))
}

fn shown(cap: Option<u64>) -> String {
    match cap {
        Some(0) => {
            "This server may spend nothing: nobody answers here who costs anything.".to_owned()
        }
        Some(cap) => format!(
            "This server may spend {} a day. When it is spent, everybody says so once and rests until midnight, UTC.",
            Microdollars(cap)
        ),
        None => "This server has no budget: it may spend any amount.".to_owned(),
    }
}
