//! Progress on the terminal, for whatever takes longer than a blink.

use std::{future::Future, pin::pin, time::Duration};

use indicatif::ProgressBar;

/// What is done by then needs no spinner: one that only flashes up is noise.
const BLINK: Duration = Duration::from_millis(700);
/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(100);

/// Does the work, and shows `what` with a spinner while it lasts, on a terminal's standard error.
pub async fn shown<T>(what: impl Into<String>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(BLINK) => {}
    }
    // Draws nothing where standard error is no terminal.
    let spinner = ProgressBar::new_spinner().with_message(what.into());
    spinner.enable_steady_tick(TURN);
    let done = work.await;
    spinner.finish_and_clear();
    done
}
