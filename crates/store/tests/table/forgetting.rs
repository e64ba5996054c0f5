//! Deletions and edits are followed wherever words lie.

use store::{About, Keeper, Kept, Space};
use twilight_model::id::Id;

use crate::world::{
    ANN, ATTIC, BEN, GUILD, HALL, NOW, World, answered, at, fact, fresh, grim, private, public,
    said,
};

async fn texts(world: &World) -> Vec<String> {
    let window = world.store.window(HALL, &grim(), NOW).await.unwrap();
    window.into_iter().map(|turn| turn.text).chain(world.remembered().await).collect()
}

async fn summarised(world: &World, text: &str) {
    let write = |summary: &mut store::Summary| {
        summary.text = text.to_owned();
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = world
        .store
        .change_summary(HALL, &grim(), store::retention::SUMMARY, NOW, write)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_deleted_message_is_gone_from_the_window_the_pages_the_facts_and_the_summary() {
    let world = fresh().await;
    let store = &world.store;
    let ids = world.chatter(130).await;
    summarised(&world, "They talk about soup.").await;
    // The oldest lies in a page, the newest open; both in the window.
    for (n, id) in [(0, ids[0]), (129, ids[129])] {
        let from_it = store::Fact { message_id: Some(id), ..fact("1", ANN, &format!("fact {n}")) };
        let about = About::Person(ANN);
        store
            .change_book(&public(), about, |book| book.add(from_it.clone()))
            .await
            .unwrap()
            .unwrap();
        let gone = format!("line {n} about soup");
        assert_eq!(texts(&world).await.iter().filter(|text| **text == gone).count().min(1), 1);

        let dropped = store.summary(HALL, &grim(), NOW).await.unwrap().dropped;
        store.bury(&[id], NOW).await.unwrap();
        let keepers = store.forget_message(id, NOW).await.unwrap();
        let keeper =
            Keeper { personality: grim(), space: Space::Guild(GUILD), channel: HALL, own: false };
        assert_eq!(keepers, [keeper]);
        assert!(!texts(&world).await.contains(&gone));
        let all = world.everything().await;
        assert!(!all.contains(&gone) && !all.contains(&format!("fact {n}")));
        let summary = store.summary(HALL, &grim(), NOW).await.unwrap();
        assert_eq!((summary.text.as_str(), summary.dropped), ("", dropped + 1));
        assert!(store.keepers(id).await.unwrap().is_empty());
    }
    assert_eq!(world.remembered().await.len(), 128);
}

#[tokio::test]
async fn a_deletion_that_overtakes_its_message_wins() {
    let world = fresh().await;
    let store = &world.store;
    let id = Id::new(500);
    store.bury(&[id, id], NOW).await.unwrap();
    assert!(store.forget_message(id, NOW).await.unwrap().is_empty(), "nothing is kept yet");
    // The turn was slower than the deletion. It keeps, then looks.
    world.keep(&[said(500, ANN, "a slip of the tongue"), said(501, ANN, "fine")]).await;
    let buried = store.buried(&[id, Id::new(501)]).await.unwrap();
    assert_eq!(buried, [id]);
    for gone in buried {
        store.forget_message(gone, NOW).await.unwrap();
    }
    let all = world.everything().await;
    assert!(!all.contains("slip of the tongue") && all.contains("fine"));
}

#[tokio::test]
async fn more_messages_than_one_read_takes_can_be_asked_about() {
    let world = fresh().await;
    let ids: Vec<_> = (1..=250).map(Id::new).collect();
    let deleted: Vec<_> = ids.iter().copied().filter(|id| id.get() % 50 == 0).collect();
    world.store.bury(&deleted, NOW).await.unwrap();
    assert_eq!(world.store.buried(&ids).await.unwrap(), deleted);
}

#[tokio::test]
async fn an_edit_is_followed_in_the_window_open_and_sealed() {
    let world = fresh().await;
    let ids = world.chatter(100).await;
    for (n, id) in [(0, ids[0]), (99, ids[99])] {
        summarised(&world, "They talk about soup.").await;
        let text = format!("line {n} is about bread");
        let keepers = world.store.edit_message(id, &text, &[1, 2], NOW).await.unwrap();
        assert_eq!(keepers.len(), 1);
        let all = world.everything().await;
        assert!(!all.contains(&format!("line {n} about soup")), "{n}");
        let episodes = world.store.episodes(&public(), None, NOW).await.unwrap();
        let edited = episodes.messages.iter().find(|message| message.message_id == id).unwrap();
        assert_eq!((edited.text.as_str(), &edited.terms[..]), (text.as_str(), &[1, 2][..]));
        assert_eq!(world.store.summary(HALL, &grim(), NOW).await.unwrap().text, "");
    }
    let window = world.store.window(HALL, &grim(), NOW).await.unwrap();
    assert_eq!(window.last().unwrap().text, "line 99 is about bread");
    let nobody = world.store.edit_message(Id::new(1), "?", &[], NOW).await.unwrap();
    assert!(nobody.is_empty(), "what nobody keeps is not kept by an edit");
}

#[tokio::test]
async fn two_at_once_on_one_page_both_come_through() {
    let world = fresh().await;
    let ids = world.chatter(100).await;
    let store = &world.store;
    let edits = ids[..6].iter().map(|id| store.edit_message(*id, "mended", &[], NOW));
    let deletions = ids[6..12].iter().map(|id| store.forget_message(*id, NOW));
    let (edits, deletions) = tokio::join!(
        futures_util::future::join_all(edits),
        futures_util::future::join_all(deletions),
    );
    assert!(edits.iter().chain(&deletions).all(Result::is_ok));
    let now = world.remembered().await;
    assert_eq!(now.iter().filter(|text| *text == "mended").count(), 6);
    assert_eq!(now.len(), 94);
}

#[tokio::test]
async fn a_page_that_is_emptied_goes() {
    let world = fresh().await;
    let ids = world.chatter(70).await;
    assert!(world.everything().await.contains(r#""page":"#));
    for id in &ids[..32] {
        world.store.forget_message(*id, NOW).await.unwrap();
    }
    assert!(!world.everything().await.contains(r#""page":"#));
    assert_eq!(world.remembered().await.len(), 38);
}

#[tokio::test]
async fn a_message_kept_in_two_memories_is_forgotten_in_both() {
    let world = fresh().await;
    let turbo = store::Scope { personality: crate::world::turbo(), ..public() };
    let to_both = said(9, ANN, "a word to both");
    world.keep(std::slice::from_ref(&to_both)).await;
    world.keep_in(&turbo, Some(GUILD), HALL, &[to_both]).await;
    let keepers = world.store.forget_message(Id::new(9), NOW).await.unwrap();
    assert_eq!(keepers.len(), 2);
    assert!(!world.everything().await.contains("a word to both"));
}

#[tokio::test]
async fn one_thing_said_in_private_is_kept_in_its_channel_alone() {
    let world = fresh().await;
    world.keep_in(&private(), Some(GUILD), ATTIC, &[said(1, BEN, "psst")]).await;
    assert!(world.remembered().await.is_empty(), "the guild knows nothing");
    let there = world.store.episodes(&private(), None, NOW).await.unwrap();
    assert_eq!(there.messages.len(), 1);
}

#[tokio::test]
async fn what_is_kept_twice_is_kept_once() {
    let world = fresh().await;
    let scope = public();
    let episodes =
        [said(at(0), ANN, "first"), answered(at(1), ANN, "boo"), said(at(0), ANN, "then")];
    let kept = Kept { scope: &scope, guild: None, channel: HALL, episodes: &episodes, days: 365 };
    world.store.keep(&kept, NOW).await.unwrap();
    world.store.keep(&kept, NOW).await.unwrap();
    assert_eq!(world.remembered().await, ["then", "boo"]);
    assert_eq!(world.store.traces(ANN).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_between_the_two_writes_of_a_turn_wins() {
    let world = fresh().await;
    let (store, id) = (&world.store, Id::new(500));
    let (scope, slip) = (public(), [said(500, ANN, "a slip of the tongue")]);
    let kept =
        Kept { scope: &scope, guild: Some(GUILD), channel: HALL, episodes: &slip, days: 365 };
    // What leads to the words is written; the words are not yet. Burying is one batch more.
    world.another("BatchWriteItem", 1, move |store| async move {
        store.bury(&[id], NOW).await.unwrap();
        assert_eq!(store.forget_message(id, NOW).await.unwrap().len(), 1);
    });
    store.keep(&kept, NOW).await.unwrap();
    assert!(store.keepers(id).await.unwrap().is_empty(), "nothing leads to the words any more");
    let now = store.meanwhile(&kept, []).await.unwrap();
    assert_eq!(now.buried, [id]);
    store.take_back(&kept, id, NOW).await.unwrap();
    assert!(!world.everything().await.contains("slip of the tongue"));
}

/// A summary of what was said up to a message.
async fn summarised_upto(world: &World, upto: u64) {
    summarised(world, "They talk about soup.").await;
    let end = |summary: &mut store::Summary| {
        summary.upto = Some(Id::new(upto));
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = world
        .store
        .change_summary(HALL, &grim(), store::retention::SUMMARY, NOW, end)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_happens_to_newer_words_leaves_the_summary_as_it_is() {
    let world = fresh().await;
    let store = &world.store;
    world.keep(&[said(10, ANN, "soup"), said(20, BEN, "bread"), said(30, BEN, "cake")]).await;
    summarised_upto(&world, 10).await;
    let days = |days: u64| NOW + days * 86_400_000;

    store.forget_message(Id::new(20), days(5)).await.unwrap();
    store.edit_message(Id::new(30), "pie", &[], days(5)).await.unwrap();
    let summary = store.summary(HALL, &grim(), NOW).await.unwrap();
    assert_eq!(summary.text, "They talk about soup.");
    assert_eq!(summary.dropped, 2, "one in the making may have them in it");
    let old = store.summary(HALL, &grim(), days(91)).await.unwrap();
    assert_eq!(old.text, "", "it ages as if nothing had been");

    store.edit_message(Id::new(10), "stew", &[], days(5)).await.unwrap();
    let summary = store.summary(HALL, &grim(), NOW).await.unwrap();
    assert_eq!((summary.text.as_str(), summary.dropped), ("", 3));
}

/// A digest has read the words, and its model has answered. It finds the summary as it was, and so keeps the fact it
/// made of them, just when somebody has them forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_digest_learns_while_it_is_forgotten_does_not_stay() {
    let trace = store::Trace { space: Space::Guild(GUILD), channel: HALL, personality: grim() };
    for how in ["deleted", "erased for a person", "erased with the channel"] {
        let world = fresh().await;
        let store = &world.store;
        let id = Id::new(500);
        world.keep(&[said(500, ANN, "I have moved")]).await;
        // The summary is dropped next.
        world.another("PutItem", 0, move |store| async move {
            let found = store::Fact { message_id: Some(id), ..fact("500-0", ANN, "Ann moved") };
            let about = About::Person(ANN);
            store
                .change_book(&public(), about, |book| book.add(found.clone()))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(store.summary(HALL, &grim(), NOW).await.unwrap().dropped, 0);
        });
        match how {
            "deleted" => drop(store.forget_message(id, NOW).await.unwrap()),
            "erased for a person" => drop(store.erase_from(ANN, &trace, NOW).await.unwrap()),
            _ => drop(store.erase_channel(Some(GUILD), HALL, NOW).await.unwrap()),
        }
        assert!(store.summary(HALL, &grim(), NOW).await.unwrap().dropped > 0, "{how}");
        assert!(!world.everything().await.contains("moved"), "{how}");
    }
}
