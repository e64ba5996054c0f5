//! The claim: the record that makes a turn happen once.
//!
//! States: *claimed → showing → generated → sent | silent*. Taking is one conditional write without a read;
//! every later write is conditional on the attempt's token, so that a worker that was slow, not dead,
//! cannot disturb its successor. A closed claim (*sent*, *silent*) acknowledges duplicates for a day.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use queue::EventId;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, WebhookMarker},
};

use crate::{
    Error, ITEM_VERSION, Store,
    error::{failed, unreadable},
    n, s, ttl,
};

/// Days a claim is kept after its last write: longer than any queue redelivers.
const KEPT_DAYS: u64 = 1;

/// One try of a turn.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Unlike any other attempt's.
    pub token: String,
    /// The time now, in milliseconds since the Unix epoch.
    pub now_ms: u64,
    /// Until when nobody else may take the claim: the turn's own deadline.
    pub lock_ms: u64,
}

/// What became of taking a claim.
#[derive(Clone, Debug)]
pub enum Claimed {
    /// It is this attempt's now, to be continued from there.
    Won(Progress),
    /// The turn has been finished: acknowledge the record.
    Closed,
    /// Another attempt is at it until then (milliseconds since the epoch): return the record.
    Live {
        /// When its lock ends.
        until_ms: u64,
    },
}

/// How far earlier attempts came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Earlier attempts that neither finished nor gave up: they crashed.
    pub crashed: u32,
    /// When the first attempt began.
    pub started_ms: u64,
    /// The events that the turn in progress answers together, its leader first.
    pub members: Vec<EventId>,
    /// The messages already shown, in order.
    pub shown: Vec<Shown>,
    /// The whole answer, if it was generated: it is not paid for twice.
    pub text: Option<String>,
}

/// A message of a reply, as it stands in Discord.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The message.
    pub message_id: Id<MessageMarker>,
    /// Its channel or thread.
    pub channel_id: Id<ChannelMarker>,
    /// Who posted it for the personality.
    pub via: Via,
}

/// Who posts for a personality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The den's bot user.
    Bot,
    /// The channel's webhook.
    Webhook(Id<WebhookMarker>),
}

/// The item as it is kept.
#[derive(Debug, Deserialize)]
struct Item {
    state: String,
    lock: u64,
    #[serde(default)]
    tries: u32,
    #[serde(default)]
    started: u64,
    #[serde(default)]
    members: Vec<EventId>,
    #[serde(default)]
    shown: Vec<Shown>,
    text: Option<String>,
}

impl Store {
    /// Takes the claim of `event` for a turn that answers `members` (leader first) together.
    ///
    /// One write, no read. Where an unfinished earlier attempt left progress, its member list stays: the
    /// caller narrows the turn to it.
    ///
    /// # Errors
    /// [`Error::Failed`]; then nothing is known and the record returns to the queue.
    pub async fn claim(
        &self,
        event: &EventId,
        members: &[EventId],
        attempt: &Attempt,
    ) -> Result<Claimed, Error> {
        let operation = || format!("claim {event}");
        let members = members.iter().map(|id| s(id.as_str())).collect();
        let taken = self
            .claim_update(event)
            .update_expression(
                "SET #v = :v, #token = :token, #lock = :lock, #ttl = :ttl, \
                 #state = if_not_exists(#state, :claimed), #started = if_not_exists(#started, :now), \
                 #members = if_not_exists(#members, :members) ADD #tries :one",
            )
            .condition_expression(
                "attribute_not_exists(pk) OR (#lock < :now AND #state IN (:claimed, :showing, :generated))",
            )
            .expression_attribute_names("#v", "v")
            .expression_attribute_names("#token", "token")
            .expression_attribute_names("#lock", "lock")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#started", "started")
            .expression_attribute_names("#members", "members")
            .expression_attribute_names("#tries", "tries")
            .expression_attribute_values(":v", n(ITEM_VERSION))
            .expression_attribute_values(":token", s(&attempt.token))
            .expression_attribute_values(":lock", n(attempt.lock_ms))
            .expression_attribute_values(":ttl", n(ttl(attempt.now_ms, KEPT_DAYS)))
            .expression_attribute_values(":now", n(attempt.now_ms))
            .expression_attribute_values(":members", AttributeValue::L(members))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":claimed", s("claimed"))
            .expression_attribute_values(":showing", s("showing"))
            .expression_attribute_values(":generated", s("generated"))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match taken {
            // A new item has no old one; the embedded engine then returns the key alone.
            Ok(output) => match output.attributes.filter(|old| old.contains_key("state")) {
                None => {
                    Ok(Claimed::Won(Progress { started_ms: attempt.now_ms, ..Progress::default() }))
                }
                Some(old) => Ok(Claimed::Won(read(old, operation)?.progress())),
            },
            Err(e) => {
                let held = e
                    .as_service_error()
                    .and_then(|e| match e {
                        aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(e) => {
                            e.item().cloned()
                        }
                        _ => None,
                    });
                match held {
                    Some(item) => Ok(read(item, operation)?.held()),
                    None => Err(failed(operation())(e)),
                }
            }
        }
    }

    /// Records the messages shown so far: written right after each first appearance of one.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn showing(
        &self,
        event: &EventId,
        attempt: &Attempt,
        shown: &[Shown],
    ) -> Result<(), Error> {
        // A text generated earlier and now being posted stays generated.
        self.write_claim(
            event,
            attempt,
            "note what is shown of",
            "SET #state = if_not_exists(#generated, :state), #shown = :value",
            &[("#shown", "shown"), ("#generated", "generated"), ("#state", "state")],
            vec![
                (":state", s("showing")),
                (
                    ":value",
                    serde_dynamo::to_attribute_value(shown)
                        .map_err(unreadable(format!("claim {event}")))?,
                ),
            ],
        )
        .await
    }

    /// Records the whole answer before its final post.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn generated(
        &self,
        event: &EventId,
        attempt: &Attempt,
        text: &str,
    ) -> Result<(), Error> {
        self.write_claim(
            event,
            attempt,
            "keep the answer to",
            "SET #state = :state, #generated = :state, #text = :value",
            &[("#state", "state"), ("#generated", "generated"), ("#text", "text")],
            vec![(":state", s("generated")), (":value", s(text))],
        )
        .await
    }

    /// Closes the claim with its explanation (ids and figures, no words); the text goes.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn close(
        &self,
        event: &EventId,
        attempt: &Attempt,
        spoke: bool,
        why: &str,
    ) -> Result<(), Error> {
        self.write_claim(
            event,
            attempt,
            "close",
            "SET #state = :state, #why = :value REMOVE #text, #generated",
            &[("#state", "state"), ("#why", "why"), ("#text", "text"), ("#generated", "generated")],
            vec![(":state", s(if spoke { "sent" } else { "silent" })), (":value", s(why))],
        )
        .await
    }

    /// Gives the claim up, so that the next attempt need not wait and does not count this one as a crash.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn give_up(&self, event: &EventId, attempt: &Attempt) -> Result<(), Error> {
        self.write_claim(
            event,
            attempt,
            "give up",
            "SET #lock = :zero ADD #tries :less",
            &[("#lock", "lock"), ("#tries", "tries")],
            vec![(":zero", n(0)), (":less", n(-1))],
        )
        .await
    }

    async fn write_claim(
        &self,
        event: &EventId,
        attempt: &Attempt,
        verb: &str,
        update: &str,
        names: &[(&str, &str)],
        values: Vec<(&str, AttributeValue)>,
    ) -> Result<(), Error> {
        let mut request = self
            .claim_update(event)
            .update_expression(update)
            .condition_expression("#token = :token")
            .expression_attribute_names("#token", "token")
            .expression_attribute_values(":token", s(&attempt.token));
        for (placeholder, name) in names {
            request = request.expression_attribute_names(*placeholder, *name);
        }
        for (placeholder, value) in values {
            request = request.expression_attribute_values(placeholder, value);
        }
        let operation = format!("{verb} {event}");
        match request.send().await.map_err(failed(operation.clone())) {
            Ok(_) => Ok(()),
            Err(e) if e.code() == Some("ConditionalCheckFailedException") => {
                Err(Error::ClaimLost { operation })
            }
            Err(e) => Err(e),
        }
    }

    fn claim_update(
        &self,
        event: &EventId,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        let (pk, sk) = key(event);
        self.db.update_item().table_name(&self.table).key("pk", s(pk)).key("sk", s(sk))
    }
}

/// Claims of one cause lie together, so that `why` finds every personality's.
pub(crate) fn key(event: &EventId) -> (String, String) {
    let personality = event.as_str().rsplit_once(':').map_or("", |(_, personality)| personality);
    (format!("E#{}", event.cause()), format!("P#{personality}"))
}

fn read(
    item: HashMap<String, AttributeValue>,
    operation: impl Fn() -> String,
) -> Result<Item, Error> {
    serde_dynamo::from_item(item).map_err(unreadable(operation()))
}

impl Item {
    fn progress(self) -> Progress {
        Progress {
            crashed: self.tries,
            started_ms: self.started,
            members: self.members,
            shown: self.shown,
            text: self.text,
        }
    }

    fn held(self) -> Claimed {
        match self.state.as_str() {
            "sent" | "silent" => Claimed::Closed,
            _ => Claimed::Live { until_ms: self.lock },
        }
    }
}
