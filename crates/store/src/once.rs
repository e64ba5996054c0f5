//! What is said only once in a while.

use crate::{Day, Error, ITEM_VERSION, Space, Store, error::failed, n, retention, s, ttl};

impl Store {
    /// Whether this is the first time on that day that `what` is asked for in a space: of any number of
    /// events that ask, one is told yes. `by` is the event; it is told the same again, however often it asks.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn is_first(
        &self,
        space: Space,
        what: &str,
        by: &str,
        day: Day,
        now_ms: u64,
    ) -> Result<bool, Error> {
        let first = self
            .db
            .put_item()
            .table_name(&self.table)
            .item("pk", s(format!("S#{space}")))
            .item("sk", s(format!("Z#{what}#{}", day.0)))
            .item("v", n(ITEM_VERSION))
            .item("ttl", n(ttl(now_ms, retention::ONCE_A_DAY)))
            .item("by", s(by))
            .condition_expression("attribute_not_exists(pk) OR #by = :by")
            .expression_attribute_names("#by", "by")
            .expression_attribute_values(":by", s(by))
            .send()
            .await;
        match first.map_err(failed(format!("say {what} once"))) {
            Ok(_) => Ok(true),
            Err(e) if e.code() == Some("ConditionalCheckFailedException") => Ok(false),
            Err(e) => Err(e),
        }
    }
}
