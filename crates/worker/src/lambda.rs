//! Serving the SQS event source under Lambda, with partial batch responses.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::join_all;
use lambda_runtime::{LambdaEvent, service_fn};
use tokio::sync::OnceCell;

use crate::{
    Deadline, Delivery, Worker,
    source::{Record, Source, groups},
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
    let function = Function { worker, client, prefix: prefix.to_owned(), source: OnceCell::new() };
    let function = &function;
    let handle = |event: LambdaEvent<SqsEvent>| async move {
        Ok::<_, std::convert::Infallible>(function.serve(event).await)
    };
    lambda_runtime::run(service_fn(handle)).await
}

struct Function {
    worker: Worker,
    client: aws_sdk_sqs::Client,
    prefix: String,
    /// Found at the first batch: a function has one queue.
    source: OnceCell<Source>,
}

impl Function {
    async fn serve(&self, event: LambdaEvent<SqsEvent>) -> SqsBatchResponse {
        let deadline = Deadline::at_ms(event.context.deadline);
        let arn = event.payload.records.iter().find_map(|record| record.event_source_arn.clone());
        let arn = arn.unwrap_or_default();
        let batch: Vec<Record> = event.payload.records.into_iter().map(record).collect();
        let unfinished = match self.source.get_or_try_init(|| self.find(&arn)).await {
            Ok(source) => {
                let groups = groups(batch).into_iter();
                let served = groups.map(|group| source.serve(&self.worker, group, deadline));
                join_all(served).await.into_iter().flatten().collect()
            }
            Err(reason) => {
                tracing::error!(reason, "the queue of a batch was not found; the batch returns");
                batch
            }
        };
        let mut response = SqsBatchResponse::default();
        response.batch_item_failures = unfinished
            .into_iter()
            .map(|record| {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = record.message_id;
                failure
            })
            .collect();
        response
    }

    /// The queue, from its ARN, as in `arn:aws:sqs:eu-central-1:123456789012:roast-den-grim.fifo`.
    async fn find(&self, arn: &str) -> Result<Source, String> {
        let name = arn.rsplit(':').next().unwrap_or_default();
        let id = name.strip_prefix(&self.prefix).and_then(|rest| rest.strip_suffix(".fifo"));
        let id = id.ok_or_else(|| {
            format!("{arn} is no queue of the prefix {}; see DEN_QUEUE_PREFIX", self.prefix)
        })?;
        let personality = id.parse().map_err(|e| format!("{arn}: {e}"))?;
        let found = self.client.get_queue_url().queue_name(name).send().await;
        let found =
            found.map_err(|e| format!("{arn}: {}", aws_sdk_sqs::error::DisplayErrorContext(&e)))?;
        let url = found.queue_url.ok_or_else(|| format!("{arn}: no address came back"))?;
        Ok(Source { client: self.client.clone(), url, personality })
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
