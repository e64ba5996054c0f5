//! What is kept, against an embedded DynamoDB engine behind the real SDK.

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
mod settings;
mod world;
