//! All personalities of a deployment.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    Allows, Personality, PersonalityId, Problem, Problems,
    file::Reading,
    rules::{self, Claim, fold},
};

/// All personalities of a deployment, by id.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    personalities: Vec<Personality>,
    /// Where each id, name and alias leads, ignoring case.
    names: HashMap<String, usize>,
}

impl Roster {
    /// Reads every `*.toml` and `*.json` of a folder, except hidden files and `*.schema.json`.
    ///
    /// # Errors
    /// Everything that is wrong in any of them, or between them; a folder without a personality; a folder
    /// that cannot be read.
    pub fn load(folder: &Path, allows: &Allows<'_>) -> Result<Self, Problems> {
        let (files, problems) = files_of(folder);
        Self::read(files, problems.into_iter().collect(), allows)
    }

    /// Reads these files, and all files of these folders, as one roster.
    ///
    /// # Errors
    /// As [`Roster::load`].
    pub fn load_all(paths: &[PathBuf], allows: &Allows<'_>) -> Result<Self, Problems> {
        let mut files = Vec::new();
        let mut problems = Vec::new();
        for path in paths {
            if path.is_dir() {
                let (more_files, more_problems) = files_of(path);
                files.extend(more_files);
                problems.extend(more_problems);
            } else {
                files.push(path.clone());
            }
        }
        files.sort();
        files.dedup();
        Self::read(files, problems, allows)
    }

    fn read(
        files: Vec<PathBuf>,
        mut problems: Vec<Problem>,
        allows: &Allows<'_>,
    ) -> Result<Self, Problems> {
        let mut readings: Vec<Reading> =
            files.iter().map(|file| Reading::open(file, allows)).collect();
        problems.extend(clashes(&readings));
        for reading in &mut readings {
            problems.append(&mut reading.problems);
        }
        Problems::none_of(problems)?;
        let personalities = readings.into_iter().filter_map(|reading| reading.personality);
        Ok(Self::from_personalities(personalities.collect()))
    }

    /// A roster of personalities made in memory. Where two claim a name, the first by id has it.
    pub fn from_personalities(mut personalities: Vec<Personality>) -> Self {
        personalities.sort_by(|a, b| a.id.cmp(&b.id));
        personalities.dedup_by(|a, b| a.id == b.id);
        let mut names = HashMap::new();
        for (n, personality) in personalities.iter().enumerate() {
            for name in std::iter::once(personality.id.as_str()).chain(personality.names()) {
                names.entry(fold(name)).or_insert(n);
            }
        }
        Self { personalities, names }
    }

    /// Each personality, by id.
    pub fn iter(&self) -> std::slice::Iter<'_, Personality> {
        self.personalities.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.personalities.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.personalities.is_empty()
    }

    /// The personality of this id.
    pub fn get(&self, id: &PersonalityId) -> Option<&Personality> {
        let found =
            self.personalities.binary_search_by(|personality| personality.id.cmp(id)).ok()?;
        self.personalities.get(found)
    }

    /// The personality that answers to this id, name or alias; case does not count.
    pub fn by_name(&self, name: &str) -> Option<&Personality> {
        self.names.get(&fold(name)).and_then(|found| self.personalities.get(*found))
    }
}

impl<'r> IntoIterator for &'r Roster {
    type Item = &'r Personality;
    type IntoIter = std::slice::Iter<'r, Personality>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The personality files of a folder, by name, or why there are none.
fn files_of(folder: &Path) -> (Vec<PathBuf>, Option<Problem>) {
    let what = match list(folder) {
        Ok(files) if files.is_empty() => "holds no personality".to_owned(),
        Ok(files) => return (files, None),
        Err(error) => format!("cannot be read: {error}"),
    };
    (Vec::new(), Some(Problem::of_file(folder, what, "make a first one: den personality new ID")))
}

fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name =
            path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
        let is_ours = name.ends_with(".toml") || name.ends_with(".json");
        if is_ours && !name.starts_with('.') && !name.ends_with(".schema.json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Ids and names that a file claims although an earlier one has them.
fn clashes(readings: &[Reading]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut owners: HashMap<String, &Path> = HashMap::new();
    for reading in readings {
        let Some(root) = &reading.root else { continue };
        let id = root.get("id").and_then(|node| rules::claim("id".to_owned(), node));
        let claims: Vec<Claim> = id.into_iter().chain(rules::names(root)).collect();
        for claim in &claims {
            if let Some(owner) = owners.get(&claim.folded) {
                let what = format!("`{}` is taken by {}", claim.written, owner.display());
                let right = "ids, names and aliases differ within a den, ignoring case".to_owned();
                problems.push(reading.source.problem(claim.at, &claim.key, what, right));
            }
        }
        // Only now, so that a file may carry its own id as its name.
        for claim in claims {
            owners.entry(claim.folded).or_insert(&reading.source.file);
        }
    }
    problems
}
