//! What is kept, against an embedded DynamoDB engine behind the real SDK.

mod claims;
mod durable;
mod kept;
mod world;
