//! Whose words are not handed over to others, kept with each scope they have words in, so that a turn knows it
//! of everybody from its one round trip.

use aws_sdk_dynamodb::types::AttributeValue;
use twilight_model::id::{Id, marker::UserMarker};

use crate::{Error, ITEM_VERSION, Scope, Store, error::failed, leaf::mark_sort, n, s};

impl Store {
    /// Notes in a scope whether a person's words may be handed over to others there.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn set_quotable(
        &self,
        scope: &Scope,
        user: Id<UserMarker>,
        is_quotable: bool,
    ) -> Result<(), Error> {
        let update = match is_quotable {
            true => "DELETE unquoted :user SET #v = :v",
            false => "ADD unquoted :user SET #v = :v",
        };
        self.db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(scope.partition()))
            .key("sk", s(mark_sort(scope)))
            .update_expression(update)
            .expression_attribute_names("#v", "v")
            .expression_attribute_values(":user", AttributeValue::Ss(vec![user.to_string()]))
            .expression_attribute_values(":v", n(ITEM_VERSION))
            .send()
            .await
            .map(drop)
            .map_err(failed(format!("note whether {user} may be quoted")))
    }

    /// Notes in every scope a person has words in whether they may be handed over to others.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`]; done again, it goes on.
    pub async fn set_quotable_everywhere(
        &self,
        user: Id<UserMarker>,
        is_quotable: bool,
    ) -> Result<(), Error> {
        let mut scopes: Vec<Scope> =
            self.traces(user).await?.iter().map(crate::Trace::scope).collect();
        scopes.sort_unstable();
        scopes.dedup();
        for scope in scopes {
            self.set_quotable(&scope, user, is_quotable).await?;
        }
        Ok(())
    }
}
