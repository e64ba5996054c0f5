//! What a guild may spend a day.

use model::Microdollars;
use personality::Personality;

use super::{
    rights::guild_meant,
    settings,
    spend::cap,
    stop::{Stop, refused},
};
use crate::{
    Worker,
    steward::{Asked, Told},
};

/// Sets the guild's budget, never above what the operator allows; `default` takes the guild's own away. Without
/// an amount it is shown.
pub(super) async fn budget(asked: &Asked<'_>) -> Result<Told, Stop> {
    let guild = guild_meant(asked)?;
    let whose = match asked.guild() == Some(guild) {
        true => "This server".to_owned(),
        false => format!("Server {guild}"),
    };
    let store = &asked.worker.store;
    let (den, row) = tokio::try_join!(store.den(), store.guild(guild))?;
    let wanted = match asked.option("dollars").map(str::trim) {
        None => return Ok(Told::line(shown(asked, &whose, cap(&den, &row)))),
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
    Ok(Told::line(shown(asked, &whose, cap(&den, &row.await?))))
}

fn shown(asked: &Asked<'_>, whose: &str, cap: Option<u64>) -> String {
    match cap {
        Some(0) => {
            format!("{whose} may spend nothing: nobody answers there who costs anything.")
        }
        Some(cap) => format!(
            "{whose} may spend {} a day. When it is spent, everybody says so once and rests until midnight, UTC.{}",
            Microdollars(cap),
            too_little(asked.worker, cap)
        ),
        None => format!("{whose} has no budget: it may spend any amount."),
    }
}

/// Whom a budget keeps silent from the first answer on, as the most it may cost is set aside before; nothing
/// where it is enough for everybody.
fn too_little(worker: &Worker, cap: u64) -> String {
    let is_silent = |who: &&Personality| {
        let read = chat::most_tokens(who, &[]);
        let most = worker.models.chain(&who.reply);
        most.is_ok_and(|chain| chain.most(read, who.reply.max_tokens, &worker.prices).0 > cap)
    };
    let silent = worker.roster.iter().filter(is_silent);
    let silent: Vec<String> = silent.map(|who| format!("**{}**", who.name)).collect();
    match silent.as_slice() {
        [] => String::new(),
        names => format!(
            "\nThat is less than a single answer may cost of: {}. They will not answer at all.",
            names.join(", ")
        ),
    }
}
