//! Where the pieces lie that are not Rust: what `cargo xtask tools` installs, and what cargo has built.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The Python that has ministack.
pub(crate) fn python() -> PathBuf {
    let environment =
        env::var_os("DEN_TEST_VENV").map_or_else(|| root().join(".tools/venv"), PathBuf::from);
    found(environment.join("bin/python3"))
}

/// The folder that holds `node_modules`.
pub(crate) fn node_folder() -> PathBuf {
    let folder =
        env::var_os("DEN_TEST_NODE").map_or_else(|| root().join(".tools/node"), PathBuf::from);
    found(folder.join("node_modules/playwright-core"));
    folder
}

/// The browser.
pub(crate) fn chromium() -> PathBuf {
    found(
        env::var_os("DEN_TEST_CHROMIUM").map_or_else(|| "/usr/bin/chromium".into(), PathBuf::from),
    )
}

/// A script beside this package, by its name.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tools").join(name)
}

/// A program of this workspace, such as `den-worker`, from the build this test belongs to.
///
/// # Panics
/// When it has not been built.
pub fn built(program: &str) -> PathBuf {
    let test = env::current_exe().expect("a running test has a path");
    let built =
        test.ancestors().skip(1).map(|folder| folder.join(program)).find(|path| path.is_file());
    built.unwrap_or_else(|| {
        panic!("{program} has not been built: run `cargo xtask test` or `cargo build --workspace --all-targets`")
    })
}

/// The worker as a function for [`Ministack`](crate::Ministack), from the build this test belongs to.
///
/// # Panics
/// When it has not been packaged since it was built.
pub fn lambda_zip() -> PathBuf {
    let worker = built("den-worker");
    let target =
        worker.parent().and_then(Path::parent).expect("it was built into a folder of its profile");
    let zip = target.join("lambda/den-worker-debug.zip");
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    assert!(
        changed(&zip) >= changed(&worker),
        "{} is missing or older than the worker: run `cargo xtask test` or `cargo xtask package --debug`",
        zip.display()
    );
    zip
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the workspace")
}

fn found(path: PathBuf) -> PathBuf {
    assert!(
        path.exists(),
        "{} is missing: run `cargo xtask tools` once, or `cargo xtask test`",
        path.display()
    );
    path
}
