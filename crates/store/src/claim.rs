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
    Error, Held, ITEM_VERSION, Store,
    error::{failed, unreadable},
    n, retention, s, ttl,
};

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
    /// Whether there was an earlier attempt, however it ended: it may have left something in the channel.
    pub is_retake: bool,
    /// Whether an earlier attempt was counted by the limits: it is not counted again.
    pub was_counted: bool,
    /// Earlier attempts that neither finished nor gave up: they crashed.
    pub crashed: u32,
    /// The events that the turn in progress answers together, its leader first. Once something is shown or
    /// generated these are exactly the ones it answers.
    pub members: Vec<EventId>,
    /// The messages already shown, in order.
    pub shown: Vec<Shown>,
    /// The whole answer, if there is one: it is not paid for twice.
    pub answer: Option<Answer>,
    /// What an earlier attempt reserved and never settled: to be released by this one.
    pub held: Option<Held>,
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// Whether the personality found the words itself; otherwise it is a fixed line.
    pub own_words: bool,
}

impl Progress {
    /// Whether people may have seen a part of the answer, or it is whole: then it was let in once, and is
    /// finished.
    pub fn has_begun(&self) -> bool {
        !self.shown.is_empty() || self.answer.is_some()
    }
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
    token: String,
    lock: u64,
    /// Attempts that took the claim, less those that gave it up.
    #[serde(default)]
    tries: i64,
    #[serde(default)]
    members: Vec<EventId>,
    #[serde(default)]
    shown: Vec<Shown>,
    text: Option<String>,
    #[serde(default)]
    own: bool,
    #[serde(default)]
    uncounted: bool,
    held: Option<Held>,
}

impl Store {
    /// Takes the claim of `event` for a turn that answers `members` (leader first) together, and notes what
    /// it holds of the budgets, in the place of what an earlier attempt held.
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
        held: Option<Held>,
    ) -> Result<Claimed, Error> {
        let operation = || format!("claim {event}");
        let held = held.map_or(Ok(AttributeValue::Null(true)), serde_dynamo::to_attribute_value);
        let taken = self
            .claim_update(event)
            .update_expression(
                "SET #v = :v, #token = :token, #lock = :lock, #ttl = :ttl, #held = :held, \
                 #state = if_not_exists(#state, :claimed), \
                 #members = if_not_exists(#members, :members) REMOVE #uncounted ADD #tries :one",
            )
            .expression_attribute_names("#held", "held")
            .expression_attribute_values(":held", held.map_err(unreadable(operation()))?)
            .condition_expression(
                "attribute_not_exists(pk) OR (#lock < :now AND #state IN (:claimed, :showing, :generated))",
            )
            .expression_attribute_names("#uncounted", "uncounted")
            .expression_attribute_names("#v", "v")
            .expression_attribute_names("#token", "token")
            .expression_attribute_names("#lock", "lock")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#members", "members")
            .expression_attribute_names("#tries", "tries")
            .expression_attribute_values(":v", n(ITEM_VERSION))
            .expression_attribute_values(":token", s(&attempt.token))
            .expression_attribute_values(":lock", n(attempt.lock_ms))
            .expression_attribute_values(":ttl", n(ttl(attempt.now_ms, retention::CLAIM)))
            .expression_attribute_values(":now", n(attempt.now_ms))
            .expression_attribute_values(":members", ids(members))
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
                None => Ok(Claimed::Won(Progress::default())),
                Some(old) => Ok(Claimed::Won(read(old, operation)?.progress(0))),
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
                    Some(item) => Ok(read(item, operation)?.held(attempt)),
                    None => Err(failed(operation())(e)),
                }
            }
        }
    }

    /// Records the messages shown so far, and which events they answer: written right after each first
    /// appearance of one.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn showing(
        &self,
        event: &EventId,
        members: &[EventId],
        attempt: &Attempt,
        shown: &[Shown],
    ) -> Result<(), Error> {
        let list = serde_dynamo::to_attribute_value(shown);
        self.write_claim(
            event,
            attempt,
            "note what is shown of",
            // A text generated earlier and now being posted stays generated.
            "SET #state = if_not_exists(#generated, :state), #shown = :value, #members = :members",
            &[
                ("#shown", "shown"),
                ("#generated", "generated"),
                ("#state", "state"),
                ("#members", "members"),
            ],
            vec![
                (":state", s("showing")),
                (":value", list.map_err(unreadable(format!("claim {event}")))?),
                (":members", ids(members)),
            ],
        )
        .await
    }

    /// Records the whole answer before its final post, and which events it answers.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn generated(
        &self,
        event: &EventId,
        members: &[EventId],
        attempt: &Attempt,
        answer: &Answer,
    ) -> Result<(), Error> {
        self.write_claim(
            event,
            attempt,
            "keep the answer to",
            "SET #state = :state, #generated = :state, #text = :value, #own = :own, #members = :members",
            &[
                ("#state", "state"),
                ("#generated", "generated"),
                ("#text", "text"),
                ("#own", "own"),
                ("#members", "members"),
            ],
            vec![
                (":state", s("generated")),
                (":value", s(&answer.text)),
                (":own", AttributeValue::Bool(answer.own_words)),
                (":members", ids(members)),
            ],
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
            "SET #state = :state, #why = :value REMOVE #text, #generated, #own",
            &[
                ("#state", "state"),
                ("#why", "why"),
                ("#text", "text"),
                ("#generated", "generated"),
                ("#own", "own"),
            ],
            vec![(":state", s(if spoke { "sent" } else { "silent" })), (":value", s(why))],
        )
        .await
    }

    /// Notes that the turn holds nothing of the budgets any more, before it is settled: a crash in between
    /// leaves too much reserved, never too little.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn let_go(&self, event: &EventId, attempt: &Attempt) -> Result<(), Error> {
        self.hold(event, attempt, None).await
    }

    /// Notes what the turn holds of the budgets, where it was not noted when the claim was taken.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn hold(
        &self,
        event: &EventId,
        attempt: &Attempt,
        held: Option<Held>,
    ) -> Result<(), Error> {
        let held = held.map_or(Ok(AttributeValue::Null(true)), serde_dynamo::to_attribute_value);
        self.write_claim(
            event,
            attempt,
            "settle",
            "SET #held = :value",
            &[("#held", "held")],
            vec![(":value", held.map_err(unreadable(format!("settle {event}")))?)],
        )
        .await
    }

    /// Gives the claim up, so that the next attempt need not wait and does not count this one as a crash.
    /// Done twice, it counts once.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn give_up(&self, event: &EventId, attempt: &Attempt) -> Result<(), Error> {
        self.write_claim_if(
            "#token = :token AND #lock > :zero",
            event,
            attempt,
            "give up",
            "SET #lock = :zero ADD #tries :less",
            &[("#lock", "lock"), ("#tries", "tries")],
            vec![(":zero", n(0)), (":less", n(-1))],
        )
        .await
    }

    /// The same for a turn whose count is taken back: the next attempt is counted, unless one before was. To be done
    /// first: killed in between, the turn counts once too often rather than never.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn give_up_uncounted(
        &self,
        event: &EventId,
        attempt: &Attempt,
        before: &Progress,
    ) -> Result<(), Error> {
        if before.was_counted {
            return self.give_up(event, attempt).await;
        }
        self.write_claim_if(
            "#token = :token AND #lock > :zero",
            event,
            attempt,
            "give up",
            "SET #lock = :zero, #uncounted = :true ADD #tries :less",
            &[("#lock", "lock"), ("#tries", "tries"), ("#uncounted", "uncounted")],
            vec![(":zero", n(0)), (":less", n(-1)), (":true", AttributeValue::Bool(true))],
        )
        .await
    }

    /// Lets the claim go without forgetting how often it crashed: whoever takes it next sees a poisonous
    /// event again. The text goes: an event that is put aside and tried again is answered anew.
    ///
    /// # Errors
    /// [`Error::ClaimLost`], [`Error::Failed`].
    pub async fn release(&self, event: &EventId, attempt: &Attempt) -> Result<(), Error> {
        self.write_claim(
            event,
            attempt,
            "release",
            "SET #lock = :zero REMOVE #text, #generated, #own",
            &[("#lock", "lock"), ("#text", "text"), ("#generated", "generated"), ("#own", "own")],
            vec![(":zero", n(0))],
        )
        .await
    }

    /// Ends the lock of whoever had the claim: its next attempt need not wait, and counts a crash. Only for who knows
    /// that nobody has it any more. An event without a claim stays without one.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn unlock(&self, event: &EventId) -> Result<(), Error> {
        let (pk, sk) = key(event);
        let unlocked = self
            .db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .condition_expression("attribute_exists(pk)")
            .update_expression("SET #lock = :zero")
            .expression_attribute_names("#lock", "lock")
            .expression_attribute_values(":zero", n(0))
            .send()
            .await;
        match unlocked.map(drop).map_err(failed(format!("end the lock of {event}"))) {
            Err(e) if e.code() == Some("ConditionalCheckFailedException") => Ok(()),
            other => other,
        }
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
        self.write_claim_if("#token = :token", event, attempt, verb, update, names, values).await
    }

    #[expect(clippy::too_many_arguments, reason = "an update in DynamoDB's own parts")]
    async fn write_claim_if(
        &self,
        condition: &str,
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
            .condition_expression(condition)
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
    /// What the attempts of before left; `own_tries` of the tries are the present attempt's.
    fn progress(self, own_tries: i64) -> Progress {
        let own_words = self.own;
        Progress {
            is_retake: true,
            was_counted: !self.uncounted,
            crashed: u32::try_from((self.tries - own_tries).max(0)).unwrap_or(u32::MAX),
            members: self.members,
            shown: self.shown,
            answer: self.text.map(|text| Answer { text, own_words }),
            held: self.held,
        }
    }

    fn held(self, attempt: &Attempt) -> Claimed {
        match self.state.as_str() {
            "sent" | "silent" => Claimed::Closed,
            // Our own write, whose answer was lost on the way: the SDK tried again.
            // What is held is its own as well, and what was held before is not known: it stays reserved.
            _ if self.token == attempt.token => {
                // Nor is it known whether an attempt before was counted: once too often rather than never.
                Claimed::Won(Progress { held: None, was_counted: false, ..self.progress(1) })
            }
            _ => Claimed::Live { until_ms: self.lock },
        }
    }
}

fn ids(events: &[EventId]) -> AttributeValue {
    AttributeValue::L(events.iter().map(|id| s(id.as_str())).collect())
}
