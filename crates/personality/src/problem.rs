//! What is wrong with personality files, told so that it can be mended.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Serialize;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, or the folder where the problem is with the whole of it.
    pub file: PathBuf,
    /// Line in the file, from 1; 0 where the file could not be read.
    pub line: usize,
    /// Column in characters, from 1; 0 where the file could not be read.
    pub column: usize,
    /// The key's path, as in `examples[2].reply`; empty where no key is concerned.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub right: String,
    /// The line as it stands in the file, for pointing at the place; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
}

impl Problem {
    /// A problem with a file or folder as a whole.
    pub(crate) fn of_file(file: &Path, what: String, right: &str) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            column: 0,
            key: String::new(),
            what,
            right: right.to_owned(),
            excerpt: String::new(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if self.line > 0 {
            write!(f, "{}:{}:", self.line, self.column)?;
        }
        if !self.key.is_empty() {
            write!(f, " {}:", self.key)?;
        }
        write!(f, " {}", self.what)?;
        if !self.right.is_empty() {
            write!(f, "; {}", self.right)?;
        }
        Ok(())
    }
}

/// Everything that is wrong, by file and line. Never empty as an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// `Err` with all of them in order, if there are any.
    pub(crate) fn none_of(mut problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        Err(Self(problems))
    }

    /// Each problem, by file and line.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// How many there are.
    #[expect(clippy::len_without_is_empty, reason = "an error without problems is none")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'p> IntoIterator for &'p Problems {
    type Item = &'p Problem;
    type IntoIter = std::slice::Iter<'p, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}
