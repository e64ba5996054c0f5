//! Holds a document against the schema: types, bounds, forms, and which keys there are. Everything that is
//! wrong is told at once.

mod bounds;
mod unknown;

use serde_json::Value as Schema;

use crate::{
    Problem,
    document::{Entry, Node, Source, Value},
    pattern,
};

/// Every place where `root` is not what `schema` says.
pub(crate) fn check(source: &Source, root: &Node, schema: &Schema) -> Vec<Problem> {
    let mut reader = Reader { source, schema, problems: Vec::new() };
    reader.value(root, schema, "");
    reader.problems
}

struct Reader<'a> {
    source: &'a Source,
    /// The schema of the whole file, for saying where a misplaced key belongs.
    schema: &'a Schema,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn value(&mut self, node: &Node, schema: &Schema, path: &str) {
        match (&node.value, schema["type"].as_str()) {
            (Value::Table(entries), Some("object")) => self.table(node, entries, schema, path),
            (Value::List(items), Some("array")) => self.list(node, items, schema, path),
            (Value::Text(text), Some("string")) => self.text(node, text, schema, path),
            (Value::Moment(text), Some("string")) if schema["pattern"] == pattern::DATE => {
                self.text(node, text, schema, path);
            }
            (Value::Whole(number), Some("integer" | "number")) => {
                // Beyond 2^53 the float is off by a little, and far beyond every bound.
                self.number(node, *number as f64, &number.to_string(), schema, path);
            }
            (Value::Real(number), Some("number")) => {
                self.number(node, *number, &number.to_string(), schema, path);
            }
            _ => self.report(node, path, bounds::kind(&node.value), bounds::expected(schema)),
        }
    }

    fn table(&mut self, node: &Node, entries: &[Entry], schema: &Schema, path: &str) {
        let mut meant = Vec::new();
        for entry in entries {
            let key_path = join(path, &entry.key);
            if let Some(property) = schema["properties"].get(&entry.key) {
                self.value(&entry.node, property, &key_path);
                continue;
            }
            meant.extend(unknown::sibling(&entry.key, schema, self.schema));
            let right = unknown::advice(&entry.key, path, schema, self.schema);
            let at = entry.key_span.start;
            self.problems.push(self.source.problem(at, &key_path, "is unknown".to_owned(), right));
        }
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Schema::as_str) {
            // A misspelt key has been told already.
            if node.get(key).is_none() && !meant.contains(&key) {
                self.missing(node, &schema["properties"][key], &join(path, key));
            }
        }
    }

    fn missing(&mut self, table: &Node, schema: &Schema, path: &str) {
        let right = format!("{}. {}", bounds::expected(schema), bounds::meaning(schema));
        let mut problem =
            self.source.problem(table.span.start, path, "is missing".to_owned(), right);
        if !path.contains('.') {
            // The first line of the file is where this is told, but shows nothing of it.
            problem.excerpt.clear();
        }
        self.problems.push(problem);
    }

    fn list(&mut self, node: &Node, items: &[Node], schema: &Schema, path: &str) {
        if !bounds::holds(schema, bounds::ITEMS, items.len() as f64) {
            let what = format!("has {}", bounds::count(items.len(), "entry", "entries"));
            self.report(node, path, what, bounds::expected(schema));
        }
        for (n, item) in items.iter().enumerate() {
            self.value(item, &schema["items"], &format!("{path}[{n}]"));
        }
    }

    fn text(&mut self, node: &Node, text: &str, schema: &Schema, path: &str) {
        let length = text.chars().count();
        if !bounds::holds(schema, bounds::LENGTH, length as f64) {
            let what = match length {
                0 => "is empty".to_owned(),
                _ => format!("has {}", bounds::count(length, "character", "characters")),
            };
            self.report(node, path, what, bounds::expected(schema));
        } else if let Some(form) = schema["pattern"].as_str().and_then(pattern::form)
            && let Some(what) = (form.complaint)(text)
        {
            self.report(node, path, what, format!("expected {}", form.right));
        } else if schema["not"]["const"] == text {
            self.report(node, path, format!("`{text}` is taken"), "choose another one".to_owned());
        }
    }

    fn number(&mut self, node: &Node, number: f64, written: &str, schema: &Schema, path: &str) {
        if !bounds::holds(schema, bounds::RANGE, number) {
            self.report(node, path, format!("is {written}"), bounds::expected(schema));
        }
    }

    fn report(&mut self, node: &Node, path: &str, what: String, right: String) {
        self.problems.push(self.source.problem(node.span.start, path, what, right));
    }
}

/// The path of a key in a table.
fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
