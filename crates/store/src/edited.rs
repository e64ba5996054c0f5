//! That a message was edited, for whoever keeps it afterwards: an edit may overtake the creation of what it
//! edits. Only that it was, not what it says now: nobody knows yet whether any of it is to be kept.

use twilight_model::id::{Id, marker::MessageMarker};

use crate::{
    Error, ITEM_VERSION, Store,
    gather::Key,
    keep::{message_partition, put},
    n, retention, s, ttl,
};

/// The sort key of the note.
const SORT: &str = "D";

impl Store {
    /// Notes that a message says something else now. To be done before the edit is followed.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn note_edited(&self, message: Id<MessageMarker>, now_ms: u64) -> Result<(), Error> {
        let (pk, sk) = key(message);
        let note = put([
            ("pk".to_owned(), s(pk)),
            ("sk".to_owned(), s(sk)),
            ("v".to_owned(), n(ITEM_VERSION)),
            ("ttl".to_owned(), n(ttl(now_ms, retention::TOMBSTONE))),
        ]
        .into());
        self.write_all(vec![note], || format!("note that message {message} was edited")).await
    }
}

/// The key of the note that a message was edited.
pub(crate) fn key(message: Id<MessageMarker>) -> Key {
    (message_partition(message), SORT.to_owned())
}
