//! The queue as its consumer sees it: one SQS FIFO queue of one personality.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_sqs::types::ChangeMessageVisibilityBatchRequestEntry;
use personality::PersonalityId;

use crate::{Deadline, Delivery, Verdict, Worker};

/// How long after a claim's end its record is delivered again: a killed worker silences a channel for
/// seconds, not for the queue's own visibility timeout.
const AFTER_CLAIM: Duration = Duration::from_secs(5);

/// A record of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Names the record in a partial batch response.
    pub(crate) message_id: String,
    /// Names this delivery of it.
    pub(crate) receipt: String,
    /// Its message group.
    pub(crate) group: String,
    pub(crate) delivery: Delivery,
}

/// The groups of a batch, each in its order.
pub(crate) fn groups(batch: Vec<Record>) -> Vec<Vec<Record>> {
    let mut groups: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in batch {
        groups.entry(record.group.clone()).or_default().push(record);
    }
    groups.into_values().collect()
}

/// One SQS queue of one personality.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) client: aws_sdk_sqs::Client,
    pub(crate) url: String,
    pub(crate) personality: PersonalityId,
}

impl Source {
    /// Serves one group of a batch, in order. Returns the records that are not dealt with, whose next
    /// delivery has been arranged; all others may be deleted.
    pub(crate) async fn serve(
        &self,
        worker: &Worker,
        group: Vec<Record>,
        deadline: Deadline,
    ) -> Vec<Record> {
        let deliveries: Vec<Delivery> =
            group.iter().map(|record| record.delivery.clone()).collect();
        // Beside the turn's own first round trip, never before it.
        let (verdicts, ()) = tokio::join!(
            worker.serve(&deliveries, deadline),
            self.set_visibility(&group, deadline.left() + AFTER_CLAIM),
        );
        self.settle(worker, group, verdicts).await
    }

    async fn settle(
        &self,
        worker: &Worker,
        group: Vec<Record>,
        verdicts: Vec<Verdict>,
    ) -> Vec<Record> {
        let mut unfinished = Vec::new();
        let mut wait = Duration::ZERO;
        for (record, verdict) in group.into_iter().zip(verdicts) {
            let again = match verdict {
                Verdict::Done => None,
                Verdict::Retry { after } => Some(after),
                Verdict::Dead { reason } => {
                    let put = worker.dead_letters.put(
                        &self.personality,
                        &record.message_id,
                        &record.delivery.body,
                        &reason,
                    );
                    match put.await {
                        Ok(()) => None,
                        Err(e) => {
                            tracing::error!(
                                record = record.message_id,
                                error = format!("{e:#}"),
                                "a dead letter was not put aside; it returns"
                            );
                            Some(Duration::from_secs(60))
                        }
                    }
                }
            };
            if let Some(after) = again {
                wait = wait.max(after);
                unfinished.push(record);
            } else if !unfinished.is_empty() {
                // Order: what stands behind an unfinished record of its group returns with it.
                unfinished.push(record);
            }
        }
        if !unfinished.is_empty() {
            self.set_visibility(&unfinished, wait).await;
        }
        unfinished
    }

    /// Best effort: without it the queue's own visibility timeout holds.
    async fn set_visibility(&self, records: &[Record], after: Duration) {
        // SQS takes up to 12 hours.
        let seconds = i32::try_from(after.as_secs().min(43_200)).unwrap_or(43_200);
        for chunk in records.chunks(10) {
            let entries = chunk
                .iter()
                .enumerate()
                .map(|(at, record)| {
                    ChangeMessageVisibilityBatchRequestEntry::builder()
                        .id(at.to_string())
                        .receipt_handle(&record.receipt)
                        .visibility_timeout(seconds)
                        .build()
                        .expect("id and receipt are set")
                })
                .collect();
            let changed = self
                .client
                .change_message_visibility_batch()
                .queue_url(&self.url)
                .set_entries(Some(entries))
                .send()
                .await;
            match changed {
                Ok(output) if output.failed().is_empty() => {}
                Ok(output) => {
                    tracing::warn!(personality = %self.personality, failed = output.failed().len(), "some records kept their visibility");
                }
                Err(e) => {
                    tracing::warn!(personality = %self.personality, error = %aws_sdk_sqs::error::DisplayErrorContext(&e), "records kept their visibility");
                }
            }
        }
    }
}
