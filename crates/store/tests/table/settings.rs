//! What people, guilds and the operator have set.

use std::convert::Infallible;

use futures_util::future::join_all;
use store::{Act, ChannelSettings, Day, FOREVER, GuildRow, Pause, Preferences, Space};
use twilight_model::id::Id;

use crate::world::{ANN, ELSEWHERE, GUILD, HALL, NOW, Trouble, event, fresh, grim, turbo};

#[tokio::test]
async fn what_a_guild_sets_is_read_back() {
    let world = fresh().await;
    let store = &world.store;
    assert_eq!(store.guild(GUILD).await.unwrap(), GuildRow::default());
    let set = |row: &mut GuildRow| {
        row.greeted = true;
        row.paused = Some(Pause { by: Some(ANN), at_ms: NOW });
        row.muted.insert(grim(), FOREVER);
        row.channels.insert(
            HALL,
            ChannelSettings {
                bound: Some(turbo()),
                chime_in: Some(20),
                higher_self: [grim()].into(),
                ..ChannelSettings::default()
            },
        );
        row.budget = Some(2_500_000);
        Ok::<_, Infallible>(row.clone())
    };
    let Ok(row) = store.change_guild(GUILD, set).await.unwrap();
    assert_eq!(store.guild(GUILD).await.unwrap(), row);
    assert_eq!(store.guild(ELSEWHERE).await.unwrap(), GuildRow::default());
    assert!(row.is_muted(&grim(), NOW) && !row.is_muted(&turbo(), NOW));
    assert!(row.is_higher_self(&grim(), HALL));
}

#[tokio::test]
async fn two_admins_at_once_do_not_undo_each_other() {
    let world = fresh().await;
    let changes = (1..=10_u64).map(|channel| {
        let store = world.store.clone();
        async move {
            let bind = |row: &mut GuildRow| {
                row.channels.entry(Id::new(channel)).or_default().bound = Some(grim());
                Ok::<_, Infallible>(())
            };
            let Ok(()) = store.change_guild(GUILD, bind).await.unwrap();
        }
    });
    join_all(changes).await;
    assert_eq!(world.store.guild(GUILD).await.unwrap().channels.len(), 10);
}

#[tokio::test]
async fn what_a_change_refuses_is_not_written() {
    let world = fresh().await;
    let refused = world.store.change_guild(GUILD, |row| {
        row.greeted = true;
        Err::<(), _>("no")
    });
    assert_eq!(refused.await.unwrap(), Err("no"));
    assert_eq!(world.everything().await, "");
}

#[tokio::test]
async fn what_a_person_wants_holds_everywhere() {
    let world = fresh().await;
    let set = |row: &mut Preferences| {
        row.no_roast = true;
        row.silenced.insert(turbo());
    };
    let wants = world.store.change_preferences(ANN, set).await.unwrap();
    assert!(wants.no_roast && wants.silenced.contains(&turbo()));
    assert_eq!(world.store.preferences(ANN).await.unwrap(), wants);
}

#[tokio::test]
async fn what_a_person_silences_for_a_while_ends_by_itself() {
    let world = fresh().await;
    let set = |row: &mut Preferences| {
        row.silenced.insert(turbo());
        row.silenced_until.insert(grim(), NOW + 10);
    };
    world.store.change_preferences(ANN, set).await.unwrap();
    let wants = world.store.preferences(ANN).await.unwrap();
    assert!(wants.is_silenced(&grim(), NOW) && !wants.is_silenced(&grim(), NOW + 10));
    assert!(wants.is_silenced(&turbo(), FOREVER));
}

#[tokio::test]
async fn the_operator_pauses_the_den_and_lets_it_go_on() {
    let world = fresh().await;
    let paused = Some(Pause { by: None, at_ms: NOW });
    let den = world.store.change_den(|row| row.paused.clone_from(&paused)).await.unwrap();
    assert_eq!(den.paused, paused);
    let den = world.store.change_den(|row| row.paused = None).await.unwrap();
    assert_eq!(world.store.den().await.unwrap(), den);
    assert_eq!(den, store::DenRow::default());
}

#[tokio::test]
async fn acts_are_read_newest_first_and_apart_for_each_guild() {
    let world = fresh().await;
    for (n, guild) in [(1, Some(GUILD)), (2, Some(GUILD)), (3, Some(ELSEWHERE)), (4, None)] {
        let act = Act { at_ms: NOW + n, guild, by: Some(ANN), what: format!("act {n}") };
        world.store.audit(&act).await.unwrap();
        world.store.audit(&act).await.unwrap();
    }
    let acts = |guild| {
        let store = &world.store;
        async move {
            let acts = store.acts(guild, 10).await.unwrap();
            acts.into_iter().map(|act| act.what).collect::<Vec<_>>()
        }
    };
    assert_eq!(acts(Some(GUILD)).await, ["act 2", "act 1"]);
    assert_eq!(acts(Some(ELSEWHERE)).await, ["act 3"]);
    assert_eq!(acts(None).await, ["act 4"]);
}

#[tokio::test]
async fn a_guild_that_left_is_named_until_it_is_back() {
    let world = fresh().await;
    let store = &world.store;
    assert_eq!(store.set_left(GUILD, Some(NOW)).await.unwrap(), None);
    store.set_left(ELSEWHERE, Some(NOW + 5)).await.unwrap();
    assert!(store.guilds_left_before(NOW).await.unwrap().is_empty());
    assert_eq!(store.guilds_left_before(NOW + 1).await.unwrap(), [GUILD]);
    assert_eq!(store.set_left(GUILD, None).await.unwrap(), Some(NOW));
    assert_eq!(store.guilds_left_before(NOW + 10).await.unwrap(), [ELSEWHERE]);
}

#[tokio::test]
async fn of_many_workers_one_says_it_today() {
    let world = fresh().await;
    let day = Day::of(NOW);
    let ask = async |by: u64, day| {
        let (space, by) = (Space::Guild(GUILD), event(by));
        world.store.is_first(space, "spent", by.as_str(), day, NOW).await.unwrap()
    };
    let told = join_all((0..16).map(|by| ask(by, day))).await;
    assert_eq!(told.into_iter().filter(|told| *told).count(), 1);
    assert!(ask(3, store::Day(day.0 + 1)).await, "tomorrow again");
}

#[tokio::test]
async fn who_was_to_say_it_and_broke_off_is_told_so_again() {
    let world = fresh().await;
    let ask = async |by: u64| {
        let (space, by) = (Space::Guild(GUILD), event(by));
        world.store.is_first(space, "spent", by.as_str(), Day::of(NOW), NOW).await.unwrap()
    };
    // The first try is done, and nobody hears of it: the SDK asks again.
    world.trouble("PutItem", Trouble::AnswerLost);
    assert!(ask(1).await);
    // The line was not posted, and the event comes again.
    assert!(ask(1).await);
    assert!(!ask(2).await, "another event's line would be the second");
}

#[tokio::test]
async fn the_allowlist_is_what_was_set_by_whatever_way() {
    let world = fresh().await;
    let store = &world.store;
    store.set_allowed(GUILD, true).await.unwrap();
    store.set_allowed(GUILD, true).await.unwrap();
    let allow = |row: &mut GuildRow| {
        row.allowed = true;
        Ok::<_, Infallible>(())
    };
    let Ok(()) = store.change_guild(ELSEWHERE, allow).await.unwrap();
    assert!(store.guild(GUILD).await.unwrap().allowed);
    assert_eq!(store.allowed_guilds().await.unwrap(), [GUILD, ELSEWHERE]);
    store.set_allowed(GUILD, false).await.unwrap();
    assert_eq!(store.allowed_guilds().await.unwrap(), [ELSEWHERE]);
}
