//! `den data copy`.

use anyhow::Context;
use serde_json::json;

use super::{From, To, import::may_write, items, tell, waiting};
use crate::{
    clock::now_ms,
    config::Settings,
    progress::Count,
    table::{Opened, open_folder, open_new_folder, open_table, write_down},
};

/// Copies everything from one table to another.
pub(super) async fn run(
    from: From,
    to: To,
    over: bool,
    as_json: bool,
    settings: &Settings,
) -> anyhow::Result<()> {
    anyhow::ensure!(
        (from.from.is_none() || from.from != to.to)
            && (from.from_table.is_none() || from.from_table != to.to_table),
        "that is the same place twice"
    );
    let from = match (from.from, from.from_table) {
        (Some(folder), _) => open_folder(&folder).await?,
        (None, Some(table)) => open_table(&table).await?,
        (None, None) => unreachable!("one of a required group is given"),
    };
    let to = match (to.to, to.to_table) {
        (Some(folder), _) => open_new_folder(&folder).await,
        (None, Some(table)) => open_table(&table).await,
        (None, None) => unreachable!("one of a required group is given"),
    };
    let to = match to {
        Ok(to) => to,
        Err(e) => {
            from.close().await;
            return Err(e);
        }
    };
    let copied = match copy(&from, &to, over).await {
        Ok(n) => waiting::hand_over(&to, settings).await.map(|handed| (n, handed)),
        Err(e) => Err(e),
    };
    let told = format!("of {} are in {}", from.place, to.place);
    from.close().await;
    to.close().await;
    let (n, handed) = copied?;
    let text = format!("{} {told}{}", items(n), waiting::told(handed));
    tell(as_json, &text, json!({"items": n, "queued": handed}));
    Ok(())
}

async fn copy(from: &Opened, to: &Opened, over: bool) -> anyhow::Result<u64> {
    may_write(to, over).await?;
    write_down(from, None, format!("copy everything to {}", to.place)).await?;
    write_down(to, None, format!("copy everything from {}", from.place)).await?;
    let about = from.store.n_items().await.ok().filter(|n| *n > 0);
    let count = Count::of(format!("copying {} to {}", from.place, to.place), about);
    let mut n = 0;
    let mut dump = from.store.dump(now_ms());
    let broken_off = || "the copy broke off; again with --over, it goes on";
    while let Some(lines) = dump.next().await.with_context(broken_off)? {
        for some in lines.chunks(500) {
            to.store.load(some).await.with_context(broken_off)?;
            n += some.len() as u64;
            count.at(n);
        }
    }
    Ok(n)
}
