//! DynamoDB's part on one machine: an embedded engine on a file, behind the same SDK calls.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use dynoxide::Database;
use store::Store;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// How often aged items are swept: the embedded engine never does it by itself.
const SWEEP: Duration = Duration::from_secs(60);
/// The table's name inside the file.
const TABLE: &str = "roast-den";

/// Another den holds the folder.
#[derive(Debug, thiserror::Error)]
#[error("another den is running over {}: stop it, or name another folder with --data", folder.display())]
pub struct InUse {
    /// The folder.
    pub folder: PathBuf,
}

/// A table on this machine.
pub struct LocalTable {
    /// The table, reached over loopback as it would be reached in the cloud.
    pub store: Store,
    server: JoinHandle<Result<(), String>>,
    sweeper: JoinHandle<()>,
    stop: CancellationToken,
    /// Held while the file is open: two dens over one file would deal with each other's events.
    _lock: Lock,
}

/// A locked file.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // To close it is not enough: a program that is being started has a copy of it for a moment, and a lock
        // lasts as long as its last copy.
        if let Err(e) = self.0.unlock() {
            tracing::debug!(error = %e, "a lock was not let go; it ends with the process");
        }
    }
}

impl LocalTable {
    /// Opens the table in `data`, making folder, file and table where they are missing.
    ///
    /// # Errors
    /// When the folder cannot be used, or another den uses it.
    pub async fn open(data: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data)
            .with_context(|| format!("make the folder {}", data.display()))?;
        let path = data.join("lock");
        let file = File::create(&path).with_context(|| format!("make {}", path.display()))?;
        let lock = match file.try_lock() {
            Ok(()) => Lock(file),
            Err(TryLockError::WouldBlock) => bail!(InUse { folder: data.to_owned() }),
            Err(TryLockError::Error(e)) => {
                return Err(e).with_context(|| format!("lock {}", path.display()));
            }
        };
        let file = data.join("den.db");
        let path = file.to_str().with_context(|| format!("{} is no UTF-8 path", file.display()))?;
        let db = Database::new(path).with_context(|| format!("open {}", file.display()))?;

        let listener =
            TcpListener::bind("127.0.0.1:0").await.context("listen for the embedded table")?;
        let address = listener.local_addr().context("listen for the embedded table")?;
        let stop = CancellationToken::new();
        let server = {
            let stop = stop.clone();
            let db = db.clone();
            tokio::spawn(dynoxide::server::serve_with_shutdown(listener, db, async move {
                stop.cancelled().await
            }))
        };
        let sweeper = tokio::spawn(sweep(db, stop.clone()));
        let store = Store::new(client(&format!("http://{address}")).await, TABLE);
        store.init().await.context("make the table")?;
        Ok(Self { store, server, sweeper, stop, _lock: lock })
    }

    /// Finishes what was asked of the table and closes it.
    pub async fn close(self) {
        self.stop.cancel();
        self.sweeper.abort();
        // Idle connections of our own client would keep a graceful end waiting.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.server).await;
    }
}

/// A client of the embedded table.
async fn client(url: &str) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::config::Builder::from(&aws::local_config().await);
    aws_sdk_dynamodb::Client::from_conf(config.endpoint_url(url).build())
}

async fn sweep(db: Database, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let db = db.clone();
        match tokio::task::spawn_blocking(move || db.sweep_ttl()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(n)) => tracing::debug!(n, "aged items are gone"),
            Ok(Err(e)) => tracing::warn!(error = %e, "aged items were not swept"),
            Err(e) => tracing::warn!(error = %e, "the sweep broke"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_ends_although_a_program_being_started_has_a_copy_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let file = File::create(&path).unwrap();
        file.try_lock().unwrap();
        let copy = file.try_clone().unwrap();
        assert!(File::create(&path).unwrap().try_lock().is_err(), "it is held");
        drop(Lock(file));
        File::create(&path).unwrap().try_lock().unwrap();
        drop(copy);
    }
}
