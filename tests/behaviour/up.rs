//! `den up` as somebody who has just cloned it meets it: one command, a page, a talk.

mod by_hand;
mod commands;

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tests::{Page, built};

/// A den of one process, killed when it is dropped.
struct Up {
    process: Child,
    url: String,
    /// Kept open: who prints into a closed pipe is in trouble.
    _says: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Up {
    fn start(data: &Path, personalities: &Path) -> Self {
        let mut process = den(["up", "--page", "127.0.0.1:0"], data, personalities)
            .stdout(Stdio::piped())
            .spawn()
            .expect("den starts");
        let mut says = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let url = says
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once("http://").map(|(_, rest)| format!("http://{}", rest.trim()))
            })
            .expect("den says where its page is");
        Self { process, url, _says: says }
    }

    fn kill(mut self) {
        self.process.kill().expect("it can be killed");
        self.process.wait().expect("it ends");
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `den` with nothing configured but these folders.
fn den<'a>(words: impl IntoIterator<Item = &'a str>, data: &Path, personalities: &Path) -> Command {
    let mut command = Command::new(built("den"));
    command
        .args(words)
        .arg("--data")
        .arg(data)
        .arg("--personalities")
        .arg(personalities)
        .env_clear()
        .env("HOME", data)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../personalities")
}

/// Where pictures of the page are left, to be looked at.
fn picture(name: &str) -> PathBuf {
    let folder = built("den").parent().expect("it lies in a folder").join("../pictures");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder.join(name)
}

#[tokio::test]
async fn a_message_typed_in_the_page_gets_a_streamed_answer_with_its_explanation() {
    let data = tempfile::tempdir().unwrap();
    let up = Up::start(data.path(), &shipped());
    let mut page = Page::open(&up.url).await;
    page.wait_for_text("#cards", "Baroness Crumb").await;
    page.screenshot(&picture("page-empty.png")).await;

    page.fill("#text", "Baroness, what do you think of my lunch?").await;
    page.press("#text", "Enter").await;
    let answer = ".msg.persona";
    page.wait_for_text(&format!("{answer}.speaking"), "Baroness Crumb").await;
    page.wait_for_text(&format!("{answer} .why-line"), "understudy").await;
    page.click(&format!("{answer} .why-line")).await;
    let why = page.wait_for_text(".why-card", "Robin").await;
    assert!(why.to_lowercase().contains("name"), "how it was addressed: {why}");
    page.screenshot(&picture("page-answer.png")).await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_said_is_remembered_when_the_den_is_started_again() {
    let data = tempfile::tempdir().unwrap();
    let first = Up::start(data.path(), &shipped());
    let mut page = Page::open(&first.url).await;
    page.fill("#text", "Turbo, good morning!").await;
    page.press("#text", "Enter").await;
    page.wait_for_text(".msg.persona .why-line", "understudy").await;
    first.kill();

    let second = Up::start(data.path(), &shipped());
    let mut page = Page::open(&second.url).await;
    page.fill("#text", "Turbo, and good night!").await;
    page.press("#text", "Enter").await;
    page.wait_for_text(".msg.persona .why-line", "understudy").await;
    page.click(".msg.persona .why-line").await;
    let why = page.wait_for_text(".why-card", "turns").await;
    assert!(why.contains('2'), "the two turns of before: {why}");
}

#[tokio::test]
async fn two_dens_over_one_folder_are_refused_with_the_mend() {
    let data = tempfile::tempdir().unwrap();
    let _first = Up::start(data.path(), &shipped());
    let second = den(["up", "--page", "127.0.0.1:0"], data.path(), &shipped()).output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1));
    assert!(said.contains("another den is running") && said.contains("--data"), "{said}");
}

#[test]
fn a_talk_in_the_terminal_can_be_piped() {
    let data = tempfile::tempdir().unwrap();
    let mut chat = den(["chat", "baroness"], data.path(), &shipped())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    chat.stdin.take().unwrap().write_all(b"Roast me gently.\n").unwrap();
    let said = chat.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{out}\n{err}");
    assert!(out.contains("understudy: no model is configured"), "{out}\n{err}");
    assert!(err.contains("The understudy speaks"), "{err}");
}

#[test]
fn every_problem_of_a_personality_file_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("grim.toml"),
        "id = \"grim\"\nname = \"Discord Grim\"\ntrait = []\n",
    )
    .unwrap();
    let up = den(["up", "--page", "127.0.0.1:0"], folder.path(), folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&up.stderr);
    assert_eq!(up.status.code(), Some(1));
    for part in ["grim.toml:2", "name", "grim.toml:3", "did you mean `traits`?", "summary"] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}
