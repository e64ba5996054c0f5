//! `den`: see [`den::cli`].

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    den::cli::main().await
}
