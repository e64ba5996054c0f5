//! Progress on the terminal, for whatever takes longer than a blink.

use std::{
    future::Future,
    pin::pin,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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

/// A count that grows while something lasts, on a terminal's standard error: a bar where it is known how far it
/// will go.
pub(crate) struct Count {
    bar: ProgressBar,
    began: Instant,
}

impl Count {
    /// Counts `what` up to `total`, where that is known.
    pub(crate) fn of(what: impl Into<String>, total: Option<u64>) -> Self {
        let (bar, look) = match total {
            Some(total) => (ProgressBar::new(total), "{msg} {wide_bar} {human_pos}/{human_len}"),
            None => (ProgressBar::new_spinner(), "{spinner} {msg} {human_pos}"),
        };
        let look = ProgressStyle::with_template(look).expect("the template is well formed");
        let bar = bar.with_style(look).with_message(what.into());
        bar.set_draw_target(ProgressDrawTarget::hidden());
        Self { bar, began: Instant::now() }
    }

    /// Shows how far it is.
    pub(crate) fn at(&self, n: u64) {
        self.bar.set_position(n);
        if self.bar.is_hidden() && self.began.elapsed() > BLINK {
            // Draws nothing where standard error is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
