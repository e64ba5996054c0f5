//! The worker's own share of a turn, where everything it asks for is at hand.
//!
//! Everything from the event to the question is the worker's, but for the others' answers; and of those the
//! table's are said again from memory. So the figure is an upper bound: the loopback and the stand-ins' own
//! microseconds are in it, and are shown below it.

use std::{borrow::Borrow, time::Duration};

use anyhow::{Context, Result};

use crate::{
    Programs, Scale,
    figure::{Figure, Report, Unit, quantile},
    stage::{Stage, Turn, ms},
    town::Town,
};

/// Turns before the measured ones: the table fills a whole window, and the stand-in learns what it says.
const REHEARSED: usize = 24;
/// By which every answer but the model's is held back, to count how many are waited for in a row.
const DELAY: Duration = Duration::from_millis(25);

/// Adds the worker's share of a turn, its round trips, and what it holds after all that.
///
/// # Errors
/// When a turn does not come to its end.
pub async fn measure(programs: &Programs, scale: Scale, report: &mut Report) -> Result<()> {
    let (n, n_delayed) = (scale.of(400, 10), scale.of(15, 3));
    let town = Town::build(1).await?;
    let events = town.events(programs, REHEARSED + n + n_delayed).await?;
    let mut stage = Stage::begin(programs, &town).await?;
    let idle = stage.worker.memory()?;

    let (rehearsed, rest) = events.split_at(REHEARSED);
    let (instant, delayed) = rest.split_at(n);
    stage.play(rehearsed).await.context("rehearse")?;
    town.table.repeat();
    let used = stage.worker.processor_time()?;
    let instant = stage.play(instant).await?;
    let used = stage.worker.processor_time()? - used;
    let after = stage.worker.memory()?;
    town.delay(DELAY);
    let delayed = stage.play(delayed).await.context("with every answer held back")?;
    town.delay(Duration::ZERO);
    stage.everybody_was_answered(events.len())?;

    report_to_model(&instant, report);
    report_round_trips(&instant, &delayed, report);
    // Where text was shown twice, the final one had to wait for the answer to the first.
    let (at_once, bit_by_bit): (Vec<_>, Vec<_>) =
        instant.iter().partition(|turn| turn.n_shown == 1);
    if !bit_by_bit.is_empty() {
        let n = bit_by_bit.len();
        report.note(format!(
            "{n} turns showed their text bit by bit and do not count for its final post."
        ));
    }
    report_from_model(&at_once, report);
    let milliseconds = |id, what, samples| Figure::new(id, what, Unit::Milliseconds, samples);
    let used = vec![used.as_secs_f64() * 1e3 / n as f64];
    report.add(milliseconds("worker.processor_time", "worker, processor time of a turn", used));
    let what = "the table's part in each answer, behind its door";
    report.add(milliseconds("stand_in.table", what, table_took(&instant)));
    let what = "one request to a stand-in and back, without a den";
    report.add(milliseconds(
        "stand_in.exchange",
        what,
        stage.one_exchange(scale.of(400, 20)).await?,
    ));

    let megabytes =
        |id, what, bytes: f64| Figure::new(id, what, Unit::Megabytes, vec![bytes / 1e6]);
    let aim = "under 30 MB";
    let what = "worker, resident before its first event".to_owned();
    report.add(megabytes("worker.resident_idle", what, idle.resident).aims_for(30.0, aim));
    let what = format!("worker, resident after {} turns", REHEARSED + n);
    report.add(megabytes("worker.resident_after", what, after.resident).aims_for(30.0, aim));
    report.add(megabytes("worker.resident_peak", "  at its highest".to_owned(), after.peak));
    Ok(())
}

fn report_to_model(turns: &[Turn], report: &mut Report) {
    let whole = |turn: &Turn| Some(ms(turn.event, turn.asked));
    let whole =
        figure("worker.event_to_model", "worker, event in hand → model is asked", turns, whole);
    report.add(whole.aims_for(3.0, "under 3 ms at the median"));
    report.add(figure("worker.first_request", "  its first request is out after", turns, |turn| {
        Some(ms(turn.event, turn.before.first()?.arrived))
    }));
    report.add(figure(
        "worker.last_request",
        "  the last one waited for is out after",
        turns,
        |turn| {
            let last = turn.last_answer()?;
            let mut out = turn.before.iter().filter(|exchange| exchange.arrived < last);
            Some(ms(turn.event, out.next_back()?.arrived))
        },
    ));
    report.add(figure("worker.last_answer", "  its answer is there after", turns, |turn| {
        Some(ms(turn.event, turn.last_answer()?))
    }));
}

fn report_from_model(turns: &[&Turn], report: &mut Report) {
    let whole = |turn: &Turn| Some(ms(turn.said, turn.posted));
    report.add(figure("worker.model_to_post", "worker, model is done → final post", turns, whole));
    // The text is kept before it is posted, so that nobody pays for it twice.
    let kept = |turn: &Turn| {
        let mut in_between = turn.of_table.iter().filter(|exchange| exchange.arrived > turn.said);
        in_between.next().filter(|exchange| exchange.arrived < turn.posted).cloned()
    };
    report.add(figure("worker.text_out", "  the text is with the table after", turns, |turn| {
        Some(ms(turn.said, kept(turn)?.arrived))
    }));
    report.add(figure("worker.text_kept", "  it is kept after", turns, |turn| {
        Some(ms(turn.said, *kept(turn)?.answered.get()?))
    }));
    report.add(figure("worker.turn", "worker, a whole turn without the model", turns, |turn| {
        Some(ms(turn.event, turn.asked) + ms(turn.said, turn.ended))
    }));
}

fn report_round_trips(instant: &[Turn], delayed: &[Turn], report: &mut Report) {
    let to_model =
        |turns: &[Turn]| turns.iter().map(|turn| ms(turn.event, turn.asked)).collect::<Vec<_>>();
    let base = quantile(&to_model(instant), 0.5);
    // A timer is late by up to a millisecond, so the delay is what the doors really did.
    let held = quantile(&table_took(delayed), 0.5);
    let in_a_row = to_model(delayed).iter().map(|took| (took - base) / held).collect();
    let in_a_row = Figure::new(
        "worker.round_trips",
        "round trips in a row before the model",
        Unit::Plain,
        in_a_row,
    );
    // A quarter is left to the noise: a second round trip would be a whole one.
    report.add(in_a_row.aims_for(1.25, "one"));
    report.add(Figure::new(
        "worker.requests",
        "  requests in them",
        Unit::Plain,
        instant.iter().map(|turn| turn.before.len() as f64).collect(),
    ));
    if let Some(turn) = delayed.last() {
        let round_trips = turn.round_trips();
        let round_trips = (1..).zip(&round_trips).map(|(n, trip)| format!("{n}. {trip}"));
        let listed = round_trips.collect::<Vec<_>>().join("; ");
        report.note(format!("Asked before the model, a number for each round trip: {listed}."));
    }
}

/// How long the table took for each of its answers.
fn table_took(turns: &[Turn]) -> Vec<f64> {
    let exchanges = turns.iter().flat_map(|turn| &turn.of_table);
    let took = exchanges.map(|it| Some(ms(it.arrived, *it.answered.get()?)));
    took.flatten().collect()
}

fn figure<T: Borrow<Turn>>(
    id: &'static str,
    what: &str,
    turns: &[T],
    of: impl Fn(&Turn) -> Option<f64>,
) -> Figure {
    let samples = turns.iter().filter_map(|turn| of(turn.borrow()));
    Figure::new(id, what, Unit::Milliseconds, samples.collect())
}
