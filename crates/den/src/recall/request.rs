//! The lines that `den recall` reads.

use std::borrow::Cow;

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Number, Value};

use super::{PROTOCOL, now_ms};

/// What a line asks for.
#[derive(Debug)]
pub(super) enum Request {
    /// Who is there?
    Hello,
    /// Something was said, or said otherwise.
    Remember(Told),
    /// Keep it.
    Flush,
    /// Which messages matter?
    Recall(Asked),
    /// Something is to be forgotten.
    Forget(Whom),
    /// How much is there?
    Stats,
    /// The end.
    Bye,
}

/// A message, as the journal writes and reads it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) space: Name,
    pub(super) id: Name,
    pub(super) channel: Name,
    pub(super) speaker: Name,
    /// In milliseconds since the Unix epoch.
    pub(super) ts: u64,
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reply_to: Option<Name>,
}

/// A message, as a request tells it: what may be left out may be null, and the time is as people write it.
#[derive(Deserialize)]
struct Said {
    space: Name,
    id: Name,
    #[serde(default)]
    channel: Option<Name>,
    #[serde(default)]
    speaker: Option<Name>,
    #[serde(default = "now_ms", deserialize_with = "milliseconds")]
    ts: u64,
    text: String,
    #[serde(default)]
    reply_to: Option<Name>,
}

/// A question.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub(super) space: Name,
    pub(super) query: String,
    #[serde(default = "ten")]
    pub(super) k: usize,
    #[serde(default = "now_ms", deserialize_with = "milliseconds")]
    pub(super) now: u64,
    #[serde(default)]
    pub(super) asker: Option<Name>,
}

/// What of a space is to be forgotten: a message, all of a speaker, or everything.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Whom {
    pub(super) space: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) speaker: Option<Name>,
}

/// A name or an id: a string, or a whole number. `5` and `"5"` are the same, and come back as they were first
/// said.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub(super) enum Name {
    Text(String),
    Number(Number),
}

/// Why a line could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// Too long, in another protocol, or not clear.
    #[error("{0}")]
    Line(String),
    /// Not JSON, or not of the right shape.
    #[error("read a line")]
    Json(#[source] serde_json::Error),
}

impl Unreadable {
    /// A line longer than that.
    pub(super) fn long(bytes: usize) -> Self {
        Self::Line(format!("a line is longer than {bytes} bytes"))
    }
}

impl Request {
    /// Reads a line.
    pub(super) fn read(line: &[u8]) -> Result<Self, Unreadable> {
        let value: Value = serde_json::from_slice(line).map_err(Unreadable::Json)?;
        let op = value.get("op").and_then(Value::as_str).map(str::to_owned);
        let request = match op.as_deref() {
            Some("hello") => {
                let protocol = value.get("protocol").and_then(Value::as_u64).unwrap_or(PROTOCOL);
                if protocol != PROTOCOL {
                    let text = format!("protocol {protocol} is not spoken here, but {PROTOCOL} is");
                    return Err(Unreadable::Line(text));
                }
                Ok(Self::Hello)
            }
            Some("remember") => {
                serde_json::from_value::<Said>(value).map(|said| Self::Remember(said.into()))
            }
            Some("flush") => Ok(Self::Flush),
            Some("recall") => serde_json::from_value(value).map(Self::Recall),
            Some("forget") => {
                // Whoever names null has lost a name: they do not mean the whole space.
                let is_null = |key: &&str| value.get(*key).is_some_and(Value::is_null);
                if let Some(key) = ["id", "speaker"].into_iter().find(is_null) {
                    let mend = "say which, or leave it out to mean all";
                    return Err(Unreadable::Line(format!("`{key}` is null: {mend}")));
                }
                serde_json::from_value(value).map(Self::Forget)
            }
            Some("stats") => Ok(Self::Stats),
            Some("bye") => Ok(Self::Bye),
            _ => {
                let ops = "hello, remember, flush, recall, forget, stats or bye";
                return Err(Unreadable::Line(format!("`op` is none of {ops}")));
            }
        };
        request.map_err(Unreadable::Json)
    }
}

impl From<Said> for Told {
    fn from(said: Said) -> Self {
        let Said { space, id, channel, speaker, ts, text, reply_to } = said;
        let (channel, speaker) = (channel.unwrap_or_default(), speaker.unwrap_or_default());
        Self { space, id, channel, speaker, ts, text, reply_to }
    }
}

impl Name {
    /// As text, whatever it was.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}

impl Default for Name {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Self::Text(text)),
            Value::Number(number) if !number.is_f64() => Ok(Self::Number(number)),
            other => {
                Err(D::Error::custom(format!("{other} is neither a string nor a whole number")))
            }
        }
    }
}

fn ten() -> usize {
    10
}

/// A time as people write it: seconds or milliseconds since the Unix epoch, as a number or in a string, or
/// RFC 3339. Without an offset it is UTC; without a time of day, midnight; null is now.
fn milliseconds<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let value = Value::deserialize(from)?;
    let read = match &value {
        Value::Null => Some(now_ms()),
        Value::Number(number) => number.as_f64().and_then(from_number),
        Value::String(text) => from_text(text.trim()),
        _ => None,
    };
    read.ok_or_else(|| {
        let means = "seconds or milliseconds since 1970, or RFC 3339 as in 2026-05-03T18:30:00Z";
        D::Error::custom(format!("{value} is no time: {means}"))
    })
}

/// Numbers below this are seconds: as seconds it is the year 5138, as milliseconds 1973.
const SECONDS_BELOW: f64 = 1e11;

fn from_number(number: f64) -> Option<u64> {
    let milliseconds = if number < SECONDS_BELOW { number * 1e3 } else { number };
    // Up to the end of the year 9999.
    (0.0..253_402_300_800_000.0).contains(&milliseconds).then_some(milliseconds as u64)
}

fn from_text(text: &str) -> Option<u64> {
    if let Ok(number) = text.parse() {
        return from_number(number);
    }
    let instant = text.parse::<Timestamp>().ok().or_else(|| {
        let at = text.parse::<civil::DateTime>().ok()?;
        Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
    });
    u64::try_from(instant?.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_be_written_in_many_ways() {
        let ways = [
            "1777593600",
            "1777593600.0",
            "1777593600000",
            "\"1777593600000\"",
            "\"2026-05-01T00:00:00Z\"",
            "\"2026-05-01T02:00:00+02:00\"",
            "\"2026-05-01T00:00:00\"",
            "\"2026-05-01 00:00\"",
            "\"2026-05-01\"",
        ];
        for way in ways {
            let line = format!(r#"{{"op":"remember","space":1,"id":2,"ts":{way},"text":"hi"}}"#);
            let read = Request::read(line.as_bytes());
            assert!(
                matches!(&read, Ok(Request::Remember(told)) if told.ts == 1_777_593_600_000),
                "{way}: {read:?}"
            );
        }
        for way in ["\"soon\"", "-5", "1e30", "[]", "true"] {
            let line = format!(r#"{{"op":"remember","space":1,"id":2,"ts":{way},"text":"hi"}}"#);
            assert!(Request::read(line.as_bytes()).is_err(), "{way}");
        }
    }

    #[test]
    fn a_name_is_a_string_or_a_number() {
        for (said, text) in
            [("5", "5"), ("\"5\"", "5"), ("1080000000000000000", "1080000000000000000")]
        {
            let name: Name = serde_json::from_str(said).unwrap();
            assert_eq!(name.text(), text);
            assert_eq!(serde_json::to_string(&name).unwrap(), said);
        }
        assert!(serde_json::from_str::<Name>("1.5").is_err());
    }
}
