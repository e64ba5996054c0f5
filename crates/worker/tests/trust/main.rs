//! What people trust the den with: that words stay where they were said and go when they shall, that nobody
//! gives it orders, and that it spends no more than it may. All at the wire: a simulated Discord, a simulated
//! Bedrock and an embedded table.

mod caused;
mod erasure;
#[path = "../steward/gateway.rs"]
mod gateway;
mod injection;
mod isolation;
mod money;
mod steward;
mod table;
mod world;
