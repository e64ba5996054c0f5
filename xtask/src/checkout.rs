//! The checkout this program belongs to, and where in it things lie.

use std::path::{Path, PathBuf};

/// The root of the checkout.
pub struct Checkout(PathBuf);

impl Checkout {
    /// The one this program was compiled in.
    pub fn around_this_program() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        Self(root.expect("this package lies in the workspace").to_owned())
    }

    pub fn root(&self) -> &Path {
        &self.0
    }

    /// A file or folder by its path from the root.
    pub fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    /// What is installed for the tests; ignored by git.
    pub fn tools(&self, name: &str) -> PathBuf {
        self.0.join(".tools").join(name)
    }

    /// What is built, wherever `CARGO_TARGET_DIR` puts it.
    pub fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| self.0.join("target"), |target| self.0.join(target))
    }
}
