//! The program as a person or a script runs it: what it is told, what it prints, how it ends.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps says all there is to say when it fails"
)]

mod moving;
mod operating;

use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};

use bedrock_sim::{BedrockSim, Play};
use serde_json::Value;
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

/// Longer than anything here takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// A folder to work in, and an environment that holds nothing of this machine's.
struct Desk {
    folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

/// How a run ended.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        let personalities = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../personalities");
        let variables = vec![
            ("DEN_PERSONALITIES", personalities.display().to_string()),
            // Asking a machine in the cloud who it is takes seconds where there is none.
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ];
        Self { folder: tempfile::tempdir().unwrap(), variables }
    }

    /// With a model that answers what `says` says.
    async fn with_a_model(mut self, says: &'static str) -> (Self, BedrockSim) {
        let sim = BedrockSim::start().await;
        sim.answer_with(move |_| Play::say(says));
        self.variables.push(("DEN_MODEL", "llama3.2:3b".to_owned()));
        self.variables.push(("DEN_MODEL_URL", sim.openai_url()));
        (self, sim)
    }

    async fn den(&self, arguments: &[&str]) -> Run {
        self.den_hears("", arguments).await
    }

    async fn den_hears(&self, input: &str, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_den"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        let ended = timeout(DEADLINE, child.wait_with_output()).await;
        let Output { status, stdout, stderr } = ended.expect("it ends in time").unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

#[tokio::test]
async fn what_is_piped_in_is_answered_and_explained_on_standard_output() {
    let (desk, sim) = Desk::new().with_a_model("Ah. A guest. Do come in.").await;
    let run = desk.den_hears("Hello!\n/why\n", &["chat", "baroness"]).await;
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.starts_with("Baroness Crumb: Ah. A guest. Do come in.\n"), "{}", run.out);
    assert!(run.out.contains("answered because its name stood at the start"), "{}", run.out);
    assert!(run.err.contains("llama3.2:3b"), "which model speaks is said: {}", run.err);
    assert_eq!(sim.calls().len(), 1, "one question, one call");
    assert!(desk.path(".den").is_dir(), "what was said is kept");
}

#[tokio::test]
async fn a_name_nearly_right_ends_with_a_question() {
    let run = Desk::new().den(&["chat", "baronness"]).await;
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.err, @"error: nobody here is called `baronness`; did you mean `baroness`?");
}

#[tokio::test]
async fn a_script_reads_the_doctors_report() {
    let (desk, _sim) = Desk::new().with_a_model("Hello.").await;
    let run = desk.den(&["doctor", "--json"]).await;
    let report: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["ok"], true, "{report:#}");
    let states = report["checks"].as_array().unwrap().iter().map(|check| {
        format!("{} {}", check["part"].as_str().unwrap(), check["state"].as_str().unwrap())
    });
    let states: Vec<String> = states.collect();
    assert_eq!(
        states,
        [
            "personalities fine",
            "discord note",
            "permissions note",
            "model fine",
            "table note",
            "queues note"
        ]
    );

    let run = desk.den(&["doctor", "--deployment"]).await;
    assert_eq!(run.code, Some(1), "without a token nothing is deployed: {}", run.out);
}

#[tokio::test]
async fn an_environment_that_cannot_be_understood_is_told_whole() {
    let mut desk = Desk::new();
    desk.variables.push(("DISCORD_TOKEN", "two words".to_owned()));
    desk.variables.push(("DISCORD_GATEWAY_URL", "nowhere".to_owned()));
    let run = desk.den(&["doctor"]).await;
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("DISCORD_TOKEN"), "{}", run.err);
    assert!(run.err.contains("DISCORD_GATEWAY_URL"), "{}", run.err);
    assert!(!run.err.contains("two words"), "a token is never shown: {}", run.err);
}

#[tokio::test]
async fn what_nobody_understands_ends_with_2_and_what_is_not_there_with_1() {
    let desk = Desk::new();
    assert_eq!(desk.den(&["dance"]).await.code, Some(2));
    assert_eq!(desk.den(&["why", "last one"]).await.code, Some(2));
    let run = desk.den(&["personality", "show", "nobody"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("there are: baroness, chirp, turbo"), "{}", run.err);
}

#[tokio::test]
async fn a_store_without_a_region_says_which_variable_is_missing() {
    let run = Desk::new().den(&["store", "init"]).await;
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.err, @"error: no region is named: set AWS_REGION, as in eu-central-1");
}
