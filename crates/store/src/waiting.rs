//! Erasing what waits: events in the inbox of one machine, and what was put aside.

use aws_sdk_dynamodb::types::AttributeValue;
use queue::{Event, Person, What};
use twilight_model::id::{
    Id,
    marker::{GuildMarker, UserMarker},
};

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
    /// It stays without words that were theirs, or said to them: this is what is left.
    Redacted(String),
}

impl Store {
    /// Erases a person from what waits: events they caused until `now_ms` go, unanswered; from all others go
    /// the lines they had said before, and those of personalities, who may have said them to them. Returns how
    /// many rows that changed.
    ///
    /// # Errors
    /// [`Error::Failed`]; done again, it goes on.
    pub async fn erase_waiting(&self, user: Id<UserMarker>, now_ms: u64) -> Result<usize, Error> {
        let mut n_changed = 0;
        for partition in [INBOX, DEAD] {
            for (id, body) in self.waiting(partition).await? {
                match fate(&body, user, now_ms) {
                    Fate::Stays => continue,
                    Fate::Goes => self.drop_waiting(partition, &id, &body).await?,
                    Fate::Redacted(body) => self.redact(partition, &id, &body).await?,
                }
                n_changed += 1;
            }
        }
        Ok(n_changed)
    }

    /// Erases a guild from what waits: every event in it goes, unanswered.
    ///
    /// # Errors
    /// [`Error::Failed`]; done again, it goes on.
    pub(crate) async fn erase_waiting_in(&self, guild: Id<GuildMarker>) -> Result<(), Error> {
        for partition in [INBOX, DEAD] {
            for (id, body) in self.waiting(partition).await? {
                if is_in(&body, guild) {
                    self.drop_waiting(partition, &id, &body).await?;
                }
            }
        }
        Ok(())
    }

    /// Removes an event, and first the answer to it: without the event nothing would lead there.
    async fn drop_waiting(&self, partition: &str, id: &str, body: &str) -> Result<(), Error> {
        if let Ok(event) = Event::read(body) {
            self.forget_answer(&event).await?;
        }
        let row = delete(partition.to_owned(), id.to_owned());
        self.write_all(vec![row], || format!("erase waiting event {id}")).await
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
    if event.author.id == user && event.received_at_ms <= now_ms {
        return Fate::Goes;
    }
    // To whom a personality said something is not noted in an event. It is only context: all of it goes.
    let goes = |author: &Person, ours: bool| ours || author.id == user;
    event.preceding.retain(|line| !goes(&line.author, line.ours));
    match &mut event.what {
        What::Message(message) => {
            if let Some(quoted) = message.reply_to.as_mut().filter(|q| goes(&q.author, q.ours)) {
                quoted.text.clear();
            }
        }
        What::Command(command) => {
            if let Some(target) = command.target.as_mut().filter(|t| goes(&t.author, t.ours)) {
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

/// Whether an event happened in a guild; that the den came or went has no words in it, and stays. Of a body that cannot
/// be read it is enough that it names the guild.
fn is_in(body: &str, guild: Id<GuildMarker>) -> bool {
    match Event::read(body) {
        Ok(event) => {
            event.guild_id == Some(guild) && !matches!(event.what, What::Joined | What::Left)
        }
        Err(_) => body.contains(&guild.to_string()),
    }
}
