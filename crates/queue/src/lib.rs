//! What crosses between listener and worker: the [`Event`], and the [`Sink`] that carries it.
//!
//! Raw gateway JSON never crosses the queue, and this crate never decides anything about an event: it
//! knows personality ids only.

mod event;
mod name;
mod sink;
mod sqs;

pub use event::{
    Addressed, Again, Attachment, Chore, Command, Edited, Event, EventId, Line, Mention, Message,
    Person, Press, Quoted, Reaction, ReadError, STEWARD, Sign, Target, VERSION, What,
};
pub use name::dead_letter_queue_name;
pub use sink::{SendError, Sink};
pub use sqs::{SqsSink, queue_name};
