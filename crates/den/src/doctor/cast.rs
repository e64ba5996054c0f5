//! The files of the characters.

use super::{Finding, Part, Subject};

const PART: Part = Part::Personalities;

pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let folder = subject.folder.display();
    match &subject.roster {
        Ok(roster) => {
            let names: Vec<&str> = roster.iter().map(|who| who.name.as_str()).collect();
            vec![Finding::fine(PART, format!("{} in {folder}: {}", names.len(), names.join(", ")))]
        }
        Err(problems) => {
            let n = problems.len();
            let first = problems.iter().next().map(ToString::to_string).unwrap_or_default();
            let what = if n == 1 { first } else { format!("{n} problems, the first: {first}") };
            let mend = "see all of them, each with its place: den personality check";
            vec![Finding::wrong(PART, what, format!("{mend} --personalities {folder}"))]
        }
    }
}
