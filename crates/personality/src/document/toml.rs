//! TOML into the neutral tree.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Entry, Node, Source, Value};
use crate::Problem;

/// Reads the text, or says every place where it is no TOML.
pub(crate) fn parse(source: &Source) -> Result<Node, Vec<Problem>> {
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    if errors.is_empty() {
        let span = root.span();
        return Ok(Node { span, value: table(root.into_inner()) });
    }
    let mut problems = Vec::<Problem>::new();
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        let problem =
            source.problem(at, "", format!("this is no TOML: {}", error.message()), String::new());
        // One slip of the pen often trips the parser several times; the first on a line is the telling one.
        if problems.iter().all(|earlier| earlier.line != problem.line) {
            problems.push(problem);
        }
    }
    Err(problems)
}

fn node(value: Spanned<DeValue<'_>>) -> Node {
    let span = value.span();
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => Value::Whole(
            // Only too many digits make this fail, so the number is beyond every bound.
            i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(i128::MAX),
        ),
        DeValue::Float(number) => Value::Real(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Datetime(moment) => Value::Moment(moment.to_string()),
        DeValue::Array(items) => Value::List(items.into_iter().map(node).collect()),
        DeValue::Table(entries) => table(entries),
    };
    Node { span, value }
}

fn table(entries: DeTable<'_>) -> Value {
    Value::Table(
        entries
            .into_iter()
            .map(|(key, value)| Entry {
                key_span: key.span(),
                key: key.into_inner().into_owned(),
                node: node(value),
            })
            .collect(),
    )
}
