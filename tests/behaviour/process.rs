//! A program of the den as a process of its own: started, asked to stop, killed, and listened to.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    process::{Child, Command},
    time::timeout,
};

use crate::patience;

/// How long a process may take to end once it was asked to: longer than any grace the programs give.
const FAREWELL: Duration = Duration::from_secs(40);

/// A running program. It is killed when this is dropped.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a built program with this environment and no other; what it says goes to `log`.
    pub fn start(program: &str, environment: &[(String, String)], log: &Path) -> Self {
        let out = File::create(log).expect("a file for the log");
        let errors = out.try_clone().expect("a second handle");
        let child = Command::new(tests::built(program))
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            // Relative names are wrong here, so that a story that forgot to say where fails.
            .current_dir(log.parent().expect("the log lies in a folder"))
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("start {program}: {error}"));
        Self { child, log: log.to_owned() }
    }

    /// Ends it at once, without a word, as a crash or a lost machine does.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it is killed");
    }

    /// Asks it to end, as a deployment does.
    pub async fn ask_to_stop(&self) {
        let id = self.child.id().expect("it still runs").to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(asked.expect("kill is there").success(), "SIGTERM reaches it");
    }

    /// Asks it to end, and returns its exit code.
    pub async fn stop(self) -> i32 {
        self.ask_to_stop().await;
        self.ends().await
    }

    /// Waits until it ends by itself, and returns its exit code.
    pub async fn ends(mut self) -> i32 {
        match timeout(FAREWELL, self.child.wait()).await {
            Ok(status) => {
                let status = status.expect("its end is seen");
                status.code().unwrap_or_else(|| panic!("it ended with {status}\n{}", self.said()))
            }
            Err(_) => panic!("it does not end within {FAREWELL:?}\n{}", self.said()),
        }
    }

    /// Everything it said so far.
    pub fn said(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Waits until it says something with all of these words in one line.
    pub async fn says(&self, words: &[&str]) {
        patience::until(&format!("a line of the log with {words:?}"), async || {
            let said = self.said();
            let is_said = said.lines().any(|line| words.iter().all(|word| line.contains(word)));
            if is_said { Ok(()) } else { Err(said) }
        })
        .await;
    }
}
