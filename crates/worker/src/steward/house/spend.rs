//! What was spent today.

use model::Microdollars;
use store::{Day, DenRow, Entry, GuildRow, Purse, Spending};

use super::{
    rights::{called, guild_or_den},
    stop::Stop,
};
use crate::steward::{Asked, Told};

/// Lines of the ledger that are shown.
const SHOWN: usize = 20;

/// Today's spending: a guild's to its admins, everybody's to an operator in a direct message.
pub(super) async fn spend(asked: &Asked<'_>) -> Result<Told, Stop> {
    let store = &asked.worker.store;
    let day = Day::of(asked.now_ms);
    let guild = guild_or_den(asked)?;
    let purse = guild.map_or(Purse::Den, Purse::Guild);
    let (spending, ledger, den) =
        tokio::try_join!(store.spending(purse, day), store.ledger(day, guild), store.den())?;
    let cap = match guild {
        Some(guild) => cap(&den, &store.guild(guild).await?),
        None => den.budget,
    };
    let whose = guild.map_or_else(|| "the whole den".to_owned(), |guild| called(asked, guild));
    let resets = (asked.now_ms + day.ends_in_ms(asked.now_ms)).div_ceil(1000);
    let mut lines = vec![format!(
        "Today {whose} spent {}{}. The count begins anew <t:{resets}:R>.",
        sums(&spending),
        cap.map_or_else(
            || ", without a budget".to_owned(),
            |cap| format!(" of {}", Microdollars(cap))
        ),
    )];
    lines.extend(listed(asked, ledger));
    Ok(Told::line(lines.join("\n")))
}

/// What a guild may spend a day: what it has set, at most what the operator allows.
pub(super) fn cap(den: &DenRow, row: &GuildRow) -> Option<u64> {
    row.budget.into_iter().chain(den.guild_budget).min()
}

fn sums(spending: &Spending) -> String {
    let amount = |micros: i64| Microdollars(micros.max(0).unsigned_abs());
    match spending.reserved {
        ..=0 => amount(spending.spent).to_string(),
        reserved => {
            format!("{} (and {} for answers under way)", amount(spending.spent), amount(reserved))
        }
    }
}

/// The dearest first; of a whole den, all guilds together.
fn listed(asked: &Asked<'_>, ledger: Vec<Entry>) -> Vec<String> {
    let mut sums = std::collections::BTreeMap::<_, (u64, u64)>::new();
    for entry in ledger {
        let sum = sums.entry((entry.personality, entry.model)).or_default();
        *sum = (sum.0 + entry.cost, sum.1 + entry.turns);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, (cost, _))| std::cmp::Reverse(*cost));
    let more = sums.len().saturating_sub(SHOWN);
    let line =
        |((id, model), (cost, turns)): ((personality::PersonalityId, String), (u64, u64))| {
            let name = asked.worker.roster.get(&id).map_or(id.as_str(), |who| who.name.as_str());
            let answers = if turns == 1 { "answer" } else { "answers" };
            format!("- **{name}**: {} for {turns} {answers} by `{model}`", Microdollars(cost))
        };
    let mut lines: Vec<String> = sums.into_iter().take(SHOWN).map(line).collect();
    if more > 0 {
        lines.push(format!("- … and {more} more"));
    }
    lines
}
