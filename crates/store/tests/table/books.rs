//! What is known of people and places.

use futures_util::future::join_all;
use store::{About, Book, BookError, MOST_CHARS, MOST_CLOSED, MOST_OPEN, Origin};
use twilight_model::id::Id;

use crate::world::{ANN, BEN, HALL, fact, fresh, public};

#[tokio::test]
async fn twelve_people_change_one_book_at_once_and_nothing_is_lost() {
    let world = fresh().await;
    let changes = (0..12).map(|n| {
        let new = fact(&n.to_string(), BEN, &format!("Ann has {n} cats"));
        let store = world.store.clone();
        async move {
            store.change_book(&public(), About::Person(ANN), |book| book.add(new.clone())).await
        }
    });
    for changed in join_all(changes).await {
        changed.unwrap().unwrap();
    }
    let book = world.book(About::Person(ANN)).await;
    assert_eq!(book.open().count(), 12);
}

#[tokio::test]
async fn of_two_corrections_of_one_memory_at_once_one_is_told_that_it_is_gone() {
    let world = fresh().await;
    let store = &world.store;
    let about = About::Person(ANN);
    let old = fact("1", ANN, "I like soup");
    store.change_book(&public(), about, |book| book.add(old.clone())).await.unwrap().unwrap();
    let correct = |id: &'static str, text: &'static str| {
        let new = fact(id, ANN, text);
        async move {
            store
                .change_book(&public(), about, |book| book.correct("1", new.clone()))
                .await
                .unwrap()
        }
    };
    let (bread, cake) = tokio::join!(correct("2", "I like bread"), correct("3", "I like cake"));
    assert!(matches!(
        (bread, cake),
        (Ok(()), Err(BookError::Gone)) | (Err(BookError::Gone), Ok(()))
    ));
    let book = world.book(about).await;
    assert_eq!(book.open().count(), 1);
    assert_eq!(book.facts.len(), 2, "what was corrected is closed, not overwritten");
}

#[tokio::test]
async fn a_book_of_five_thousand_wishes_is_full_at_sixty_four() {
    let mut book = Book::default();
    let mut n_full = 0;
    for n in 0..5_000 {
        match book.add(fact(&n.to_string(), ANN, &format!("wish {n}"))) {
            Ok(()) => {}
            Err(BookError::Full) => n_full += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((book.open().count(), n_full), (MOST_OPEN, 5_000 - MOST_OPEN));
}

/// The bound that the module states: at most about 60 KB a person, personality and space.
#[tokio::test]
async fn a_book_stays_small_however_long_the_friendship() {
    let world = fresh().await;
    let about = About::Person(ANN);
    let wordy = "ü".repeat(5_000);
    let mut book = Book::default();
    for n in 0..MOST_OPEN {
        book.add(fact(&n.to_string(), ANN, &format!("{n} {wordy}"))).unwrap();
    }
    for year in 0..500 {
        let oldest = book.open().next().unwrap().id.clone();
        book.correct(&oldest, fact(&format!("y{year}"), ANN, &format!("y{year} {wordy}"))).unwrap();
    }
    assert_eq!(book.open().count(), MOST_OPEN);
    assert_eq!(book.facts.len(), MOST_OPEN + MOST_CLOSED);
    assert!(book.facts.iter().all(|fact| fact.text.chars().count() == MOST_CHARS));
    let kept = |kept: &mut Book| {
        *kept = book.clone();
        Ok::<_, BookError>(())
    };
    world.store.change_book(&public(), about, kept).await.unwrap().unwrap();
    let bytes = world.everything().await.lines().map(str::len).max().unwrap();
    // In two-byte letters and the verbose notation of a dump.
    assert!(bytes < 120_000, "{bytes} bytes for all that is known of a person");
}

#[tokio::test]
async fn what_was_found_makes_room_for_what_was_asked_for() {
    let mut book = Book::default();
    for n in 0..MOST_OPEN {
        let found = fact(&n.to_string(), ANN, &format!("thing {n}"));
        let weight = if n == 10 { 1 } else { 5 };
        book.add(store::Fact { origin: Origin::Distilled, weight, ..found }).unwrap();
    }
    book.add(fact("told", ANN, "the cat is called Biscuit")).unwrap();
    assert_eq!(book.open().count(), MOST_OPEN);
    assert!(book.open().all(|fact| fact.id != "10"), "the lightest went");
    assert!(book.open().any(|fact| fact.id == "told"));
}

#[tokio::test]
async fn nothing_is_no_memory_and_the_same_twice_is_one() {
    let mut book = Book::default();
    assert_eq!(book.add(fact("1", ANN, "  \n")), Err(BookError::Empty));
    book.add(fact("1", ANN, "I like soup")).unwrap();
    book.add(fact("1", ANN, "I like soup")).unwrap();
    book.add(fact("2", ANN, " i LIKE soup ")).unwrap();
    assert_eq!(book.facts.len(), 1);
    assert_eq!(book.delete("2"), Err(BookError::Gone));
}

#[tokio::test]
async fn a_fact_leads_to_everybody_it_concerns() {
    let world = fresh().await;
    let store = &world.store;
    let source = store::Fact { message_id: Some(Id::new(5)), ..fact("5", BEN, "Ann moved") };
    let scope = public();
    let added = store.change_book(&scope, About::Person(ANN), |book| book.add(source.clone()));
    added.await.unwrap().unwrap();
    for user in [ANN, BEN] {
        let traces = store.traces(user).await.unwrap();
        assert_eq!(traces.len(), 1, "{user}");
        assert_eq!(traces[0].channel, HALL);
    }
    // Nobody kept the message; what came from it goes with it all the same.
    store.forget_message(Id::new(5), crate::world::NOW).await.unwrap();
    assert_eq!(world.book(About::Person(ANN)).await.facts, []);
    assert!(!world.everything().await.contains("M#5"), "nothing leads there any more");
}

#[tokio::test]
async fn forgetting_one_of_several_things_a_message_told_loses_sight_of_none() {
    let world = fresh().await;
    let store = &world.store;
    let scope = public();
    let from_it =
        |id: &str, text: &str| store::Fact { message_id: Some(Id::new(5)), ..fact(id, BEN, text) };
    // Two in one book, one in another of the same scope.
    for (about, id, text) in [
        (About::Person(ANN), "5-0", "Ann moved"),
        (About::Person(ANN), "5-1", "Ann has a cat"),
        (About::Place, "5-2", "there is a party on Friday"),
    ] {
        let new = from_it(id, text);
        let added = store.change_book(&scope, about, |book| book.add(new.clone()));
        added.await.unwrap().unwrap();
    }
    let ann = About::Person(ANN);
    store.change_book(&public(), ann, |book| book.delete("5-0")).await.unwrap().unwrap();
    store.change_book(&public(), ann, |book| book.delete("5-1")).await.unwrap().unwrap();
    assert_eq!(store.fact_scopes(Id::new(5)).await.unwrap(), [public()]);
    store.forget_message(Id::new(5), crate::world::NOW).await.unwrap();
    let all = world.everything().await;
    assert!(!all.contains("party") && !all.contains("M#5"), "{all}");
}
