//! Whose limit a turn uses up, and who hears of it.

use std::sync::Arc;

use den_worker::Verdict;
use futures_util::future::join_all;
use personality::Roster;
use queue::Event;
use store::FOREVER;
use twilight_model::id::Id;

use crate::world::{World, grim_id};

#[tokio::test]
async fn who_floods_uses_up_nobody_elses_limit() {
    let world = World::new().await;
    // Ann may ask three times a minute, and this may take two minutes of the clock.
    world.guild_wants(|row| row.limits.per_guild_per_day = Some(8)).await;
    for n in 0..14 {
        let event = world.ann_says(&format!("Grim, {n}"));
        assert_eq!(world.serve(&[event]).await, [Verdict::Done]);
    }
    let answered = world.bedrock.calls().len();
    assert!(answered <= 6, "{answered}");
    let ben = world.person("Ben");
    let event = world.somebody_says(ben, "Ben", "Grim, dinner?");
    world.serve(std::slice::from_ref(&event)).await;
    assert_eq!(world.why(&event).await.reason, None);
    assert_eq!(world.bedrock.calls().len(), answered + 1);
}

#[tokio::test]
async fn talk_that_nobody_is_to_answer_counts_for_nothing() {
    let world = World::new().await;
    world.guild_wants(|row| row.muted = [(grim_id(), FOREVER)].into()).await;
    for n in 0..5 {
        let event = world.ann_says(&format!("Grim, {n}"));
        assert_eq!(world.serve(&[event]).await, [Verdict::Done]);
    }
    world.guild_wants(|row| row.muted.clear()).await;
    let event = world.ann_says("Grim, are you back?");
    world.serve(std::slice::from_ref(&event)).await;
    assert_eq!(world.why(&event).await.reason, None);
}

#[tokio::test]
async fn who_floods_silences_nobody_who_speaks_in_between() {
    let world = World::new().await;
    world.guild_wants(|row| row.limits.per_person_per_minute = Some(2)).await;
    let ben = world.person("Ben");
    for n in 0..4 {
        let event = world.ann_says(&format!("Grim, flood {n}"));
        world.serve(&[event]).await;
    }
    let asked = world.bedrock.calls().len();
    let burst = [
        world.ann_says("Grim, flood again"),
        world.somebody_says(ben, "Ben", "Grim, dinner?"),
        world.ann_says("Grim, and flood again"),
    ];
    assert_eq!(world.serve(&burst).await, vec![Verdict::Done; 3]);
    let calls = world.bedrock.calls();
    assert_eq!(calls.len(), asked + 1, "Ben is answered");
    let told = calls[asked].body.to_string();
    assert!(told.contains("dinner?") && !told.contains("flood again"), "{told}");
}

#[tokio::test]
async fn of_several_limits_the_longest_is_told_and_once() {
    let world = World::new().await;
    world.guild_wants(|row| row.limits.per_guild_per_day = Some(1)).await;
    for n in 0..9 {
        let event = world.ann_says(&format!("Grim, {n}"));
        world.serve(&[event]).await;
    }
    let told = world.grim_said().iter().filter(|said| said.starts_with("Enough soup.")).count();
    assert_eq!((told, world.bedrock.calls().len()), (1, 1), "{:?}", world.grim_said());
}

#[tokio::test]
async fn a_turn_that_is_tried_again_counts_once() {
    let world = World::new().await;
    world.guild_wants(|row| row.limits.per_person_per_minute = Some(1)).await;
    let event = [world.ann_says("Grim?")];
    // The table says nothing, twice; then it does.
    for _ in 0..2 {
        world.trouble.with(&["\"pk\":{\"S\":\"U#"], 1);
        assert!(matches!(world.serve(&event).await[0], Verdict::Retry { .. }));
    }
    assert_eq!(world.serve(&event).await, [Verdict::Done]);
    assert_eq!(world.why(&event[0]).await.reason, None);
    // It was counted, though, whether reading failed or counting: the minute may have turned once meanwhile.
    world.trouble.with(&["\"#n\":\"n\""], 1);
    for n in 0..2 {
        let event = [world.ann_says(&format!("Grim, and {n}?"))];
        while world.serve(&event).await != [Verdict::Done] {}
    }
    assert!(world.bedrock.calls().len() <= 2, "{}", world.bedrock.calls().len());
}

#[tokio::test]
async fn whoever_joins_a_turn_that_is_tried_again_is_counted_with_it() {
    let world = World::new().await;
    world.guild_wants(|row| row.limits.per_person_per_minute = Some(1)).await;
    let ben = world.person("Ben");
    let anns = world.ann_says("Grim?");
    world.trouble.with(&["\"pk\":{\"S\":\"U#"], 1);
    assert!(matches!(world.serve(std::slice::from_ref(&anns)).await[0], Verdict::Retry { .. }));
    let both = [anns, world.somebody_says(ben, "Ben", "Grim, me too?")];
    assert_eq!(world.serve(&both).await, [Verdict::Done, Verdict::Done]);
    let calls = world.bedrock.calls().len();
    for n in 0..2 {
        let more = [world.somebody_says(ben, "Ben", &format!("Grim, {n}?"))];
        world.serve(&more).await;
    }
    // The minute may have turned once meanwhile.
    assert!(world.bedrock.calls().len() <= calls + 1, "Ben's first counts");
}

#[tokio::test]
async fn a_direct_message_has_a_day_of_its_own() {
    let mut world = World::new().await;
    let mut grim = world.worker.roster.get(&grim_id()).expect("grim").clone();
    grim.limits.per_person_per_minute = 100;
    grim.limits.per_direct_message_per_day = 2;
    world.worker.roster = Arc::new(Roster::from_personalities(vec![grim]));
    let city = world.sim.world();
    let direct = city.open_dm(world.ann, world.app.application_id).expect("a direct message");
    for n in 0..4 {
        let text = format!("Grim, {n}?");
        let said = city.say(world.ann, direct, &text).expect("ann speaks");
        let event = world.event(said, &text);
        let event = Event { guild_id: None, channel_id: Id::new(direct.get()), ..event };
        assert_eq!(world.serve(&[event]).await, [Verdict::Done]);
    }
    assert_eq!(world.bedrock.calls().len(), 2);
    let said = city.messages(direct);
    let told = said.iter().filter(|said| said.content.contains("Enough soup.")).count();
    assert_eq!(told, 1, "{said:?}");
}

/// Turns that end in silence count for a moment: whoever is refused beside them is told all the same, and once.
#[tokio::test]
async fn the_line_is_said_once_whatever_is_counted_beside_it() {
    let world = World::new().await;
    world.guild_wants(|row| row.limits.per_guild_per_day = Some(1)).await;
    world.serve(&[world.ann_says("Grim, soup?")]).await;
    let day = store::Counter {
        subject: store::Subject::Guild(Id::new(world.guild.get())),
        personality: grim_id(),
        span_s: 86_400,
    };
    let now_ms = crate::world::now_ms();
    let told = || world.grim_said().iter().filter(|said| said.contains("Enough soup.")).count();
    world.worker.store.count(&day, 1, now_ms).await.expect("the store");
    world.serve(&[world.ann_says("Grim, more?")]).await;
    assert_eq!(told(), 1, "the count went past the first beyond the cap");
    world.worker.store.count(&day, -2, now_ms).await.expect("the store");
    world.serve(&[world.ann_says("Grim, and now?")]).await;
    assert_eq!(told(), 1, "and comes by it again");
}

#[tokio::test]
async fn a_limit_holds_however_many_are_asked_at_once() {
    let world = World::new().await;
    world.guild_wants(|row| row.limits.per_guild_per_day = Some(5)).await;
    let ask = |n: usize| {
        let name = format!("Guest {n}");
        let guest = world.person(&name);
        [world.somebody_says(guest, &name, "Grim, soup?")]
    };
    let asked: Vec<_> = (0..24).map(ask).collect();
    let served = join_all(asked.iter().map(|events| world.serve(events))).await;
    assert!(served.iter().all(|verdicts| *verdicts == [Verdict::Done]), "{served:?}");
    assert_eq!(world.bedrock.calls().len(), 5);
    let told = world.grim_said().iter().filter(|said| said.starts_with("Enough soup.")).count();
    assert_eq!(told, 1, "{:?}", world.grim_said());
}
