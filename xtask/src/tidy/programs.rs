//! What each program links, as cargo resolves it: TLS once, and nothing it has no business with.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

use super::Finding;
use crate::{
    checkout::Checkout,
    command::{cargo, output},
};

/// TLS libraries beside the one we use.
const OTHER_TLS: [&str; 6] =
    ["aws-lc-rs", "aws-lc-sys", "boring-sys", "native-tls", "openssl", "openssl-sys"];

struct Program {
    package: &'static str,
    manifest: &'static str,
    never: &'static [&'static str],
}

const PROGRAMS: [Program; 3] = [
    Program {
        package: "den-listener",
        manifest: "crates/listener/Cargo.toml",
        never: &[
            "axum",
            "bedrock-sim",
            "discord-sim",
            "dynoxide-rs",
            "lambda_runtime",
            "libsqlite3-sys",
            "rusqlite",
        ],
    },
    Program {
        package: "den-worker",
        manifest: "crates/worker/Cargo.toml",
        never: &[
            "axum",
            "bedrock-sim",
            "discord-sim",
            "dynoxide-rs",
            "libsqlite3-sys",
            "rusqlite",
            "twilight-gateway",
        ],
    },
    Program { package: "den", manifest: "crates/den/Cargo.toml", never: &["bedrock-sim"] },
];

/// Asks cargo what each program links, and looks.
///
/// # Errors
/// When cargo does not say.
pub fn check(checkout: &Checkout) -> Result<Vec<(&'static str, Vec<Finding>)>> {
    let (mut tls, mut links) = (Vec::new(), Vec::new());
    for program in &PROGRAMS {
        let tree = [
            "tree",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--package",
        ];
        let listing = output(cargo(checkout).args(tree).arg(program.package))
            .with_context(|| format!("ask what {} links", program.package))?;
        let linked = linked(&listing);
        tls.extend(one_tls_stack(program, &linked));
        links.extend(nothing_foreign(program, &linked));
    }
    Ok(vec![
        ("one TLS stack, rustls with ring, in every program", tls),
        ("no program links what it has no business with", links),
    ])
}

/// Name and version of every package in a listing such as `tokio v1.48.0 (*)`.
fn linked(listing: &str) -> BTreeSet<(&str, &str)> {
    let packages = listing.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?, words.next()?))
    });
    packages.collect()
}

fn one_tls_stack(program: &Program, linked: &BTreeSet<(&str, &str)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, version) in linked.iter().filter(|(name, _)| OTHER_TLS.contains(name)) {
        findings.push(finding(
            program,
            name,
            &format!("`{}` links {name} {version}", program.package),
        ));
    }
    let stacks: Vec<_> =
        linked.iter().filter(|(name, _)| *name == "rustls").map(|(_, version)| *version).collect();
    if stacks.len() > 1 {
        let what = format!(
            "`{}` links rustls {} times: {}",
            program.package,
            stacks.len(),
            stacks.join(", ")
        );
        findings.push(finding(program, "rustls", &what));
    }
    if !linked.iter().any(|(name, _)| *name == "ring") {
        findings.push(finding(
            program,
            "rustls",
            &format!("`{}` does not link ring", program.package),
        ));
    }
    findings
}

fn nothing_foreign(program: &Program, linked: &BTreeSet<(&str, &str)>) -> Vec<Finding> {
    let foreign = linked.iter().filter(|(name, _)| program.never.contains(name));
    foreign
        .map(|(name, _)| finding(program, name, &format!("`{}` links `{name}`", program.package)))
        .collect()
}

fn finding(program: &Program, name: &str, what: &str) -> Finding {
    let mend = format!(
        "`cargo tree --edges normal --package {} --invert {name}` shows by whom",
        program.package
    );
    Finding::new(program.manifest, 1, what, mend)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKER: &Program = &PROGRAMS[1];

    #[test]
    fn a_second_tls_stack_is_found() {
        let listing = "den-worker v0.1.0 (crates/worker)\nrustls v0.21.12\nrustls v0.23.46\nring v0.17.14\n\
                       rustls v0.23.46 (*)\naws-lc-rs v1.15.0\n";
        let found: Vec<_> = one_tls_stack(WORKER, &linked(listing))
            .into_iter()
            .map(|finding| finding.what)
            .collect();
        assert_eq!(
            found,
            [
                "`den-worker` links aws-lc-rs v1.15.0",
                "`den-worker` links rustls 2 times: v0.21.12, v0.23.46"
            ]
        );
    }

    #[test]
    fn rustls_without_ring_is_found() {
        let found = one_tls_stack(WORKER, &linked("rustls v0.23.46\n"));
        assert_eq!(found[0].what, "`den-worker` does not link ring");
    }

    #[test]
    fn a_web_framework_in_the_worker_is_found() {
        let found =
            nothing_foreign(WORKER, &linked("tokio v1.48.0\naxum v0.8.6\naxum v0.8.6 (*)\n"));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].path.as_str(), found[0].what.as_str()),
            ("crates/worker/Cargo.toml", "`den-worker` links `axum`")
        );
    }
}
