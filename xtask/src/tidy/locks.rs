//! The lock files: the same versions on every machine, from wherever that machine gets them.

use super::{Finding, tree::Tree};

pub fn lock_files_are_whole(tree: &Tree) -> Vec<Finding> {
    const INDEX: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let mut findings = Vec::new();
    match tree.file("Cargo.lock") {
        None => findings.push(Finding::new(
            "Cargo.lock",
            1,
            "is not there",
            "commit it: every machine builds the same",
        )),
        Some(lock) => {
            let foreign = (1..)
                .zip(lock.text.lines())
                .filter(|(_, line)| line.starts_with("source = ") && *line != INDEX);
            let mend = "depend on a release from crates.io, which everyone can get";
            findings
                .extend(foreign.map(|(number, line)| Finding::new(&lock.path, number, line, mend)));
        }
    }
    let npm = "tests/tools/package-lock.json";
    match tree.file(npm) {
        None => findings.push(Finding::new(
            npm,
            1,
            "is not there",
            "`npm install --package-lock-only` there, and commit it",
        )),
        Some(lock) => {
            let addresses =
                (1..).zip(lock.text.lines()).filter(|(_, line)| line.contains("\"resolved\""));
            let mend = "`npm install --package-lock-only --omit-lockfile-registry-resolved` there";
            findings.extend(
                addresses.map(|(number, _)| Finding::new(npm, number, "a download address", mend)),
            );
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(findings: Vec<Finding>) -> Vec<String> {
        findings
            .into_iter()
            .map(|finding| format!("{}:{} {}", finding.path, finding.line, finding.what))
            .collect()
    }

    #[test]
    fn a_lock_file_that_only_works_here_is_found() {
        let tree = Tree::of(&[
            ("Cargo.lock", "[[package]]\nname = \"a\"\nsource = \"git+https://example.com/a\"\n"),
            (
                "tests/tools/package-lock.json",
                "{\n\"resolved\": \"https://example.com/a.tgz\"\n}\n",
            ),
        ]);
        assert_eq!(
            found(lock_files_are_whole(&tree)),
            [
                "Cargo.lock:3 source = \"git+https://example.com/a\"",
                "tests/tools/package-lock.json:2 a download address"
            ]
        );
    }
}
