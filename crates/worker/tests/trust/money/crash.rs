//! Workers that die in the middle of a turn.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use den_worker::Verdict;
use queue::Event;
use store::{Attempt, Day, Spending};

use super::purse::{House, Shop, purse, today};
use crate::world::{now_ms, serve};

/// Turns that are killed at some moment, again and again until they come through.
const TURNS: usize = 24;

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_leaves_too_much_reserved_and_never_too_little() {
    let shop = Shop::new().await;
    let seed = fastrand::u64(..);
    println!("crashes: seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut crashes, mut spent, mut left) = (0, 0, 0);
    for n in 0..TURNS {
        // A guild of its own, so that no turn's surplus hides another's want.
        let house = shop.house(&format!("Crypt {n}"), 1);
        let event = shop.asks(&house, 0);
        let before = shop.charged();
        let mut is_done = false;
        for _ in 0..2 {
            // A turn takes about that long here.
            let life = Duration::from_millis(random.u64(1..150));
            let turn = serve(&shop.world.worker, std::slice::from_ref(&event));
            is_done = tokio::time::timeout(life, turn).await.is_ok();
            covers(&shop, &house, before, seed).await;
            if is_done {
                break;
            }
            crashes += 1;
            time_passes_for(&shop, &event).await;
        }
        if !is_done {
            let done = serve(&shop.world.worker, std::slice::from_ref(&event)).await;
            assert_eq!(done, [Verdict::Done], "seed {seed}");
        }
        let now = covers(&shop, &house, before, seed).await;
        (spent, left) = (spent + now.spent, left + now.reserved);
    }
    let charged = shop.charged();
    println!(
        "{crashes} crashes in {TURNS} turns: {charged} charged, {spent} spent, {left} left reserved"
    );
    assert!(crashes > 0);
}

/// What is spent and reserved is never less than what was charged.
async fn covers(shop: &Shop, house: &House, before: u64, seed: u64) -> Spending {
    // What the model has only just heard of is on its way.
    let charged = shop.charged() - before;
    let now = shop.spending(purse(house)).await;
    assert!(now.total() >= charged, "{now:?} for {charged} charged, seed {seed}");
    now
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_waits_for_another_gives_back_what_it_reserved_once() {
    let shop = Shop::new().await;
    let house = shop.house("The Crypt", 1);
    let (first, second) = (shop.asks(&house, 0), shop.asks(&house, 0));
    // Somebody else has the second one.
    let now_ms = now_ms();
    let other = Attempt { token: "other".to_owned(), now_ms, lock_ms: now_ms + 60_000 };
    let store = &shop.world.store;
    store.claim(&second.id, std::slice::from_ref(&second.id), &other, None).await.expect("claimed");
    let both = [first, second.clone()];
    let verdicts = serve(&shop.world.worker, &both).await;
    assert!(matches!(verdicts[..], [Verdict::Retry { .. }, Verdict::Retry { .. }]), "{verdicts:?}");
    assert_eq!(shop.spending(purse(&house)).await, Spending::default());

    store.give_up(&second.id, &other).await.expect("given up");
    assert_eq!(serve(&shop.world.worker, &both).await, [Verdict::Done, Verdict::Done]);
    let spent = i64::try_from(shop.charged()).expect("small");
    assert_eq!(shop.spending(purse(&house)).await, Spending { reserved: 0, spent });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_reserved_yesterday_is_settled_for_yesterday() {
    let shop = Shop::new().await;
    let house = shop.house("The Crypt", 1);
    let event = shop.asks(&house, 0);
    let gate = shop.close();
    let (worker, first) = (shop.world.another_worker(), event.clone());
    let turn = tokio::spawn(async move { serve(&worker, &[first]).await });
    gate.reached().await;
    turn.abort();
    assert!(turn.await.expect_err("it is killed").is_cancelled());
    shop.open();

    // It happened before midnight.
    let (today, yesterday) = (today(), Day(today().0 - 1));
    let amount = shop.spending(purse(&house)).await.reserved;
    assert!(amount > 0);
    for purse in [purse(&house), store::Purse::Den] {
        shop.world.store.spend(purse, today, -amount, 0).await.expect("moved");
        shop.world.store.spend(purse, yesterday, amount, 0).await.expect("moved");
    }
    let held = AttributeValue::M(
        [("day", yesterday.0.to_string()), ("amount", amount.to_string())]
            .map(|(name, value)| (name.to_owned(), AttributeValue::N(value)))
            .into(),
    );
    set(&shop, &event, "held", held).await;
    time_passes_for(&shop, &event).await;

    assert_eq!(serve(&shop.world.worker, &[event]).await, [Verdict::Done]);
    for purse in [purse(&house), store::Purse::Den] {
        let before = shop.world.store.spending(purse, yesterday).await.expect("a purse");
        assert_eq!(before.reserved, 0);
        let now = shop.world.store.spending(purse, today).await.expect("a purse");
        // The model was asked twice, and answered once.
        let spent = i64::try_from(shop.charged() / 2).expect("small");
        assert_eq!(now, Spending { reserved: 0, spent });
    }
}

/// The deadline of whoever holds the claim of `event` has passed.
async fn time_passes_for(shop: &Shop, event: &Event) {
    let claimed = set(shop, event, "lock", AttributeValue::N("0".to_owned()));
    claimed.await;
}

/// Changes the claim of an event, where there is one already.
async fn set(shop: &Shop, event: &Event, name: &str, value: AttributeValue) {
    let changed = shop
        .world
        .db
        .update_item()
        .table_name(shop.world.store.table())
        .key("pk", AttributeValue::S(format!("E#{}", event.id.cause())))
        .key("sk", AttributeValue::S(format!("P#{}", event.personality)))
        .update_expression("SET #name = :value")
        .condition_expression("attribute_exists(pk) AND NOT #state IN (:sent, :silent)")
        .expression_attribute_names("#name", name)
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":value", value)
        .expression_attribute_values(":sent", AttributeValue::S("sent".to_owned()))
        .expression_attribute_values(":silent", AttributeValue::S("silent".to_owned()))
        .send()
        .await;
    let is_closed = |e: &aws_sdk_dynamodb::operation::update_item::UpdateItemError| {
        e.is_conditional_check_failed_exception()
    };
    if let Err(e) = changed {
        assert!(e.as_service_error().is_some_and(is_closed), "{e:?}");
    }
}
