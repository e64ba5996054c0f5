//! The table itself: made by infrastructure, or by `den store init` where infrastructure has not.

use std::time::Duration;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TableStatus,
    TimeToLiveSpecification, TimeToLiveStatus,
};

use crate::{Error, Store, error::failed};

/// How long [`Store::init`] waits for a new table to become active; DynamoDB takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

impl Store {
    /// Creates the table if it is missing, on demand and with TTL, and waits until it can be used.
    /// Returns whether it was created now.
    ///
    /// # Errors
    /// [`Error::Failed`] where DynamoDB refuses, or the table is not active within a minute.
    pub async fn init(&self) -> Result<bool, Error> {
        let created = !self.exists().await? && self.create().await?;
        self.wait_until_active().await?;
        self.enable_ttl().await?;
        Ok(created)
    }

    /// Whether the table exists.
    ///
    /// # Errors
    /// [`Error::Failed`] where DynamoDB cannot be asked.
    pub async fn exists(&self) -> Result<bool, Error> {
        let asked = self.db.describe_table().table_name(&self.table).send().await;
        match asked.map_err(failed(format!("look at table {}", self.table))) {
            Ok(_) => Ok(true),
            Err(e) if e.code() == Some("ResourceNotFoundException") => Ok(false),
            Err(e) => Err(e),
        }
    }

    async fn create(&self) -> Result<bool, Error> {
        let key = |name: &str, kind: KeyType| {
            KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(kind)
                .build()
                .expect("name and kind are set")
        };
        let text = |name: &str| {
            AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S)
                .build()
                .expect("name and type are set")
        };
        let created = self
            .db
            .create_table()
            .table_name(&self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key("pk", KeyType::Hash))
            .key_schema(key("sk", KeyType::Range))
            .attribute_definitions(text("pk"))
            .attribute_definitions(text("sk"))
            .send()
            .await;
        match created.map_err(failed(format!("create table {}", self.table))) {
            Ok(_) => Ok(true),
            // Two processes started together: the other one made it.
            Err(e) if e.code() == Some("ResourceInUseException") => Ok(false),
            Err(e) => Err(e),
        }
    }

    async fn wait_until_active(&self) -> Result<(), Error> {
        let operation = format!("wait for table {}", self.table);
        let active = async {
            loop {
                let described = self.db.describe_table().table_name(&self.table).send().await;
                let described = described.map_err(failed(operation.clone()))?;
                if described.table().and_then(|t| t.table_status()) == Some(&TableStatus::Active) {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        };
        tokio::time::timeout(PATIENCE, active).await.unwrap_or_else(|elapsed| {
            Err(Error::Failed {
                operation: operation.clone(),
                code: None,
                source: Box::new(elapsed),
            })
        })
    }

    async fn enable_ttl(&self) -> Result<(), Error> {
        let operation = format!("set the time to live of table {}", self.table);
        let described = self.db.describe_time_to_live().table_name(&self.table).send().await;
        let described = described.map_err(failed(operation.clone()))?;
        let status = described.time_to_live_description().and_then(|ttl| ttl.time_to_live_status());
        if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
            return Ok(());
        }
        let specification = TimeToLiveSpecification::builder()
            .attribute_name("ttl")
            .enabled(true)
            .build()
            .expect("name and switch are set");
        self.db
            .update_time_to_live()
            .table_name(&self.table)
            .time_to_live_specification(specification)
            .send()
            .await
            .map(|_| ())
            .map_err(failed(operation))
    }
}
