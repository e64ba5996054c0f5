//! Serving the SQS event source under Lambda, with partial batch responses.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{LambdaEvent, service_fn};
use personality::PersonalityId;

use crate::{
    Deadline, Delivery, Worker,
    source::{Record, Source},
};

/// Serves invocations until the runtime ends.
///
/// # Errors
/// When the Lambda Runtime API cannot be reached.
pub async fn run(
    worker: Worker,
    client: aws_sdk_sqs::Client,
    prefix: &str,
) -> Result<(), lambda_runtime::Error> {
    let handle = |event: LambdaEvent<SqsEvent>| {
        let (worker, client) = (worker.clone(), client.clone());
        async move { Ok::<_, std::convert::Infallible>(serve(&worker, client, prefix, event).await) }
    };
    lambda_runtime::run(service_fn(handle)).await
}

async fn serve(
    worker: &Worker,
    client: aws_sdk_sqs::Client,
    prefix: &str,
    event: LambdaEvent<SqsEvent>,
) -> SqsBatchResponse {
    let deadline = Deadline::at_ms(event.context.deadline);
    let arn = event
        .payload
        .records
        .iter()
        .find_map(|record| record.event_source_arn.clone())
        .unwrap_or_default();
    let batch: Vec<Record> = event.payload.records.into_iter().map(record).collect();
    let everything = || batch.iter().map(|record| record.message_id.clone()).collect::<Vec<_>>();
    let failed = match Queue::find(&client, prefix, &arn).await {
        Ok(queue) => {
            let source = Source { client, url: queue.url, personality: queue.personality };
            let unfinished = source.serve(worker, batch.clone(), deadline).await;
            unfinished.into_iter().map(|record| record.message_id).collect()
        }
        Err(reason) => {
            tracing::error!(reason, "a batch came from a queue that is not ours; it returns");
            everything()
        }
    };
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed
        .into_iter()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    response
}

/// The queue a batch came from.
struct Queue {
    url: String,
    personality: PersonalityId,
}

impl Queue {
    /// From its ARN, as in `arn:aws:sqs:eu-central-1:123456789012:roast-den-grim.fifo`.
    async fn find(client: &aws_sdk_sqs::Client, prefix: &str, arn: &str) -> Result<Self, String> {
        let name = arn.rsplit(':').next().unwrap_or_default();
        let id = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".fifo"));
        let id = id.ok_or_else(|| {
            format!("{arn} is no queue of the prefix {prefix}; see DEN_QUEUE_PREFIX")
        })?;
        let personality = id.parse().map_err(|e| format!("{arn}: {e}"))?;
        let found = client.get_queue_url().queue_name(name).send().await;
        let url =
            found.map_err(|e| format!("{arn}: {}", aws_sdk_sqs::error::DisplayErrorContext(&e)))?;
        Ok(Self {
            url: url.queue_url.ok_or_else(|| format!("{arn}: no address came back"))?,
            personality,
        })
    }
}

fn record(message: SqsMessage) -> Record {
    let attribute = |name: &str| message.attributes.get(name).cloned().unwrap_or_default();
    Record {
        group: attribute("MessageGroupId"),
        delivery: Delivery {
            body: message.body.clone().unwrap_or_default(),
            receives: attribute("ApproximateReceiveCount").parse().unwrap_or(1),
        },
        message_id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
    }
}
