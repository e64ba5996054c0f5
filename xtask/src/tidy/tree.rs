//! The files of the checkout, as the checks see them.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{checkout::Checkout, command::output};

/// Every text file that git knows or would add.
pub struct Tree(Vec<File>);

/// A text file.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

impl Tree {
    /// Reads the checkout. Files that are no text are left out.
    pub fn read(checkout: &Checkout) -> Result<Self> {
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let names = output(Command::new("git").args(list).current_dir(checkout.root()))
            .context("list the files of the checkout")?;
        let mut files = Vec::new();
        for path in names.split_terminator('\0') {
            let bytes = match fs::read(checkout.path(path)) {
                Ok(bytes) => bytes,
                // Deleted, and not yet told to git; or a link to a folder.
                Err(_) => continue,
            };
            // A picture still counts when the docs name it.
            let text = String::from_utf8(bytes).unwrap_or_default();
            files.push(File { path: path.to_owned(), text });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(Self(files))
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let file =
            |&(path, text): &(&str, &str)| File { path: path.to_owned(), text: text.to_owned() };
        Self(files.iter().map(file).collect())
    }

    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.0.iter()
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.0.iter().find(|file| file.path == path)
    }

    /// Whether there is a file or a folder of this path.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let inside =
            |file: &File| file.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        self.0.iter().any(|file| file.path == path || inside(file))
    }

    /// The names of the folders in `crates/` that hold a package.
    pub fn crates(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter_map(|file| file.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml"))
    }

    /// The sources that are shipped: `crates/*/src`, without files of tests.
    pub fn shipped(&self) -> impl Iterator<Item = &File> {
        self.0.iter().filter(|file| file.is_shipped_source())
    }
}

impl File {
    /// The crate it belongs to, by its folder.
    pub fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Its name without folders.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether it belongs to the configuration of a program: there alone the environment is read.
    pub fn is_configuration(&self) -> bool {
        matches!(self.name(), "config.rs" | "main.rs") || self.path.contains("/src/config/")
    }

    fn is_shipped_source(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.next() == Some("crates")
            && parts.nth(1) == Some("src")
            && self.path.ends_with(".rs")
            && !self.path.ends_with("/tests.rs")
            && !self.path.contains("/src/tests/")
    }

    /// Its lines of code, numbered from 1: no comments, and nothing that is compiled only for tests.
    pub fn code(&self) -> Vec<(usize, &str)> {
        let mut code = Vec::new();
        let mut lines = (1..).zip(self.text.lines());
        while let Some((number, line)) = lines.next() {
            if line.trim() == "#[cfg(test)]" {
                skip_item(line, &mut lines);
            } else if !line.trim_start().starts_with("//") {
                code.push((number, line));
            }
        }
        code
    }
}

/// Skips the item under an attribute: up to a semicolon, or to the brace that closes at the same depth.
fn skip_item<'a>(attribute: &str, lines: &mut impl Iterator<Item = (usize, &'a str)>) {
    let indent = &attribute[..attribute.len() - attribute.trim_start().len()];
    for (_, line) in lines {
        let at_depth = line.strip_prefix(indent).is_some_and(|rest| !rest.starts_with(' '));
        if at_depth && (line.ends_with(';') || line.ends_with('}')) {
            return;
        }
    }
}

/// Whether `code` contains `word` and it does not merely begin or end a longer one.
pub fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = word.starts_with(is_part) && code[..at].ends_with(is_part);
        let after = word.ends_with(is_part) && code[at + word.len()..].starts_with(is_part);
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_what_is_neither_comment_nor_test() {
        let text = "use a;\n// no\nfn b() {\n    c();\n}\n#[cfg(test)]\nmod tests;\nfn d() {}\n#[cfg(test)]\nmod more {\n    fn e() {}\n}\nfn f() {}\n";
        let file = File { path: "crates/x/src/lib.rs".into(), text: text.into() };
        let code: Vec<_> =
            file.code().into_iter().map(|(number, line)| format!("{number} {line}")).collect();
        assert_eq!(
            code,
            ["1 use a;", "3 fn b() {", "4     c();", "5 }", "8 fn d() {}", "13 fn f() {}"]
        );
    }

    #[test]
    fn a_word_is_not_found_inside_a_longer_one() {
        assert!(has_word("let a = Instant::now();", "Instant"));
        assert!(has_word("future.await?", ".await"));
        assert!(!has_word("fn instantiate(InstantMessage)", "Instant"));
    }

    #[test]
    fn a_folder_exists_when_something_lies_in_it() {
        let tree = Tree::of(&[("crates/queue/src/lib.rs", "")]);
        assert!(
            tree.has("crates/queue")
                && tree.has("crates/queue/")
                && tree.has("crates/queue/src/lib.rs")
        );
        assert!(!tree.has("crates/que"));
    }
}
