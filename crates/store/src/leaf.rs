//! A leaf: an item of a scope's episodes, an open message or a page, as it lies in the table.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};

use crate::{Episode, Error, ITEM_VERSION, Scope, error::unreadable, item::Item, n, padded, s};

/// The longest a page may be, unfolded, in bytes: 32 messages of 4,000 characters with all their terms. Where
/// they would be longer, fewer are folded.
const MOST_UNFOLDED: u64 = 2 * 1024 * 1024;
/// The longest it may be, folded, in bytes: DynamoDB takes 400 KB with everything around it.
const MOST_FOLDED: usize = 320 * 1024;

/// An item of a scope, as it lies there.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// Its sort key.
    pub(crate) sk: String,
    /// Its messages, oldest first; one where it lies open.
    pub(crate) messages: Vec<Episode>,
    pub(crate) ttl: u64,
    /// Set where it is a page.
    pub(crate) page: Option<Seal>,
}

/// What a page has beyond its messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seal {
    /// Raised by every change of it.
    pub(crate) revision: u64,
    /// Counted from the scope's first.
    pub(crate) number: u64,
}

/// A message as it lies open.
pub(crate) fn open_item(scope: &Scope, episode: &Episode, ttl: u64) -> Result<Item, Error> {
    let mut item: Item =
        serde_dynamo::to_item(episode).map_err(unreadable("keep what was said"))?;
    item.insert("pk".to_owned(), s(scope.partition()));
    item.insert("sk".to_owned(), s(sort(scope, episode.message_id.get())));
    item.insert("v".to_owned(), n(ITEM_VERSION));
    item.insert("ttl".to_owned(), n(ttl));
    Ok(item)
}

/// A page under the key it has or shall have. It ages with the last of its messages; each of them with its own
/// time, which whoever reads them compares.
pub(crate) fn page_item(scope: &Scope, sk: &str, messages: &[Episode], seal: Seal) -> Item {
    let ttl = messages.iter().map(|message| message.expires_s).max().unwrap_or(0);
    let ids = || messages.iter().map(|message| message.message_id.get());
    let people: BTreeSet<String> =
        messages.iter().flat_map(Episode::people).map(|id| id.to_string()).collect();
    let mut item = Item::from([
        ("pk".to_owned(), s(scope.partition())),
        ("sk".to_owned(), s(sk)),
        ("v".to_owned(), n(ITEM_VERSION)),
        ("ttl".to_owned(), n(ttl)),
        ("rev".to_owned(), n(seal.revision)),
        ("page".to_owned(), n(seal.number)),
        ("first".to_owned(), n(ids().min().unwrap_or(0))),
        ("last".to_owned(), n(ids().max().unwrap_or(0))),
        ("body".to_owned(), AttributeValue::B(Blob::new(folded(&json(messages))))),
    ]);
    if !people.is_empty() {
        // DynamoDB refuses an empty set.
        item.insert("speakers".to_owned(), AttributeValue::Ss(people.into_iter().collect()));
    }
    item
}

/// The sort key of a message.
pub(crate) fn sort(scope: &Scope, message: u64) -> String {
    format!("{}{}", prefix(scope), padded(message))
}

/// The sort key of the scope's mark.
pub(crate) fn mark_sort(scope: &Scope) -> String {
    format!("{}{MARK}", prefix(scope))
}

/// What the mark's sort key ends with; later than all digits.
const MARK: char = '~';

/// What the sort keys of a scope's messages begin with.
fn prefix(scope: &Scope) -> String {
    format!("E#{}#", scope.personality)
}

/// The sort key of a page that holds these messages.
pub(crate) fn page_sort(scope: &Scope, messages: &[Episode]) -> String {
    let ids = || messages.iter().map(|message| message.message_id.get());
    let (first, last) = (ids().min().unwrap_or(0), ids().max().unwrap_or(0));
    format!("{}P{}", sort(scope, last), padded(first))
}

/// Whether an item of a scope is its mark.
pub(crate) fn is_mark(item: &Item) -> bool {
    matches!(item.get("sk"), Some(AttributeValue::S(sk)) if sk.ends_with(MARK))
}

/// A number of an item; 0 where it has none.
pub(crate) fn number(item: &Item, name: &str) -> u64 {
    let digits = item.get(name).and_then(|value| value.as_n().ok());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Reads an item as what it is.
pub(crate) fn leaf(mut item: Item, operation: impl Fn() -> String) -> Result<Leaf, Error> {
    let sk = match item.get("sk") {
        Some(AttributeValue::S(sk)) => sk.clone(),
        _ => String::new(),
    };
    let ttl = number(&item, "ttl");
    match item.remove("body") {
        Some(AttributeValue::B(body)) => {
            let seal = Seal { revision: number(&item, "rev"), number: number(&item, "page") };
            let messages = unfolded(body.as_ref());
            let mut messages =
                messages.map_err(|source| Error::Torn { operation: operation(), source })?;
            // In a page of an older den they have no times of their own: they go with it.
            for message in messages.iter_mut().filter(|message| message.expires_s == 0) {
                message.expires_s = ttl;
            }
            Ok(Leaf { sk, messages, ttl, page: Some(seal) })
        }
        _ => {
            let message = serde_dynamo::from_item(item).map_err(unreadable(operation()))?;
            Ok(Leaf { sk, messages: vec![message], ttl, page: None })
        }
    }
}

fn json(messages: &[Episode]) -> Vec<u8> {
    serde_json::to_vec(messages).expect("episodes have string keys and no failing parts")
}

fn folded(json: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(json).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

/// Whether the messages fit into one page.
pub(crate) fn is_fitting(messages: &[Episode]) -> bool {
    let json = json(messages);
    json.len() as u64 <= MOST_UNFOLDED && folded(&json).len() <= MOST_FOLDED
}

fn unfolded(body: &[u8]) -> Result<Vec<Episode>, std::io::Error> {
    let mut json = Vec::new();
    DeflateDecoder::new(body).take(MOST_UNFOLDED).read_to_end(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}

#[cfg(test)]
mod tests {
    use twilight_model::id::Id;

    use super::*;
    use crate::Speaker;

    #[test]
    fn a_page_is_small_and_comes_back_as_it_was() {
        let episode = |id: u64| Episode {
            message_id: Id::new(id),
            channel_id: Id::new(7),
            speaker: Speaker::Person { id: Id::new(id % 3 + 1), name: "Ann".to_owned() },
            text: format!("the {id}th soup was the best one so far, I would say"),
            reply_to: None,
            to: vec![],
            drawn: vec![],
            terms: vec![],
            terms_version: 0,
            expires_s: 1_826_536_000 + id,
        };
        let messages: Vec<Episode> = (1..=32).map(episode).collect();
        let body = folded(&json(&messages));
        assert!(body.len() < 32 * 50, "{} bytes for 32 messages", body.len());
        assert_eq!(unfolded(&body).unwrap(), messages);
        assert!(unfolded(&body[..body.len() / 2]).is_err(), "half a page is no page");
    }
}
