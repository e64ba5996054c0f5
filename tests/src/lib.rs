//! The world in which the whole is tested: AWS by [`Ministack`], a person's browser by [`Page`].
//!
//! Everything here speaks over the wire; nothing of the den is replaced. A piece that is not installed
//! fails the test that asks for it, and says which command installs it.

mod ministack;
mod page;
mod tools;

pub use ministack::Ministack;
pub use page::Page;
pub use tools::{built, lambda_zip};
