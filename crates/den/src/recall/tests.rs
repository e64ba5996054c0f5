//! Conversations with `den recall`.

use std::{fs, io::Cursor, path::Path};

use super::*;

/// A memory, kept in a folder or nowhere.
fn memory(home: Option<&Path>) -> Memory {
    let mut spaces = Spaces::default();
    let journal = home.map(|home| Journal::open(home, &mut spaces).unwrap());
    Memory { spaces, journal }
}

/// What it answers, line by line.
fn said(memory: &mut Memory, lines: &str) -> String {
    let mut output = Vec::new();
    memory.converse(&mut Cursor::new(lines), &mut output).unwrap();
    String::from_utf8(output).unwrap()
}

/// The same without a word of farewell: the process is killed, and its buffers are lost.
fn said_and_killed(home: &Path, lines: &str) {
    let mut memory = memory(Some(home));
    for line in lines.lines() {
        let request = Request::read(line.as_bytes()).unwrap();
        memory.answer(request).unwrap();
    }
    memory.journal.take().unwrap().die();
}

/// What the files in a folder say.
fn kept(home: &Path) -> String {
    let mut kept = String::new();
    for file in fs::read_dir(home).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        let mut text = String::new();
        if flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).is_err() {
            text = String::from_utf8(bytes).unwrap();
        }
        kept.push_str(&text);
    }
    kept
}

/// When the messages kept in a folder were said, in milliseconds.
fn times(home: &Path) -> Vec<u64> {
    memory(Some(home)).spaces.told().iter().map(|told| told.ts).collect()
}

const TOLD: &str = r#"{"op":"remember","space":"g","id":"m1","channel":"c","speaker":"Ann","ts":1777593600,"text":"Did you name the dog?"}
{"op":"remember","space":"g","id":2,"channel":"c","speaker":"Ben","ts":"2026-05-01T00:00:30Z","text":"Yes, Biscuit!","reply_to":"m1"}
{"op":"remember","space":"h","id":"m1","channel":"c","speaker":"Ann","ts":1777593600,"text":"another dog, another space"}
"#;

/// Takes Biscuit's name back.
const EDIT: &str = r#"{"op":"remember","space":"g","id":2,"channel":"c","speaker":"Ben","text":"Yes, Waffle!"}
"#;

#[test]
fn a_conversation_in_every_word_of_the_protocol() {
    let lines = format!(
        "{}\n{TOLD}{}",
        r#"{"op":"hello","protocol":1}"#,
        r#"{"op":"flush"}
{"op":"recall","space":"g","query":"what is Ben's dog called?","k":5,"now":1777680000,"asker":"Ann"}
{"op":"recall","space":"nowhere","query":"dog","k":5,"now":1777680000,"asker":"Ann"}
{"op":"remember","space":"g","id":2,"channel":"c","speaker":"Ben","ts":1777593700,"text":"Yes, Waffle!"}
{"op":"recall","space":"g","query":"waffle"}
{"op":"stats"}
{"op":"forget","space":"g","id":"2"}
{"op":"forget","space":"g","id":"2"}
{"op":"forget","space":"g","speaker":"Ann"}
{"op":"forget","space":"h"}
{"op":"forget","space":"nowhere"}
{"op":"stats"}
{"op":"bye"}
{"op":"stats"}
"#
    );
    insta::assert_snapshot!(said(&mut memory(None), &lines), @r#"
    {"name":"roast-den","ok":true,"persistent":false}
    {"ok":true}
    {"ok":true}
    {"ok":true}
    {"ok":true}
    {"ids":[2,"m1"]}
    {"ids":[]}
    {"ok":true}
    {"ids":[2,"m1"]}
    {"bytes":140,"items":3}
    {"forgotten":1,"ok":true}
    {"forgotten":0,"ok":true}
    {"forgotten":1,"ok":true}
    {"forgotten":1,"ok":true}
    {"forgotten":0,"ok":true}
    {"bytes":0,"items":0}
    {"ok":true}
    "#);
}

#[test]
fn a_bad_line_is_answered_and_the_next_is_read() {
    let lines = [
        "not json",
        "",
        "[1, 2]",
        r#"{"op":"dance"}"#,
        r#"{"op":"hello","protocol":9}"#,
        r#"{"op":"remember","space":"g","id":1.5,"text":"hi"}"#,
        r#"{"op":"remember","space":"g","id":1}"#,
        r#"{"op":"recall","space":"g","query":7}"#,
        r#"{"op":"recall","space":"g","query":"dog","k":-1}"#,
        r#"{"op":"forget"}"#,
        "{\"op\":\"\u{0}\"}",
        r#"{"op":"stats"}"#,
    ];
    let answers = said(&mut memory(None), &lines.join("\n"));
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), lines.len());
    let (last, bad) = answers.split_last().unwrap();
    assert!(bad.iter().all(|answer| answer.starts_with("{\"error\":")), "{bad:#?}");
    assert_eq!(*last, r#"{"bytes":0,"items":0}"#);
}

#[test]
fn a_message_that_comes_from_nobody_and_nowhere_is_kept() {
    let line = r#"{"op":"remember","space":"g","id":1,"channel":null,"speaker":null,"ts":null,"text":"hi","reply_to":null}"#;
    let mut memory = memory(None);
    assert_eq!(said(&mut memory, line), "{\"ok\":true}\n");
    assert_eq!(memory.spaces.len(), 1);
}

#[test]
fn forgetting_null_does_not_forget_the_space() {
    let mut memory = memory(None);
    said(&mut memory, TOLD);
    let lines = r#"{"op":"forget","space":"g","id":null}
{"op":"forget","space":"g","speaker":null}
{"op":"forget","space":"g","id":null,"speaker":"Ann"}
{"op":"stats"}
"#;
    insta::assert_snapshot!(said(&mut memory, lines), @r#"
    {"error":"`id` is null: say which, or leave it out to mean all"}
    {"error":"`speaker` is null: say which, or leave it out to mean all"}
    {"error":"`id` is null: say which, or leave it out to mean all"}
    {"bytes":141,"items":3}
    "#);
}

#[test]
fn a_line_without_end_is_not_held() {
    let mut lines = vec![b'x'; MAX_LINE * 2];
    lines.extend(b"\n\xFF\xFE\n{\"op\":\"stats\"}");
    let mut output = Vec::new();
    memory(None).converse(&mut Cursor::new(lines), &mut output).unwrap();
    let answers = String::from_utf8(output).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), 3);
    assert!(
        answers[0].contains("longer")
            && answers[1].contains("error")
            && answers[2].contains("items")
    );
}

#[test]
fn what_was_flushed_survives_a_kill() {
    let home = tempfile::tempdir().unwrap();
    said_and_killed(home.path(), &format!("{TOLD}{}", r#"{"op":"flush"}"#));
    said_and_killed(
        home.path(),
        r#"{"op":"remember","space":"g","id":9,"text":"lost, as nobody said flush"}"#,
    );
    let mut again = memory(Some(home.path()));
    let answers =
        said(&mut again, r#"{"op":"recall","space":"g","query":"what is Ben's dog called?"}"#);
    assert_eq!(answers, "{\"ids\":[2,\"m1\"]}\n");
    assert_eq!(again.spaces.len(), 3);
}

#[test]
fn half_a_line_at_the_end_is_no_obstacle() {
    let home = tempfile::tempdir().unwrap();
    said(&mut memory(Some(home.path())), TOLD);
    let path = home.path().join("journal.jsonl");
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str(r#"{"op":"remember","space":"g","id":"#);
    fs::write(&path, text).unwrap();
    let line = r#"{"op":"remember","space":"g","id":"m4","text":"the parrot is fine"}"#;
    said(&mut memory(Some(home.path())), line);
    assert_eq!(memory(Some(home.path())).spaces.len(), 4);
}

#[test]
fn what_is_forgotten_is_in_no_file() {
    let home = tempfile::tempdir().unwrap();
    said(&mut memory(Some(home.path())), TOLD);
    let forgets = r#"{"op":"forget","space":"g","speaker":"Ben"}
{"op":"bye"}"#;
    said(&mut memory(Some(home.path())), forgets);
    let text = kept(home.path());
    assert!(!text.contains("Biscuit"), "{text}");
    let mut again = memory(Some(home.path()));
    assert_eq!(
        said(&mut again, r#"{"op":"recall","space":"g","query":"dog"}"#),
        "{\"ids\":[\"m1\"]}\n"
    );
}

#[test]
fn what_was_edited_is_in_no_file() {
    let home = tempfile::tempdir().unwrap();
    said(&mut memory(Some(home.path())), &format!("{TOLD}{EDIT}{}", r#"{"op":"flush"}"#));
    let text = kept(home.path());
    assert!(text.contains("Waffle") && !text.contains("Biscuit"), "{text}");
}

#[test]
fn the_same_once_more_is_no_edit() {
    let home = tempfile::tempdir().unwrap();
    said(&mut memory(Some(home.path())), &format!("{TOLD}{TOLD}{}", r#"{"op":"flush"}"#));
    assert!(!home.path().join("packed.jsonl.gz").exists());
}

#[test]
fn what_was_forgotten_or_edited_before_a_kill_is_gone_with_the_next_flush() {
    let forget = r#"{"op":"forget","space":"g","speaker":"Ben"}"#.to_owned();
    // An edit may wait in the buffer; whoever asks for the files' length has it written.
    let edit = format!("{EDIT}{}", r#"{"op":"stats"}"#);
    for lines in [forget, edit] {
        let home = tempfile::tempdir().unwrap();
        said(&mut memory(Some(home.path())), TOLD);
        said_and_killed(home.path(), &lines);
        said_and_killed(home.path(), r#"{"op":"flush"}"#);
        let text = kept(home.path());
        assert!(text.contains("Did you name") && !text.contains("Biscuit"), "{lines}: {text}");
    }
}

#[test]
fn an_early_time_is_the_same_after_every_restart() {
    let home = tempfile::tempdir().unwrap();
    let lines = r#"{"op":"remember","space":"g","id":1,"ts":60,"text":"one minute in"}
{"op":"remember","space":"g","id":2,"ts":120,"text":"two minutes in"}"#;
    said(&mut memory(Some(home.path())), lines);
    assert_eq!(times(home.path()), [60_000, 120_000]);
    // Forgetting packs what is left.
    said(&mut memory(Some(home.path())), r#"{"op":"forget","space":"nowhere"}"#);
    assert_eq!(times(home.path()), [60_000, 120_000]);
}

#[test]
fn a_journal_that_was_replayed_as_requests_is_still_read() {
    let home = tempfile::tempdir().unwrap();
    let lines = r#"{"op":"remember","space":"g","id":"m1","channel":"c","speaker":"Ann","ts":60000,"text":"Did you name the dog?"}
{"op":"remember","space":"g","id":2,"channel":"","speaker":"Ben","ts":1777593630000,"text":"Yes, Biscuit!","reply_to":"m1"}
{"op":"remember","space":"g","id":3,"channel":"","speaker":"","ts":1777593640000,"text":"Biscuit?"}
{"op":"forget","space":"g","id":3}
"#;
    fs::write(home.path().join("journal.jsonl"), lines).unwrap();
    assert_eq!(times(home.path()), [60_000, 1_777_593_630_000]);
}

#[test]
fn a_packed_memory_is_small_and_the_same() {
    let home = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for n in 0..3_000 {
        let text =
            format!("message {n} about soup {} and the weather in the {} week", n % 17, n / 50);
        let line = json!({
            "op": "remember", "space": "g", "id": n, "channel": "c", "speaker": format!("p{}", n % 5),
            "ts": 1_777_593_600 + n * 600, "text": text,
        });
        lines.push_str(&format!("{line}\n"));
    }
    lines.push_str("{\"op\":\"flush\"}\n");
    let mut first = memory(Some(home.path()));
    said(&mut first, &lines);
    let question =
        r#"{"op":"recall","space":"g","query":"soup 7 in the 12 week","k":20,"now":1780000000}"#;
    let before = said(&mut first, question);
    let bytes = first.journal.as_mut().unwrap().bytes().unwrap();
    assert!(bytes < 3_000 * 50, "{bytes}");
    drop(first);
    assert_eq!(said(&mut memory(Some(home.path())), question), before);
}

#[test]
fn only_one_process_keeps_a_folder() {
    let home = tempfile::tempdir().unwrap();
    let _first = memory(Some(home.path()));
    let second = Journal::open(home.path(), &mut Spaces::default());
    assert!(second.is_err_and(|error| error.to_string().contains("another process")));
}
