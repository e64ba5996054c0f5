//! What the tests need that is not Rust, installed into `.tools/` at pinned versions.
//!
//! A piece is installed once: beside it lies a copy of the list it was installed from, and it is installed
//! anew when the list has changed. The browser alone belongs to the machine.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{
    checkout::Checkout,
    command::{output, run_patiently},
    terminal,
};

/// Where a browser may be.
const BROWSERS: [&str; 3] =
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// Where the pieces are, or will be.
pub struct Installed {
    python: PathBuf,
    node: PathBuf,
    browser: PathBuf,
}

impl Installed {
    /// What the tests are told.
    pub fn environment(&self) -> [(&'static str, &Path); 3] {
        [
            ("DEN_TEST_VENV", &self.python),
            ("DEN_TEST_NODE", &self.node),
            ("DEN_TEST_CHROMIUM", &self.browser),
        ]
    }
}

pub fn installed(checkout: &Checkout) -> Installed {
    Installed {
        python: checkout.tools("venv"),
        node: checkout.tools("node"),
        browser: browser().unwrap_or_else(|| BROWSERS[0].into()),
    }
}

/// Installs what is missing.
///
/// # Errors
/// When something could not be installed, with all that is missing and what to do; with `allow_missing` that
/// is only said.
pub fn install(checkout: &Checkout, allow_missing: bool) -> Result<Installed> {
    let attempts = [
        (
            "ministack and botocore",
            install_python(&checkout.tools("venv"), &checkout.path("tests/tools/requirements.txt")),
        ),
        ("playwright", install_node(&checkout.tools("node"), &checkout.path("tests/tools"))),
        ("a browser", install_browser()),
    ];
    let missing: Vec<_> = attempts
        .into_iter()
        .filter_map(|(name, attempt)| attempt.err().map(|error| format!("{name}: {error:#}")))
        .collect();
    if missing.is_empty() {
        return Ok(installed(checkout));
    }
    let missing = format!("missing for the tests:\n    {}", missing.join("\n    "));
    if !allow_missing {
        bail!(
            "{missing}\n  To go on without, and see the tests that need them fail: --allow-missing"
        );
    }
    terminal::warning(&format!("{missing}\n  The tests that need them will fail."));
    Ok(installed(checkout))
}

/// A Python environment with exactly what `list` names.
pub fn install_python(environment: &Path, list: &Path) -> Result<()> {
    let wanted = fs::read_to_string(list).with_context(|| format!("read {}", list.display()))?;
    let python = find_python()?;
    let version = output(Command::new(&python).arg("--version"))?;
    let stamp =
        Stamp { path: environment.join("installed"), content: format!("{version}{wanted}") };
    if stamp.is_there() {
        terminal::note(&format!("{} is up to date", shown(environment)));
        return Ok(());
    }
    terminal::note(&format!("installing {} into {}", shown(list), shown(environment)));
    remove(environment)?;
    let mut make = Command::new(&python);
    make.args(["-m", "venv"]).arg(environment);
    if crate::command::run(&mut make).is_err() {
        apt_install(&["python3-venv"]).context("Python cannot make an environment")?;
        remove(environment)?;
        crate::command::run(&mut make)?;
    }
    let pip =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r"];
    run_patiently(Command::new(environment.join("bin/python3")).args(pip).arg(list))?;
    stamp.write()
}

fn install_node(folder: &Path, lists: &Path) -> Result<()> {
    let mut wanted = String::new();
    for list in ["package.json", "package-lock.json"] {
        let path = lists.join(list);
        wanted += &fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
    }
    let stamp = Stamp { path: folder.join("installed"), content: wanted };
    if stamp.is_there() {
        terminal::note(&format!("{} is up to date", shown(folder)));
        return Ok(());
    }
    require_node()?;
    terminal::note(&format!("installing {}/package.json into {}", shown(lists), shown(folder)));
    remove(folder)?;
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    for list in ["package.json", "package-lock.json"] {
        fs::copy(lists.join(list), folder.join(list)).with_context(|| format!("copy {list}"))?;
    }
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    run_patiently(Command::new("npm").args(install).current_dir(folder))?;
    stamp.write()
}

fn install_browser() -> Result<()> {
    if let Some(browser) = browser() {
        terminal::note(&format!("the browser is {}", browser.display()));
        return Ok(());
    }
    // Without a font of its own, a bare machine draws boxes.
    apt_install(&["chromium", "fonts-dejavu-core"])
}

fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("DEN_TEST_CHROMIUM").map(PathBuf::from);
    named.into_iter().chain(BROWSERS.map(PathBuf::from)).find(|path| path.exists())
}

fn find_python() -> Result<PathBuf> {
    let check = "import sys; sys.exit(sys.version_info < (3, 10))";
    let suits = || output(Command::new("python3").args(["-c", check])).is_ok();
    if !suits() {
        apt_install(&["python3", "python3-venv"]).context("Python 3.10 or newer is not here")?;
        if !suits() {
            bail!("`python3` is older than 3.10");
        }
    }
    Ok("python3".into())
}

fn require_node() -> Result<()> {
    if output(Command::new("npm").arg("--version")).is_err() {
        apt_install(&["nodejs", "npm"]).context("Node is not here")?;
    }
    let version = output(Command::new("node").arg("--version"))?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|n| n.parse::<u32>().ok());
    match major {
        Some(20..) => Ok(()),
        _ => bail!("playwright needs Node 20 or newer, and this is {}", version.trim()),
    }
}

/// Installs Debian packages where that is ours to do: as root, on a machine that has apt.
fn apt_install(packages: &[&str]) -> Result<()> {
    let install = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !is_root || !Path::new("/usr/bin/apt-get").exists() {
        bail!("install it with `sudo {install}`, or what does the same on this system");
    }
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    run_patiently(apt().args(["update", "-qq"]))?;
    run_patiently(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
        .with_context(|| format!("`{install}` did not succeed"))
}

/// The list something was installed from, kept beside it.
struct Stamp {
    path: PathBuf,
    content: String,
}

impl Stamp {
    fn is_there(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|content| content == self.content)
    }

    fn write(&self) -> Result<()> {
        fs::write(&self.path, &self.content)
            .with_context(|| format!("write {}", self.path.display()))
    }
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// A path of ours as one reads it, from the root of the checkout.
fn shown(path: &Path) -> String {
    let root = Checkout::around_this_program();
    path.strip_prefix(root.root()).unwrap_or(path).display().to_string()
}
