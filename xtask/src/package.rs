//! The worker as AWS Lambda wants it: a zip with `bootstrap` and the personalities beside it.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};

use crate::{
    checkout::Checkout,
    command::{cargo, output, run as run_command, run_patiently},
    invoke::invoke,
    terminal, tools,
};

/// For which processor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Architecture {
    Arm64,
    X86_64,
}

/// What to package.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// For AWS: optimised and static.
    Release(Architecture),
    /// For the tests, on this machine.
    Debug,
}

impl Architecture {
    /// The one of this machine.
    pub const HOST: Self = if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86_64 };

    fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86-64",
        }
    }

    /// Static, because whatever glibc the building machine has may be newer than Lambda's.
    fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-unknown-linux-musl",
            Self::X86_64 => "x86_64-unknown-linux-musl",
        }
    }
}

/// What came out.
pub struct Packaged {
    /// The listener, as the image holds it.
    pub listener: PathBuf,
    /// The worker, as the zip holds it.
    pub worker: PathBuf,
    pub zip: PathBuf,
}

/// Packages what is asked for and says where it is and how large.
pub fn run(checkout: &Checkout, what: What) -> Result<()> {
    match what {
        What::Debug => {
            build_debug(checkout)?;
            package_debug(checkout)
        }
        What::Release(architecture) => {
            if let Some(packaged) = package_release(checkout, architecture)? {
                tell(&packaged.listener)?;
                tell(&packaged.zip)?;
                if architecture == Architecture::HOST {
                    invoke(checkout, &packaged.worker)?;
                }
            }
            Ok(())
        }
    }
}

/// Builds everything the tests run, programs included. The same choice of packages and targets as `cargo test
/// --workspace`, which then finds it all built.
pub fn build_debug(checkout: &Checkout) -> Result<()> {
    run_command(cargo(checkout).args(["build", "--workspace", "--all-targets", "--locked"]))
}

/// Packages the worker of the debug build, without the debug information: a tenth of the size.
pub fn package_debug(checkout: &Checkout) -> Result<()> {
    let folder = checkout.target().join("lambda/debug");
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let bootstrap = folder.join("bootstrap");
    let built = checkout.target().join("debug/den-worker");
    run_command(Command::new("strip").arg("--strip-debug").arg("-o").arg(&bootstrap).arg(&built))?;
    let zip = checkout.target().join("lambda/den-worker-debug.zip");
    write_zip(&bootstrap, &checkout.path("personalities"), &zip)?;
    tell(&zip)
}

/// Builds both programs for AWS and packages the worker. `None`, loudly, where the processor's standard
/// library is not to be had.
///
/// # Errors
/// When a build fails.
pub fn package_release(
    checkout: &Checkout,
    architecture: Architecture,
) -> Result<Option<Packaged>> {
    let target = architecture.target();
    if let Err(error) = run_patiently(Command::new("rustup").args(["target", "add", target])) {
        terminal::warning(&format!("nothing is packaged for {}: {error:#}", architecture.name()));
        return Ok(None);
    }
    let environment = checkout.tools("lambda");
    tools::install_python(&environment, &checkout.path("xtask/lambda-requirements.txt"))?;
    // One program after the other, so that neither gets features only the other asked for.
    let listener = build_release(checkout, architecture, "den-listener", "den-listener")?;
    let worker = build_release(checkout, architecture, "den-worker", "den-worker")?;
    let zip =
        checkout.target().join("lambda").join(format!("den-worker-{}.zip", architecture.name()));
    write_zip(&worker, &checkout.path("personalities"), &zip)?;
    Ok(Some(Packaged { listener, worker, zip }))
}

/// Builds a program as it is shipped, with the tools and the target that [`package_release`] has installed, and
/// returns where it is.
///
/// # Errors
/// When the build fails.
pub fn build_release(
    checkout: &Checkout,
    architecture: Architecture,
    package: &str,
    program: &str,
) -> Result<PathBuf> {
    let folder = checkout.target().join("lambda").join(architecture.name());
    let mut build = cargo(checkout);
    build.args([
        "lambda",
        "build",
        "--release",
        "--locked",
        "--package",
        package,
        "--bin",
        program,
        // Ours are in the workspace's release profile. Its own would abort on a panic, which the runtime
        // could then not report, and ask for a processor of a certain age.
        "--disable-optimizations",
    ]);
    build.args(["--target", architecture.target(), "--lambda-dir"]).arg(&folder);
    run_command(build.env("PATH", lambda_path(checkout)?))?;
    Ok(folder.join(program).join("bootstrap"))
}

/// Where cargo-lambda and its compiler for other targets are found.
pub fn lambda_path(checkout: &Checkout) -> Result<OsString> {
    let mut path = vec![checkout.tools("lambda").join("bin")];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    std::env::join_paths(path).context("put the installed tools on PATH")
}

/// Writes the zip so that the same content gives the same bytes: a deployment then sees that nothing changed.
fn write_zip(bootstrap: &Path, personalities: &Path, zip: &Path) -> Result<()> {
    let staged = zip.with_extension("");
    if staged.exists() {
        fs::remove_dir_all(&staged).with_context(|| format!("remove {}", staged.display()))?;
    }
    fs::create_dir_all(&staged).with_context(|| format!("create {}", staged.display()))?;
    copy(bootstrap, &staged.join("bootstrap"))?;
    copy_folder(personalities, &staged.join("personalities"))?;
    // Python's own zip keeps permissions and sorts names; it is here anyway, for the tests and for Zig.
    let write = ["-m", "zipfile", "-c"];
    let mut python = Command::new("python3");
    python.args(write).arg(zip).args(["bootstrap", "personalities"]);
    output(python.current_dir(&staged).env("TZ", "UTC")).map(|_| ())
}

/// Copies what the roster reads, avatars included: neither hidden files nor the schema, which is for editors.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("create {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("read {}", from.display()))? {
        let entry = entry.with_context(|| format!("read {}", from.display()))?.path();
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || name.ends_with(".schema.json") {
            continue;
        }
        let target = to.join(&*name);
        if entry.is_dir() { copy_folder(&entry, &target)? } else { copy(&entry, &target)? }
    }
    set_old(to)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("copy {} to {}", from.display(), to.display()))?;
    set_old(to)
}

/// Dates a file to the second of January 1980, the first whole day a zip can tell.
fn set_old(path: &Path) -> Result<()> {
    const DAY: Duration = Duration::from_secs(315_532_800 + 86_400);
    let file = fs::File::open(path).with_context(|| format!("open {}", path.display()))?;
    file.set_modified(SystemTime::UNIX_EPOCH + DAY)
        .with_context(|| format!("date {}", path.display()))
}

fn tell(path: &Path) -> Result<()> {
    let size = fs::metadata(path).with_context(|| format!("look at {}", path.display()))?.len();
    terminal::note(&format!("{}  {:.1} MB", path.display(), size as f64 / 1e6));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_same_content_gives_the_same_zip_and_a_bootstrap_that_can_be_run() {
        let folder = std::env::temp_dir().join(format!("den-package-{}", std::process::id()));
        let personalities = folder.join("personalities");
        fs::create_dir_all(personalities.join("avatars")).unwrap();
        fs::write(personalities.join("grim.toml"), "id = \"grim\"").unwrap();
        fs::write(personalities.join("avatars/grim.svg"), "<svg/>").unwrap();
        fs::write(personalities.join("personality.schema.json"), "{}").unwrap();
        let zip = |name: &str| {
            let bootstrap = folder.join("den-worker");
            fs::write(&bootstrap, "#!").unwrap();
            fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755)).unwrap();
            write_zip(&bootstrap, &personalities, &folder.join(name)).unwrap();
            fs::read(folder.join(name)).unwrap()
        };

        let (first, second) = (zip("first.zip"), zip("second.zip"));
        let list = "import sys, zipfile\nfor i in zipfile.ZipFile(sys.argv[1]).infolist(): \
                    print(i.filename, oct(i.external_attr >> 16 & 0o777))";
        let listed =
            output(Command::new("python3").args(["-c", list]).arg(folder.join("first.zip")))
                .unwrap();
        fs::remove_dir_all(&folder).unwrap();

        assert_eq!(first, second);
        assert!(listed.contains("bootstrap 0o755"), "{listed}");
        assert!(
            listed.contains("personalities/grim.toml")
                && listed.contains("personalities/avatars/grim.svg")
        );
        assert!(!listed.contains("schema"), "{listed}");
    }
}
