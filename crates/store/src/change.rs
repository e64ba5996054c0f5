//! Changing an item that several may change at once: read, change, write if it is still the one read.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error, ITEM_VERSION, Store,
    error::{failed, unreadable},
    n, s,
};

/// Tries before a change gives up; each loses only to one that succeeded.
const TRIES: usize = 24;

/// An item with the revision it was read at; 0 where there is none yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Revised<T> {
    pub(crate) value: T,
    pub(crate) revision: u64,
}

impl Store {
    /// The item under a key, or the default of its kind.
    pub(crate) async fn revised<T: DeserializeOwned + Default>(
        &self,
        pk: &str,
        sk: &str,
        operation: &str,
    ) -> Result<Revised<T>, Error> {
        let item = self
            .db
            .get_item()
            .table_name(&self.table)
            .key("pk", s(pk))
            .key("sk", s(sk))
            .consistent_read(true)
            .send()
            .await
            .map_err(failed(operation))?
            .item;
        let Some(item) = item else { return Ok(Revised::default()) };
        let revision = item.get("rev").and_then(|rev| rev.as_n().ok());
        let revision = revision.and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let value = serde_dynamo::from_item(item).map_err(unreadable(operation))?;
        Ok(Revised { value, revision })
    }

    /// Changes the item under a key, beginning with the default of its kind where there is none, and returns
    /// what `change` returned. Where another change came between, it is made anew on what that one left.
    /// `change` may refuse; then nothing is written.
    pub(crate) async fn change<T, R, E>(
        &self,
        (pk, sk): (String, String),
        ttl: Option<u64>,
        operation: &str,
        mut change: impl FnMut(&mut T) -> Result<R, E>,
    ) -> Result<Result<R, E>, Error>
    where
        T: Serialize + DeserializeOwned + Default + PartialEq + Clone,
    {
        for _ in 0..TRIES {
            let Revised { value, revision } = self.revised::<T>(&pk, &sk, operation).await?;
            let mut changed = value.clone();
            let result = match change(&mut changed) {
                Ok(result) => result,
                Err(refused) => return Ok(Err(refused)),
            };
            if changed == value && revision > 0 {
                return Ok(Ok(result));
            }
            let item = serde_dynamo::to_item(&changed).map_err(unreadable(operation))?;
            let mut put = self
                .db
                .put_item()
                .table_name(&self.table)
                .set_item(Some(item))
                .item("pk", s(&pk))
                .item("sk", s(&sk))
                .item("v", n(ITEM_VERSION))
                .item("rev", n(revision + 1))
                .expression_attribute_names("#rev", "rev");
            put = match revision {
                0 => put.condition_expression("attribute_not_exists(#rev)"),
                _ => put
                    .condition_expression("#rev = :rev")
                    .expression_attribute_values(":rev", n(revision)),
            };
            if let Some(ttl) = ttl {
                put = put.item("ttl", n(ttl));
            }
            match put.send().await.map_err(failed(operation)) {
                Ok(_) => return Ok(Ok(result)),
                Err(e) if e.code() == Some("ConditionalCheckFailedException") => {}
                Err(e) => return Err(e),
            }
        }
        Err(Error::Contended { operation: operation.to_owned() })
    }
}
