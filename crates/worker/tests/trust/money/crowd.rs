//! Many workers at once.

use den_worker::Verdict;
use futures_util::future::join_all;
use queue::Event;
use store::Purse;
use tokio::task::JoinHandle;

use super::purse::{House, Shop, guild, purse, today};
use crate::world::serve;

const WORKERS: usize = 64;

/// Turns that are under way.
#[derive(Default)]
struct Turns {
    events: Vec<Event>,
    tasks: Vec<JoinHandle<()>>,
}

/// Every room of these houses has a worker of its own, and all ask at once.
fn all_ask(shop: &Shop, houses: &[&House]) -> Turns {
    let mut turns = Turns::default();
    for house in houses {
        for room in 0..house.rooms.len() {
            let (worker, event) = (shop.world.another_worker(), shop.asks(house, room));
            turns.events.push(event.clone());
            turns.tasks.push(tokio::spawn(async move {
                assert_eq!(serve(&worker, &[event]).await, [Verdict::Done]);
            }));
        }
    }
    turns
}

impl Turns {
    /// Waits until all have looked into the purses, and so many have asked their model.
    async fn have_asked(&self, shop: &Shop, n_asked: usize) {
        until(async || shop.n_asked() == n_asked).await;
        for event in &self.events {
            until(async || shop.is_claimed(event).await).await;
        }
    }
}

async fn settled(turns: Turns) {
    for one in join_all(turns.tasks).await {
        one.expect("a turn");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_workers_never_spend_more_than_a_guild_may() {
    let shop = Shop::new().await;
    let house = shop.house("The Crypt", WORKERS);
    // What one turn reserves.
    let reserve = reserved_by_one(&shop, &house).await;
    let before = shop.spending(purse(&house)).await;
    let cap = before.total() + 10 * reserve + reserve / 2;
    shop.allow(&house, cap).await;

    let gate = shop.close();
    let turns = all_ask(&shop, &[&house]);
    // Ten are let in and think; what the others reserved, they give back.
    turns.have_asked(&shop, 1 + 10).await;
    let now = shop.spending(purse(&house)).await.total();
    let in_flight = (WORKERS as u64 - 10) * reserve;
    assert!(now >= before.total() + 10 * reserve && now <= cap + in_flight, "{now} of {cap}");
    gate.open();
    settled(turns).await;
    assert_eq!((shop.n_asked(), shop.lines(&house)), (1 + 10, 1));

    shop.open();
    let mut rounds = 0;
    loop {
        let asked = shop.n_asked();
        settled(all_ask(&shop, &[&house])).await;
        let now = shop.spending(purse(&house)).await;
        assert_eq!(now.reserved, 0);
        assert_eq!(now.total(), shop.charged(), "what was charged is what is spent");
        assert!(now.total() <= cap, "{now:?} of {cap}");
        rounds += 1;
        if shop.n_asked() == asked {
            assert!(cap - now.total() < reserve, "there was room for another: {now:?} of {cap}");
            break;
        }
        assert!(rounds < 50, "it never ends: {now:?} of {cap}");
    }
    assert_eq!(shop.lines(&house), 1, "it is said once a day, then there is silence");
    adds_up(&shop, &[&house]).await;
    println!(
        "64 workers, {rounds} rounds of 64 turns, {} answers, {} of {cap} millionths of a dollar",
        shop.n_asked(),
        shop.charged(),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn guilds_have_purses_of_their_own_and_the_den_has_one_for_all() {
    let shop = Shop::new().await;
    let (crypt, kitchen) = (shop.house("The Crypt", 16), shop.house("The Kitchen", 16));
    let reserve = reserved_by_one(&shop, &crypt).await;
    shop.allow(&crypt, 0).await;
    settled(all_ask(&shop, &[&crypt, &kitchen])).await;
    assert_eq!(shop.n_asked(), 1 + 16, "who has nothing left does not keep others from asking");
    assert_eq!((shop.lines(&crypt), shop.lines(&kitchen)), (1, 0));
    let (one, other) = (shop.spending(purse(&crypt)).await, shop.spending(purse(&kitchen)).await);
    assert_eq!((one.reserved, other.reserved), (0, 0));
    assert_eq!(one.total() + other.total(), shop.charged());
    adds_up(&shop, &[&crypt, &kitchen]).await;

    // The den's own budget holds for all of them together.
    let cap = shop.charged() + 3 * reserve + reserve / 2;
    shop.world.store.change_den(|den| den.budget = Some(cap)).await.expect("set");
    shop.world
        .store
        .change_guild(guild(&crypt), |row| {
            row.budget = None;
            Ok::<_, std::convert::Infallible>(())
        })
        .await
        .expect("set")
        .expect("set");
    let asked = shop.n_asked();
    let gate = shop.close();
    let turns = all_ask(&shop, &[&crypt, &kitchen]);
    turns.have_asked(&shop, asked + 3).await;
    gate.open();
    settled(turns).await;
    assert!(shop.spending(Purse::Den).await.total() <= cap);
    // The Crypt was told today already.
    assert_eq!((shop.lines(&crypt), shop.lines(&kitchen)), (1, 1));
    adds_up(&shop, &[&crypt, &kitchen]).await;
}

/// What one turn reserves, seen while its model thinks.
async fn reserved_by_one(shop: &Shop, house: &House) -> u64 {
    let gate = shop.close();
    let (worker, event) = (shop.world.another_worker(), shop.asks(house, 0));
    let turn = tokio::spawn(async move { serve(&worker, &[event]).await });
    gate.reached().await;
    let reserved = shop.spending(purse(house)).await.total();
    gate.open();
    assert_eq!(turn.await.expect("a turn"), [Verdict::Done]);
    shop.open();
    let spent = shop.spending(purse(house)).await;
    assert_eq!(spent.reserved, 0);
    assert!(spent.total() < reserved, "{spent:?} of {reserved} reserved");
    reserved
}

/// The den has spent what its guilds have, and the ledger says the same.
async fn adds_up(shop: &Shop, houses: &[&House]) {
    let mut sum = 0;
    for house in houses {
        let spent = shop.spending(purse(house)).await;
        let ledger = shop.world.store.ledger(today(), Some(guild(house))).await.expect("a ledger");
        assert_eq!(ledger.iter().map(|entry| entry.cost).sum::<u64>(), spent.total());
        sum += spent.total();
    }
    let den = shop.spending(Purse::Den).await;
    assert_eq!((den.reserved, den.total()), (0, sum));
    let ledger = shop.world.store.ledger(today(), None).await.expect("a ledger");
    assert_eq!(ledger.iter().map(|entry| entry.cost).sum::<u64>(), sum);
    assert_eq!(ledger.iter().map(|entry| entry.turns).sum::<u64>(), shop.n_asked() as u64);
}

/// Waits until something is so.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let soon = async {
        while !is_so().await {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), soon).await.expect("it comes to that");
}
