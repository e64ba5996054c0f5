//! What somebody wrote when they reported a reply. It is theirs: it lies under them, apart from the act.

use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

use crate::{Error, Store, has_aged, item::Fresh, keep::delete, person::partition, retention, ttl};

/// What the sort keys of a person's reports begin with.
const PREFIX: &str = "R#";

#[derive(Serialize, Deserialize)]
struct Report {
    message_id: Id<MessageMarker>,
    reason: String,
    #[serde(default, skip_serializing)]
    ttl: u64,
}

impl Store {
    /// Keeps why `user` reported a message. Reported again, the newer reason holds.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn keep_report(
        &self,
        user: Id<UserMarker>,
        message: Id<MessageMarker>,
        reason: &str,
        now_ms: u64,
    ) -> Result<(), Error> {
        let ttl = ttl(now_ms, retention::AUDIT);
        let report = Report { message_id: message, reason: reason.to_owned(), ttl };
        let operation = format!("keep the report of message {message}");
        self.write_item(partition(user), sort(message), &report, Some(ttl), &operation).await
    }

    /// Why `user` reported a message, where that is still kept.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn report(
        &self,
        user: Id<UserMarker>,
        message: Id<MessageMarker>,
    ) -> Result<Option<String>, Error> {
        let operation = format!("read the report of message {message}");
        let found: Option<Report> =
            self.read_item(partition(user), sort(message), Fresh::Perhaps, &operation).await?;
        Ok(found.map(|report| report.reason))
    }

    /// Everything somebody wrote in their reports.
    pub(crate) async fn reports(
        &self,
        user: Id<UserMarker>,
        now_ms: u64,
    ) -> Result<Vec<(Id<MessageMarker>, String)>, Error> {
        let operation = format!("read the reports of {user}");
        let all: Vec<Report> = self.all_of(partition(user), PREFIX, &operation).await?;
        let young = all.into_iter().filter(|report| !has_aged(report.ttl, now_ms));
        Ok(young.map(|report| (report.message_id, report.reason)).collect())
    }

    /// Erases what somebody wrote in their reports. Returns how many there were.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn erase_reports(&self, user: Id<UserMarker>) -> Result<usize, Error> {
        let operation = || format!("erase the reports of {user}");
        let all: Vec<Report> = self.all_of(partition(user), PREFIX, &operation()).await?;
        let gone = all.iter().map(|report| delete(partition(user), sort(report.message_id)));
        self.write_all(gone.collect(), operation).await?;
        Ok(all.len())
    }
}

fn sort(message: Id<MessageMarker>) -> String {
    format!("{PREFIX}{message}")
}
