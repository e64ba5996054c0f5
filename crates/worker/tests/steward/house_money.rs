//! Money, limits and time: what a guild's admins see and set.

use store::{Day, Entry, Purse};
use twilight_model::id::Id;

use crate::house::{House, Reads, grim};

#[tokio::test]
async fn admins_see_what_today_cost_by_personality_and_model() {
    let house = House::new().await;
    let (store, guild) = (&house.worker.store, Id::new(house.guild.get()));
    let day = Day::of(house.sim.clock().now_ms());
    for (guild, model, cost) in [
        (guild, "small", 100_000),
        (guild, "small", 20_000),
        (guild, "large", 900_000),
        (Id::new(5), "small", 77),
    ] {
        let entry = Entry {
            day,
            guild: Some(guild),
            personality: grim(),
            model: model.to_owned(),
            turns: 1,
            tokens_in: 10,
            tokens_cached: 0,
            tokens_out: 10,
            cost,
        };
        store.enter(&entry).await.unwrap();
    }
    store.spend(Purse::Guild(guild), day, 50_000, 1_020_000).await.unwrap();
    let admin = house.by(house.ada);
    admin.uses("den budget", &[("dollars", "2.50")]).await.says("$2.50 a day");
    let spend = admin.uses("den spend", &[]).await;
    spend.says("Today this server spent $1.02 (and $0.0500 for answers under way) of $2.50.").says(
        "- **Grim**: $0.9000 for 1 answer by `large`\n- **Grim**: $0.1200 for 2 answers by `small`",
    );
    house.by(house.ann).uses("den spend", &[]).await.says("You need the permission Manage Server");
}

#[tokio::test]
async fn a_budget_is_never_above_what_the_operator_allows() {
    let house = House::new().await;
    let admin = house.by(house.ada);
    admin.uses("den budget", &[]).await.says("has no budget");
    house.worker.store.change_den(|den| den.guild_budget = Some(3_000_000)).await.unwrap();
    admin.uses("den budget", &[]).await.says("$3.00 a day");
    admin.uses("den budget", &[("dollars", "3.01")]).await.says("at most $3.00 a day");
    admin.uses("den budget", &[("dollars", "a lot")]).await.says("“a lot” is no amount of dollars");
    admin.uses("den budget", &[("dollars", "-1")]).await.says("is no amount");
    let enough = admin.uses("den budget", &[("dollars", "1")]).await;
    enough.says("$1.00 a day").never_says("will not answer");
    admin.uses("den budget", &[("dollars", "0")]).await.says("may spend nothing");
    admin.uses("den budget", &[("dollars", "default")]).await.says("$3.00 a day");
    let expected = [
        "set the budget to the den's own",
        "set the budget to $0 a day",
        "set the budget to $1.00 a day",
    ];
    assert_eq!(house.acts().await, expected);
}

#[tokio::test]
async fn a_budget_below_the_cost_of_one_answer_says_who_falls_silent() {
    let house = House::new().await;
    let tiny = house.by(house.ada).uses("den budget", &[("dollars", "0.0001")]).await;
    tiny.says("may spend $0.0001 a day")
        .says("less than a single answer may cost of: **Grim**, **Mabel**. They will not answer");
}

#[tokio::test]
async fn limits_and_retention_are_set_and_shown() {
    let house = House::new().await;
    let admin = house.by(house.ada);
    admin.uses("den limits", &[]).await.says("as its file says per person and minute");
    admin.uses("den limits", &[("person", "2"), ("guild", "500")]).await.says(
        "2 per person and minute, as its file says per channel and minute, 500 in the server",
    );
    admin.uses("den limits", &[("person", "0")]).await.says("as its file says per person");
    let limits = house.settings().await.limits;
    assert_eq!((limits.per_person_per_minute, limits.per_guild_per_day), (None, Some(500)));
    admin.uses("den retention", &[]).await.says("365 days");
    admin.uses("den retention", &[("days", "30")]).await.says("kept for 30 days");
    admin.uses("den retention", &[("days", "0")]).await.says("is no number from 7 to 730");
    assert_eq!(house.settings().await.retention_days(), 30);
    assert_eq!(house.acts().await[0], "keep words for 30 days");
}

#[tokio::test]
async fn an_operator_asks_in_private_what_the_whole_den_cost() {
    let house = House::new().await;
    let day = Day::of(house.sim.clock().now_ms());
    house.worker.store.spend(Purse::Den, day, 0, 5_000_000).await.unwrap();
    let olga = house.by(house.olga).in_private();
    olga.uses("den spend", &[]).await.says("the whole den spent $5.00, without a budget");
    house.by(house.ann).in_private().uses("den spend", &[]).await.says("That is about a server");
}
