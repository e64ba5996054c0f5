//! What has aged is not read, however long it still lies there.

use std::{
    convert::Infallible,
    io::{Read, Write},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde_json::{Value, json};
use store::{Episode, Record, Summary, Wanted};
use twilight_model::id::Id;

use crate::world::{ANN, BEN, GUILD, HALL, NOW, World, attempt, event, fresh, grim, public, said};

/// So many days after everything was said.
fn after(days: u64) -> u64 {
    NOW + days * 86_400_000
}

/// So many lines of Ann's, from an id on.
fn lines(first: u64, n: u64, text: &str) -> Vec<Episode> {
    (first..first + n).map(|id| said(id, ANN, &format!("{text} {id}"))).collect()
}

/// How many messages a turn is handed at that time: of the window, and of what is recalled.
async fn gathered(world: &World, days: u64) -> (usize, usize, Summary) {
    let (events, grim) = ([event(9_000 + days)], grim());
    let wanted = Wanted {
        events: &events,
        guild: Some(GUILD),
        channel: HALL,
        personality: &grim,
        counters: &[],
        people: &[],
        messages: &[],
        reserve: 0,
        purses: &[],
        known: &[],
    };
    let at = attempt("now", after(days) - NOW);
    let gathered = world.store.gather(&wanted, &at).await.unwrap();
    let recalled = gathered.memory.iter().map(|memory| memory.episodes.messages.len()).sum();
    (gathered.window.len(), recalled, gathered.rows.summary)
}

async fn episodes(world: &World, days: u64) -> Vec<String> {
    let read = world.store.episodes(&public(), None, after(days)).await.unwrap();
    read.messages.into_iter().map(|message| message.text).collect()
}

/// How many messages and reports Ann is handed.
async fn exported(world: &World, days: u64) -> (usize, usize) {
    let records = world.store.export_person(ANN, after(days)).await.unwrap();
    let count = |is: fn(&Record) -> bool| records.iter().filter(|record| is(record)).count();
    (
        count(|record| matches!(record, Record::Message { .. })),
        count(|record| matches!(record, Record::Report { .. })),
    )
}

#[tokio::test]
async fn what_has_aged_is_told_to_nobody_though_it_still_lies_there() {
    let world = fresh().await;
    let store = &world.store;
    world.keep_for(7, &lines(1, 100, "soup")).await;
    while store.seal(&public(), NOW).await.unwrap() {}
    store.keep_report(&crate::reporting::report(NOW, ANN, 4, "it was rude")).await.unwrap();

    let (window, recalled, _) = gathered(&world, 6).await;
    assert_eq!((window, recalled), (40, 100), "open and in pages");
    assert_eq!(exported(&world, 6).await, (100, 1));
    assert!(store.turn(HALL, &grim(), Id::new(100), after(6)).await.unwrap().is_some());

    let (window, recalled, _) = gathered(&world, 7).await;
    assert_eq!((window, recalled), (0, 0));
    assert_eq!(episodes(&world, 7).await, Vec::<String>::new());
    assert_eq!(store.window(HALL, &grim(), after(7)).await.unwrap(), []);
    assert_eq!(store.turn(HALL, &grim(), Id::new(100), after(7)).await.unwrap(), None);
    assert_eq!(exported(&world, 7).await, (0, 1));
    assert_eq!(exported(&world, 365).await, (0, 0));
    assert!(world.everything().await.contains("soup 100"), "DynamoDB has not deleted it yet");
}

#[tokio::test]
async fn the_window_forgets_sooner_than_recall() {
    let world = fresh().await;
    world.keep_for(365, &lines(1, 3, "soup")).await;
    let (window, recalled, _) = gathered(&world, 30).await;
    assert_eq!((window, recalled), (0, 3));
}

#[tokio::test]
async fn a_summary_that_has_aged_is_told_to_nobody_and_does_not_come_back() {
    let world = fresh().await;
    let store = &world.store;
    world.keep_for(365, &[said(1, ANN, "soup"), said(50, BEN, "bread")]).await;
    let write = |summary: &mut Summary| {
        let dropped = 3;
        *summary = Summary {
            text: "Soup.".to_owned(),
            upto: Some(Id::new(1)),
            dropped,
            ..summary.clone()
        };
        Ok::<_, Infallible>(())
    };
    let Ok(()) =
        store.change_summary(HALL, &grim(), store::retention::SUMMARY, NOW, write).await.unwrap();
    assert_eq!(gathered(&world, 89).await.2.text, "Soup.");

    let aged = store.summary(HALL, &grim(), after(90)).await.unwrap();
    assert_eq!((aged.text.as_str(), aged.upto, aged.dropped), ("", None, 3));
    assert_eq!(gathered(&world, 90).await.2, aged, "a digest of then is kept all the same");
    // Something newer than it is deleted, which would leave its words as they are.
    store.forget_message(Id::new(50), after(90)).await.unwrap();
    assert_eq!(store.summary(HALL, &grim(), after(90)).await.unwrap().text, "");
    assert!(!world.everything().await.contains("Soup."));
}

#[tokio::test]
async fn a_summary_is_kept_no_longer_than_the_words_of_its_guild() {
    let world = fresh().await;
    let store = &world.store;
    let say = |text: &'static str| {
        move |summary: &mut Summary| {
            summary.text = text.to_owned();
            Ok::<_, Infallible>(())
        }
    };
    let kept = store.change_summary(HALL, &grim(), 7, NOW, say("Soup.")).await;
    let Ok(()) = kept.unwrap();
    assert_eq!(gathered(&world, 6).await.2.text, "Soup.");
    assert_eq!(store.summary(HALL, &grim(), after(7)).await.unwrap().text, "");
    assert_eq!(gathered(&world, 7).await.2.text, "");

    // A guild that keeps words for longer keeps the summary no longer for it.
    let kept = store.change_summary(HALL, &grim(), 365, after(7), say("Bread.")).await;
    let Ok(()) = kept.unwrap();
    assert_eq!(store.summary(HALL, &grim(), after(96)).await.unwrap().text, "Bread.");
    assert_eq!(store.summary(HALL, &grim(), after(97)).await.unwrap().text, "");
}

/// `/den retention` was lowered: what is said from then on goes sooner than what was said before.
#[tokio::test]
async fn a_page_of_mixed_ages_loses_the_short_lived_words_at_their_time() {
    let world = fresh().await;
    let store = &world.store;
    world.keep_for(365, &lines(1, 16, "long")).await;
    world.keep_for(7, &lines(17, 16, "short")).await;
    world.keep_for(365, &lines(33, 40, "open")).await;
    assert!(store.seal(&public(), after(1)).await.unwrap());
    assert_eq!(episodes(&world, 6).await.len(), 72);

    let now = episodes(&world, 7).await;
    assert_eq!(now.len(), 56);
    assert!(now.iter().all(|text| !text.starts_with("short")), "{now:?}");
    assert_eq!(exported(&world, 7).await.0, 56);
    // Whatever writes the page anew leaves them out for good.
    assert!(world.everything().await.contains("short 17"));
    store.edit_message(Id::new(1), "mended", &[], after(7)).await.unwrap();
    store.erase_from(BEN, &store.traces(ANN).await.unwrap()[0], after(7)).await.unwrap();
    let all = world.everything().await;
    let in_pages = all.lines().filter(|line| line.contains(r#""page":"#)).collect::<String>();
    assert!(in_pages.contains("mended") && !in_pages.contains("short"));
    assert_eq!(episodes(&world, 7).await.len(), 56);
    assert_eq!(episodes(&world, 365).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_has_aged_is_folded_into_no_page() {
    let world = fresh().await;
    let store = &world.store;
    world.keep_for(7, &lines(1, 30, "short")).await;
    world.keep_for(365, &lines(31, 70, "long")).await;
    assert!(store.seal(&public(), after(7)).await.unwrap());
    let all = world.everything().await;
    let kept: String = all.lines().filter(|line| line.contains("E#grim#")).collect();
    assert!(kept.contains("long 31") && !kept.contains("short"), "it is gone from the table");
    assert_eq!(episodes(&world, 7).await.len(), 70);
}

/// Pages of an older den have no time for each message.
#[tokio::test]
async fn a_page_of_an_older_den_ages_as_a_whole() {
    let world = fresh().await;
    let store = &world.store;
    world.keep_for(7, &lines(1, 70, "soup")).await;
    assert!(store.seal(&public(), NOW).await.unwrap());
    let mut dump = store.dump(NOW);
    let items = dump.next().await.unwrap().unwrap();
    let items = items.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut page = items.into_iter().find(|item| item.get("body").is_some()).unwrap();
    let body = BASE64_STANDARD.decode(page["body"]["B"].as_str().unwrap()).unwrap();
    let mut text = String::new();
    DeflateDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
    let mut messages: Vec<Value> = serde_json::from_str(&text).unwrap();
    for message in &mut messages {
        message.as_object_mut().unwrap().remove("ttl").expect("its time");
    }
    let mut folded = DeflateEncoder::new(Vec::new(), Compression::default());
    folded.write_all(json!(messages).to_string().as_bytes()).unwrap();
    page["body"]["B"] = BASE64_STANDARD.encode(folded.finish().unwrap()).into();
    store.load(&[page.to_string()]).await.unwrap();

    assert_eq!(episodes(&world, 6).await.len(), 70);
    assert_eq!(episodes(&world, 7).await, Vec::<String>::new());
    // Written anew, it keeps its time.
    store.forget_message(Id::new(1), NOW).await.unwrap();
    assert_eq!(episodes(&world, 6).await.len(), 69);
    assert_eq!(episodes(&world, 7).await, Vec::<String>::new());
}
