//! What must not be found in the sources.

use super::{
    Finding,
    tree::{File, Tree, has_word},
};

/// What a pure function cannot do.
const IMPURE: [&str; 14] = [
    ".await",
    "async",
    "SystemTime",
    "Instant",
    "env::var",
    "env::vars",
    "env::args",
    "std::fs",
    "std::net",
    "std::io",
    "std::process",
    "std::thread",
    "thread_rng",
    "println!",
];

/// Drawers: a name that says what kind of code it is, and not what it is about.
const DRAWERS: [&str; 9] =
    ["common", "core", "helper", "helpers", "misc", "shared", "types", "util", "utils"];

pub fn chat_is_pure(tree: &Tree) -> Vec<Finding> {
    let chat = tree.shipped().filter(|file| file.crate_name() == Some("chat"));
    let mend = "hand the value in: `chat` decides, its callers wait, read and look at the clock";
    find(chat, |_, line| {
        let word = IMPURE.iter().find(|word| has_word(line, word))?;
        Some((format!("`{word}` in `chat`"), mend.into()))
    })
}

pub fn discord_has_one_address(tree: &Tree) -> Vec<Finding> {
    /// Where requests go. A link for people, as in `https://discord.com/channels/…`, is none.
    const ADDRESSES: [&str; 4] =
        ["https://discord.com\"", "discord.com/api", "/api/v9", "/api/v10"];
    let others = tree.shipped().filter(|file| {
        !matches!(file.crate_name(), Some("discord" | "discord-sim")) && !file.is_configuration()
    });
    let mend =
        "ask `discord` to do it: it waits when Discord says so, and nothing else speaks to Discord";
    find(others, |_, line| {
        let address = ADDRESSES.into_iter().find(|address| line.contains(address))?;
        Some((format!("`{}` outside `discord`", address.trim_end_matches('"')), mend.into()))
    })
}

pub fn environment_is_read_in_config(tree: &Tree) -> Vec<Finding> {
    let others = tree.shipped().filter(|file| !file.is_configuration());
    let mend = "read it in the program's `config.rs`, where all problems are reported together, and hand the value on";
    find(others, |_, line| {
        let word = ["env::var", "env::var_os", "env::vars"]
            .into_iter()
            .find(|word| has_word(line, word))?;
        Some((format!("`{word}` outside a configuration module"), mend.into()))
    })
}

pub fn there_are_no_drawers(tree: &Tree) -> Vec<Finding> {
    let mend = "name the thing it is about; if there are several, it is several modules";
    let ours = |file: &&File| {
        ["crates/", "tests/", "xtask/"].iter().any(|folder| file.path.starts_with(folder))
    };
    let named = |file: &File| {
        let parts = file.path.trim_end_matches(".rs").split('/');
        parts.map(str::to_owned).find(|part| DRAWERS.contains(&part.as_str()))
    };
    let files = tree.files().filter(ours).filter_map(|file| {
        let drawer = named(file)?;
        Some(Finding::new(&file.path, 1, format!("`{drawer}` is a drawer"), mend))
    });
    let modules = find(tree.shipped(), |_, line| {
        let (_, module) = line.split_once("mod ").filter(|(before, _)| !has_word(before, "use"))?;
        let drawer = DRAWERS.iter().find(|drawer| module.trim_end() == format!("{drawer} {{"))?;
        Some((format!("`mod {drawer}` is a drawer"), mend.into()))
    });
    files.chain(modules).collect()
}

pub fn nothing_is_put_off(tree: &Tree) -> Vec<Finding> {
    let ours = tree.files().filter(|file| {
        file.path.ends_with(".rs")
            && ["crates/", "tests/"].iter().any(|folder| file.path.starts_with(folder))
    });
    let mut findings = Vec::new();
    for file in ours {
        for (number, line) in (1..).zip(file.text.lines()) {
            if line.trim_start().starts_with("#[ignore") {
                let mend =
                    "say in the test what it does today and that this is wrong, or remove it";
                findings.push(Finding::new(&file.path, number, "an ignored test", mend));
            }
            if let Some(word) =
                ["TODO", "FIXME", "XXX"].into_iter().find(|word| has_word(line, word))
            {
                let mend = "do it, or say in a sentence what the code does not do and why";
                findings.push(Finding::new(&file.path, number, format!("`{word}`"), mend));
            }
        }
    }
    findings
}

/// What `is_wrong` says of each line of code: what is found, and the mend.
fn find<'a>(
    files: impl Iterator<Item = &'a File>,
    is_wrong: impl Fn(&File, &str) -> Option<(String, String)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for (number, line) in file.code() {
            if let Some((what, mend)) = is_wrong(file, line) {
                findings.push(Finding::new(&file.path, number, what, mend));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(findings: Vec<Finding>) -> Vec<String> {
        findings.into_iter().map(|finding| format!("{}:{}", finding.path, finding.line)).collect()
    }

    #[test]
    fn chat_may_neither_wait_nor_look_at_the_clock() {
        let bad = "fn a() {}\nasync fn b() {}\nlet now = std::time::Instant::now();\n// it awaits nothing\n";
        let tree = Tree::of(&[("crates/chat/src/lib.rs", bad), ("crates/store/src/lib.rs", bad)]);
        assert_eq!(
            places(chat_is_pure(&tree)),
            ["crates/chat/src/lib.rs:2", "crates/chat/src/lib.rs:3"]
        );
    }

    #[test]
    fn only_discord_knows_where_discord_is() {
        let bad = "let link = \"https://discord.com/channels/1/2\";\nlet url = \"https://discord.com\";\n";
        let tree = Tree::of(&[
            ("crates/discord/src/lib.rs", bad),
            ("crates/worker/src/config.rs", bad),
            ("crates/worker/src/turn.rs", bad),
        ]);
        assert_eq!(places(discord_has_one_address(&tree)), ["crates/worker/src/turn.rs:2"]);
    }

    #[test]
    fn the_environment_is_read_only_in_configuration_modules() {
        let bad = "let a = std::env::var(\"A\");\n";
        let tree = Tree::of(&[
            ("crates/store/src/lib.rs", bad),
            ("crates/worker/src/config.rs", bad),
            ("crates/worker/src/main.rs", bad),
            ("crates/worker/tests/poll.rs", bad),
            ("xtask/src/main.rs", bad),
        ]);
        assert_eq!(places(environment_is_read_in_config(&tree)), ["crates/store/src/lib.rs:1"]);
    }

    #[test]
    fn a_drawer_is_found_as_crate_folder_file_and_module() {
        let tree = Tree::of(&[
            ("crates/common/src/lib.rs", ""),
            ("crates/queue/src/utils.rs", ""),
            ("tests/src/helpers/sqs.rs", ""),
            ("crates/chat/src/lib.rs", "pub mod types {\n}\n"),
            ("crates/chat/src/utility.rs", ""),
        ]);
        let found = places(there_are_no_drawers(&tree));
        assert_eq!(
            found,
            [
                "crates/common/src/lib.rs:1",
                "crates/queue/src/utils.rs:1",
                "tests/src/helpers/sqs.rs:1",
                "crates/chat/src/lib.rs:1"
            ]
        );
    }

    #[test]
    fn an_ignored_test_and_a_note_to_self_are_found() {
        let bad = "#[test]\n#[ignore = \"flaky\"]\nfn a() {}\n// TODO later\n";
        let tree = Tree::of(&[("crates/queue/tests/fifo.rs", bad)]);
        assert_eq!(
            places(nothing_is_put_off(&tree)),
            ["crates/queue/tests/fifo.rs:2", "crates/queue/tests/fifo.rs:4"]
        );
    }
}
