//! What works on one machine only.

use super::{Finding, tree::Tree};

/// Beginnings of paths into somebody's own folders.
const MACHINE: [&str; 3] = ["/home/", "/root/", "/Users/"];

/// How the hosts of package registries begin. Clients know where their registry is, and people may have others.
const REGISTRIES: [&str; 5] = ["files", "index", "pypi", "registry", "static"];

pub fn nothing_of_one_machine(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    // This file names them, to look for them.
    for file in tree.files().filter(|file| file.path != "xtask/src/tidy/words.rs") {
        for (number, line) in (1..).zip(file.text.lines()) {
            if let Some(path) = MACHINE.into_iter().find(|path| begins_a_path(line, path)) {
                let mend = "say it from the root of the checkout, or from a variable";
                findings.push(Finding::new(
                    &file.path,
                    number,
                    format!("`{path}…` exists on one machine"),
                    mend,
                ));
            }
            if let Some(host) = REGISTRIES.into_iter().find(|host| begins_a_host(line, host)) {
                let mend = "leave it to the package manager's own settings";
                findings.push(Finding::new(
                    &file.path,
                    number,
                    format!("`{host}.…` looks like a registry's address"),
                    mend,
                ));
            }
        }
    }
    findings
}

/// Whether it stands where a path begins, not inside an address or a longer path.
fn begins_a_path(line: &str, path: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | '*' | '~');
    line.match_indices(path).any(|(at, _)| !line[..at].ends_with(inside))
}

/// Whether an address in the line has a host that begins with this label.
fn begins_a_host(line: &str, label: &str) -> bool {
    let mut addresses = line.split("://").skip(1);
    addresses.any(|rest| rest.strip_prefix(label).is_some_and(|rest| rest.starts_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_somebodys_own_and_a_registry_are_found() {
        let text = "open(\"/home/ann/den\")\nfine: https://example.com/home/page and tests/home/a\n\
                    from https://registry.example/den\nfine: https://example.com/registry.html\n";
        let tree = Tree::of(&[("docs/runbook.md", text)]);
        let lines: Vec<_> =
            nothing_of_one_machine(&tree).into_iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [1, 3]);
    }
}
