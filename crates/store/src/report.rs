//! What people reported, for those who run the den.
//!
//! A report lies under the person who wrote it, as it is theirs: it goes along into their export, and goes when
//! they have everything of theirs erased. A list of all reports, in the order they came in, only points there.

use aws_sdk_dynamodb::types::WriteRequest;
use personality::PersonalityId;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, MessageMarker, UserMarker},
};

use crate::{
    Error, ITEM_VERSION, Store,
    error::{failed, unreadable},
    gather::Key,
    has_aged,
    item::{Fresh, Item},
    keep::{delete, put},
    n, padded,
    person::partition,
    retention, s, ttl,
};

/// What the sort keys of a person's reports begin with.
const PREFIX: &str = "R#";
/// The partition of the list.
const LIST: &str = "REPORTS";
/// Keys DynamoDB takes in one read.
const MOST_KEYS: usize = 100;

/// A reported reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// Who reports it.
    pub by: Id<UserMarker>,
    /// In which guild; none in a direct message.
    pub guild: Option<Id<GuildMarker>>,
    /// In which channel.
    pub channel: Id<ChannelMarker>,
    /// The reply.
    pub message_id: Id<MessageMarker>,
    /// Who said it.
    pub personality: PersonalityId,
    /// What is wrong with it, in the words of who reports it.
    pub reason: String,
}

impl Report {
    /// Whether its time is not over yet.
    fn is_kept(&self, now_ms: u64) -> bool {
        !has_aged(ttl(self.at_ms, retention::AUDIT), now_ms)
    }

    /// The reply's link, as Discord copies it.
    pub fn link(&self) -> String {
        let place = self.guild.map_or_else(|| "@me".to_owned(), |guild| guild.to_string());
        format!("https://discord.com/channels/{place}/{}/{}", self.channel, self.message_id)
    }
}

/// What leads from the list to a report.
#[derive(Deserialize)]
struct Pointer {
    by: Id<UserMarker>,
    message_id: Id<MessageMarker>,
}

impl Store {
    /// Keeps a report. Reported again by the same person, the newer one holds.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn keep_report(&self, report: &Report) -> Result<(), Error> {
        let operation = || format!("keep the report of message {}", report.message_id);
        let (pk, sk) = (partition(report.by), sort(report.message_id));
        let before: Option<Report> =
            self.read_item(pk.clone(), sk.clone(), Fresh::Surely, &operation()).await?;
        let ttl = ttl(report.at_ms, retention::AUDIT);
        // First what is pointed to: a pointer to nothing would take the place of a report.
        self.write_item(pk, sk, report, Some(ttl), &operation()).await?;
        let replaced = before.as_ref().map(|before| delete(LIST.to_owned(), place(before)));
        let listed = put(Item::from([
            ("pk".to_owned(), s(LIST)),
            ("sk".to_owned(), s(place(report))),
            ("v".to_owned(), n(ITEM_VERSION)),
            ("ttl".to_owned(), n(ttl)),
            ("by".to_owned(), s(report.by.to_string())),
            ("message_id".to_owned(), s(report.message_id.to_string())),
        ]));
        // Delivered twice, both name the same place, and the last one holds.
        self.write_all(replaced.into_iter().chain([listed]).collect(), operation).await
    }

    /// The newest reports of the whole den, newest first.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn reports(&self, most: u16, now_ms: u64) -> Result<Vec<Report>, Error> {
        const OPERATION: &str = "read the reports";
        let found = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(LIST))
            .scan_index_forward(false)
            .limit(most.into())
            .send()
            .await
            .map_err(failed(OPERATION))?;
        let listed: Vec<Pointer> = serde_dynamo::from_items(found.items.unwrap_or_default())
            .map_err(unreadable(OPERATION))?;
        let key = |to: &Pointer| -> Key { (partition(to.by), sort(to.message_id)) };
        let mut reports = Vec::with_capacity(listed.len());
        for some in listed.chunks(MOST_KEYS) {
            let mut read = self.read_all(some.iter().map(key).collect()).await?;
            let read = some.iter().filter_map(|to| read.remove(&key(to)));
            reports.extend(
                read.map(serde_dynamo::from_item)
                    .collect::<Result<Vec<Report>, _>>()
                    .map_err(unreadable(OPERATION))?,
            );
        }
        reports.retain(|report| report.is_kept(now_ms));
        Ok(reports)
    }

    /// Everything somebody reported.
    pub(crate) async fn reports_of(
        &self,
        user: Id<UserMarker>,
        now_ms: u64,
    ) -> Result<Vec<Report>, Error> {
        let operation = format!("read the reports of {user}");
        let mut reports: Vec<Report> = self.all_of(partition(user), PREFIX, &operation).await?;
        reports.retain(|report| report.is_kept(now_ms));
        Ok(reports)
    }

    /// Erases what somebody reported. Returns how many reports there were.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn erase_reports(&self, user: Id<UserMarker>) -> Result<usize, Error> {
        // Those whose time is over, too.
        let all = self.reports_of(user, 0).await?;
        // First the list: what is left of it could not be found without the report.
        let listed: Vec<WriteRequest> =
            all.iter().map(|report| delete(LIST.to_owned(), place(report))).collect();
        let own = all.iter().map(|report| delete(partition(user), sort(report.message_id)));
        for gone in [listed, own.collect()] {
            self.write_all(gone, || format!("erase the reports of {user}")).await?;
        }
        Ok(all.len())
    }
}

fn sort(message: Id<MessageMarker>) -> String {
    format!("{PREFIX}{message}")
}

/// Its sort key in the list.
fn place(report: &Report) -> String {
    format!("{}#{}#{}", padded(report.at_ms), report.message_id, report.by)
}
