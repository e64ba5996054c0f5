//! Someone writes a personality file and gets it wrong: they are told everything, and where.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

use insta::assert_snapshot;
use personality::{Personality, PersonalityId, Setting};

/// What is said about `text` as the file `file`.
fn problems_of(file: &str, text: &str) -> String {
    let no_sampling = |model: &str, _: Setting| model != "strict-1";
    match Personality::read(Path::new(file), text, &no_sampling) {
        Ok(_) => "fine".to_owned(),
        Err(problems) => problems.to_string(),
    }
}

/// A personality without a flaw, with lines of it exchanged.
fn pip(changes: &[(&str, &str)]) -> String {
    let id: PersonalityId = "pip".parse().unwrap();
    let mut text = Personality::new_file(&id, "Pip");
    for (from, to) in changes {
        assert!(text.contains(from), "the template has {from}");
        text = text.replacen(from, to, 1);
    }
    text
}

#[test]
fn a_new_file_is_fine_as_it_is() {
    assert_eq!(problems_of("pip.toml", &pip(&[])), "fine");
    let id: PersonalityId = "odd-one".parse().unwrap();
    let text = Personality::new_file(&id, r#"Odd "One" \ two"#);
    let odd = Personality::read(Path::new("odd-one.toml"), &text, &|_, _| true).unwrap();
    assert_eq!(odd.name, r#"Odd "One" \ two"#);
}

#[test]
fn every_problem_is_told_at_once() {
    let text = pip(&[
        (r#"id = "pip""#, r#"id = "steward""#),
        (r#"name = "Pip""#, r#"name = "Discord Helper""#),
        ("color = \"#7a6ff0\"", "color = 7"),
        ("roast_style", "roast_stile"),
        ("# max_tokens = 400 ", "max_tokens = 99_999"),
        ("# temperature = 0.8 ", "temperature = nan"),
        ("names = []", r#"names = ["P", "pip", "@pip", 4]"#),
        ("# chime_in = 0.0 ", "chime_in = -1e-3"),
        ("# memory_mb = 256", "memory_mb = \"256\""),
        ("person = \"Hello!\"", "person = \"\"\nreplay = \"\""),
    ]);
    assert_snapshot!(problems_of("pip.toml", &text), @r"
    pip.toml:6:6: id: `steward` is taken; choose another one
    pip.toml:8:8: name: contains `discord`, which Discord refuses; expected a name that Discord accepts for webhooks and nobody mistakes for a mention
    pip.toml:11:9: color: is the number 7; expected `#` and six hexadecimal digits, as in `#c0392b`
    pip.toml:26:1: roast_stile: is unknown; did you mean `roast_style`?
    pip.toml:60:14: reply.max_tokens: is 99999; expected a whole number from 16 to 4096
    pip.toml:61:15: reply.temperature: is NaN; expected a number from 0 to 2
    pip.toml:64:10: presence.names[0]: has 1 character; expected a text of 2 to 32 characters
    pip.toml:64:22: presence.names[2]: contains `@`, which Discord gives a meaning; expected a name that Discord accepts for webhooks and nobody mistakes for a mention
    pip.toml:64:30: presence.names[3]: is the number 4; expected a text of 2 to 32 characters
    pip.toml:66:12: presence.chime_in: is -0.001; expected a number from 0 to 1
    pip.toml:76:13: scaling.memory_mb: is a text; expected a whole number from 128 to 10240
    pip.toml:81:10: examples[0].person: is empty; expected a text of 1 to 500 characters
    pip.toml:82:1: examples[0].replay: is unknown; did you mean `reply`?
    ");
}

#[test]
fn an_unknown_key_comes_with_what_was_probably_meant() {
    let text = pip(&[
        ("interests =", "intrests ="),
        ("speech_patterns", "speech-patterns"),
        ("# An https address", "temperature = 0.5\nmaxtokens = 5\nzzz = 1\n# An https address"),
        ("# max_concurrency = 10 ", "summary = \"I got lost\"\nmax_tokens = 10\nsize = 10"),
    ]);
    assert_snapshot!(problems_of("pip.toml", &text), @r"
    pip.toml:9:1: temperature: is unknown; `temperature` belongs below [reply]
    pip.toml:10:1: maxtokens: is unknown; did you mean `reply.max_tokens`?
    pip.toml:11:1: zzz: is unknown; known here: `avatar`, `color`, `examples`, `higher_self`, `id`, `interests`, `limits`, `lines`, `memory_triggers`, `name`, `never`, `presence`, `real_name`, `reply`, `roast_style`, `scaling`, `speech_patterns`, `summary`, `traits`
    pip.toml:24:1: speech-patterns: is unknown; did you mean `speech_patterns`?
    pip.toml:28:1: intrests: is unknown; did you mean `interests`?
    pip.toml:78:1: scaling.summary: is unknown; `summary` belongs at the top of the file, above the first [table]
    pip.toml:79:1: scaling.max_tokens: is unknown; `max_tokens` belongs below [reply], not [scaling]
    pip.toml:80:1: scaling.size: is unknown; known here: `max_concurrency`, `memory_mb`, `timeout_s`
    ");
}

#[test]
fn missing_keys_say_what_they_are_for() {
    assert_snapshot!(problems_of("pip.toml", "id = \"pip\"\n[real_name]\nname = \"Ada\"\n"), @r"
    pip.toml:1:1: name: is missing; expected a text of 1 to 80 characters. The name people see above every message, and may call at the start of their own.
    pip.toml:1:1: summary: is missing; expected a text of 1 to 200 characters. Who this is, in a sentence or two.
    pip.toml:1:1: traits: is missing; expected a list of 1 to 20 entries, each a text of 1 to 300 characters. What it is like: one trait per line.
    pip.toml:1:1: speech_patterns: is missing; expected a list of 1 to 20 entries, each a text of 1 to 300 characters. How it talks: rhythm, favourite words, habits.
    pip.toml:1:1: roast_style: is missing; expected a text of 1 to 600 characters. How it roasts someone who asked for it.
    pip.toml:1:1: examples: is missing; expected a list of 3 to 60 entries, each a table with `person`, `reply`. Exchanges that show how it talks.
    pip.toml:2:1: real_name.discord_id: is missing; expected a Discord id: 17 to 20 digits in quotes, as Copy ID gives it in developer mode. The person's Discord user id, in quotes.
    pip.toml:2:1: real_name.consent: is missing; expected a table with `given_on`, `statement`. The person's own consent.
    ");
}

#[test]
fn values_of_a_wrong_type_are_named() {
    let text = pip(&[
        ("interests = [\"other people's hobbies\", \"biscuits\"]", "interests = \"biscuits\""),
        ("[limits]", "[[limits]]"),
        ("# late = \"", "late = 2026-01-01 # \""),
        ("# max_tokens = 400 ", "max_tokens = 400.0"),
        ("summary = \"A newcomer", "summary = [] #"),
    ]);
    assert_snapshot!(problems_of("pip.toml", &text), @r"
    pip.toml:13:11: summary: is a list; expected a text of 1 to 200 characters
    pip.toml:25:13: interests: is a text; expected a list of at most 40 entries, each a text of 1 to 200 characters
    pip.toml:52:8: lines.late: is a date; expected a text of 1 to 300 characters
    pip.toml:60:14: reply.max_tokens: is the number 400.0; expected a whole number from 16 to 4096
    pip.toml:68:1: limits: is a list; expected a table
    ");
}

#[test]
fn over_long_values_are_measured_in_characters() {
    let text = pip(&[
        ("name = \"Pip\"", &format!("name = \"{}\"", "ü".repeat(81))),
        ("interests =", &format!("interests = [{}] #", "'x',".repeat(41))),
    ]);
    assert_snapshot!(problems_of("pip.toml", &text), @r"
    pip.toml:8:8: name: has 81 characters; expected a text of 1 to 80 characters
    pip.toml:25:13: interests: has 41 entries; expected a list of at most 40 entries, each a text of 1 to 200 characters
    ");
    assert_eq!(
        problems_of("pip.toml", &pip(&[("\"Pip\"", &format!("\"{}\"", "ü".repeat(80)))])),
        "fine"
    );
}

#[test]
fn a_file_must_carry_its_own_id() {
    assert_snapshot!(problems_of("folder/pop.toml", &pip(&[])), @"folder/pop.toml:6:6: id: `pip` is not the file's name; write `pop`, or rename the file to pip.toml");
}

#[test]
fn an_imitated_person_must_have_agreed() {
    let text =
        pip(&[("[higher_self]", "[real_name]\nname = \"Ada\"\ndiscord_id = 1234\n[higher_self]")]);
    assert_snapshot!(problems_of("pip.toml", &text), @r"
    pip.toml:44:1: real_name.consent: is missing; expected a table with `given_on`, `statement`. The person's own consent.
    pip.toml:46:14: real_name.discord_id: is the number 1234; expected a Discord id: 17 to 20 digits in quotes, as Copy ID gives it in developer mode
    ");
    let consent = "[real_name]\nname = \"Ada\"\ndiscord_id = \"123456789012345678\"\n\
                   consent = { given_on = 2026-02-28, statement = \"Gladly.\" }\n[higher_self]";
    let read = |text: &str| Personality::read(Path::new("pip.toml"), text, &|_, _| true);
    let pip_of_ada = read(&pip(&[("[higher_self]", consent)])).unwrap();
    let real = pip_of_ada.real_name.unwrap();
    assert_eq!(real.consent.given_on, "2026-02-28");
    assert_eq!(real.discord_id.get().get(), 123_456_789_012_345_678);
    let never = pip(&[("[higher_self]", &consent.replace("2026-02-28", "\"2026-02-30\""))]);
    assert_snapshot!(problems_of("pip.toml", &never), @"pip.toml:47:24: real_name.consent.given_on: `2026-02-30` is no date; expected a day as in `2026-05-31`");
}

#[test]
fn a_setting_that_the_model_refuses_is_a_problem() {
    let reply = |model: &str| {
        format!(
            "model = \"{model}\"\nfallback_model = \"other\"\ntemperature = 0.5\nstop = [\"\\n\"]\n#"
        )
    };
    let text = pip(&[("# model =", &reply("strict-1"))]);
    assert_snapshot!(problems_of("pip.toml", &text), @r"
    pip.toml:60:15: reply.temperature: the model `strict-1` allows no temperature; leave it out, or name a model that allows it
    pip.toml:61:8: reply.stop: the model `strict-1` allows no stop; leave it out, or name a model that allows it
    ");
    assert_eq!(problems_of("pip.toml", &pip(&[("# model =", &reply("lenient-1"))])), "fine");
    assert_snapshot!(problems_of("pip.toml", &pip(&[("# model =", &reply("other"))])), @"pip.toml:59:18: reply.fallback_model: is the model that failed; name another model, or leave it out");
}

#[test]
fn a_line_may_hold_only_what_is_filled_in() {
    let text = pip(&[
        ("# late = \"Sorry", "late = \"Sorry {when}"),
        (
            "# over_limit = \"One thing at a time! I am all yours again {when}.\"",
            "over_limit = \"{wann}, {when}\"",
        ),
    ]);
    assert_snapshot!(problems_of("pip.toml", &text), @r"
    pip.toml:52:8: lines.late: `{when}` would be said as it stands; nothing is filled in here: write it without braces
    pip.toml:53:14: lines.over_limit: `{wann}` would be said as it stands; only `{when}` is filled in here
    ");
}

#[test]
fn a_picture_must_be_where_the_file_says() {
    let avatar = |path: &str| {
        problems_of(
            "pip.toml",
            &pip(&[("# avatar = \"avatars/me.png\"", &format!("avatar = '{path}'"))]),
        )
    };
    assert_snapshot!(avatar("avatars/none.png"), @"pip.toml:10:10: avatar: `avatars/none.png` does not exist; put the picture at avatars/none.png, or leave the key out");
    assert_snapshot!(avatar("../secrets.png"), @"pip.toml:10:10: avatar: `../secrets.png` leads out of this file's folder; expected an https address, or the path of a .png, .jpg, .webp or .svg in or below this file's folder");
    assert_snapshot!(avatar(r"C:\me.png"), @r"pip.toml:10:10: avatar: `C:\me.png` is neither an https address nor a path; expected an https address, or the path of a .png, .jpg, .webp or .svg in or below this file's folder");
    assert_snapshot!(avatar("http://example.com/me.png"), @"pip.toml:10:10: avatar: `http://example.com/me.png` is neither an https address nor a path; expected an https address, or the path of a .png, .jpg, .webp or .svg in or below this file's folder");
    assert_snapshot!(avatar("me.gif"), @"pip.toml:10:10: avatar: `me.gif` is no picture Discord or a browser shows; expected an https address, or the path of a .png, .jpg, .webp or .svg in or below this file's folder");
    assert_eq!(avatar("https://example.com/me"), "fine");
}

#[test]
fn what_is_no_toml_is_told_line_by_line() {
    assert_snapshot!(problems_of("pip.toml", "id = \"pip\nname = Pip\nname = 'x'\n[reply\nmax_tokens = 1\n"), @r#"
    pip.toml:1:10: this is no TOML: invalid basic string, expected `"`
    pip.toml:2:8: this is no TOML: string values must be quoted, expected literal string
    pip.toml:3:1: this is no TOML: duplicate key
    pip.toml:4:7: this is no TOML: unclosed table, expected `]`
    "#);
    assert_snapshot!(problems_of("pip.toml", "id = 'pip'\nid = 'pip'\n"), @"pip.toml:2:1: this is no TOML: duplicate key");
    let deep = format!("x = {}", "[".repeat(100_000));
    assert!(problems_of("pip.toml", &deep).starts_with("pip.toml:1:"));
}

#[test]
fn json_is_told_with_lines_as_well() {
    let json = r#"{
  "id": "pip",
  "name": "\u0050ip", "summary": "é: \"quoted\" }",
  "traits": [], "speech_patterns": ["a", {"b": null}],
  "roast_style": "x", "reply": {"max_tokens": 1e3,
    "temperature": 3, "top_p": null },
  "examples": [true, {"person": "a", "reply": "b"}, {"person": "a", "reply": ""}]
}"#;
    assert_snapshot!(problems_of("pip.json", json), @r"
    pip.json:4:13: traits: has 0 entries; expected a list of 1 to 20 entries, each a text of 1 to 300 characters
    pip.json:4:42: speech_patterns[1]: is a table; expected a text of 1 to 300 characters
    pip.json:5:47: reply.max_tokens: is the number 1000.0; expected a whole number from 16 to 4096
    pip.json:6:20: reply.temperature: is 3; expected a number from 0 to 2
    pip.json:6:32: reply.top_p: is null, which means nothing here; expected a number from 0 to 1
    pip.json:7:16: examples[0]: is `true`; expected a table with `person`, `reply`
    pip.json:7:78: examples[2].reply: is empty; expected a text of 1 to 1500 characters
    ");
    assert_snapshot!(problems_of("pip.json", "{\n  \"id\": \"pip\",\n}"), @"pip.json:3:1: this is no JSON: trailing comma");
    assert_snapshot!(problems_of("pip.json", "{\"id\": \"pip\",\n \"id\": \"pip\"}"), @"pip.json:2:2: id: the key `id` stands here a second time; keep one of them");
    assert_snapshot!(problems_of("pip.json", "[]"), @"pip.json:1:1: is a list; expected a table with `id`, `name`, `summary`, `traits`, `speech_patterns`, `roast_style`, `examples`");
    assert_snapshot!(problems_of("pip.json", ""), @"pip.json:1:1: this is no JSON: EOF while parsing a value");
    assert!(problems_of("pip.json", &"[".repeat(200_000)).starts_with("pip.json:1:"));
}

#[test]
fn problems_are_written_for_programs_too() {
    let text = pip(&[("# max_tokens = 400 ", "max_tokens = 1")]);
    let problems = Personality::read(Path::new("pip.toml"), &text, &|_, _| true).unwrap_err();
    insta::assert_json_snapshot!(problems, @r#"
    [
      {
        "file": "pip.toml",
        "line": 60,
        "column": 14,
        "key": "reply.max_tokens",
        "what": "is 1",
        "right": "expected a whole number from 16 to 4096",
        "excerpt": "max_tokens = 1         # 16 to 4096"
      }
    ]
    "#);
}
