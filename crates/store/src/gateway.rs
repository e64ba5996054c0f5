//! What a listener leaves to its successor: the gateway session, and the count of identifies.

use aws_sdk_dynamodb::types::ReturnValue;
use serde::{Deserialize, Serialize};
use twilight_model::id::{Id, marker::ApplicationMarker};

use crate::{
    Error, ITEM_VERSION, Store, error::failed, item::Fresh, keep::delete, n, retention, s, ttl,
};

/// A gateway session as far as everything received is queued or rightly dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewaySession {
    /// Discord's id of the session.
    pub session_id: String,
    /// The checkpoint: the highest sequence number up to which everything is accepted.
    pub sequence: u64,
    /// Where to resume.
    pub resume_url: String,
    /// Hash of intents and shard count: a resumed session keeps the old ones, so a change identifies anew.
    pub config_hash: String,
    /// When it was saved, in milliseconds since the Unix epoch.
    pub saved_at_ms: u64,
}

impl Store {
    /// The shard's last session.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn gateway_session(
        &self,
        application: Id<ApplicationMarker>,
        shard: u32,
    ) -> Result<Option<GatewaySession>, Error> {
        let operation = format!("read the gateway session of shard {shard}");
        self.read_item(partition(application), sort(shard), Fresh::Surely, &operation).await
    }

    /// Saves the shard's session.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn save_gateway_session(
        &self,
        application: Id<ApplicationMarker>,
        shard: u32,
        session: &GatewaySession,
    ) -> Result<(), Error> {
        let operation = format!("save the gateway session of shard {shard}");
        self.write_item(partition(application), sort(shard), session, None, &operation).await
    }

    /// Forgets the shard's session: Discord has, too.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn clear_gateway_session(
        &self,
        application: Id<ApplicationMarker>,
        shard: u32,
    ) -> Result<(), Error> {
        self.db
            .delete_item()
            .table_name(&self.table)
            .key("pk", s(partition(application)))
            .key("sk", s(sort(shard)))
            .send()
            .await
            .map(|_| ())
            .map_err(failed(format!("clear the gateway session of shard {shard}")))
    }

    /// Forgets everything of an application's gateway, its count of identifies included: for a Discord that has just
    /// begun, as a simulated one does.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn forget_gateway(&self, application: Id<ApplicationMarker>) -> Result<(), Error> {
        #[derive(Deserialize)]
        struct Key {
            pk: String,
            sk: String,
        }
        let operation = || format!("forget the gateway of application {application}");
        let all: Vec<Key> = self.all_of(partition(application), "", &operation()).await?;
        let gone = all.into_iter().map(|key| delete(key.pk, key.sk)).collect();
        self.write_all(gone, operation).await
    }

    /// Counts an identify within `span` (a day as `2026-11-21`, an hour as `2026-11-21T07`, UTC) and returns
    /// the span's count: Discord resets the token of an application that identifies more than 1,000 times in
    /// 24 hours.
    ///
    /// # Errors
    /// [`Error::Failed`].
    pub async fn count_identify(
        &self,
        application: Id<ApplicationMarker>,
        span: &str,
        now_ms: u64,
    ) -> Result<u32, Error> {
        let counted = self
            .db
            .update_item()
            .table_name(&self.table)
            .key("pk", s(partition(application)))
            .key("sk", s(format!("I#{span}")))
            .update_expression("ADD #n :one SET #v = :v, #ttl = :ttl")
            .expression_attribute_names("#n", "n")
            .expression_attribute_names("#v", "v")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":ttl", n(ttl(now_ms, retention::IDENTIFIES)))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":v", n(ITEM_VERSION))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(failed("count an identify"))?;
        Ok(counted
            .attributes()
            .and_then(|new| new.get("n"))
            .and_then(|value| value.as_n().ok())
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(u32::MAX))
    }
}

fn partition(application: Id<ApplicationMarker>) -> String {
    format!("GW#{application}")
}

fn sort(shard: u32) -> String {
    format!("S#{shard:05}")
}
