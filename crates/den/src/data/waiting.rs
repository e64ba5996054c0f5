//! What waits in the inbox of one machine, handed to the queues of a deployment: there nobody looks into an
//! inbox.

use anyhow::Context;
use aws_sdk_sqs::Client;
use queue::{Event, Sink, SqsSink};

use crate::{config::Settings, progress::shown, table::Opened};

/// Queues what waits in the inbox of a deployment's table. Returns how many events that were.
pub(super) async fn hand_over(to: &Opened, settings: &Settings) -> anyhow::Result<usize> {
    if !to.is_deployed {
        return Ok(0);
    }
    let waiting = to.store.inbox().await.context("look for events that wait")?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let sink = SqsSink::new(Client::new(&aws::config().await), &settings.queue_prefix);
    shown("queueing what waits", queue(to, &sink, waiting)).await
}

async fn queue(
    to: &Opened,
    sink: &SqsSink,
    waiting: Vec<(String, String)>,
) -> anyhow::Result<usize> {
    let n_waiting = waiting.len();
    let mut n_queued = 0;
    let mut refused = None;
    for (id, body) in waiting {
        // What cannot be read stays: a newer den may.
        let Ok(event) = Event::read(&body) else { continue };
        match sink.send(std::slice::from_ref(&event)).await.pop() {
            Some(Ok(())) => {
                to.store.remove_from_inbox(&id).await.context("note that an event is queued")?;
                n_queued += 1;
            }
            Some(Err(e)) => refused = Some(e),
            None => {}
        }
    }
    match refused {
        None => Ok(n_queued),
        Some(e) => Err(e).with_context(|| {
            format!(
                "everything is copied, but {} of {n_waiting} events that wait could not be queued; they stay in \
                 {}: mend the cause, then copy again with --over",
                n_waiting - n_queued,
                to.place
            )
        }),
    }
}

/// What is said of it.
pub(super) fn told(n_queued: usize) -> String {
    match n_queued {
        0 => String::new(),
        1 => "; the event that waited is queued".to_owned(),
        n => format!("; the {n} events that waited are queued"),
    }
}
