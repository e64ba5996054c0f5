//! JSON into the neutral tree. serde_json judges the text; a scanner that may then trust it adds the places.

use super::{Entry, Node, Source, Value};
use crate::Problem;

/// Reads the text, or says where it is no JSON.
pub(crate) fn parse(source: &Source) -> Result<Node, Vec<Problem>> {
    // This also bounds the depth (128), so the recursion below cannot exhaust the stack.
    if let Err(error) = serde_json::from_str::<serde_json::Value>(&source.text) {
        let line_start = source
            .text
            .split_inclusive('\n')
            .take(error.line().saturating_sub(1))
            .map(str::len)
            .sum::<usize>();
        // serde_json counts columns in bytes, and appends the place to its text, which we say ourselves.
        let at = line_start + error.column().saturating_sub(1);
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(text, _)| text);
        let what = format!("this is no JSON: {message}");
        return Err(vec![source.problem(at, "", what, String::new())]);
    }
    let mut scanner = Scanner { source, at: 0, problems: Vec::new() };
    let root = scanner.node();
    if scanner.problems.is_empty() { Ok(root) } else { Err(scanner.problems) }
}

/// Walks a text known to be JSON.
struct Scanner<'s> {
    source: &'s Source,
    at: usize,
    problems: Vec<Problem>,
}

impl Scanner<'_> {
    fn node(&mut self) -> Node {
        let first = self.peek();
        let start = self.at;
        let value = match first {
            b'{' => self.table(),
            b'[' => self.list(),
            b'"' => Value::Text(self.text()),
            _ => scalar(self.word()),
        };
        Node { span: start..self.at, value }
    }

    fn table(&mut self) -> Value {
        let mut entries = Vec::<Entry>::new();
        self.at += 1;
        while self.peek() != b'}' {
            let start = self.at;
            let key = self.text();
            let key_span = start..self.at;
            self.peek();
            self.at += 1; // the colon
            let node = self.node();
            if entries.iter().any(|entry| entry.key == key) {
                let what = format!("the key `{key}` stands here a second time");
                let problem = self.source.problem(start, &key, what, "keep one of them".to_owned());
                self.problems.push(problem);
            }
            entries.push(Entry { key, key_span, node });
            self.comma();
        }
        self.at += 1;
        Value::Table(entries)
    }

    fn list(&mut self) -> Value {
        let mut items = Vec::new();
        self.at += 1;
        while self.peek() != b']' {
            items.push(self.node());
            self.comma();
        }
        self.at += 1;
        Value::List(items)
    }

    fn text(&mut self) -> String {
        let start = self.at;
        let bytes = self.source.text.as_bytes();
        self.at += 1;
        while bytes[self.at] != b'"' {
            self.at += if bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        serde_json::from_str(&self.source.text[start..self.at])
            .expect("serde_json has read this string once already")
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> &str {
        let rest = &self.source.text[self.at..];
        let length = rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, ',' | ']' | '}'))
            .unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn comma(&mut self) {
        if self.peek() == b',' {
            self.at += 1;
        }
    }

    /// Skips space and shows the next byte.
    fn peek(&mut self) -> u8 {
        let bytes = self.source.text.as_bytes();
        while bytes[self.at].is_ascii_whitespace() {
            self.at += 1;
        }
        bytes[self.at]
    }
}

fn scalar(word: &str) -> Value {
    match word {
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        "null" => Value::Null,
        number => match number.parse() {
            Ok(whole) => Value::Whole(whole),
            Err(_) => Value::Real(number.parse().unwrap_or(f64::NAN)),
        },
    }
}
