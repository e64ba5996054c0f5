//! The files of the characters.

use personality::Problems;

use super::{Finding, Part, Subject};

const PART: Part = Part::Personalities;

pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let folder = subject.folder.display();
    match &subject.roster {
        Ok(roster) => {
            let names: Vec<&str> = roster.iter().map(|who| who.name.as_str()).collect();
            vec![Finding::fine(PART, format!("{} in {folder}: {}", names.len(), names.join(", ")))]
        }
        Err(problems) => vec![told(problems, &folder.to_string())],
    }
}

/// One problem with its own mend, or the first of several with the way to see all.
fn told(problems: &Problems, folder: &str) -> Finding {
    let first = problems.iter().next().expect("a roster that loads is no error");
    let mut what = first.file.display().to_string();
    if first.line > 0 {
        what.push_str(&format!(":{}:{}", first.line, first.column));
    }
    if !first.key.is_empty() {
        what.push_str(&format!(": {}", first.key));
    }
    what.push_str(&format!(": {}", first.what));
    match problems.len() {
        1 if !first.right.is_empty() => Finding::wrong(PART, what, &first.right),
        n => Finding::wrong(
            PART,
            format!("{n} problem{}, the first: {what}", if n == 1 { "" } else { "s" }),
            format!("see all, each with its place: den personality check --personalities {folder}"),
        ),
    }
}
