//! Episodes: the words themselves, because recall of months needs the words of months.
//!
//! The newest messages of a scope lie open, one item each. When more than 64 do, the oldest 32 are folded into
//! a sealed page: one item, deflated, with its speakers and its range outside the compressed part. One query,
//! newest first, reads the scope's mark, then the open ones and the pages.
//!
//! | sort key | what |
//! |---|---|
//! | `E#<personality>#<message>` | an open message |
//! | `E#<personality>#<last message>P<first message>` | a page: by its last message, so that a read of what is later than some message meets every page that holds such a one |
//! | `E#<personality>#~` | the mark, before all others newest first: whoever reads it new reads everything else new |

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use serde::{Deserialize, Serialize};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, UserMarker},
};

use crate::{
    Error, Scope, Speaker, Store,
    error::failed,
    has_aged,
    item::Item,
    leaf::{is_mark, leaf, mark_sort, number, sort},
    s,
};

/// Items one read returns: all the open ones and about 5,000 messages in pages.
pub(crate) const MOST_READ: i32 = 225;
/// Turns of other channels may be kept later than what was said after them. So a read of what is new begins
/// this much earlier: longer than a turn lasts, its waiting included.
const OVERLAP_MS: u64 = 15 * 60 * 1000;

/// A message that is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// The message; a command's question has its interaction's id.
    pub message_id: Id<MessageMarker>,
    /// Where it was said.
    pub channel_id: Id<ChannelMarker>,
    /// Who said it.
    pub speaker: Speaker,
    /// What was said, cleaned.
    pub text: String,
    /// The message it replies to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Id<MessageMarker>>,
    /// Of the personality's own words: everybody whose words they answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Id<UserMarker>>,
    /// Of the personality's own words: others whose words of before stand in them again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drawn: Vec<Id<UserMarker>>,
    /// What recall looks for in it, made when it was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<u32>,
    /// By which rules they were made; terms of other rules are made anew.
    #[serde(default)]
    pub terms_version: u8,
    /// When it ages out, in seconds since the Unix epoch; 0 where nobody knows. Who keeps it need not set it.
    #[serde(default, rename = "ttl", skip_serializing_if = "is_unknown")]
    pub expires_s: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_unknown(expires_s: &u64) -> bool {
    *expires_s == 0
}

impl Episode {
    /// Whose erasure takes it along.
    pub fn belongs_to(&self, user: Id<UserMarker>) -> bool {
        self.people().any(|person| person == user)
    }

    /// Whether they said it, or it was said to them: then it is theirs to read.
    pub fn is_of(&self, user: Id<UserMarker>) -> bool {
        let is_speaker = matches!(&self.speaker, Speaker::Person { id, .. } if *id == user);
        is_speaker || self.to.contains(&user)
    }

    /// Whether its time is over: it is not to be read any more, though it may still lie there.
    pub(crate) fn has_aged(&self, now_ms: u64) -> bool {
        has_aged(self.expires_s, now_ms)
    }

    /// Everybody whose erasure takes it along: who said it, to whom the personality did, or of whose words that was made.
    pub fn people(&self) -> impl Iterator<Item = Id<UserMarker>> {
        let speaker = match &self.speaker {
            Speaker::Person { id, .. } => Some(*id),
            Speaker::Me => None,
        };
        speaker.into_iter().chain(self.to.iter().chain(&self.drawn).copied())
    }
}

/// What a read of a scope returned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Episodes {
    /// The messages, oldest first.
    pub messages: Vec<Episode>,
    /// How many lie open, those that have aged included.
    pub n_open: usize,
    /// Where it goes on with older ones; none where there are none, or only later ones than some message were read.
    pub older: Option<Older>,
}

/// A place in what was said in a scope, with older messages behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Older(Item);

impl Store {
    /// The newest messages of a scope, oldest first: the open ones and about 5,000 more. With `after`, those
    /// later than that message, and once more those of a quarter of an hour before it.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Torn`].
    pub async fn episodes(
        &self,
        scope: &Scope,
        after: Option<Id<MessageMarker>>,
        now_ms: u64,
    ) -> Result<Episodes, Error> {
        self.marked_episodes(scope, after, now_ms).await.map(|(episodes, _)| episodes)
    }

    /// The same with the scope's mark as it was before them.
    pub(crate) async fn marked_episodes(
        &self,
        scope: &Scope,
        after: Option<Id<MessageMarker>>,
        now_ms: u64,
    ) -> Result<(Episodes, u64), Error> {
        let from = after.map_or(0, |after| after.get().saturating_sub(OVERLAP_MS << 22));
        let query = self.scope_query(scope, &sort(scope, from));
        let (mut episodes, mark) = read(query, scope, now_ms).await?;
        if after.is_some() {
            episodes.messages.retain(|message| message.message_id.get() >= from);
            // What was said before is known.
            episodes.older = None;
        }
        Ok((episodes, mark))
    }

    /// About 7,000 messages more, older than those read before, oldest first.
    ///
    /// # Errors
    /// As [`Store::episodes`] has.
    pub async fn older_episodes(
        &self,
        scope: &Scope,
        older: &Older,
        now_ms: u64,
    ) -> Result<Episodes, Error> {
        // Consistent: whoever holds them believes a mark that was read before, and nothing older may come with it.
        let query = self.scope_query(scope, &sort(scope, 0)).consistent_read(true);
        let query = query.set_exclusive_start_key(Some(older.0.clone()));
        Ok(read(query, scope, now_ms).await?.0)
    }

    /// What lies in a scope from a sort key on, mark included.
    pub(crate) fn scope_query(&self, scope: &Scope, from: &str) -> QueryFluentBuilder {
        self.db
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", s(scope.partition()))
            .expression_attribute_values(":from", s(from))
            .expression_attribute_values(":to", s(mark_sort(scope)))
    }
}

/// The newest of what a query finds, oldest first, with the scope's mark if it is among it.
async fn read(
    query: QueryFluentBuilder,
    scope: &Scope,
    now_ms: u64,
) -> Result<(Episodes, u64), Error> {
    let operation = || format!("read what was said in {}", scope.space);
    let found = query.scan_index_forward(false).limit(MOST_READ).send().await;
    let found = found.map_err(failed(operation()))?;
    let older = found.last_evaluated_key.map(Older);
    let items = found.items.unwrap_or_default();
    let (mut mark, mut n_open, mut messages) = (0, 0, Vec::new());
    for item in items {
        if is_mark(&item) {
            mark = number(&item, "n");
            continue;
        }
        let leaf = leaf(item, operation)?;
        n_open += usize::from(leaf.page.is_none());
        messages.extend(leaf.messages.into_iter().map(|message| (message, leaf.page.is_some())));
    }
    // Pages may overlap a little; and what lies open beside its page was kept again later.
    messages.sort_by_key(|(message, is_sealed)| (message.message_id, *is_sealed));
    messages.dedup_by_key(|(message, _)| message.message_id);
    let messages = messages.into_iter().map(|(message, _)| message);
    let messages = messages.filter(|message| !message.has_aged(now_ms)).collect();
    Ok((Episodes { messages, n_open, older }, mark))
}
