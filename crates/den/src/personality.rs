//! `den personality`: the files of the characters, made, looked over and shown.

mod print;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use ::personality::{Allows, PersonalityId, Problems, Roster, schema};
use anyhow::{Context, bail};

/// What to do with personality files.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Personality {
    /// Write the file of a new personality, ready to be edited
    New {
        /// Its id: 1 to 32 of a-z, 0-9 and `-`; it names the file
        id: PersonalityId,
        /// The name people see; made from the id if left out
        name: Option<String>,
    },
    /// Tell everything that is wrong with the files, where, and what would be right
    Check {
        /// Files or folders; left out, the den's own folder
        paths: Vec<PathBuf>,
    },
    /// List all personalities
    List,
    /// Show one personality as it was understood, defaults included
    Show {
        /// Its id, name or alias
        id: String,
    },
}

/// Runs the command on the personalities in `dir`. `allows` says which model allows which sampling setting.
///
/// # Errors
/// Files that cannot be written, names nobody has, output that cannot be printed. Problems with personality
/// files are printed and end in exit code 1.
pub fn run(
    command: Personality,
    dir: &Path,
    json: bool,
    allows: &Allows<'_>,
) -> anyhow::Result<ExitCode> {
    run_to(&mut io::stdout().lock(), command, dir, json, allows)
}

fn run_to(
    out: &mut impl Write,
    command: Personality,
    dir: &Path,
    json: bool,
    allows: &Allows<'_>,
) -> anyhow::Result<ExitCode> {
    let done = match &command {
        Personality::New { id, name } => {
            let name = name.clone().unwrap_or_else(|| name_of(id));
            match new(dir, id, &name, allows)? {
                Ok(file) => Ok(print::written(out, id, &file, json)?),
                Err(problems) => Err(problems),
            }
        }
        Personality::Check { paths } => {
            let own = [dir.to_owned()];
            let paths = if paths.is_empty() { &own } else { paths.as_slice() };
            match Roster::load_all(paths, allows) {
                Ok(roster) => Ok(print::checked(out, &roster, json)?),
                Err(problems) => Err(problems),
            }
        }
        Personality::List => match Roster::load(dir, allows) {
            Ok(roster) => Ok(print::listed(out, &roster, json)?),
            Err(problems) => Err(problems),
        },
        Personality::Show { id } => match Roster::load(dir, allows) {
            Ok(roster) => Ok(print::shown(out, &roster, id, json)?),
            Err(problems) => Err(problems),
        },
    };
    let Err(problems) = done else { return Ok(ExitCode::SUCCESS) };
    print::problems(out, &problems, json)?;
    Ok(ExitCode::FAILURE)
}

/// Writes a new file, and the schema beside it that makes editors complete. Nothing is overwritten.
fn new(
    dir: &Path,
    id: &PersonalityId,
    name: &str,
    allows: &Allows<'_>,
) -> anyhow::Result<Result<PathBuf, Problems>> {
    let file = dir.join(format!("{id}.toml"));
    let text = ::personality::Personality::new_file(id, name);
    if let Err(problems) = ::personality::Personality::read(&file, &text, allows) {
        return Ok(Err(problems));
    }
    // Neighbours with problems of their own are no reason to refuse a new file.
    if let Ok(roster) = Roster::load(dir, allows) {
        for taken in [id.as_str(), name] {
            if let Some(other) = roster.by_name(taken) {
                bail!("`{taken}` is taken by {} ({})", other.name, other.id);
            }
        }
    }
    fs::create_dir_all(dir).with_context(|| format!("create the folder {}", dir.display()))?;
    let mut written = fs::File::create_new(&file)
        .with_context(|| format!("create {}, which must not exist yet", file.display()))?;
    written.write_all(text.as_bytes()).with_context(|| format!("write {}", file.display()))?;
    let schema_file = dir.join("personality.schema.json");
    if !schema_file.exists() {
        fs::write(&schema_file, format!("{:#}\n", schema()))
            .with_context(|| format!("write {}", schema_file.display()))?;
    }
    Ok(Ok(file))
}

/// `odd-one` as a name: `Odd One`.
fn name_of(id: &PersonalityId) -> String {
    let capital = |word: &str| {
        let mut word = word.to_owned();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        word
    };
    let words: Vec<_> =
        id.as_str().split('-').filter(|word| !word.is_empty()).map(capital).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    /// What a person sees, with the folder's own name taken out, and whether it went well.
    fn den(dir: &Path, command: Personality, json: bool) -> (String, bool) {
        owo_colors::set_override(false);
        let mut out = Vec::new();
        let code = run_to(&mut out, command, dir, json, &|_, _| true).unwrap();
        let out = String::from_utf8(out).unwrap();
        let out = out.replace(&format!("{}/", dir.display()), "");
        (out, format!("{code:?}") == format!("{:?}", ExitCode::SUCCESS))
    }

    fn new(id: &str, name: Option<&str>) -> Personality {
        Personality::New { id: id.parse().unwrap(), name: name.map(str::to_owned) }
    }

    fn check() -> Personality {
        Personality::Check { paths: Vec::new() }
    }

    #[test]
    fn a_new_personality_can_be_checked_listed_and_shown_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("personalities");
        assert_snapshot!(den(&dir, new("odd-one", None), false).0, @r"
        ✓ wrote odd-one.toml
          Give it a voice in your editor, then: den personality check && den chat odd-one
        ");
        assert!(dir.join("personality.schema.json").is_file(), "editors complete");
        assert_snapshot!(den(&dir, check(), false).0, @"✓ Odd One (odd-one)");
        assert_snapshot!(den(&dir, Personality::List, false).0, @r"
        odd-one  Odd One
                 A newcomer to the den who has not unpacked yet and is curious about everyone here.
        ");
        let show = || Personality::Show { id: "ODD ONE".to_owned() };
        assert_snapshot!(den(&dir, show(), false).0, @r"
        Odd One  odd-one
        A newcomer to the den who has not unpacked yet and is curious about everyone here.

        Is
          curious, kind, easily delighted
          has an opinion on everything and changes it gladly

        Talks
          short, lively sentences
          answers first, then asks one thing back

        Likes
          other people's hobbies
          biscuits

        Remembers
          names of pets
          plans someone is looking forward to

        Never
          mocks looks, bodies, origin, faith, gender, illness or loss
          claims to be a human being when sincerely asked

        Roasts
          Teases about what people choose, never about what they are, and ends on a kindness.

        At its wisest
          The calm friend who listens to the end, and then says one true thing.

        Sounds like
          > Hello!
          Oh, hello! I was hoping someone would come by. What are you up to today?

        Runs
          asks the deployment's model for at most 400 tokens
          answers a person 6 and a channel 20 times a minute, a guild 2000 times a day
          serves 10 channels at once, with 256 MiB and 60 s each
        ");
        let shown: serde_json::Value = serde_json::from_str(&den(&dir, show(), true).0).unwrap();
        assert_eq!(shown["reply"]["max_tokens"], 400);
    }

    #[test]
    fn nothing_is_overwritten_and_no_name_taken_twice() {
        let folder = tempfile::tempdir().unwrap();
        den(folder.path(), new("ada", Some("Ada")), false);
        let again = run(new("ada", None), folder.path(), false, &|_, _| true).unwrap_err();
        assert_eq!(again.to_string(), "`ada` is taken by Ada (ada)");
        let name = run(new("bob", Some("ADA")), folder.path(), false, &|_, _| true).unwrap_err();
        assert_eq!(name.to_string(), "`ADA` is taken by Ada (ada)");
        let nobody = Personality::Show { id: "bob".to_owned() };
        let nobody = run(nobody, folder.path(), false, &|_, _| true).unwrap_err();
        assert_eq!(nobody.to_string(), "no personality is called `bob`; there are: ada");
        let (said, is_fine) = den(folder.path(), new("cleo", Some("discord")), false);
        assert!(!is_fine && !folder.path().join("cleo.toml").exists());
        assert_snapshot!(said, @r#"
        error: name contains `discord`, which Discord refuses
           --> cleo.toml:8:8
           8 | name = "discord"
             |        ^ expected a name that Discord accepts for webhooks and nobody mistakes for a mention

        1 problem in 1 file
        "#);
    }

    #[test]
    fn check_shows_every_problem_and_fails() {
        let folder = tempfile::tempdir().unwrap();
        den(folder.path(), new("ada", None), false);
        let file = folder.path().join("ada.toml");
        let text = fs::read_to_string(&file).unwrap();
        let text = text
            .replace("roast_style", "roast_stile")
            .replace("# memory_mb = 256", "memory_mb = 64");
        fs::write(
            &file,
            text.replace("# given_on", "given_on").replace("summary = \"A new", "# \""),
        )
        .unwrap();
        fs::write(folder.path().join("bob.toml"), b"\xff").unwrap();
        let (said, is_fine) = den(folder.path(), check(), false);
        assert!(!is_fine);
        assert_snapshot!(said, @r#"
        error: summary is missing
           --> ada.toml:1:1
             | expected a text of 1 to 200 characters. Who this is, in a sentence or two.

        error: roast_stile is unknown
           --> ada.toml:26:1
          26 | roast_stile = "Teases about what people choose, never about what they are, and ends on a kindness."
             | ^ did you mean `roast_style`?

        error: given_on is unknown
           --> ada.toml:40:1
          40 | given_on = "2026-05-31"
             | ^ `given_on` belongs below [real_name.consent]

        error: scaling.memory_mb is 64
           --> ada.toml:76:13
          76 | memory_mb = 64
             |             ^ expected a whole number from 128 to 10240

        error: line 1 is no UTF-8
           --> bob.toml
             | save the file as UTF-8

        5 problems in 2 files
        "#);
        let (json, _) = den(folder.path(), check(), true);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["problems"][0]["file"], "ada.toml");
    }
}
