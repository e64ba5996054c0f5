//! A person's browser, looking at one page.

use std::{path::Path, process::Stdio};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::tools;

/// A page open in Debian's chromium. `at` is a playwright selector: CSS, or `text=Send`. Every step waits up
/// to 20 s for what it needs and panics, with what the page showed, when that does not come.
pub struct Page {
    /// Held: the browser ends with it.
    _driver: Child,
    steps: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Page {
    /// Opens the page at `url`.
    pub async fn open(url: &str) -> Page {
        let mut driver = Command::new("node")
            .arg(tools::script("page.mjs"))
            .env("DEN_TEST_NODE", tools::node_folder())
            .env("DEN_TEST_CHROMIUM", tools::chromium())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("start node, which drives the browser");
        let steps = driver.stdin.take().expect("standard input is piped");
        let answers = driver.stdout.take().expect("standard output is piped");
        let mut page = Page { _driver: driver, steps, answers: BufReader::new(answers).lines() };
        page.step(json!({ "do": "open", "url": url })).await;
        page
    }

    /// Puts `text` into a field.
    pub async fn fill(&mut self, at: &str, text: &str) {
        self.step(json!({ "do": "fill", "at": at, "text": text })).await;
    }

    /// Presses a key, as in `Enter`.
    pub async fn press(&mut self, at: &str, key: &str) {
        self.step(json!({ "do": "press", "at": at, "key": key })).await;
    }

    /// Types where the focus is, as a person does who looks at nothing else.
    pub async fn type_text(&mut self, text: &str) {
        self.step(json!({ "do": "type", "text": text })).await;
    }

    /// Types where the focus is, then presses a key.
    pub async fn type_and(&mut self, text: &str, key: &str) {
        self.step(json!({ "do": "type", "text": text, "key": key })).await;
    }

    /// Clicks with the right button.
    pub async fn open_menu(&mut self, at: &str) {
        self.step(json!({ "do": "menu", "at": at })).await;
    }

    /// Clicks on what saves a file, and returns the file's name and text.
    pub async fn save(&mut self, at: &str) -> (String, String) {
        let saved = self.step(json!({ "do": "save", "at": at })).await;
        let part = |name: &str| saved[name].as_str().unwrap_or_default().to_owned();
        (part("name"), part("text"))
    }

    /// Waits until there is no such element any more. `at` is plain CSS.
    pub async fn wait_until_gone(&mut self, at: &str) {
        self.step(json!({ "do": "wait_until_gone", "at": at })).await;
    }

    /// Clicks.
    pub async fn click(&mut self, at: &str) {
        self.step(json!({ "do": "click", "at": at })).await;
    }

    /// Waits until one of the elements contains `text`, whatever its case, and returns all of its text.
    pub async fn wait_for_text(&mut self, at: &str, text: &str) -> String {
        let shown = self.step(json!({ "do": "wait_for_text", "at": at, "text": text })).await;
        shown.as_str().unwrap_or_default().to_owned()
    }

    /// The text of the first such element.
    pub async fn text(&mut self, at: &str) -> String {
        self.step(json!({ "do": "text", "at": at })).await.as_str().unwrap_or_default().to_owned()
    }

    /// How many such elements there are now.
    pub async fn count(&mut self, at: &str) -> u64 {
        self.step(json!({ "do": "count", "at": at })).await.as_u64().unwrap_or_default()
    }

    /// An attribute of the first such element; empty where it has none.
    pub async fn attribute(&mut self, at: &str, name: &str) -> String {
        let value = self.step(json!({ "do": "attribute", "at": at, "name": name })).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Makes the window this large, in CSS pixels; it starts at 1280 by 800.
    pub async fn resize(&mut self, width: u32, height: u32) {
        self.step(json!({ "do": "size", "width": width, "height": height })).await;
    }

    /// Writes what the window shows to a PNG file.
    pub async fn screenshot(&mut self, path: &Path) {
        self.step(json!({ "do": "screenshot", "path": path })).await;
    }

    /// What a developer would see in red: console errors, exceptions, failed requests. A good page has none.
    pub async fn complaints(&mut self) -> Vec<String> {
        let complaints = self.step(json!({ "do": "complaints" })).await;
        let lines = complaints.as_array().cloned().unwrap_or_default();
        lines.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    async fn step(&mut self, step: Value) -> Value {
        let line = format!("{step}\n");
        let sent = self.steps.write_all(line.as_bytes()).await;
        let answer = self.answers.next_line().await.ok().flatten();
        let Some(answer) = answer.filter(|_| sent.is_ok()) else {
            panic!("the browser ended before {step}; what it said is above");
        };
        let mut answer: Value = serde_json::from_str(&answer).expect("page.mjs answers in JSON");
        if answer["ok"] != true {
            let (error, shown) = (&answer["error"], answer["page"].as_str().unwrap_or_default());
            panic!(
                "{step}\nfailed: {}\nthe page showed:\n{shown}",
                error.as_str().unwrap_or_default()
            );
        }
        answer["value"].take()
    }
}

#[cfg(test)]
mod tests {
    use tokio::{io::AsyncReadExt, net::TcpListener};

    use super::*;

    const GREETER: &str = "<!doctype html><title>greeter</title><link rel=icon href=data:,>
        <input id=name><button onclick=\"setTimeout(() => log.append('Hello, ' + document.all.name.value), 50)\">
        Greet</button><p id=log></p>";

    #[tokio::test]
    async fn a_person_types_clicks_reads_and_takes_a_picture() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let head =
                    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n";
                stream.write_all(format!("{head}{GREETER}").as_bytes()).await.unwrap();
            }
        });
        let picture = tempfile::tempdir().unwrap();
        let picture = picture.path().join("greeter.png");

        let mut page = Page::open(&url).await;
        page.fill("#name", "Ann").await;
        page.click("text=Greet").await;
        assert_eq!(page.wait_for_text("#log", "Ann").await, "Hello, Ann");
        page.screenshot(&picture).await;

        assert_eq!(page.count("button").await, 1);
        assert_eq!(page.complaints().await, Vec::<String>::new());
        assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
    }
}
