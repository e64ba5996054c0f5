//! `cargo xtask tidy`: what must hold and the compiler cannot check.
//!
//! Each check is a function from the files of the checkout to findings, so that its test can hand it a bad
//! sample and see it fail.

mod docs;
mod locks;
mod logs;
mod manifests;
mod programs;
mod sources;
mod tree;
mod words;

use anyhow::{Result, bail};

use crate::{
    checkout::Checkout,
    terminal::{self, Colour},
};
use tree::Tree;

/// Something that is not as it must be.
#[derive(Debug, PartialEq)]
struct Finding {
    /// From the root of the checkout.
    path: String,
    /// From 1.
    line: usize,
    /// What is wrong.
    what: String,
    /// What would be right.
    mend: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), mend: mend.into() }
    }
}

/// A check and the sentence it keeps true.
type Check = (&'static str, fn(&Tree) -> Vec<Finding>);

const CHECKS: &[Check] = &[
    ("`chat` awaits nothing and reads no clock and no environment", sources::chat_is_pure),
    (
        "an `aws-sdk-*` crate is named only where it belongs",
        manifests::aws_is_named_where_it_belongs,
    ),
    (
        "nothing but `discord` speaks to Discord, nothing but the listener opens a gateway",
        manifests::discord_has_one_door,
    ),
    (
        "no address of Discord's outside `discord`, its simulator and the configuration",
        sources::discord_has_one_address,
    ),
    (
        "the environment is read only in configuration modules",
        sources::environment_is_read_in_config,
    ),
    ("every package takes the workspace's lints", manifests::lints_are_inherited),
    (
        "`chat`, `personality` and the like depend on nothing they must not know",
        manifests::layers_hold,
    ),
    ("nothing is called `common`, `util` or the like", sources::there_are_no_drawers),
    ("no test is ignored, nothing is left to do", sources::nothing_is_put_off),
    ("message text, prompts and tokens are not logged", logs::secrets_stay_out),
    ("the lock files are there, and hold no addresses", locks::lock_files_are_whole),
    ("no path of one machine, no address of a registry", words::nothing_of_one_machine),
    ("every path the docs name exists", docs::paths_exist),
    ("the architecture names every crate", docs::architecture_names_every_crate),
    ("the list of environment variables is complete", docs::environment_is_listed),
];

/// Checks everything and prints what it finds.
///
/// # Errors
/// When it finds something.
pub fn run(checkout: &Checkout) -> Result<()> {
    let tree = Tree::read(checkout)?;
    let mut findings = Vec::new();
    for (sentence, check) in CHECKS {
        findings.extend(check(&tree).into_iter().map(|finding| (*sentence, finding)));
    }
    for (sentence, found) in programs::check(checkout)? {
        findings.extend(found.into_iter().map(|finding| (sentence, finding)));
    }
    for (sentence, Finding { path, line, what, mend }) in &findings {
        eprintln!("{} {what}", terminal::paint(Colour::Bold, &format!("{path}:{line}:")));
        terminal::note(&format!("must hold: {sentence}"));
        terminal::note(&format!("mend:      {mend}"));
    }
    match findings.len() {
        0 => Ok(()),
        n => bail!("{n} untidy place{}", if n == 1 { "" } else { "s" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_finds_nothing_in_an_empty_tree_still_asks_for_the_lock_files() {
        let tree = Tree::of(&[]);
        let found: Vec<_> =
            CHECKS.iter().flat_map(|(_, check)| check(&tree)).map(|f| f.path).collect();
        assert_eq!(
            found,
            [
                "Cargo.lock",
                "tests/tools/package-lock.json",
                "docs/architecture.md",
                "docs/reference/environment.md"
            ]
        );
    }
}
