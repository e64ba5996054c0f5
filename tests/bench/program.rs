//! A program of the den as a process: started, looked at from outside, and ended with its owner.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    pin::pin,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A running program. Killed when dropped.
pub struct Program {
    pub child: Child,
    /// Just before it was started.
    pub started: Instant,
    name: String,
    log: PathBuf,
}

/// Memory of a process, in bytes.
#[derive(Clone, Copy)]
pub struct Memory {
    /// What it holds now.
    pub resident: f64,
    /// The most it ever held.
    pub peak: f64,
}

impl Program {
    /// Starts `path` with nothing but `environment`; what it says goes into `folder`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(
        path: &Path,
        arguments: &[&str],
        environment: &[(&str, String)],
        folder: &Path,
    ) -> Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let log = folder.join(format!("{name}.log"));
        let said = File::create(&log).with_context(|| format!("write {}", log.display()))?;
        let also = said.try_clone().with_context(|| format!("write {}", log.display()))?;
        let mut command = Command::new(path);
        command.args(arguments).env_clear().envs(environment.iter().map(|(k, v)| (k, v)));
        command.stdin(Stdio::piped()).stderr(also);
        // A program with arguments is asked something, and answers on its standard output.
        command.stdout(if arguments.is_empty() { said.into() } else { Stdio::piped() });
        let started = Instant::now();
        let child = command.spawn().with_context(|| format!("start {}", path.display()))?;
        Ok(Self { child, started, name, log })
    }

    /// Waits for something this program is to bring about.
    ///
    /// # Errors
    /// That of the waiting; or, when the program ends meanwhile, the last it said.
    pub async fn until<T>(&mut self, comes: impl Future<Output = Result<T>>) -> Result<T> {
        let mut comes = pin!(comes);
        loop {
            tokio::select! {
                came = &mut comes => {
                    return came.with_context(|| format!("the last {} said:\n{}", self.name, self.last_words()));
                }
                () = tokio::time::sleep(Duration::from_millis(50)) => {
                    let ended = self.child.try_wait().context("look after a program")?;
                    if let Some(status) = ended {
                        bail!("{} ended ({status}); the last it said:\n{}", self.name, self.last_words());
                    }
                }
            }
        }
    }

    /// What it holds.
    ///
    /// # Errors
    /// When it has ended, with the last it said.
    pub fn memory(&self) -> Result<Memory> {
        let status = self.about("status")?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
            Ok::<_, anyhow::Error>(
                1024.0 * kib.with_context(|| format!("{} tells no {name}", self.name))?,
            )
        };
        Ok(Memory { resident: of("VmRSS:")?, peak: of("VmHWM:")? })
    }

    /// The processor time its threads have used. Exact to the nanosecond, where `stat` counts hundredths of
    /// a second. See the Linux kernel's documentation of scheduler statistics.
    ///
    /// # Errors
    /// When it has ended, with the last it said.
    pub fn processor_time(&self) -> Result<Duration> {
        self.about("stat")?;
        let tasks = format!("/proc/{}/task", self.child.id());
        let mut nanoseconds = 0;
        for task in fs::read_dir(&tasks).with_context(|| format!("read {tasks}"))? {
            let task = task.with_context(|| format!("read {tasks}"))?.path().join("schedstat");
            // A thread may end between the two.
            let Ok(told) = fs::read_to_string(&task) else { continue };
            let used = told.split_whitespace().next().and_then(|used| used.parse::<u64>().ok());
            nanoseconds += used.with_context(|| format!("read {}", task.display()))?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// The processor time once it has nothing more to do.
    ///
    /// # Errors
    /// When it has ended, or always has something to do.
    pub async fn processor_time_at_rest(&self) -> Result<Duration> {
        const LOOK: Duration = Duration::from_millis(300);
        const AT_REST: Duration = Duration::from_millis(3);
        let mut before = self.processor_time()?;
        for _ in 0..200 {
            tokio::time::sleep(LOOK).await;
            let now = self.processor_time()?;
            if now.saturating_sub(before) < AT_REST {
                return Ok(now);
            }
            before = now;
        }
        bail!("{} does not come to rest", self.name)
    }

    fn about(&self, what: &str) -> Result<String> {
        let path = format!("/proc/{}/{what}", self.child.id());
        let told = fs::read_to_string(&path).unwrap_or_default();
        // A process that has ended and was not waited for is a zombie, which holds nothing.
        if told.is_empty()
            || (what == "stat" && told.contains(") Z "))
            || told.contains("Z (zombie)")
        {
            bail!("{} has ended; the last it said:\n{}", self.name, self.last_words());
        }
        Ok(told)
    }

    /// The end of what it said.
    fn last_words(&self) -> String {
        let said = fs::read(&self.log).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<_> = said.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
