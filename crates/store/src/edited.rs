//! That a message was edited, for whoever keeps it afterwards: an edit may overtake the creation of what it
//! edits. Only that it was, not what it says now: nobody knows yet whether any of it is to be kept.

use twilight_model::id::{Id, marker::MessageMarker};

use crate::{
    Error, ITEM_VERSION, Store,
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
        let note = put([
            ("pk".to_owned(), s(message_partition(message))),
            ("sk".to_owned(), s(SORT)),
            ("v".to_owned(), n(ITEM_VERSION)),
            ("ttl".to_owned(), n(ttl(now_ms, retention::CLAIM))),
        ]
        .into());
        self.write_all(vec![note], || format!("note that message {message} was edited")).await
    }

    /// Of these messages, those edited lately. Whoever keeps messages asks this afterwards, and keeps what they
    /// say now.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn edited(
        &self,
        messages: &[Id<MessageMarker>],
    ) -> Result<Vec<Id<MessageMarker>>, Error> {
        let key = |message: &Id<MessageMarker>| (message_partition(*message), SORT.to_owned());
        let found = self.read_all(messages.iter().map(key).collect()).await?;
        Ok(messages.iter().filter(|message| found.contains_key(&key(message))).copied().collect())
    }
}
