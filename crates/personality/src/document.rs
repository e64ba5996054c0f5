//! A file as a tree of values that remember where they stand, whether it was TOML or JSON.

mod json;
mod toml;

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use crate::Problem;

pub(crate) use self::{json::parse as parse_json, toml::parse as parse_toml};

/// A value and the bytes it stands on.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub span: Range<usize>,
    pub value: Value,
}

/// What TOML and JSON can say.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    /// TOML's own dates, which JSON writes as text.
    Moment(String),
    Whole(i128),
    Real(f64),
    Flag(bool),
    Null,
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key of a table, where it stands, and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub node: Node,
}

impl Node {
    /// The value under a key, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Table(entries) => {
                entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
            }
            _ => None,
        }
    }

    /// The values of a list; nothing for all else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same as JSON, for serde. Numbers JSON cannot hold become null, which serde then refuses.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Text(text) | Value::Moment(text) => Json::from(text.as_str()),
            Value::Whole(number) => i64::try_from(*number).map_or(Json::Null, Json::from),
            Value::Real(number) => Json::from(*number),
            Value::Flag(flag) => Json::from(*flag),
            Value::Null => Json::Null,
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Table(entries) => {
                entries.iter().map(|entry| (entry.key.clone(), entry.node.to_json())).collect()
            }
        }
    }
}

/// A file's text, for saying where a byte stands.
#[derive(Debug)]
pub(crate) struct Source {
    pub file: PathBuf,
    pub text: String,
}

impl Source {
    /// A problem at a byte of this file.
    pub fn problem(&self, at: usize, key: &str, what: String, right: String) -> Problem {
        let (line, column) = self.position(at);
        let excerpt = self.text.lines().nth(line - 1).unwrap_or_default();
        Problem {
            file: self.file.clone(),
            line,
            column,
            key: key.to_owned(),
            what,
            right,
            excerpt: excerpt.chars().take(160).collect(),
        }
    }

    /// Parses the text as its ending says.
    pub fn parse(&self) -> Result<Node, Vec<Problem>> {
        if is_json(&self.file) { parse_json(self) } else { parse_toml(self) }
    }

    /// Line and column in characters, both from 1.
    fn position(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(at.min(self.text.len()))];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"))
}
