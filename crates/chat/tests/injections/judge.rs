//! A strict reader of prompts.

use chat::{Prompt, Who};

/// A mark as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    name: String,
    attributes: Vec<(String, String)>,
    body: String,
}

/// What stands in a harmless prompt where a carrier put its word; there, and only there, another may have
/// something else.
pub const PLACE: &str = "hello from";

impl Mark {
    /// Whether it is this mark of a harmless prompt with other words in the places of carriers.
    fn is_like(&self, harmless: &Self) -> bool {
        let is_same = |now: &str, then: &str| now == then || then.contains(PLACE);
        let attributes = || self.attributes.iter().zip(&harmless.attributes);
        self.name == harmless.name
            && self.attributes.len() == harmless.attributes.len()
            && attributes().all(|(now, then)| now.0 == then.0 && is_same(&now.1, &then.1))
            && is_same(&self.body, &harmless.body)
    }

    /// Whether it names somebody as the personality is named.
    fn is_by_itself(&self, who: &str) -> bool {
        let plain = |name: &str| -> String {
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let is_by = |key: &str| matches!(key, "by" | "about");
        let by = self.attributes.iter().filter(|(key, _)| is_by(key));
        by.map(|(_, name)| plain(name)).any(|name| name == plain(who) || name == "you")
    }

    /// Whether it bears the mark of the personality's own words, which nobody's name can make.
    fn is_own(&self) -> bool {
        self.attributes == [("own".to_owned(), "yes".to_owned())]
    }

    /// What people can have written of it.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let values = self.attributes.iter().map(|(_, value)| value.as_str());
        values.chain([self.body.as_str()])
    }
}

/// Whether everything in `prompt` is where it belongs, and is said to be of whom it is. `harmless` is the prompt
/// of the same turn in which people wrote nothing but [`PLACE`] and more in the same places: what they write may
/// take lines away (an empty one, one too long), adds none, and changes no other place and nobody else's name.
pub fn judge(prompt: &Prompt, harmless: &Prompt, who: &str) -> Result<(), String> {
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
        if !rest.any(|of_harmless| line.is_like(of_harmless)) {
            return Err(format!("{line:?} is not in {expected:?}"));
        }
        if let Line::Mark(mark) = line
            && mark.is_by_itself(who)
        {
            return Err(format!("{mark:?} is said to be by the personality"));
        }
    }
    Ok(())
}

/// A line of a prompt's talk.
#[derive(Debug)]
enum Line {
    Mark(Mark),
    Own(String),
}

impl Line {
    fn is_like(&self, harmless: &Self) -> bool {
        match (self, harmless) {
            (Line::Mark(now), Line::Mark(then)) => now.is_like(then),
            (Line::Own(now), Line::Own(then)) => now == then,
            // Where nobody spoke before it any more, what it said itself stands among what people said.
            (Line::Mark(now), Line::Own(then)) => {
                now.name == "said" && now.is_own() && now.body == *then
            }
            _ => false,
        }
    }
}

fn read(prompt: &Prompt) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for turn in &prompt.turns {
        match turn.who {
            Who::Me => lines.push(Line::Own(turn.text.clone())),
            Who::People => lines.extend(marks(&turn.text)?.into_iter().map(Line::Mark)),
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
        "said" => Some(&[&["by"], &["by", "line"], &["own"], &["own", "line"]]),
        "quote" => Some(&[&["by"], &["own"]]),
        "file" => Some(&[&["name"]]),
        "memory" => Some(&[&["of"], &["by", "on"], &["by", "about", "on"], &["own", "on"]]),
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
        let is_plain = |c: char| !matches!(c, '<' | '>' | '"' | '\n' | '\r' | '\t');
        let is_right = match key {
            "own" => value == "yes",
            _ => !value.is_empty() && hidden_in(value).is_none(),
        };
        if !is_right || !value.chars().all(is_plain) {
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
    if let Some(hidden) = hidden_in(body) {
        return Err(format!("{name} holds {hidden:?}"));
    }
    let closing = format!("/{name}>");
    let rest = rest
        .strip_prefix(closing.as_str())
        .ok_or_else(|| format!("inside {name}: {}", beside(rest)))?;
    Ok((Mark { name: name.to_owned(), attributes, body: body.to_owned() }, rest))
}

/// The first character that people do not see where a model does; a joiner or a selector behind a letter is one.
fn hidden_in(text: &str) -> Option<char> {
    let mut before = ' ';
    text.chars().find(|&c| {
        let is_hidden = match c {
            '\n' | '\t' => false,
            '\u{200D}' | '\u{FE0F}' => before.is_ascii_alphabetic() || before.is_whitespace(),
            _ => !is_visible(c),
        };
        before = c;
        is_hidden
    })
}

/// Whether people see the character where a model does: no controls, no directions, no tag block.
fn is_visible(c: char) -> bool {
    let is_hidden = matches!(c, '\u{200B}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}');
    !c.is_control() && !is_hidden
}
