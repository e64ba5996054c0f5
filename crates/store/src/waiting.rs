//! Erasing what waits: events in the inbox of one machine, and what was put aside.

use aws_sdk_dynamodb::types::AttributeValue;
use queue::{Event, What};
use twilight_model::id::{Id, marker::UserMarker};

use crate::{
    Error, Store, claim,
    error::failed,
    inbox::{DEAD, INBOX},
    keep::{delete, unless_changed},
    s,
};

/// What becomes of a waiting body.
#[derive(Debug, PartialEq)]
enum Fate {
    /// Nothing of theirs is in it.
    Stays,
    /// It is theirs.
    Goes,
    /// Somebody else's with words of theirs in it: this is without them.
    Redacted(String),
}

impl Store {
    /// Erases a person from what waits: events they caused until `now_ms` go, unanswered; from the events of
    /// others go the lines they had said before. Returns how many rows that changed.
    ///
    /// # Errors
    /// [`Error::Failed`]; done again, it goes on.
    pub async fn erase_waiting(&self, user: Id<UserMarker>, now_ms: u64) -> Result<usize, Error> {
        let operation = || format!("erase what waits of {user}");
        let mut n_changed = 0;
        for partition in [INBOX, DEAD] {
            for (id, body) in self.waiting(partition).await? {
                match fate(&body, user, now_ms) {
                    Fate::Stays => continue,
                    Fate::Goes => {
                        if let Ok(event) = Event::read(&body) {
                            self.forget_answer(&event).await?;
                        }
                        let row = delete(partition.to_owned(), id);
                        self.write_all(vec![row], operation).await?;
                    }
                    Fate::Redacted(body) => self.redact(partition, &id, &body).await?,
                }
                n_changed += 1;
            }
        }
        Ok(n_changed)
    }

    async fn redact(&self, partition: &str, id: &str, body: &str) -> Result<(), Error> {
        let redacted = self
            .db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(partition))
            .key("sk", s(id))
            .update_expression("SET body = :body")
            // Dealt with meanwhile, it must not come back.
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":body", s(body))
            .send()
            .await;
        unless_changed(redacted.map_err(failed(format!("redact event {id}"))))
    }

    /// Drops the answer that a broken-off turn had generated: it may quote the question.
    async fn forget_answer(&self, event: &Event) -> Result<(), Error> {
        let (pk, sk) = claim::key(&event.id);
        let dropped = self
            .db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .update_expression("REMOVE #text, #generated, #own")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#text", "text")
            .expression_attribute_names("#generated", "generated")
            .expression_attribute_names("#own", "own")
            .send()
            .await;
        unless_changed(dropped.map_err(failed(format!("drop the answer to {}", event.id))))
    }

    /// The ids and bodies of a partition of events.
    async fn waiting(&self, partition: &str) -> Result<Vec<(String, String)>, Error> {
        let mut pages = self
            .db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", s(partition))
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut rows = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(failed("read what waits"))?;
            for mut item in page.items.unwrap_or_default() {
                let mut text = |name: &str| match item.remove(name) {
                    Some(AttributeValue::S(text)) => text,
                    _ => String::new(),
                };
                rows.push((text("sk"), text("body")));
            }
        }
        Ok(rows)
    }
}

fn fate(body: &str, user: Id<UserMarker>, now_ms: u64) -> Fate {
    let Ok(mut event) = Event::read(body) else {
        // Nobody can say what is in it; that they are named in it is enough.
        let is_named = body.contains(&user.to_string());
        return if is_named { Fate::Goes } else { Fate::Stays };
    };
    if event.author.id == user {
        return if event.received_at_ms <= now_ms { Fate::Goes } else { Fate::Stays };
    }
    event.preceding.retain(|line| line.author.id != user);
    match &mut event.what {
        What::Message(message) => {
            if let Some(quoted) = message.reply_to.as_mut().filter(|q| q.author.id == user) {
                quoted.text.clear();
            }
        }
        What::Command(command) => {
            if let Some(target) = command.target.as_mut().filter(|t| t.author.id == user) {
                target.text.clear();
            }
        }
        _ => {}
    }
    match event.write() {
        redacted if redacted == body => Fate::Stays,
        redacted => Fate::Redacted(redacted),
    }
}
