//! Waiting for what no change of the simulators announces: rows, queues, log lines.

use std::{fmt::Display, time::Duration};

use tokio::time::{Instant, sleep};

/// How long anything may take before a story fails. Far more than it ever does on an idle machine.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How long it is watched that something does not happen.
pub const A_WHILE: Duration = Duration::from_secs(2);
/// How often it is looked at. Each look costs ministack a request or two, and every story shares it.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Looks again and again until `look` finds something; then says what it saw last.
///
/// # Panics
/// When it is never found.
pub async fn until<T, E: Display>(what: &str, mut look: impl AsyncFnMut() -> Result<T, E>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match look().await {
            Ok(found) => return found,
            Err(seen) if Instant::now() > deadline => {
                panic!("never within {} s: {what}; last seen: {seen}", PATIENCE.as_secs())
            }
            Err(_) => sleep(LOOK_EVERY).await,
        }
    }
}
