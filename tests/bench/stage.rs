//! A worker as it is shipped, under a Runtime API, and its turns as they look from outside.

use std::{sync::Arc, time::Instant};

use anyhow::{Context, Result, bail};

use crate::{
    Programs,
    door::{Door, Exchange},
    http,
    lambda::{Lambda, NEXT},
    program::Program,
    town::{GRIM, Town},
};

/// A worker that waits for events.
pub struct Stage<'a> {
    /// What it is given events by.
    pub lambda: Lambda,
    /// The worker itself.
    pub worker: Program,
    town: &'a Town,
}

/// A turn: its moments, and what was asked of whom.
pub struct Turn {
    /// The event is in hand: the Runtime API's answer is about to go.
    pub event: Instant,
    /// The last byte of the question to the model has come.
    pub asked: Instant,
    /// The model's answer is about to go, in one piece.
    pub said: Instant,
    /// The last byte of the request with the final text has come.
    pub posted: Instant,
    /// How often text was shown. More than once, where the answer was taken in bit by bit.
    pub n_shown: usize,
    /// The last byte of the function's answer has come.
    pub ended: Instant,
    /// What was asked of all others before the model, in order.
    pub before: Vec<Arc<Exchange>>,
    /// What was asked of the table, in order.
    pub of_table: Vec<Arc<Exchange>>,
}

impl<'a> Stage<'a> {
    /// Starts a worker and waits until it asks for its first event.
    ///
    /// # Errors
    /// When it does not.
    pub async fn begin(programs: &Programs, town: &'a Town) -> Result<Self> {
        let lambda = Lambda::open().await?;
        let environment = [town.environment(), lambda.environment()].concat();
        let mut worker = Program::start(&programs.worker, &[], &environment, town.folder.path())?;
        let polls = lambda.door.sees("the first poll", |exchange| exchange.what.ends_with(NEXT));
        worker.until(polls).await?;
        // Whatever it still does after asking belongs to its memory.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        Ok(Self { lambda, worker, town })
    }

    /// Lets the worker deal with one event after the other.
    ///
    /// # Errors
    /// When one of them is not answered, or the model is not asked just once.
    pub async fn play(&mut self, events: &[String]) -> Result<Vec<Turn>> {
        let mut turns = Vec::with_capacity(events.len());
        for event in events {
            turns.push(self.turn(event).await?);
        }
        Ok(turns)
    }

    async fn turn(&mut self, event: &str) -> Result<Turn> {
        let Town { discord, model, table, queues, .. } = self.town;
        for door in [discord, model, &table.door, &queues.door, &self.lambda.door] {
            door.forget();
        }
        let invocation = self.worker.until(self.lambda.invoke(GRIM, event)).await?;
        let given = self.lambda.door.exchanges();
        let given = given.iter().filter_map(|exchange| exchange.answered.get().copied());
        let given = given.filter(|at| *at > invocation.begun).min();
        let asked = model.exchanges();
        let [asked] = &asked[..] else { bail!("the model was asked {} times", asked.len()) };
        let said = *asked.answered.get().context("the model has answered")?;
        let shown = discord.exchanges().into_iter().filter(|exchange| shows_text(&exchange.what));
        let shown: Vec<_> = shown.map(|exchange| exchange.arrived).collect();
        let asked_before = |door: &Door| {
            let exchanges = door.exchanges().into_iter();
            exchanges.filter(|exchange| exchange.arrived < asked.arrived).collect::<Vec<_>>()
        };
        let mut before = [discord, &queues.door, &table.door].map(asked_before).concat();
        before.sort_by_key(|exchange| exchange.arrived);
        Ok(Turn {
            event: given.context("the event was given out")?,
            asked: asked.arrived,
            said,
            posted: *shown.last().context("text was shown")?,
            n_shown: shown.len(),
            ended: invocation.ended,
            before,
            of_table: table.door.exchanges(),
        })
    }

    /// Proves that the turns were real: Grim stands in the channel once for each.
    ///
    /// # Errors
    /// When somebody was not answered, or twice.
    pub fn everybody_was_answered(&self, n: usize) -> Result<()> {
        let messages = self.town.sim.world().messages(self.town.channels[0]);
        let n_said = messages.iter().filter(|message| message.author.name == "Grim").count();
        if n_said != n {
            bail!("Grim answered {n_said} times, to {n} questions");
        }
        Ok(())
    }

    /// What the machine takes for an exchange, whoever asks, in milliseconds: both ways over the loopback, and
    /// two tasks waking up.
    ///
    /// # Errors
    /// When a stand-in does not answer.
    pub async fn one_exchange(&self, n: usize) -> Result<Vec<f64>> {
        let address = &self.town.queues.door.address;
        let body = r#"{"Entries":[]}"#;
        let request = format!(
            "POST / HTTP/1.1\r\nhost: {address}\r\nx-amz-target: AmazonSQS.DeleteMessageBatch\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = http::connect(address).await.context("reach a stand-in")?;
        let mut took = Vec::with_capacity(n);
        for _ in 0..n {
            let began = Instant::now();
            http::ask_on(&mut connection, request.as_bytes()).await.context("ask a stand-in")?;
            took.push(ms(began, Instant::now()));
        }
        Ok(took)
    }
}

impl Turn {
    /// When the last answer came that the question to the model can have waited for.
    pub fn last_answer(&self) -> Option<Instant> {
        let answers = self.before.iter().filter_map(|exchange| exchange.answered.get().copied());
        answers.filter(|answer| *answer < self.asked).max()
    }

    /// What was asked before the model, in round trips: what was asked before any answer to it had come is
    /// one, as in `GetItem, Query, UpdateItem ×4`.
    pub fn round_trips(&self) -> Vec<String> {
        let mut round_trips: Vec<Vec<&Exchange>> = Vec::new();
        for exchange in &self.before {
            let has_ended = |trip: &Vec<&Exchange>| {
                let answers = trip.iter().filter_map(|earlier| earlier.answered.get());
                answers.min().is_some_and(|answer| *answer < exchange.arrived)
            };
            match round_trips.last_mut().filter(|trip| !has_ended(trip)) {
                Some(trip) => trip.push(exchange),
                None => round_trips.push(vec![exchange]),
            }
        }
        round_trips.iter().map(|trip| listed(trip)).collect()
    }
}

/// How long it is from one moment to another, in milliseconds.
pub fn ms(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1e3
}

/// Whether a request to Discord puts text into a channel.
fn shows_text(what: &str) -> bool {
    what.starts_with("POST ") && (what.contains("/webhooks/") || what.ends_with("/messages"))
        || what.starts_with("PATCH ")
}

fn listed(trip: &[&Exchange]) -> String {
    let mut names: Vec<&str> = trip.iter().map(|exchange| name(&exchange.what)).collect();
    names.sort_unstable();
    let runs = names.chunk_by(|one, other| one == other);
    let runs = runs.map(|run| match run.len() {
        1 => run[0].to_owned(),
        n => format!("{} ×{n}", run[0]),
    });
    runs.collect::<Vec<_>>().join(", ")
}

/// AWS's name of an operation; of a path, what it ends with.
fn name(what: &str) -> &str {
    what.rsplit('/').next().unwrap_or(what)
}

#[cfg(test)]
mod tests {
    use std::{sync::OnceLock, time::Duration};

    use super::*;

    #[test]
    fn requests_that_wait_for_no_answer_are_one_round_trip() {
        let start = Instant::now();
        let exchange = |what: &str, arrived, answered: Option<u64>| {
            let at = |ms| start + Duration::from_millis(ms);
            let answered = answered.map_or_else(OnceLock::new, |ms| OnceLock::from(at(ms)));
            Arc::new(Exchange { what: what.to_owned(), arrived: at(arrived), answered })
        };
        let before = vec![
            exchange("GetQueueUrl", 0, Some(20)),
            exchange("UpdateItem", 21, Some(41)),
            exchange("Query", 22, Some(42)),
            exchange("UpdateItem", 23, Some(43)),
            exchange("POST /api/v10/channels/1/typing", 44, None),
        ];
        let (said, posted, ended) = (start, start, start);
        let of_table = Vec::new();
        let turn =
            Turn { event: start, asked: start, said, posted, n_shown: 1, ended, before, of_table };
        assert_eq!(turn.round_trips(), ["GetQueueUrl", "Query, UpdateItem ×2", "typing"]);
    }
}
