//! A packaged worker, started and invoked on this machine by cargo-lambda's own Runtime API.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    checkout::Checkout,
    command::{cargo, output},
    package, terminal,
};

/// How long the Runtime API may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);
/// A batch of one record, whose queue nobody can find: there is no AWS here.
const BATCH: &str = r#"{"Records":[{"messageId":"1","receiptHandle":"r","body":"{}","attributes":{"MessageGroupId":"7"},
"messageAttributes":{},"md5OfBody":"-","eventSource":"aws:sqs","awsRegion":"eu-central-1",
"eventSourceARN":"arn:aws:sqs:eu-central-1:000000000000:roast-den-chirp.fifo"}]}"#;
/// What a worker answers to that: the record returns to its queue.
const ANSWER: &str = r#"{"batchItemFailures":[{"itemIdentifier":"1"}]}"#;

/// Starts the worker as the zip holds it and hands it a batch. It must answer as Lambda expects.
///
/// # Errors
/// When it does not start, or answers anything else.
pub fn invoke(checkout: &Checkout, bootstrap: &Path) -> Result<()> {
    terminal::begin("invoke", "the packaged worker, by a Runtime API on this machine");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let port = port.context("find a free port")?.port().to_string();
    let path = package::lambda_path(checkout)?;
    let lambda = |words: &[&str]| {
        let mut command = cargo(checkout);
        command.arg("lambda").args(words).args(["-A", "127.0.0.1", "-P", &port]).env("PATH", &path);
        command
    };

    let _runtime = Stopped(
        lambda(&["watch", "--ignore-changes", "--only-lambda-apis"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("start `cargo lambda watch`")?,
    );
    let started = Instant::now();
    while TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
        ensure!(started.elapsed() < PATIENCE, "`cargo lambda watch` does not listen");
        thread::sleep(Duration::from_millis(50));
    }
    let folder = bootstrap.parent().context("a bootstrap lies in a folder")?;
    let _worker = Stopped(
        Command::new(bootstrap)
            .current_dir(checkout.root())
            .env_clear()
            .envs([
                ("DISCORD_TOKEN", "none"),
                ("DEN_MODEL", "none"),
                ("AWS_REGION", "eu-central-1"),
            ])
            .envs([("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none")])
            // Nobody listens there.
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .env("AWS_LAMBDA_RUNTIME_API", format!("http://127.0.0.1:{port}/.rt"))
            .envs([("AWS_LAMBDA_FUNCTION_NAME", "_"), ("AWS_LAMBDA_FUNCTION_VERSION", "1")])
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .stdout(Stdio::null())
            .spawn()
            .context("start the packaged worker")?,
    );
    let batch = folder.join("batch.json");
    fs::write(&batch, BATCH).with_context(|| format!("write {}", batch.display()))?;
    let answer = output(lambda(&["invoke", "--data-file"]).arg(&batch))?;
    ensure!(answer.trim() == ANSWER, "the worker answered {} instead of {ANSWER}", answer.trim());
    terminal::note(&format!("it answered {ANSWER}: a record it cannot deal with returns"));
    Ok(())
}

/// A process that ends with this program, however it ends.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
