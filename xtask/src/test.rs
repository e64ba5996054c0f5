//! `cargo xtask test`: everything that must be green, in the order in which it is soonest known to be red.

use anyhow::{Context, Result, bail};

use crate::{
    arguments::TestOptions,
    checkout::Checkout,
    command::{cargo, run as run_command},
    package,
    step::{Step, run_all},
    terminal::{self, Colour},
    tidy, tools,
};

struct Run {
    checkout: Checkout,
    options: TestOptions,
}

/// `clippy` and `doc` share the artifacts of a check, `build` and `test` those of a build: both pairs choose
/// the same packages and targets, so that no dependency is compiled a third time with other features.
const STEPS: &[Step<Run>] = &[
    Step {
        name: "fmt",
        about: "is everything formatted?",
        needs: &[],
        run: |run| {
            run_command(cargo(&run.checkout).args(["fmt", "--all", "--check"]))
                .context("`cargo fmt --all` mends it")
        },
    },
    Step {
        name: "tidy",
        about: "what the compiler cannot check: who may know whom, docs that tell the truth",
        needs: &[],
        run: |run| tidy::run(&run.checkout),
    },
    Step {
        name: "tools",
        about: "what the tests need that is not Rust: ministack, playwright, a browser",
        needs: &[],
        run: |run| tools::install(&run.checkout, run.options.allow_missing).map(|_| ()),
    },
    Step {
        name: "clippy",
        about: "lints, of which none may be left",
        needs: &[],
        run: |run| {
            let lint =
                ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
            run_command(cargo(&run.checkout).args(lint))
        },
    },
    Step {
        name: "doc",
        about: "does every link in the documentation comments lead somewhere?",
        needs: &[],
        run: |run| {
            let doc = ["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"];
            run_command(cargo(&run.checkout).args(doc).env("RUSTDOCFLAGS", "-D warnings"))
        },
    },
    Step {
        name: "build",
        about: "every library, program and test",
        needs: &[],
        run: |run| package::build_debug(&run.checkout),
    },
    Step {
        name: "package",
        about: "the worker as a function for the AWS of the tests",
        needs: &["build"],
        run: |run| package::package_debug(&run.checkout),
    },
    Step {
        name: "test",
        about: "the behaviour of the parts and of the whole",
        needs: &["tools", "build", "package"],
        run: |run| {
            let installed = tools::installed(&run.checkout);
            let mut test = cargo(&run.checkout);
            test.args(["test", "--locked", "--no-fail-fast"]);
            if !run
                .options
                .arguments
                .iter()
                .any(|argument| argument == "-p" || argument == "--package")
            {
                test.arg("--workspace");
            }
            // Tests of a wire mostly wait: more of them at once than there are processors.
            test.env("RUST_TEST_THREADS", "4");
            run_command(test.args(&run.options.arguments).envs(installed.environment()))
        },
    },
];

/// Prints the steps and what each does.
pub fn list() {
    println!("The steps of `cargo xtask test`:\n");
    for step in STEPS {
        println!(
            "  {} {}",
            terminal::paint(Colour::Bold, &format!("{:<9}", step.name)),
            step.about
        );
    }
}

/// Runs the steps asked for.
///
/// # Errors
/// When one of them fails, or is none.
pub fn run(checkout: Checkout, options: TestOptions) -> Result<()> {
    if let Some(unknown) =
        options.only.iter().find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; there are {}", names.join(", "));
    }
    let asked = |step: &&Step<Run>| {
        options.only.is_empty() || options.only.iter().any(|name| name == step.name)
    };
    let steps: Vec<_> = STEPS.iter().filter(asked).collect();
    run_all(&steps, &Run { checkout, options })
}
