//! A personality's wiser self, in a channel until it is turned off.

use super::{
    channels::place,
    rights::whom,
    settings::{self, SOON},
    stop::{Stop, refused},
};
use crate::steward::{Asked, Told};

/// Lets a personality answer as its wiser self, or no longer.
pub(super) async fn turn(asked: &Asked<'_>, on: bool) -> Result<Told, Stop> {
    let (guild, channel) = place(asked).await?;
    let who = whom(asked)?;
    if on && who.higher_self.is_none() {
        return refused(format!(
            "**{}** has no wiser self: what you see is all there is.",
            who.name
        ));
    }
    let word = if on { "on" } else { "off" };
    let act = format!("turn the wiser self of {} {word} in channel {channel}", who.id);
    settings::change(asked, guild, act, |row| {
        settings::set(row, channel, |set| match on {
            true => set.higher_self.insert(who.id.clone()),
            false => set.higher_self.remove(&who.id),
        })
    })
    .await?;
    Ok(Told::line(match on {
        true => format!(
            "**{}** answers as its wiser self in <#{channel}>, until `/higherself off`. {SOON}",
            who.name
        ),
        false => format!("**{}** is its everyday self in <#{channel}>. {SOON}", who.name),
    }))
}
