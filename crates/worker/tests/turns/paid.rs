//! What an answer costs, and what happens when the money is gone.

use bedrock_sim::Play;
use den_worker::Verdict;
use store::{Day, Purse, Spending};
use twilight_model::id::Id;

use crate::world::World;

impl World {
    async fn spending(&self, purse: Purse) -> Spending {
        self.worker.store.spending(purse, today()).await.expect("the store")
    }

    fn purse(&self) -> Purse {
        Purse::Guild(Id::new(self.guild.get()))
    }

    async fn budget(&self, microdollars: u64) {
        let changed = self.worker.store.change_guild(Id::new(self.guild.get()), |row| {
            row.budget = Some(microdollars);
            Ok::<_, std::convert::Infallible>(())
        });
        let Ok(()) = changed.await.expect("the store");
    }
}

fn today() -> Day {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("now");
    Day::of(u64::try_from(since.as_millis()).expect("a time"))
}

#[tokio::test]
async fn an_answer_is_paid_for_by_its_guild_and_the_den_and_says_what_it_cost() {
    let world = World::new().await;
    world.bedrock.script(Play::say("Soup, as ever."));
    let event = world.ann_says("Grim, dinner?");
    world.serve(std::slice::from_ref(&event)).await;
    let why = world.why(&event).await;
    let cost = (why.cost_usd.expect("a cost") * 1e6).round() as i64;
    assert!(cost > 0, "{why:?}");
    for purse in [world.purse(), Purse::Den] {
        assert_eq!(world.spending(purse).await, Spending { reserved: 0, spent: cost });
    }
    let ledger = world.worker.store.ledger(today(), Some(Id::new(world.guild.get()))).await;
    let ledger = ledger.expect("the store");
    assert_eq!(ledger.len(), 1);
    assert_eq!((ledger[0].turns, ledger[0].cost as i64), (1, cost));
    assert_eq!(ledger[0].model, "anthropic.claude-haiku-5-5");
    world.serve(&[event]).await;
    assert_eq!(world.spending(Purse::Den).await, Spending { reserved: 0, spent: cost }, "once");
}

#[tokio::test]
async fn when_the_budget_is_spent_one_line_says_so_then_silence() {
    let world = World::new().await;
    world.budget(10).await;
    for _ in 0..3 {
        let event = world.ann_says("Grim, dinner?");
        assert_eq!(world.serve(std::slice::from_ref(&event)).await, [Verdict::Done]);
        assert_eq!(world.why(&event).await.reason.as_deref(), Some("over_budget"));
    }
    assert!(world.bedrock.calls().is_empty());
    let said = world.grim_said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("The pot is empty until in "), "{said:?}");
    assert_eq!(world.spending(world.purse()).await, Spending::default(), "nothing stays reserved");
}

#[tokio::test]
async fn a_turn_killed_while_it_asks_leaves_its_reservation_and_the_next_one_settles_it() {
    let world = World::new().await;
    world.bedrock.script(Play::StallAfter(0));
    let event = world.ann_says("Grim, dinner?");
    let killed = tokio::time::timeout(
        std::time::Duration::from_millis(400),
        world.serve(std::slice::from_ref(&event)),
    );
    assert!(killed.await.is_err(), "it hangs");
    let held = world.spending(world.purse()).await;
    assert!(held.reserved > 0 && held.spent == 0, "{held:?}");
    world.time_passes_for(&event).await;
    world.bedrock.script(Play::say("Soup."));
    assert_eq!(world.serve(&[event]).await, [Verdict::Done]);
    let settled = world.spending(world.purse()).await;
    assert!(settled.reserved == 0 && settled.spent > 0, "{settled:?}");
}

#[tokio::test]
async fn the_line_that_could_not_be_said_is_said_by_the_next_attempt() {
    let world = World::new().await;
    world.budget(10).await;
    world.trouble.with(&["#generated = :state"], 1);
    let event = [world.ann_says("Grim, dinner?")];
    let verdicts = world.serve(&event).await;
    assert!(matches!(verdicts[..], [Verdict::Retry { .. }]), "{verdicts:?}");
    assert_eq!(world.serve(&event).await, [Verdict::Done]);
    let said = world.grim_said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("The pot is empty until in "), "{said:?}");
}
