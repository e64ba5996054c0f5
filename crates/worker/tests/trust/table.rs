//! The table: an embedded engine, on the wire.

use std::{io::Read, time::Duration};

use aws_sdk_dynamodb::{Client, config::timeout::TimeoutConfig, types::AttributeValue};
use store::Store;
use tokio::net::TcpListener;

use crate::world::World;

const TABLE: &str = "den";
const PATIENCE: Duration = Duration::from_secs(60);

/// An empty table.
pub async fn empty() -> (Client, Store) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let engine = dynoxide::Database::memory().expect("an engine");
    tokio::spawn(dynoxide::server::serve_on(listener, engine));
    // Sixty-four workers on one engine take their time.
    let patience = TimeoutConfig::builder()
        .operation_attempt_timeout(PATIENCE)
        .operation_timeout(PATIENCE)
        .build();
    let config = aws_sdk_dynamodb::config::Builder::from(&aws::local_config().await);
    let db = Client::from_conf(config.endpoint_url(url).timeout_config(patience).build());
    let store = Store::new(db.clone(), TABLE);
    store.init().await.expect("a table");
    (db, store)
}

impl World {
    /// Every item of the table with its partition, and what lies folded unfolded.
    pub async fn table(&self) -> Vec<(String, String)> {
        let mut pages = self.db.scan().table_name(TABLE).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            for item in page.expect("the table is read").items.unwrap_or_default() {
                let mut text = format!("{item:?}");
                if let Some(AttributeValue::B(body)) = item.get("body") {
                    let mut unfolded = flate2::read::DeflateDecoder::new(body.as_ref());
                    unfolded.read_to_string(&mut text).expect("a page");
                }
                let partition = item["pk"].as_s().expect("a text").clone();
                all.push((partition, text));
            }
        }
        all
    }
}
