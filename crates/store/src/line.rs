//! An item as a line of JSON, in DynamoDB's own notation: exact, and read by every tool for it.
//!
//! `{"pk":{"S":"G#1042"},"ttl":{"N":"1795"},"body":{"B":"eJw…"}}`: numbers are texts, so that none loses a
//! digit, and bytes are base64. See the Amazon DynamoDB API Reference, AttributeValue.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};

use crate::item::Item;

/// Why a line is no item.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Not JSON, or not an object of attributes.
    #[error("it is no item in DynamoDB's JSON")]
    NoItem,
    /// An attribute that is written in no way DynamoDB has.
    #[error("the attribute `{0}` cannot be read")]
    Attribute(String),
    /// Without a key of ours.
    #[error("it has no `pk` and `sk`")]
    NoKey,
    /// Written by a newer den.
    #[error("a newer den wrote it (version {0}): update this one first")]
    Newer(u64),
}

/// Writes an item.
pub(crate) fn written(item: &Item) -> String {
    // In the order of their names, so that two exports can be compared.
    let mut names: Vec<&String> = item.keys().collect();
    names.sort_unstable();
    let map: Map<String, Value> =
        names.into_iter().map(|name| (name.clone(), value(&item[name]))).collect();
    Value::Object(map).to_string()
}

/// Reads an item.
pub(crate) fn read(line: &str) -> Result<Item, LineError> {
    let Ok(Value::Object(map)) = serde_json::from_str(line) else { return Err(LineError::NoItem) };
    map.into_iter()
        .map(|(name, value)| match attribute(&value) {
            Some(attribute) => Ok((name, attribute)),
            None => Err(LineError::Attribute(name)),
        })
        .collect()
}

fn value(attribute: &AttributeValue) -> Value {
    let binary = |blob: &Blob| BASE64_STANDARD.encode(blob);
    match attribute {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(digits) => json!({"N": digits}),
        AttributeValue::B(blob) => json!({"B": binary(blob)}),
        AttributeValue::Bool(is) => json!({"BOOL": is}),
        AttributeValue::Null(is) => json!({"NULL": is}),
        AttributeValue::Ss(texts) => json!({"SS": texts}),
        AttributeValue::Ns(digits) => json!({"NS": digits}),
        AttributeValue::Bs(blobs) => json!({"BS": blobs.iter().map(binary).collect::<Vec<_>>()}),
        AttributeValue::L(list) => json!({"L": list.iter().map(value).collect::<Vec<_>>()}),
        AttributeValue::M(map) => {
            let map: Map<String, Value> =
                map.iter().map(|(name, inner)| (name.clone(), value(inner))).collect();
            json!({"M": map})
        }
        // The SDK may learn kinds that DynamoDB has not had since 2014; ours are those above.
        _ => Value::Null,
    }
}

fn attribute(value: &Value) -> Option<AttributeValue> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    let (kind, inner) = map.iter().next()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let blob = |value: &Value| BASE64_STANDARD.decode(value.as_str()?).ok().map(Blob::new);
    Some(match kind.as_str() {
        "S" => AttributeValue::S(text(inner)?),
        "N" => AttributeValue::N(text(inner)?),
        "B" => AttributeValue::B(blob(inner)?),
        "BOOL" => AttributeValue::Bool(inner.as_bool()?),
        "NULL" => AttributeValue::Null(inner.as_bool()?),
        "SS" => AttributeValue::Ss(inner.as_array()?.iter().map(text).collect::<Option<_>>()?),
        "NS" => AttributeValue::Ns(inner.as_array()?.iter().map(text).collect::<Option<_>>()?),
        "BS" => AttributeValue::Bs(inner.as_array()?.iter().map(blob).collect::<Option<_>>()?),
        "L" => AttributeValue::L(inner.as_array()?.iter().map(attribute).collect::<Option<_>>()?),
        "M" => {
            let inner = inner.as_object()?.iter();
            let inner = inner.map(|(name, value)| Some((name.clone(), attribute(value)?)));
            AttributeValue::M(inner.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_attribute_comes_back_as_it_was() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let item = Item::from([
            ("s".to_owned(), text("a \"quoted\" line\nand ‹ü›")),
            (
                "n".to_owned(),
                AttributeValue::N("12345678901234567890123456789012345678".to_owned()),
            ),
            ("b".to_owned(), AttributeValue::B(Blob::new([0, 255, 10]))),
            ("bool".to_owned(), AttributeValue::Bool(false)),
            ("null".to_owned(), AttributeValue::Null(true)),
            ("ss".to_owned(), AttributeValue::Ss(vec!["a".to_owned(), "b".to_owned()])),
            ("ns".to_owned(), AttributeValue::Ns(vec!["1".to_owned()])),
            ("bs".to_owned(), AttributeValue::Bs(vec![Blob::new([1])])),
            ("l".to_owned(), AttributeValue::L(vec![text(""), AttributeValue::L(vec![])])),
            ("m".to_owned(), AttributeValue::M([("x".to_owned(), text("y"))].into())),
        ]);
        let line = written(&item);
        assert!(!line.contains('\n'), "{line}");
        assert_eq!(read(&line), Ok(item));
    }

    #[test]
    fn what_is_no_item_is_refused_by_name() {
        assert_eq!(read("{"), Err(LineError::NoItem));
        assert_eq!(read("[]"), Err(LineError::NoItem));
        for odd in [
            r#"{"x":1}"#,
            r#"{"x":{"N":1}}"#,
            r#"{"x":{"B":"?"}}"#,
            r#"{"x":{"S":"a","N":"1"}}"#,
            r#"{"x":{"Q":""}}"#,
        ] {
            assert_eq!(read(odd), Err(LineError::Attribute("x".to_owned())), "{odd}");
        }
    }
}
