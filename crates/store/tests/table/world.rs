//! A fresh table.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use dynoxide::Database;
use personality::PersonalityId;
use queue::EventId;
use store::{Attempt, Store};
use tokio::net::TcpListener;

/// A moment of 2026, in milliseconds since the Unix epoch.
pub const NOW: u64 = 1_795_000_000_000;

pub struct World {
    pub store: Store,
    pub db: Database,
}

/// A table in memory, of this test alone.
pub async fn fresh() -> World {
    over(Database::memory().expect("an engine in memory")).await
}

/// A table in a file.
pub async fn in_file(path: &std::path::Path) -> World {
    over(Database::new(path.to_str().expect("a UTF-8 path")).expect("an engine over a file")).await
}

async fn over(db: Database) -> World {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(dynoxide::server::serve_on(listener, db.clone()));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let store = Store::new(aws_sdk_dynamodb::Client::from_conf(config), "den");
    store.init().await.expect("a table");
    World { store, db }
}

pub fn grim() -> PersonalityId {
    "grim".parse().expect("an id")
}

pub fn event(cause: u64) -> EventId {
    EventId::new(cause, &grim())
}

/// A try at `at_ms` after [`NOW`] that holds its claims for ten seconds.
pub fn attempt(token: &str, at_ms: u64) -> Attempt {
    Attempt { token: token.to_owned(), now_ms: NOW + at_ms, lock_ms: NOW + at_ms + 10_000 }
}
