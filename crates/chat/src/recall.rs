//! Recall: which of months of messages matter for the one just said.
//!
//! An [`Index`] holds the messages of one space and answers a [`Query`] with [`Hit`]s; [`handed_over`] makes of
//! them what a prompt can bear. There is no model in it, no clock and no disk: the same messages and the same
//! question give the same answer, whatever the order in which they came.
//!
//! What a message is found by are its [`terms`]: to be computed once, where a page of messages is put away, as a
//! worker that starts cold then need not read the words again.

mod asked;
mod concept;
mod dates;
mod drawn;
mod hand;
mod index;
mod kin;
mod names;
mod people;
mod query;
mod score;
mod sheet;
mod slips;
mod term;
mod vocabulary;
mod weights;
mod word;

#[cfg(test)]
mod tests;

pub use drawn::Drawn;
pub use hand::{Remembered, handed_over};
pub use index::{Index, Message};
pub use query::{Query, query_text};
pub use score::Hit;
pub use term::{TERMS_VERSION, Term, terms};
