//! The deployment's table: there, of our shape, forgetting what is old, and readable.

use aws_sdk_dynamodb::{
    Client,
    error::ProvideErrorMetadata,
    types::{KeyType, TableDescription, TableStatus, TimeToLiveDescription, TimeToLiveStatus},
};
use store::Store;
use twilight_model::id::Id;

use super::{Finding, Part, State};
use crate::trouble::{Call, Trouble};

const PART: Part = Part::Table;
/// The attribute by which items age.
const TTL: &str = "ttl";

/// Looks at the table. Unless it `must_be` there, what is not right is only worth knowing.
pub async fn look(client: &Client, table: &str, must_be: bool) -> Vec<Finding> {
    let missing = if must_be { State::Wrong } else { State::Note };
    let object = format!("table {table}");
    let (described, ttl) = tokio::join!(
        client.describe_table().table_name(table).send(),
        client.describe_time_to_live().table_name(table).send(),
    );
    let described = match described {
        Ok(output) => output.table,
        Err(e) if e.code() == Some("ResourceNotFoundException") => {
            return vec![absent(client, table, must_be)];
        }
        Err(e) => {
            return vec![trouble(&object, "dynamodb:DescribeTable", &e, e.code()).rated(missing)];
        }
    };
    let Some(described) = described.filter(has_our_key) else {
        let what = format!("{object} is no table of a den: its key is not `pk` and `sk`");
        let mend = "name another one with DEN_TABLE, then: den store init";
        return vec![Finding::wrong(PART, what, mend).rated(missing)];
    };
    if described.table_status != Some(TableStatus::Active) {
        let status =
            described.table_status.map_or("in no state".to_owned(), |status| status.to_string());
        let what = format!("{object} is {}", status.to_lowercase());
        return vec![Finding::wrong(PART, what, "try again in a minute").rated(missing)];
    }
    let mut found = vec![Finding::fine(PART, format!("{object}{} is there", place(client)))];
    match ttl {
        Ok(output) => found.push(ttl_finding(&object, output.time_to_live_description.as_ref())),
        Err(e) => {
            let action = "dynamodb:DescribeTimeToLive";
            found.push(trouble(&object, action, &e, e.code()).rated(missing));
        }
    }
    // Whoever may look at a table may not always read in it. No message has this id.
    match Store::new(client.clone(), table).reply(Id::new(1)).await {
        Ok(_) => found.push(Finding::fine(PART, "items in it can be read")),
        Err(e) => found.push(trouble(&object, "dynamodb:GetItem", &e, e.code()).rated(missing)),
    }
    found
}

fn trouble(
    object: &str,
    action: &str,
    error: &(dyn std::error::Error + 'static),
    code: Option<&str>,
) -> Finding {
    let call = Call { action, object, endpoint: "AWS_ENDPOINT_URL_DYNAMODB" };
    let Trouble { what, mend } = Trouble::of(call, error, code);
    Finding::wrong(PART, what, mend)
}

fn absent(client: &Client, table: &str, must_be: bool) -> Finding {
    let what = format!("table {table} does not exist{}", place(client));
    if must_be {
        return Finding::wrong(PART, what, "make it: den store init");
    }
    let what = format!("{what}; `den up` needs none, it keeps everything in the folder .den");
    Finding::note(PART, what).mended_by("for a deployment: den store init")
}

fn ttl_finding(object: &str, ttl: Option<&TimeToLiveDescription>) -> Finding {
    let status = ttl.and_then(|ttl| ttl.time_to_live_status());
    let attribute = ttl.and_then(|ttl| ttl.attribute_name());
    match status {
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling) if attribute == Some(TTL) => {
            Finding::fine(PART, "its TTL is on: what is old is forgotten")
        }
        _ => Finding::wrong(
            PART,
            format!("the TTL of {object} is off: nothing is ever forgotten"),
            "switch it on: den store init",
        ),
    }
}

fn has_our_key(table: &TableDescription) -> bool {
    let key = |kind: KeyType| {
        let element = table.key_schema().iter().find(|element| element.key_type == kind);
        element.map(|element| element.attribute_name.as_str())
    };
    key(KeyType::Hash) == Some("pk") && key(KeyType::Range) == Some("sk")
}

fn place(client: &Client) -> String {
    client.config().region().map(|region| format!(" in {region}")).unwrap_or_default()
}
