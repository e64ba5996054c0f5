//! Documentation that tells the truth about the tree.

use std::collections::BTreeMap;

use super::{
    Finding,
    tree::{File, Tree},
};

const ARCHITECTURE: &str = "docs/architecture.md";
const ENVIRONMENT: &str = "docs/reference/environment.md";

/// Folders whose paths are checked wherever the docs name them between backticks.
const FOLDERS: [&str; 9] = [
    ".cargo/",
    ".ci/",
    ".github/",
    "crates/",
    "docs/",
    "infra/",
    "personalities/",
    "tests/",
    "xtask/",
];

pub fn paths_exist(tree: &Tree) -> Vec<Finding> {
    let mend = "name what is there, or leave it out";
    let mut findings = Vec::new();
    for file in tree.files().filter(|file| is_documentation(file)) {
        for (number, line) in prose(&file.text) {
            let links = link_targets(line).map(|target| resolve(&file.path, target));
            let spoken = spans(line).filter(|span| is_path(span)).map(str::to_owned);
            for path in links.chain(spoken).filter(|path| !exists(tree, path)) {
                findings.push(Finding::new(
                    &file.path,
                    number,
                    format!("there is no `{path}`"),
                    mend,
                ));
            }
        }
    }
    findings
}

pub fn architecture_names_every_crate(tree: &Tree) -> Vec<Finding> {
    let mend = "the code map says of every crate what it is and what it must never know";
    let Some(architecture) = tree.file(ARCHITECTURE) else {
        return vec![Finding::new(ARCHITECTURE, 1, "is not there", mend)];
    };
    let unnamed =
        tree.crates().filter(|name| !architecture.text.contains(&format!("`crates/{name}`")));
    unnamed
        .map(|name| {
            Finding::new(ARCHITECTURE, 1, format!("`crates/{name}` is not in the code map"), mend)
        })
        .collect()
}

pub fn environment_is_listed(tree: &Tree) -> Vec<Finding> {
    let Some(reference) = tree.file(ENVIRONMENT) else {
        return vec![Finding::new(
            ENVIRONMENT,
            1,
            "is not there",
            "list every variable the programs read",
        )];
    };
    let listed: BTreeMap<&str, usize> = (1..)
        .zip(reference.text.lines())
        .filter_map(|(number, line)| Some((line.strip_prefix("| `")?.split('`').next()?, number)))
        .collect();
    let mut read = BTreeMap::new();
    for file in tree.shipped().filter(|file| file.is_configuration()) {
        // What `env!` reads is cargo's, and read when it compiles.
        for (number, line) in file.code().into_iter().filter(|(_, line)| !line.contains("env!(")) {
            let names = line.split('"').skip(1).step_by(2).filter(|literal| is_variable(literal));
            names.for_each(|name| {
                read.entry(name).or_insert((file.path.as_str(), number));
            });
        }
    }
    let unlisted =
        read.iter().filter(|(name, _)| !listed.contains_key(*name)).map(|(name, (path, line))| {
            Finding::new(
                path,
                *line,
                format!("`{name}` is not in {ENVIRONMENT}"),
                "say there what it does and what holds without it",
            )
        });
    let unread = listed.iter().filter(|(name, _)| !read.contains_key(*name)).map(|(name, line)| {
        Finding::new(
            ENVIRONMENT,
            *line,
            format!("no program reads `{name}`"),
            "take it out of the list",
        )
    });
    unlisted.chain(unread).collect()
}

fn is_documentation(file: &File) -> bool {
    file.path.ends_with(".md") && (file.path.starts_with("docs/") || !file.path.contains('/'))
}

/// Names such as `DEN_TABLE`.
fn is_variable(literal: &str) -> bool {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    literal.contains('_')
        && literal.starts_with(|c: char| c.is_ascii_uppercase())
        && literal.chars().all(is_part)
}

/// The lines outside fenced blocks.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The targets of links to files, without the heading in them.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    files.map(|target| target.split('#').next().unwrap_or(target))
}

/// What stands between backticks.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Whether a span is meant as a path of ours and not as a pattern for one.
fn is_path(span: &str) -> bool {
    let is_placeholder = span.contains(['<', '{', '…', ' ', '='])
        || span.split('/').any(|part| part.starts_with("NAME"));
    FOLDERS.iter().any(|folder| span.starts_with(folder)) && !is_placeholder
}

/// A link's target from the root of the checkout.
fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<_> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether a path exists; a `*` stands for anything in its folder.
fn exists(tree: &Tree, path: &str) -> bool {
    match path.split_once('*') {
        Some((before, after)) => tree
            .files()
            .any(|file| file.path.strip_prefix(before).is_some_and(|rest| rest.contains(after))),
        None => path.is_empty() || tree.has(path),
    }
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
    fn a_path_long_gone_is_found_in_links_and_between_backticks() {
        let runbook = "See [the map](README.md#top), [gone](../old.md) and `crates/gone/src`.\n\
                       Fine: `crates/queue`, `crates/*/Cargo.toml`, `personalities/NAME.toml`, [x](https://e.com/a).\n\
                       ```\n`crates/in-a-block`\n```\n";
        let tree = Tree::of(&[
            ("crates/queue/Cargo.toml", ""),
            ("docs/README.md", ""),
            ("docs/runbook.md", runbook),
        ]);
        assert_eq!(
            found(paths_exist(&tree)),
            [
                "docs/runbook.md:1 there is no `old.md`",
                "docs/runbook.md:1 there is no `crates/gone/src`"
            ]
        );
    }

    #[test]
    fn a_crate_the_architecture_does_not_name_is_found() {
        let tree = Tree::of(&[
            ("crates/queue/Cargo.toml", ""),
            ("crates/store/Cargo.toml", ""),
            (ARCHITECTURE, "- `crates/queue` is what crosses.\n"),
        ]);
        assert_eq!(
            found(architecture_names_every_crate(&tree)),
            ["docs/architecture.md:1 `crates/store` is not in the code map"]
        );
    }

    #[test]
    fn a_variable_is_listed_exactly_when_it_is_read() {
        let config = "let table = read(\"DEN_TABLE\");\nlet text = \"Not_A_NAME\";\n";
        let list = "| name | means |\n|---|---|\n| `DEN_MODEL` | which model |\n";
        let tree = Tree::of(&[("crates/worker/src/config.rs", config), (ENVIRONMENT, list)]);
        assert_eq!(
            found(environment_is_listed(&tree)),
            [
                "crates/worker/src/config.rs:1 `DEN_TABLE` is not in docs/reference/environment.md",
                "docs/reference/environment.md:3 no program reads `DEN_MODEL`"
            ]
        );
    }
}
