//! Opening the page in a browser.

use std::{
    net::SocketAddr,
    process::{Command, Stdio},
    time::Duration,
};

use tokio::net::TcpStream;

/// How often it is tried whether the page is there.
const TRY: Duration = Duration::from_millis(100);
/// How long a den may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Opens the page at `address` in the person's browser, as soon as it is served.
pub async fn open_when_served(address: SocketAddr) {
    let served = async {
        while TcpStream::connect(address).await.is_err() {
            tokio::time::sleep(TRY).await;
        }
    };
    if tokio::time::timeout(PATIENCE, served).await.is_err() {
        return;
    }
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let url = format!("http://{address}/");
    let mut command = Command::new(opener);
    command.arg(&url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Nothing depends on it: the address is printed as well.
    if let Err(e) = command.spawn() {
        eprintln!("{opener} does not start ({e}): open {url} yourself");
    }
}
