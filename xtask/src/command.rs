//! Running other programs in the open: what is run is shown, and what it says goes to the terminal.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{checkout::Checkout, terminal};

/// Cargo, the same that runs this program, at the root of the checkout.
pub fn cargo(checkout: &Checkout) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(checkout.root());
    command
}

/// Runs it in the open.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    terminal::note(&format!("$ {shown}"));
    let status = command.status().with_context(|| format!("start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Runs it and returns what it printed.
///
/// # Errors
/// When it cannot be started, does not succeed (then with what it said) or prints no text.
pub fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("start `{shown}`"))?;
    if !output.status.success() {
        bail!(
            "`{shown}` failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("read what `{shown}` printed"))
}

/// Runs what needs the network up to three times: registries have bad minutes.
///
/// # Errors
/// What the last try said.
pub fn run_patiently(command: &mut Command) -> Result<()> {
    for _ in 0..2 {
        match run(command) {
            Ok(()) => return Ok(()),
            Err(error) => terminal::warning(&format!("{error:#}; trying again")),
        }
    }
    run(command)
}

/// The command as one would type it: the program by its name, the arguments as they are.
fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
