//! A den moves: all of its table, as lines.

use store::{Claimed, LineError, LoadError};
use twilight_model::id::Id;

use crate::world::{
    ANN, GUILD, HALL, NOW, World, attempt, event, fact, fresh, grim, public, waiting,
};

async fn lines(world: &World, now_ms: u64) -> Vec<String> {
    let mut all = Vec::new();
    let mut dump = world.store.dump(now_ms);
    while let Some(lines) = dump.next().await.unwrap() {
        all.extend(lines);
    }
    all.sort_unstable();
    all
}

async fn a_den_with_history(world: &World) {
    let store = &world.store;
    world.chatter(300).await;
    let add = |book: &mut store::Book| book.add(fact("1", ANN, "I like soup"));
    store.change_book(&public(), store::About::Person(ANN), add).await.unwrap().unwrap();
    store.put_in_inbox(&waiting(5, ANN, "are you there?")).await.unwrap();
    store.claim(&event(1), &[event(1)], &attempt("a", 0), None).await.unwrap();
    store.close(&event(1), &attempt("a", 0), true, "{}").await.unwrap();
    let session = store::GatewaySession {
        session_id: "abc".to_owned(),
        sequence: 42,
        resume_url: "wss://gateway.example".to_owned(),
        config_hash: "1".to_owned(),
        saved_at_ms: NOW,
    };
    store.save_gateway_session(Id::new(11), 0, &session).await.unwrap();
    store.set_left(GUILD, None).await.unwrap();
}

#[tokio::test]
async fn everything_arrives_as_it_was_and_may_be_sent_twice() {
    let (old, new) = (fresh().await, fresh().await);
    a_den_with_history(&old).await;
    assert!(new.store.is_empty().await.unwrap() && !old.store.is_empty().await.unwrap());
    let sent = lines(&old, NOW).await;
    assert_eq!(old.store.n_items().await.unwrap(), sent.len() as u64);
    // The first try broke off in the middle.
    new.store.load(&sent[..sent.len() / 2]).await.unwrap();
    new.store.load(&sent).await.unwrap();
    assert_eq!(lines(&new, NOW).await, sent);

    let store = &new.store;
    let known = new.remembered().await;
    assert_eq!(known, old.remembered().await);
    assert_eq!(store.window(HALL, &grim(), NOW).await.unwrap().len(), 40);
    assert_eq!(store.inbox().await.unwrap().len(), 1, "what waits is not lost");
    let again = store.claim(&event(1), &[event(1)], &attempt("b", 50_000), None).await.unwrap();
    assert!(matches!(again, Claimed::Closed), "what was answered is not answered again");
    assert_eq!(store.gateway_session(Id::new(11), 0).await.unwrap().unwrap().sequence, 42);
    // And it lives on.
    new.store.erase_person(ANN, NOW + 1, |_| ()).await.unwrap();
    assert!(new.remembered().await.iter().all(|text| text.contains("line")));
}

#[tokio::test]
async fn what_has_aged_is_left_behind() {
    let world = fresh().await;
    world.chatter(10).await;
    let year = 366 * 86_400_000;
    assert!(lines(&world, NOW + year).await.iter().all(|line| !line.contains("soup")));
}

#[tokio::test]
async fn a_copy_of_what_was_sealed_since_does_no_harm() {
    let world = fresh().await;
    let scope = public();
    let many: Vec<_> = (1..=96).map(|n| crate::world::said(n, ANN, &format!("line {n}"))).collect();
    world.keep(&many).await;
    let early = lines(&world, NOW).await;
    assert!(world.store.seal(&scope, NOW).await.unwrap());
    world.store.load(&early).await.unwrap();
    for _ in 0..4 {
        world.store.seal(&scope, NOW).await.unwrap();
    }
    let episodes = world.store.episodes(&scope, None, NOW).await.unwrap();
    assert_eq!(episodes.messages.len(), 96, "nothing is there twice");
    assert!(episodes.n_open <= 64, "{} lie open", episodes.n_open);
}

#[tokio::test]
async fn a_line_that_is_no_item_is_named_and_nothing_is_written() {
    let world = fresh().await;
    let good = r#"{"pk":{"S":"DEN"},"sk":{"S":"ROW"},"v":{"N":"1"}}"#;
    for (bad, why) in [
        ("not JSON", LineError::NoItem),
        (r#"{"pk":{"S":"DEN"}}"#, LineError::NoKey),
        (r#"{"pk":{"S":"DEN"},"sk":{"S":""}}"#, LineError::NoKey),
        (r#"{"pk":{"S":"DEN"},"sk":{"S":"ROW"},"x":7}"#, LineError::Attribute("x".to_owned())),
        (r#"{"pk":{"S":"DEN"},"sk":{"S":"ROW"},"v":{"N":"9"}}"#, LineError::Newer(9)),
    ] {
        match world.store.load(&[good, bad]).await {
            Err(LoadError::Line { line: 1, source }) => assert_eq!(source, why, "{bad}"),
            other => panic!("{bad}: {other:?}"),
        }
        assert!(world.store.is_empty().await.unwrap());
    }
}
