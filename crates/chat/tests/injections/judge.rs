//! A strict reader of prompts.

use chat::{Prompt, Who};

/// A mark as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    name: String,
    attributes: Vec<(String, String)>,
    body: String,
}

impl Mark {
    /// Its name and the keys it carries.
    fn shape(&self) -> (&str, Vec<&str>) {
        (&self.name, self.attributes.iter().map(|(key, _)| key.as_str()).collect())
    }

    /// Whether it claims to be the personality's own words.
    fn is_own(&self) -> bool {
        self.attributes.iter().any(|(key, value)| key == "by" && value.eq_ignore_ascii_case("you"))
    }

    /// What people can have written of it.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let values = self.attributes.iter().map(|(_, value)| value.as_str());
        values.chain([self.body.as_str()])
    }
}

/// Whether everything in `prompt` is where it belongs. `harmless` is the prompt of the same turn in which people
/// wrote nothing remarkable: what they write may take lines away (an empty one, one too long), and adds none.
pub fn judge(prompt: &Prompt, harmless: &Prompt) -> Result<(), String> {
    if prompt.character != harmless.character {
        return Err(format!("the character is another: {}", prompt.character));
    }
    if prompt.scene != harmless.scene {
        return Err(format!("the scene is another: {}", prompt.scene));
    }
    if prompt.examples != harmless.examples {
        return Err("the examples are others".to_owned());
    }
    if prompt.turns.last().map(|turn| turn.who) != Some(Who::People) {
        return Err("people do not have the last word".to_owned());
    }
    let (read, expected) = (read(prompt)?, read(harmless)?);
    let mut rest = expected.iter();
    for line in &read {
        if !rest.any(|line_of_harmless| line_of_harmless == line) {
            return Err(format!("{line:?} is not in {expected:?}"));
        }
    }
    Ok(())
}

/// A line of a prompt's talk, without what people wrote.
#[derive(Debug, PartialEq)]
enum Line {
    /// Its name, its keys, and whether it is said to be the personality's own.
    Mark(String, Vec<String>, bool),
    Own(String),
}

fn read(prompt: &Prompt) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for turn in &prompt.turns {
        match turn.who {
            Who::Me => lines.push(Line::Own(turn.text.clone())),
            Who::People => {
                let marks = marks(&turn.text)?;
                lines.extend(marks.iter().map(|mark| {
                    let (name, keys) = mark.shape();
                    let keys = keys.into_iter().map(str::to_owned).collect();
                    Line::Mark(name.to_owned(), keys, mark.is_own())
                }));
            }
        }
    }
    Ok(lines)
}

/// The marks a turn of people consists of: one after the other, a single line break between them, nothing else.
pub fn marks(turn: &str) -> Result<Vec<Mark>, String> {
    let mut marks = Vec::new();
    let mut rest = turn;
    loop {
        let (mark, behind) = mark(rest)?;
        marks.push(mark);
        if behind.is_empty() {
            return Ok(marks);
        }
        rest = behind.strip_prefix('\n').ok_or_else(|| beside(behind))?;
    }
}

fn beside(text: &str) -> String {
    format!("outside of any mark: {:?}", text.chars().take(80).collect::<String>())
}

/// The keys a mark carries, in order.
fn keys(name: &str) -> Option<&'static [&'static [&'static str]]> {
    match name {
        "said" => Some(&[&["by"], &["by", "line"]]),
        "file" => Some(&[&["name"]]),
        "memory" => Some(&[&["of"], &["by", "on"], &["by", "about", "on"]]),
        _ => None,
    }
}

fn mark(text: &str) -> Result<(Mark, &str), String> {
    let inner = text.strip_prefix('<').ok_or_else(|| beside(text))?;
    let end = inner.find(|c: char| !c.is_ascii_lowercase()).ok_or_else(|| beside(text))?;
    let (name, mut rest) = inner.split_at(end);
    let known = keys(name).ok_or_else(|| format!("a mark called {name:?}"))?;
    let mut attributes = Vec::new();
    while let Some(behind) = rest.strip_prefix(' ') {
        let (key, behind) = behind.split_once("=\"").ok_or_else(|| beside(rest))?;
        let (value, behind) = behind.split_once('"').ok_or_else(|| beside(rest))?;
        let is_plain =
            |c: char| !matches!(c, '<' | '>' | '"' | '\n' | '\r' | '\t') && is_visible(c);
        if value.is_empty() || !value.chars().all(is_plain) {
            return Err(format!("{key} of {name} is {value:?}"));
        }
        attributes.push((key.to_owned(), value.to_owned()));
        rest = behind;
    }
    let carried: Vec<&str> = attributes.iter().map(|(key, _)| key.as_str()).collect();
    if !known.contains(&carried.as_slice()) {
        return Err(format!("{name} carries {carried:?}"));
    }
    let rest = rest.strip_prefix('>').ok_or_else(|| beside(rest))?;
    let (body, rest) = rest.split_once('<').ok_or_else(|| format!("{name} is not closed"))?;
    if let Some(hidden) = body.chars().find(|c| !is_visible(*c) && !matches!(c, '\n' | '\t')) {
        return Err(format!("{name} holds {hidden:?}"));
    }
    let closing = format!("/{name}>");
    let rest = rest
        .strip_prefix(closing.as_str())
        .ok_or_else(|| format!("inside {name}: {}", beside(rest)))?;
    Ok((Mark { name: name.to_owned(), attributes, body: body.to_owned() }, rest))
}

/// Whether people see the character where a model does: no controls, no directions, no tag block.
fn is_visible(c: char) -> bool {
    let is_hidden = matches!(c, '\u{200B}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}');
    !c.is_control() && !is_hidden
}
