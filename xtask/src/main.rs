//! The project's own work, as `cargo xtask …`: one test command, tidy checks, packages, measurements.
//!
//! It says what it does before it does it, and how long it took. It never touches a running deployment:
//! that is what `den` is for.

mod arguments;
mod bench;
mod checkout;
mod command;
mod invoke;
mod package;
mod step;
mod terminal;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use arguments::{Request, Usage};
use checkout::Checkout;

fn main() -> ExitCode {
    let request = match arguments::parse(std::env::args().skip(1)) {
        Ok(request) => request,
        Err(Usage(problem)) => {
            terminal::problem(&problem);
            eprintln!("\n{}", arguments::HELP);
            return ExitCode::from(2);
        }
    };
    let checkout = Checkout::around_this_program();
    let result = match request {
        Request::Help => {
            println!("{}", arguments::HELP);
            test::list();
            Ok(())
        }
        Request::ListSteps => {
            test::list();
            Ok(())
        }
        Request::Test(options) => test::run(checkout, options),
        Request::Tools { allow_missing } => tools::install(&checkout, allow_missing).map(|_| ()),
        Request::Tidy => tidy::run(&checkout).map(|_| ()),
        Request::Package(what) => package::run(&checkout, what),
        Request::Bench { arguments } => bench::run(&checkout, &arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::problem(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
