//! Budgets and the ledger.

use futures_util::future::join_all;
use store::{Claimed, Day, Entry, Held, Purse, Spending};

use crate::world::{ELSEWHERE, GUILD, NOW, Trouble, attempt, event, fresh, grim, turbo};

/// What a turn is thought to cost, and what may be spent.
const RESERVE: i64 = 100;
const CAP: u64 = 1_000;

#[tokio::test]
async fn sixty_four_workers_spend_no_more_than_there_is() {
    let world = fresh().await;
    let day = Day::of(NOW);
    let turns = (0..64).map(|n| {
        let store = world.store.clone();
        async move {
            let now = store.spend(Purse::Den, day, RESERVE, 0).await.unwrap();
            if now.total() > CAP {
                store.settle_purse(Purse::Den, day, RESERVE, 0).await.unwrap();
                return 0;
            }
            // It came to a little more or less.
            let cost = RESERVE - 30 + n;
            store.settle_purse(Purse::Den, day, RESERVE, cost).await.unwrap();
            cost
        }
    });
    let spent: i64 = join_all(turns).await.into_iter().sum();
    let kept = world.store.spending(Purse::Den, day).await.unwrap();
    assert_eq!(kept, Spending { reserved: 0, spent });
    // Ten at most were let in at once, each at most 33 dearer than it thought.
    assert!(kept.total() <= CAP + 10 * 33, "{kept:?}");
    assert!(kept.total() > CAP / 2, "somebody was served: {kept:?}");
}

#[tokio::test]
async fn every_reservation_sees_all_others() {
    let world = fresh().await;
    let day = Day::of(NOW);
    let reserve = (0..64).map(|_| world.store.spend(Purse::Guild(GUILD), day, RESERVE, 0));
    let mut sums: Vec<u64> =
        join_all(reserve).await.into_iter().map(|sum| sum.unwrap().total()).collect();
    sums.sort_unstable();
    let each: Vec<u64> = (1..=64).map(|n| n * RESERVE.unsigned_abs()).collect();
    assert_eq!(sums, each, "nobody is told another's sum");
    assert_eq!(world.store.spending(Purse::Guild(ELSEWHERE), day).await.unwrap().total(), 0);
    let tomorrow = Day(day.0 + 1);
    assert_eq!(world.store.spending(Purse::Guild(GUILD), tomorrow).await.unwrap().total(), 0);
}

#[tokio::test]
async fn a_retry_is_told_what_was_held_before() {
    let world = fresh().await;
    let id = event(1);
    let members = [id.clone()];
    let held = |amount| Some(Held { day: Day::of(NOW), amount });
    let claim = |token, at_ms, amount| {
        let (store, id, members) = (&world.store, &id, &members);
        async move {
            match store.claim(id, members, &attempt(token, at_ms), held(amount)).await.unwrap() {
                Claimed::Won(progress) => progress,
                other => panic!("not won: {other:?}"),
            }
        }
    };
    assert_eq!(claim("first", 0, 70).await.held, None);
    assert_eq!(claim("second", 10_001, 80).await.held, held(70));
    world.store.let_go(&id, &attempt("second", 10_001)).await.unwrap();
    assert_eq!(claim("third", 30_000, 90).await.held, None, "it was settled");
}

#[tokio::test]
async fn the_ledger_adds_up_by_day_guild_personality_and_model() {
    let world = fresh().await;
    let store = &world.store;
    let entry = |guild, personality, model: &str, cost| Entry {
        day: Day::of(NOW),
        guild,
        personality,
        model: model.to_owned(),
        turns: 1,
        tokens_in: 100,
        tokens_cached: 20,
        tokens_out: 10,
        cost,
    };
    let entries = [
        entry(Some(GUILD), grim(), "small", 5),
        entry(Some(GUILD), grim(), "small", 7),
        entry(Some(GUILD), turbo(), "small", 1),
        entry(Some(ELSEWHERE), grim(), "large", 50),
        entry(None, grim(), "small", 3),
    ];
    for entry in &entries {
        store.enter(entry).await.unwrap();
    }
    let day = Day::of(NOW);
    let here = store.ledger(day, Some(GUILD)).await.unwrap();
    assert_eq!(here.len(), 2, "{here:?}");
    let grims = here.iter().find(|entry| entry.personality == grim()).unwrap();
    assert_eq!((grims.turns, grims.cost, grims.tokens_in, grims.tokens_cached), (2, 12, 200, 40));
    let all = store.ledger(day, None).await.unwrap();
    assert_eq!(all.iter().map(|entry| entry.cost).sum::<u64>(), 66);
    let dms: Vec<_> = all.iter().filter(|entry| entry.guild.is_none()).collect();
    assert_eq!(dms.len(), 1, "direct messages are nobody's guild");
    assert!(store.ledger(Day(day.0 + 1), None).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_settled_is_settled_once_though_the_answer_is_lost() {
    let world = fresh().await;
    let (store, day) = (&world.store, Day::of(NOW));
    for _ in 0..3 {
        store.spend(Purse::Den, day, RESERVE, 0).await.unwrap();
    }
    world.trouble("UpdateItem", Trouble::AnswerLost);
    store.settle_purse(Purse::Den, day, RESERVE, 60).await.unwrap();
    let kept = store.spending(Purse::Den, day).await.unwrap();
    assert_eq!(kept, Spending { reserved: 2 * RESERVE, spent: 60 }, "others hold what they held");

    // What was refused for want of room was not done, and is done again.
    world.trouble("UpdateItem", Trouble::Crowded);
    store.settle_purse(Purse::Den, day, RESERVE, 0).await.unwrap();
    let kept = store.spending(Purse::Den, day).await.unwrap();
    assert_eq!(kept, Spending { reserved: RESERVE, spent: 60 });

    // What is refused for another reason is told: it is still reserved.
    world.trouble("UpdateItem", Trouble::Refused);
    let refused = store.settle_purse(Purse::Den, day, RESERVE, 0).await.unwrap_err();
    assert_eq!(refused.code(), Some("ValidationException"));
    assert_eq!(store.spending(Purse::Den, day).await.unwrap(), kept);
}

#[tokio::test]
async fn what_was_spent_beyond_any_reservation_is_counted_at_least_once() {
    let world = fresh().await;
    let (store, day) = (&world.store, Day::of(NOW));
    world.trouble("UpdateItem", Trouble::AnswerLost);
    store.settle_purse(Purse::Den, day, 0, 60).await.unwrap();
    assert_eq!(
        store.spending(Purse::Den, day).await.unwrap().spent,
        120,
        "too much, not too little"
    );
}

#[tokio::test]
async fn a_turn_stands_in_the_ledger_once_though_the_answer_is_lost() {
    let world = fresh().await;
    let day = Day::of(NOW);
    let entry = Entry {
        day,
        guild: Some(GUILD),
        personality: grim(),
        model: "small".to_owned(),
        turns: 1,
        tokens_in: 100,
        tokens_cached: 20,
        tokens_out: 10,
        cost: 5,
    };
    world.trouble("UpdateItem", Trouble::AnswerLost);
    world.store.enter(&entry).await.unwrap();
    assert_eq!(world.store.ledger(day, None).await.unwrap(), [entry]);
}
