//! What queues are called.

use personality::PersonalityId;

/// The dead-letter queue of a personality: FIFO like the queue it belongs to, as SQS wants it.
pub fn dead_letter_queue_name(prefix: &str, personality: &PersonalityId) -> String {
    format!("{prefix}{personality}-dlq.fifo")
}
