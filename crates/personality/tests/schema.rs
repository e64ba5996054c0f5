//! The committed JSON Schema is what the code says, and says what the reader does.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{fs, path::PathBuf};

use personality::{Personality, PersonalityId, Problems};
use serde_json::Value;

fn personalities() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../personalities")
}

#[test]
fn the_committed_schema_is_fresh() {
    let file = personalities().join("personality.schema.json");
    let schema = personality::schema();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, serde_json::to_string_pretty(schema).unwrap() + "\n").unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        serde_json::from_str(&committed).is_ok_and(|committed: Value| committed == *schema),
        "{} is out of date; refresh it with: UPDATE=1 cargo test -p personality schema",
        file.display(),
    );
}

#[test]
fn the_schema_uses_only_words_that_the_reader_enforces() {
    const ENFORCED: [&str; 14] = [
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "pattern",
        "not",
        "const",
    ];
    const NOTES: [&str; 4] = ["$schema", "title", "description", "default"];
    fn keywords(schema: &Value, found: &mut Vec<String>) {
        for (keyword, value) in schema.as_object().unwrap() {
            found.push(keyword.clone());
            match keyword.as_str() {
                "properties" => {
                    for property in value.as_object().unwrap().values() {
                        keywords(property, found);
                    }
                }
                "items" | "not" => keywords(value, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    keywords(personality::schema(), &mut found);
    found.retain(|keyword| {
        !ENFORCED.contains(&keyword.as_str()) && !NOTES.contains(&keyword.as_str())
    });
    assert_eq!(found, [""; 0]);
}

/// What the reader and the schema think of one text.
fn judge(json: &Value) -> (Result<Personality, Problems>, bool) {
    let file = personalities().join("pip.json");
    let reader = Personality::read(&file, &json.to_string(), &|_, _| true);
    (reader, jsonschema::is_valid(personality::schema(), json))
}

fn pip() -> Value {
    let id: PersonalityId = "pip".parse().unwrap();
    let text = Personality::new_file(&id, "Pip");
    let pip = Personality::read(&personalities().join("pip.toml"), &text, &|_, _| true).unwrap();
    serde_json::to_value(pip).unwrap()
}

#[test]
fn the_reader_and_the_schema_refuse_the_same() {
    let long = |n: usize| Value::from("x".repeat(n));
    let list = |n: usize| Value::from(vec!["x"; n]);
    let real_name = |id: &str, day: &str| {
        serde_json::json!({
            "name": "Ada", "discord_id": id, "consent": {"given_on": day, "statement": "gladly"},
        })
    };
    // Where, what just fits, what no longer does.
    let bounds: Vec<(&str, Value, Value)> = vec![
        ("/id", "pip".into(), "Pip".into()),
        ("/id", "pip".into(), PersonalityId::STEWARD.into()),
        ("/name", long(80), long(81)),
        ("/name", "Pip the 2nd".into(), "Pip @home".into()),
        ("/name", "Cly de".into(), "McCLYDEface".into()),
        ("/name", "Disco".into(), "DisCord".into()),
        ("/name", "Somewhere".into(), "Here".into()),
        ("/name", "everyone else".into(), "EVERYONE".into()),
        ("/name", "Pip".into(), "Pip ".into()),
        ("/name", "Ö".into(), "".into()),
        ("/name", "a'b".into(), "a\nb".into()),
        ("/avatar", "https://example.com/pip.png".into(), "http://example.com/pip.png".into()),
        ("/avatar", "avatars/turbo.svg".into(), "avatars/turbo.exe".into()),
        ("/avatar", "./avatars/turbo.svg".into(), "../personalities/avatars/turbo.svg".into()),
        ("/avatar", "https://example.com".into(), "https:// example.com".into()),
        ("/color", "#A0b1C2".into(), "#a0b1c".into()),
        ("/color", "#A0b1C2".into(), "red".into()),
        ("/summary", long(200), long(201)),
        ("/summary", "x".into(), "   ".into()),
        ("/traits", list(20), list(21)),
        ("/traits", list(1), list(0)),
        ("/traits/0", long(300), long(301)),
        ("/interests", list(40), list(41)),
        ("/roast_style", long(600), long(601)),
        ("/never", list(20), 7.into()),
        ("/examples/0/reply", long(1500), long(1501)),
        ("/examples/0/person", long(500), 5.into()),
        ("/higher_self/summary", long(400), Value::Null),
        (
            "/real_name",
            real_name("123456789012345678", "2026-02-28"),
            real_name("12345", "2026-02-28"),
        ),
        (
            "/real_name",
            real_name("123456789012345678", "2026-02-28"),
            real_name("123456789012345678", "2026-13-01"),
        ),
        ("/lines/late", long(300), long(301)),
        ("/reply/max_tokens", 16.into(), 15.into()),
        ("/reply/max_tokens", 4096.into(), 4097.into()),
        ("/reply/max_tokens", 400.into(), "400".into()),
        ("/reply/temperature", 2.into(), 2.01.into()),
        ("/reply/temperature", 0.into(), (-0.1).into()),
        ("/reply/top_p", 1.0.into(), 1.5.into()),
        ("/reply/stop", serde_json::json!(["\n", "a", "b", "c"]), list(5)),
        ("/reply/stop", list(1), serde_json::json!([""])),
        ("/presence/names", list(0), serde_json::json!(["x"])),
        (
            "/presence/channels",
            serde_json::json!(["100000000000000000"]),
            serde_json::json!([100000000000000000_i64]),
        ),
        ("/presence/chime_in", 1.into(), 1.1.into()),
        ("/limits/per_person_per_minute", 1.into(), 0.into()),
        ("/limits/per_channel_per_minute", 600.into(), 601.into()),
        ("/limits/per_guild_per_day", 1_000_000.into(), 1_000_001.into()),
        ("/scaling/max_concurrency", 2.into(), 1.into()),
        ("/scaling/memory_mb", 10_240.into(), 10_241.into()),
        ("/scaling/timeout_s", 10.into(), 9.5.into()),
        ("/scaling", serde_json::json!({}), serde_json::json!({"cpus": 2})),
    ];
    for (place, fits, fails) in bounds {
        for (value, is_right) in [(fits, true), (fails, false)] {
            let mut json = pip();
            let (table, key) = place.rsplit_once('/').unwrap();
            match json.pointer_mut(table).unwrap() {
                Value::Object(object) => drop(object.insert(key.to_owned(), value.clone())),
                other => other[key.parse::<usize>().unwrap()] = value.clone(),
            }
            let (reader, schema) = judge(&json);
            let said = reader.as_ref().err().map(ToString::to_string);
            assert_eq!(reader.is_ok(), is_right, "the reader on {place} = {value}: {said:?}");
            assert_eq!(schema, is_right, "the schema on {place} = {value}");
        }
    }
}

#[test]
fn the_reader_and_the_schema_want_the_same_keys() {
    let required = personality::schema()["required"].as_array().unwrap().clone();
    assert!(required.len() >= 5, "{required:?}");
    for key in required {
        let mut json = pip();
        json.as_object_mut().unwrap().remove(key.as_str().unwrap());
        let (reader, schema) = judge(&json);
        assert!(reader.is_err() && !schema, "{key} is required by both");
    }
}

#[test]
fn every_shipped_file_is_valid_under_the_schema() {
    let mut n_files = 0;
    for entry in fs::read_dir(personalities()).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        n_files += 1;
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("#:schema ./personality.schema.json\n"), "{}", file.display());
        let table: toml::Table = toml::from_str(&text).unwrap();
        let json = serde_json::to_value(table).unwrap();
        let problems: Vec<_> = jsonschema::validator_for(personality::schema())
            .unwrap()
            .iter_errors(&json)
            .map(|problem| format!("{}: {problem}", problem.instance_path()))
            .collect();
        assert_eq!(problems, [""; 0], "{}", file.display());
    }
    assert!(n_files >= 3);
}

#[test]
fn a_json_file_may_name_its_schema() {
    let mut json = pip();
    json["$schema"] = "./personality.schema.json".into();
    let (reader, schema) = judge(&json);
    assert!(reader.is_ok() && schema);
}
