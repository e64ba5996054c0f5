//! Waiting for something to come true, without sleeping.

use std::{fmt, time::Duration};

use super::World;

/// It did not come true in time. Displays what the bots did last, because that is what one looks at next.
#[derive(Debug, thiserror::Error)]
pub struct TimedOut {
    after: Duration,
    requests: Vec<String>,
    violations: Vec<String>,
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing of the kind within {:?}; the last requests:", self.after)?;
        for request in &self.requests {
            write!(f, "\n  {request}")?;
        }
        for violation in &self.violations {
            write!(f, "\n  violation: {violation}")?;
        }
        Ok(())
    }
}

impl World {
    /// Waits until `is_so`, looking again after every change.
    ///
    /// # Errors
    /// [`TimedOut`] after `timeout` of real time.
    pub async fn wait_until(
        &self,
        timeout: Duration,
        mut is_so: impl FnMut(&World) -> bool,
    ) -> Result<(), TimedOut> {
        self.wait_for(timeout, |world| is_so(world).then_some(())).await
    }

    /// Waits until `look` finds something, looking again after every change.
    ///
    /// # Errors
    /// [`TimedOut`] after `timeout` of real time.
    pub async fn wait_for<T>(
        &self,
        timeout: Duration,
        mut look: impl FnMut(&World) -> Option<T>,
    ) -> Result<T, TimedOut> {
        let mut version = self.lock().version.subscribe();
        let found = tokio::time::timeout(timeout, async {
            loop {
                // Marked as seen before looking, so that a change in between wakes us again.
                version.mark_unchanged();
                if let Some(found) = look(self) {
                    return found;
                }
                // The sender lives in the state that `self` holds, so this cannot fail.
                let _ = version.changed().await;
            }
        });
        found.await.map_err(|_| self.timed_out(timeout))
    }

    fn timed_out(&self, after: Duration) -> TimedOut {
        let requests = self.requests();
        let last = requests.iter().skip(requests.len().saturating_sub(20));
        TimedOut {
            after,
            requests: last.map(ToString::to_string).collect(),
            violations: self.violations().iter().map(ToString::to_string).collect(),
        }
    }
}
