//! Pages: what was said long ago, sealed.

use serde_json::json;
use store::{Episode, MOST_PAGES, Store};
use twilight_model::id::Id;

use crate::world::{ANN, BEN, NOW, World, at, fresh, public, said};

/// How many items of the scope lie open, and how many are pages.
async fn items(world: &World) -> (usize, usize) {
    let all = world.everything().await;
    let items = all.lines().filter(|line| line.contains(r#""sk":{"S":"E#grim#"#));
    let (pages, open): (Vec<_>, Vec<_>) = items.partition(|line| line.contains(r#""body""#));
    (open.iter().filter(|line| line.contains(r#""text""#)).count(), pages.len())
}

async fn seal(store: &Store) -> bool {
    store.seal(&public(), NOW).await.expect("sealed")
}

#[tokio::test]
async fn beyond_sixty_four_the_oldest_are_folded_and_read_as_before() {
    let world = fresh().await;
    let lines: Vec<_> = (1..=64).map(|n| said(n, ANN, &format!("line {n}"))).collect();
    world.keep(&lines).await;
    assert!(!seal(&world.store).await, "64 may lie open");
    world.keep(&[said(65, BEN, "line 65")]).await;
    assert!(seal(&world.store).await);
    assert!(!seal(&world.store).await);
    assert_eq!(items(&world).await, (33, 1));
    let read = world.store.episodes(&public(), None, NOW).await.unwrap();
    assert_eq!(read.n_open, 33);
    let ids: Vec<u64> = read.messages.iter().map(|message| message.message_id.get()).collect();
    assert_eq!(ids, (1..=65).collect::<Vec<_>>());
    let expires_s = NOW / 1000 + 365 * 86_400;
    assert_eq!(read.messages[0], Episode { expires_s, ..lines[0].clone() }, "terms and all");
}

#[tokio::test]
async fn two_sealers_at_once_make_one_page() {
    let world = fresh().await;
    let lines: Vec<_> = (1..=70).map(|n| said(n, ANN, &format!("line {n}"))).collect();
    world.keep(&lines).await;
    let (one, other) = tokio::join!(seal(&world.store), seal(&world.store));
    assert!(one || other);
    assert_eq!(items(&world).await, (38, 1));
    assert_eq!(world.remembered().await.len(), 70, "nothing is lost, nothing doubled");
}

/// The key of an open message, for another worker's request.
fn key(message: u64) -> serde_json::Value {
    json!({"pk": {"S": "S#G7"}, "sk": {"S": format!("E#grim#{message:020}")}})
}

#[tokio::test]
async fn what_is_edited_while_a_page_is_made_is_not_in_it_as_it_was() {
    let world = fresh().await;
    let lines: Vec<_> = (1..=70).map(|n| said(n, ANN, &format!("line {n}"))).collect();
    world.keep(&lines).await;
    world.meanwhile("TransactWriteItems", |db| {
        let edit = json!({
            "TableName": "den",
            "Key": key(5),
            "UpdateExpression": "SET #text = :text",
            "ExpressionAttributeNames": {"#text": "text"},
            "ExpressionAttributeValues": {":text": {"S": "mended"}},
        });
        db.update_item(serde_json::from_value(edit).unwrap()).unwrap();
    });
    assert!(!seal(&world.store).await, "it is not as it was read");
    assert!(seal(&world.store).await);
    let now = world.remembered().await;
    assert!(now.contains(&"mended".to_owned()) && !now.contains(&"line 5".to_owned()));
    assert_eq!(now.len(), 70);
}

#[tokio::test]
async fn what_is_deleted_while_a_page_is_made_is_in_no_page() {
    let world = fresh().await;
    let lines: Vec<_> = (1..=70).map(|n| said(n, ANN, &format!("line {n}"))).collect();
    world.keep(&lines).await;
    for gone in [1, 20, 32] {
        world.meanwhile("TransactWriteItems", move |db| {
            let delete = json!({"TableName": "den", "Key": key(gone)});
            db.delete_item(serde_json::from_value(delete).unwrap()).unwrap();
        });
        assert!(!seal(&world.store).await, "{gone} is gone");
    }
    assert!(seal(&world.store).await);
    let now = world.remembered().await;
    assert_eq!(now.len(), 67);
    for gone in ["line 1", "line 20", "line 32"] {
        assert!(!now.contains(&gone.to_owned()), "{gone}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_folded_while_it_is_forgotten_is_found_in_its_page() {
    let world = fresh().await;
    let store = &world.store;
    let lines: Vec<_> = (1..=70).map(|n| said(n, ANN, &format!("line {n}"))).collect();
    world.keep(&lines).await;
    // Looked for among the open ones, it is a page's when it is to be deleted.
    let sealer = store.clone();
    let handle = tokio::runtime::Handle::current();
    world.meanwhile("DeleteItem", move |_| {
        let sealed = std::thread::spawn(move || handle.block_on(async { seal(&sealer).await }));
        assert!(sealed.join().unwrap());
    });
    store.forget_message(Id::new(7), NOW).await.unwrap();
    assert!(!world.everything().await.contains("line 7\""));
    assert_eq!(world.remembered().await.len(), 69);
}

#[tokio::test]
async fn a_warm_worker_meets_what_was_sealed_since() {
    let world = fresh().await;
    // An hour apart, so that nothing is read twice for safety.
    let hour = 3_600_000;
    let lines: Vec<_> = (0..70).map(|n| said(at(n * hour), ANN, &format!("line {n}"))).collect();
    world.keep(&lines[..20]).await;
    let newest = lines[19].message_id;
    world.keep(&lines[20..]).await;
    assert!(seal(&world.store).await, "line 19 and line 20 lie in one page");
    let read = world.store.episodes(&public(), Some(newest), NOW).await.unwrap();
    assert_eq!(read.messages.first().map(|message| message.text.as_str()), Some("line 19"));
    assert_eq!(read.messages.len(), 51);
}

#[tokio::test]
async fn what_another_channel_kept_late_is_met_as_well() {
    let world = fresh().await;
    let minute = 60_000;
    world.keep(&[said(at(10 * minute), BEN, "quickly answered")]).await;
    let newest = Id::new(at(10 * minute));
    // Its turn took longer.
    world.keep(&[said(at(9 * minute), ANN, "slowly answered")]).await;
    let read = world.store.episodes(&public(), Some(newest), NOW).await.unwrap();
    assert!(read.messages.iter().any(|message| message.text == "slowly answered"));
}

#[tokio::test]
async fn a_latecomer_in_a_page_far_away_is_found_and_forgotten() {
    let world = fresh().await;
    let store = &world.store;
    let lines: Vec<_> = (1_000..1_600).map(|n| said(n, ANN, &format!("line {n}"))).collect();
    world.keep(&lines).await;
    while seal(store).await {}
    // Days late, from a dead-letter queue.
    world.keep(&[said(5, BEN, "better late"), said(1_001, BEN, "kept again")]).await;
    let more: Vec<_> = (1_600..1_640).map(|n| said(n, ANN, &format!("line {n}"))).collect();
    world.keep(&more).await;
    while seal(store).await {}
    let all = world.store.episodes(&public(), None, NOW).await.unwrap().messages;
    assert_eq!(all.iter().filter(|message| message.message_id.get() == 1_001).count(), 1);
    for (id, text) in [(5, "better late"), (1_001, "kept again"), (1_033, "line 1033")] {
        store.forget_message(Id::new(id), NOW).await.unwrap();
        assert!(!world.everything().await.contains(text), "{text}");
    }
    assert_eq!(world.remembered().await.len(), 638);
}

#[tokio::test]
async fn long_messages_fill_a_page_sooner() {
    let world = fresh().await;
    // Text that hardly folds: 32 such messages would be more than an item holds.
    let mut seed = 1_u32;
    let mut noise = || {
        let letter = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from_u32(0x4E00 + (seed >> 8) % 20_000).unwrap()
        };
        (0..6_000).map(letter).collect::<String>()
    };
    let lines: Vec<_> = (1..=80).map(|n| said(n, ANN, &noise())).collect();
    world.keep(&lines).await;
    assert!(seal(&world.store).await);
    while seal(&world.store).await {}
    let (open, pages) = items(&world).await;
    assert!(open <= 64 && pages > 0, "{open} open, {pages} pages");
    let messages = world.everything().await;
    assert!(lines.iter().all(|line| messages.contains(&line.text)), "all of it is there");
}

/// The bound: of a scope 512 pages of 32 messages, and 64 open ones, are kept, however long people know each
/// other; with everything that leads to them.
#[tokio::test]
async fn the_oldest_pages_go_when_there_are_too_many() {
    let world = fresh().await;
    let store = &world.store;
    world.chatter(200).await;
    let (open, pages) = items(&world).await;
    assert_eq!(open + 32 * pages, 200);
    // As if the friendship had lasted for years: the scope's pages are numbered on.
    let lines: Vec<String> = world.everything().await.lines().map(str::to_owned).collect();
    let aged = lines.iter().filter(|line| line.contains(r#""page":"#)).map(|line| {
        let start = line.find('{').expect("an item");
        let item = &line[line.rfind(r#"{"body""#).unwrap_or(start)..];
        let mut item: serde_json::Value = serde_json::from_str(item).expect("JSON");
        let number: u64 = item["page"]["N"].as_str().unwrap().parse().unwrap();
        item["page"]["N"] = (number + MOST_PAGES - 3).to_string().into();
        item.to_string()
    });
    let aged: Vec<String> = aged.collect();
    let oldest = aged.iter().map(|page| page[page.find("E#grim").unwrap()..].to_owned()).min();
    store.load(&aged).await.unwrap();
    // The first page keeps its number: it is 512 pages old when the next ones are made.
    let first = lines.iter().find(|line| line.contains(&oldest.clone().unwrap()[..26])).unwrap();
    store.load(&[&first[first.rfind(r#"{"body""#).unwrap()..]]).await.unwrap();

    let before = world.remembered().await;
    assert!(before.contains(&"line 0 about soup".to_owned()));
    world.chatter(64).await;
    let after = world.remembered().await;
    assert!(!after.contains(&"line 31 about soup".to_owned()) || after.len() < before.len() + 64);
    let (open, n_pages) = items(&world).await;
    assert_eq!(open + 32 * n_pages, 200 - 32 + 64, "one page went");
    let all = world.everything().await;
    let keepers = all.lines().filter(|line| line.contains(r#""sk":{"S":"K#grim"}"#)).count();
    let turns = all.lines().filter(|line| line.contains(r#""sk":{"S":"T#grim#"#)).count();
    assert_eq!((keepers, turns), (232, 232), "and everything that led to it");
}

/// What the bound comes to in bytes: 512 pages of common talk, with all that recall looks for in it.
#[tokio::test]
async fn a_scope_of_many_years_is_a_few_megabytes() {
    let world = fresh().await;
    let words = "the soup of that evening was better than any I had in years but for one thing";
    let words: Vec<&str> = words.split(' ').collect();
    let line = |n: u64| {
        let text: Vec<&str> =
            (0..12).map(|word| words[((n * 7 + word * word * n) % 17) as usize]).collect();
        let term = |word: u64| (n * 2_654_435_761 + word * 40_503 * n) as u32;
        Episode { terms: (0..8).map(term).collect(), ..said(n << 22, ANN, &text.join(" ")) }
    };
    let lines: Vec<Episode> = (1..=400).map(line).collect();
    for some in lines.chunks(100) {
        world.keep(some).await;
        while seal(&world.store).await {}
    }
    let all = world.everything().await;
    let sizes = all.lines().filter_map(|line| {
        let item: serde_json::Value =
            serde_json::from_str(&line[line.find(r#"{"body""#)?..]).ok()?;
        Some(item["body"]["B"].as_str()?.len() / 4 * 3)
    });
    let sizes: Vec<usize> = sizes.collect();
    let page = sizes.iter().sum::<usize>() / sizes.len();
    let most = page * MOST_PAGES as usize;
    println!("{page} bytes a page, {most} in a scope");
    assert!(sizes.len() > 8 && most < 4_000_000, "{page} bytes a page");
}

#[tokio::test]
async fn what_one_read_does_not_reach_the_next_goes_on_with() {
    let world = fresh().await;
    // A read ends at a megabyte, and noise does not fold.
    let noise = || std::iter::repeat_with(fastrand::alphanumeric).take(4_000).collect::<String>();
    let lines: Vec<_> = (1..=640).map(|n| said(n, ANN, &noise())).collect();
    for lines in lines.chunks(32) {
        world.keep(lines).await;
        seal(&world.store).await;
    }
    let newest = world.store.episodes(&public(), None, NOW).await.unwrap();
    let mut older = newest.older.clone();
    let mut ids: Vec<u64> = newest.messages.iter().map(|it| it.message_id.get()).collect();
    assert!(ids.len() < 640 && older.is_some(), "one read reached all {}", ids.len());
    while let Some(from) = older {
        let more = world.store.older_episodes(&public(), &from, NOW).await.unwrap();
        let more_ids = more.messages.iter().map(|it| it.message_id.get());
        ids = more_ids.chain(ids).collect();
        older = more.older;
    }
    assert_eq!(ids, (1..=640).collect::<Vec<_>>());

    let after = world.store.episodes(&public(), Some(Id::new(600)), NOW).await.unwrap();
    assert_eq!(after.older, None, "what was said before that is known");
}
