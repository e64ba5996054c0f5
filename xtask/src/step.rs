//! A list of steps: each is named before it runs and timed after; one that fails does not hide the others.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::terminal::{self, Colour};

/// One thing to do.
pub struct Step<C> {
    pub name: &'static str,
    /// What it does, for a person, in a few words.
    pub about: &'static str,
    /// Steps without whose success it makes no sense. Those not asked for count as done before.
    pub needs: &'static [&'static str],
    pub run: fn(&C) -> Result<()>,
}

#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Passed,
    Failed,
    NotRun,
}

/// Runs the steps in order, then says how each went.
///
/// # Errors
/// When one failed; why has been printed.
pub fn run_all<C>(steps: &[&Step<C>], context: &C) -> Result<()> {
    let began = Instant::now();
    let mut outcomes: Vec<(&str, Outcome, Duration)> = Vec::new();
    for step in steps {
        let failed =
            |name: &&str| outcomes.iter().any(|(n, o, _)| n == name && *o != Outcome::Passed);
        if let Some(need) = step.needs.iter().find(|name| failed(name)) {
            terminal::warning(&format!("{} is not run, because `{need}` did not pass", step.name));
            outcomes.push((step.name, Outcome::NotRun, Duration::ZERO));
            continue;
        }
        terminal::begin(step.name, step.about);
        let began = Instant::now();
        let result = (step.run)(context);
        let outcome = if result.is_ok() { Outcome::Passed } else { Outcome::Failed };
        if let Err(error) = result {
            terminal::problem(&format!("{error:#}"));
        }
        outcomes.push((step.name, outcome, began.elapsed()));
        print_outcome(&outcomes[outcomes.len() - 1]);
    }

    eprintln!();
    for outcome in &outcomes {
        print_outcome(outcome);
    }
    let time = terminal::duration(began.elapsed());
    match outcomes.iter().find(|(_, outcome, _)| *outcome == Outcome::Failed) {
        Some((first, ..)) => {
            bail!("not green, after {time}; that step alone: `cargo xtask test --only {first}`")
        }
        None => {
            eprintln!("{} all green in {time}", terminal::paint(Colour::Green, "✓"));
            Ok(())
        }
    }
}

fn print_outcome((name, outcome, time): &(&str, Outcome, Duration)) {
    let sign = match outcome {
        Outcome::Passed => terminal::paint(Colour::Green, "✓"),
        Outcome::Failed => terminal::paint(Colour::Red, "✗"),
        Outcome::NotRun => terminal::paint(Colour::Yellow, "–"),
    };
    eprintln!("{sign} {name:<8} {}", terminal::paint(Colour::Dim, &terminal::duration(*time)));
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    type Log = RefCell<Vec<&'static str>>;

    fn passes(log: &Log) -> Result<()> {
        log.borrow_mut().push("passes");
        Ok(())
    }

    fn fails(log: &Log) -> Result<()> {
        log.borrow_mut().push("fails");
        bail!("as it should")
    }

    #[test]
    fn a_failing_step_stops_only_those_that_need_it() {
        let step = |name, needs, run| Step::<Log> { name, about: "", needs, run };
        let log = Log::default();
        let build = step("build", &[], fails);
        let test = step("test", &["build"], passes);
        let fmt = step("fmt", &[], passes);

        let error = run_all(&[&build, &test, &fmt], &log).unwrap_err();

        assert_eq!(*log.borrow(), ["fails", "passes"], "build, not test, then fmt");
        assert!(error.to_string().contains("--only build"), "{error}");
    }

    #[test]
    fn a_step_alone_does_not_wait_for_what_was_not_asked_for() {
        let log = Log::default();
        let test = Step::<Log> { name: "test", about: "", needs: &["build"], run: passes };
        run_all(&[&test], &log).unwrap();
        assert_eq!(*log.borrow(), ["passes"]);
    }
}
