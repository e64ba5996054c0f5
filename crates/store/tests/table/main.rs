//! What is kept, against an embedded DynamoDB engine behind the real SDK.

#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps says all there is to say when it fails"
)]

mod aging;
mod books;
mod claims;
mod durable;
mod erasing;
mod forgetting;
mod kept;
mod money;
mod moving;
mod pages;
mod places;
mod promises;
mod reporting;
mod settings;
mod world;
