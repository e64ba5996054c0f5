//! What the packages say of themselves, and who may name whom.

use super::{
    Finding,
    tree::{File, Tree},
};

/// The binaries, which start clients and hand them on.
const BINARIES: [&str; 3] = ["listener", "worker", "den"];

/// A dependency as a manifest names it.
struct Named<'a> {
    name: &'a str,
    line: usize,
    /// Only for tests.
    dev: bool,
}

pub fn aws_is_named_where_it_belongs(tree: &Tree) -> Vec<Finding> {
    let home = |sdk: &str| match sdk {
        "aws-sdk-sqs" => Some("queue"),
        "aws-sdk-dynamodb" => Some("store"),
        "aws-sdk-bedrockruntime" => Some("model"),
        _ => None,
    };
    named(tree, |krate, sdk| {
        let allowed = home(sdk).is_some_and(|home| home == krate || BINARIES.contains(&krate));
        if !sdk.starts_with("aws-sdk-") || allowed {
            return None;
        }
        let mend = match home(sdk) {
            Some(home) => format!(
                "only `{home}` and the programs' start-up name `{sdk}`: ask `{home}` for what is missing"
            ),
            None => {
                "a new service of AWS gets one crate that names it, and a line in this check".into()
            }
        };
        Some((format!("`{krate}` names `{sdk}`"), mend))
    })
}

pub fn discord_has_one_door(tree: &Tree) -> Vec<Finding> {
    named(tree, |krate, name| {
        let (homes, mend): (&[&str], _) = match name {
            "twilight-gateway" | "twilight-gateway-queue" => {
                (&["listener"], "only the listener opens a gateway connection")
            }
            "twilight-http" => (
                &["discord"],
                "only `discord` sends requests to Discord: ask it for what is missing",
            ),
            _ => return None,
        };
        (!homes.contains(&krate)).then(|| (format!("`{krate}` names `{name}`"), mend.into()))
    })
}

pub fn layers_hold(tree: &Tree) -> Vec<Finding> {
    /// Who knows nothing of ours, or only this.
    const KNOWS: [(&str, &[&str]); 8] = [
        ("aws", &[]),
        ("personality", &[]),
        ("queue", &["personality"]),
        ("chat", &["personality", "queue"]),
        ("model", &[]),
        ("store", &["personality", "queue"]),
        ("discord", &[]),
        ("discord-sim", &[]),
    ];
    /// What brings a runtime, a clock or a wire with it.
    const RUNTIMES: [&str; 10] = [
        "async-trait",
        "aws-config",
        "axum",
        "futures-util",
        "hyper",
        "rand",
        "reqwest",
        "rustls",
        "tokio",
        "tracing",
    ];
    let ours: Vec<_> = tree.crates().chain(["den-listener", "den-worker"]).collect();
    named(tree, |krate, name| {
        if krate == "chat" && RUNTIMES.contains(&name) {
            return Some((
                format!("`chat` names `{name}`"),
                "`chat` decides over values; whoever calls it has the runtime".into(),
            ));
        }
        let (_, known) = KNOWS.iter().find(|(known, _)| *known == krate)?;
        (ours.contains(&name) && !known.contains(&name)).then(|| {
            let mend = "see \"who may know whom\" in docs/architecture.md: hand over a value, or move what is needed";
            (format!("`{krate}` names `{name}`"), mend.into())
        })
    })
}

pub fn lints_are_inherited(tree: &Tree) -> Vec<Finding> {
    let mend = "add `[lints]` with `workspace = true`";
    let inherits = |file: &File| file.text.contains("[lints]\nworkspace = true");
    let without = packages(tree).filter(|(_, file)| !inherits(file));
    without
        .map(|(_, file)| Finding::new(&file.path, 1, "lints of its own, or none", mend))
        .collect()
}

/// What `is_wrong` says of each crate's dependencies, those for tests left out.
fn named(tree: &Tree, is_wrong: impl Fn(&str, &str) -> Option<(String, String)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (krate, file) in packages(tree) {
        if !file.path.starts_with("crates/") {
            continue;
        }
        for Named { name, line, .. } in
            dependencies(&file.text).into_iter().filter(|named| !named.dev)
        {
            if let Some((what, mend)) = is_wrong(krate, name) {
                findings.push(Finding::new(&file.path, line, what, mend));
            }
        }
    }
    findings
}

/// The packages, by folder.
fn packages(tree: &Tree) -> impl Iterator<Item = (&str, &File)> {
    tree.files().filter_map(|file| {
        let folder = file.path.strip_suffix("/Cargo.toml")?;
        Some((folder.rsplit('/').next().unwrap_or(folder), file))
    })
}

/// The dependencies in a manifest, in the two spellings TOML has for them.
fn dependencies(manifest: &str) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    let mut section = "";
    for (line, text) in (1..).zip(manifest.lines()) {
        let text = text.trim();
        if let Some(header) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            section = header;
            if let Some((kind, name)) = header.rsplit_once("dependencies.") {
                named.push(Named { name, line, dev: kind.contains("dev-") });
            }
        } else if section.ends_with("dependencies") && !text.starts_with('#') {
            let name = text.split(['=', '.', ' ']).next().unwrap_or_default();
            if !name.is_empty() {
                named.push(Named { name, line, dev: section.contains("dev-") });
            }
        }
    }
    named
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
    fn an_aws_crate_in_the_wrong_place_is_found_in_every_spelling() {
        let chat = "[package]\n[dependencies]\naws-sdk-sqs.workspace = true\n[dependencies.aws-sdk-kms]\nversion = \"1\"\n\
                    [dev-dependencies]\naws-sdk-dynamodb = \"1\"\n";
        let queue = "[dependencies]\naws-sdk-sqs = { workspace = true }\n";
        let tree =
            Tree::of(&[("crates/chat/Cargo.toml", chat), ("crates/queue/Cargo.toml", queue)]);
        assert_eq!(
            found(aws_is_named_where_it_belongs(&tree)),
            [
                "crates/chat/Cargo.toml:3 `chat` names `aws-sdk-sqs`",
                "crates/chat/Cargo.toml:4 `chat` names `aws-sdk-kms`"
            ]
        );
    }

    #[test]
    fn nobody_else_may_hold_a_key_to_discords_door() {
        let manifest = "[dependencies]\ntwilight-gateway.workspace = true\n";
        let tree = Tree::of(&[
            ("crates/worker/Cargo.toml", manifest),
            ("crates/listener/Cargo.toml", manifest),
        ]);
        assert_eq!(
            found(discord_has_one_door(&tree)),
            ["crates/worker/Cargo.toml:2 `worker` names `twilight-gateway`"]
        );
    }

    #[test]
    fn a_layer_may_not_know_the_one_above_it() {
        let tree = Tree::of(&[
            (
                "crates/queue/Cargo.toml",
                "[dependencies]\nstore.workspace = true\ntokio.workspace = true\n",
            ),
            ("crates/store/Cargo.toml", "[dependencies]\nqueue.workspace = true\n"),
            ("crates/chat/Cargo.toml", "[dependencies]\ntokio.workspace = true\n"),
        ]);
        assert_eq!(
            found(layers_hold(&tree)),
            [
                "crates/queue/Cargo.toml:2 `queue` names `store`",
                "crates/chat/Cargo.toml:2 `chat` names `tokio`"
            ]
        );
    }

    #[test]
    fn a_package_without_the_lints_is_found() {
        let tree = Tree::of(&[
            ("crates/a/Cargo.toml", "[package]\n"),
            ("b/Cargo.toml", "[lints]\nworkspace = true\n"),
        ]);
        assert_eq!(
            found(lints_are_inherited(&tree)),
            ["crates/a/Cargo.toml:1 lints of its own, or none"]
        );
    }
}
