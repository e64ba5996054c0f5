//! A folder of personalities is loaded whole or not at all.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{fs, path::Path};

use insta::assert_snapshot;
use personality::{Personality, PersonalityId, Roster};

fn id(text: &str) -> PersonalityId {
    text.parse().unwrap()
}

fn write(folder: &Path, file: &str, name: &str, change: (&str, &str)) {
    let stem = file.split('.').next().unwrap();
    let text = Personality::new_file(&id(stem), name).replacen(change.0, change.1, 1);
    fs::write(folder.join(file), text).unwrap();
}

/// What is said about a folder, without the folder's own name.
fn problems_of(folder: &Path) -> String {
    let problems = Roster::load(folder, &|_, _| true).unwrap_err().to_string();
    problems
        .replace(&format!("{}/", folder.display()), "")
        .replace(&folder.display().to_string(), "FOLDER")
}

#[test]
fn the_shipped_personalities_load_and_answer_to_their_names() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../personalities");
    let roster =
        Roster::load(&folder, &|_, _| true).unwrap_or_else(|problems| panic!("\n{problems}"));
    let ids: Vec<_> = roster.iter().map(|personality| personality.id.as_str()).collect();
    assert_eq!(ids, ["baroness", "chirp", "turbo"]);
    assert_eq!(roster.by_name(" detective CHIRP ").unwrap().id, id("chirp"));
    assert_eq!(roster.by_name("coach").unwrap().id, id("turbo"));
    assert_eq!(roster.by_name("baroness").unwrap().name, "Baroness Crumb");
    assert_eq!(roster.get(&id("turbo")).unwrap().name, "Coach Turbo");
    assert!(roster.by_name("nobody").is_none() && roster.get(&id("nobody")).is_none());
    for personality in &roster {
        assert!(personality.examples.len() >= 12, "{} gives the understudy lines", personality.id);
        assert!(folder.join(personality.avatar_file().unwrap()).is_file());
        assert!(personality.reply.model.is_none(), "the deployment picks the model");
        assert!(personality.lines.over_limit("in 9 s").contains("in 9 s"));
        assert!(personality.lines.over_budget("in 9 s").contains("in 9 s"));
    }
}

#[test]
fn problems_of_all_files_come_together() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "ada.toml", "Ada", ("names = []", "names = ['Countess', 'ADA']"));
    write(folder, "bob.toml", "COUNTESS", ("names = []", "names = ['ada']"));
    write(folder, "cleo.toml", "Cleo", ("roast_style", "roast"));
    fs::write(folder.join("dora.toml"), b"id = 'dora'\nname = '\xff'").unwrap();
    fs::write(folder.join("emil.json"), vec![b' '; 256 * 1024 + 1]).unwrap();
    fs::create_dir(folder.join("fritz.toml")).unwrap();
    fs::write(folder.join("personality.schema.json"), "{}").unwrap();
    fs::write(folder.join(".hidden.toml"), "???").unwrap();
    fs::write(folder.join("README.md"), "???").unwrap();
    assert_snapshot!(problems_of(folder), @r"
    ada.toml:64:22: presence.names[1]: `ADA` is one of its names already; leave it out
    bob.toml:8:8: name: `COUNTESS` is taken by ada.toml; ids, names and aliases differ within a den, ignoring case
    bob.toml:64:10: presence.names[0]: `ada` is taken by ada.toml; ids, names and aliases differ within a den, ignoring case
    cleo.toml:26:1: roast: is unknown; did you mean `roast_style`?
    dora.toml: line 2 is no UTF-8; save the file as UTF-8
    emil.json: is larger than 256 KiB; a personality file is a text of at most 256 KiB
    fritz.toml: cannot be read: Is a directory (os error 21)
    ");
}

#[test]
fn one_id_in_two_files_is_a_duplicate() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "ada.toml", "Ada", ("", ""));
    let ada = Roster::load(folder, &|_, _| true).unwrap();
    let mut json = serde_json::to_value(ada.get(&id("ada")).unwrap()).unwrap();
    fs::write(folder.join("ada.json"), json.to_string()).unwrap();
    json["name"] = "Someone else".into();
    fs::write(folder.join("ada.json"), serde_json::to_string_pretty(&json).unwrap()).unwrap();
    assert_snapshot!(problems_of(folder), @r"
    ada.toml:6:6: id: `ada` is taken by ada.json; ids, names and aliases differ within a den, ignoring case
    ada.toml:8:8: name: `Ada` is taken by ada.json; ids, names and aliases differ within a den, ignoring case
    ");
}

#[test]
fn an_empty_or_absent_folder_says_how_to_begin() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!(problems_of(folder.path()), @"FOLDER: holds no personality; make a first one: den personality new ID");
    assert_snapshot!(problems_of(&folder.path().join("none")), @"FOLDER: cannot be read: No such file or directory (os error 2); make a first one: den personality new ID");
}

#[test]
fn a_file_written_by_another_editor_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let text = Personality::new_file(&id("ada"), "Ada").replace('\n', "\r\n");
    fs::write(folder.path().join("ada.toml"), format!("\u{feff}{text}")).unwrap();
    assert_eq!(Roster::load(folder.path(), &|_, _| true).unwrap().len(), 1);
}

#[test]
fn a_personality_survives_being_written_as_json() {
    let text = Personality::new_file(&id("ada"), "Ada")
        .replace("# temperature = 0.8", "temperature = 0.7");
    let ada = Personality::read(Path::new("ada.toml"), &text, &|_, _| true).unwrap();
    let json = serde_json::to_string(&ada).unwrap();
    assert!(json.contains("\"temperature\":0.7"), "{json}");
    assert_eq!(Personality::read(Path::new("ada.json"), &json, &|_, _| true).unwrap(), ada);
}

#[test]
fn a_roster_is_made_in_memory_for_tests_and_tools() {
    let made = |name: &str| {
        let text = Personality::new_file(&id(name), name);
        Personality::read(Path::new(&format!("{name}.toml")), &text, &|_, _| true).unwrap()
    };
    let roster = Roster::from_personalities(vec![made("bob"), made("ada"), made("bob")]);
    assert_eq!(roster.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["ada", "bob"]);
    assert!(!roster.is_empty());
}
