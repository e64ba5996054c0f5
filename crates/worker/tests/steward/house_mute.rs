//! Silence, and who may ask for it.

use discord_sim::{Permissions, Whom};
use twilight_model::id::Id;

use crate::house::{House, Reads, grim, ids};

#[tokio::test]
async fn a_moderator_silences_a_personality_for_a_time_and_lets_it_speak_again() {
    let house = House::new().await;
    let muted =
        house.by(house.mia).uses("mute", &[("personality", "grim"), ("minutes", "30")]).await;
    muted.says("**Grim** is silent here until <t:");
    let until = house.settings().await.muted[&grim()];
    assert!((29 * 60_000..=30 * 60_000).contains(&(until - house.sim.clock().now_ms())), "{until}");
    house.by(house.ann).uses("personalities", &[]).await.says("**Grim** is silent here until");
    house
        .by(house.mia)
        .uses("unmute", &[("personality", "grim")])
        .await
        .says("**Grim** may speak here again.");
    assert!(house.settings().await.muted.is_empty());
    assert_eq!(house.acts().await, ["unmute grim", "mute grim for 30 minutes"]);
}

#[tokio::test]
async fn without_the_right_a_person_silences_it_for_themselves_and_is_told_so() {
    let house = House::new().await;
    let ann = house.by(house.ann);
    ann.uses("mute", &[("personality", "Grim")])
        .await
        .says("**Grim** does not answer you any more")
        .says("Manage Messages");
    ann.uses("mute", &[("personality", "grim"), ("for", "everybody")])
        .await
        .says("You need the permission Manage Messages for that.")
        .says("for:me");
    assert!(house.settings().await.muted.is_empty());
    assert!(house.acts().await.is_empty(), "what one wants for oneself is no administrative act");
    ann.uses("personalities", &[]).await.says("does not answer you, as you wished");
    ann.uses("unmute", &[("personality", "grim")]).await.says("**Grim** answers you again.");
    ann.uses("unmute", &[("personality", "grim")])
        .await
        .says("**Grim** may speak, and answers you.");
}

#[tokio::test]
async fn what_moderators_silenced_others_cannot_undo() {
    let house = House::new().await;
    house
        .by(house.mia)
        .uses("mute", &[("personality", "grim")])
        .await
        .says("**Grim** is silent here.");
    let tried = house.by(house.ann).uses("unmute", &[("personality", "grim")]).await;
    tried.says("somebody with the permission Manage Messages can change that");
    let mine = [("personality", "grim"), ("for", "me")];
    house.by(house.mia).uses("unmute", &mine).await.says("is silent here for everybody");
    assert!(house.settings().await.is_muted(&grim(), house.sim.clock().now_ms()));
}

#[tokio::test]
async fn in_a_direct_message_everybody_is_the_person_alone() {
    let house = House::new().await;
    let ann = house.by(house.ann).in_private();
    let muted = ann.uses("mute", &[("personality", "grim"), ("for", "everybody")]).await;
    muted.says("does not answer you any more");
    let silenced = || async {
        house.worker.store.preferences(Id::new(house.ann.get())).await.unwrap().silenced
    };
    assert!(silenced().await.contains(&grim()));
    ann.uses("unmute", &[("personality", "grim"), ("for", "everybody")]).await.says("answers you");
    assert!(silenced().await.is_empty());
}

#[tokio::test]
async fn who_is_imitated_silences_their_likeness_here_and_everywhere() {
    let mut house = House::new().await;
    house.grim_imitates_ben();
    let muted = house.by(house.ben).uses("mute", &[("personality", "grim")]).await;
    muted.says("**Grim** is silent here.");
    assert_eq!(ids(&muted), ["mute-everywhere:grim"]);
    let others = house.by(house.ann).forges("mute-everywhere:grim", &[]).await;
    others.says("Only the person whom **Grim** imitates");
    assert!(house.worker.store.den().await.unwrap().paused_personalities.is_empty());
    let silenced = house.by(house.ben).in_private().forges("mute-everywhere:grim", &[]).await;
    silenced.says("**Grim** is silent everywhere from now on.");
    assert!(house.worker.store.den().await.unwrap().paused_personalities.contains(&grim()));
    let acts = house.worker.store.acts(None, 10).await.unwrap();
    assert!(acts[0].what.starts_with("silence grim everywhere"), "{acts:?}");
}

#[tokio::test]
async fn moderators_and_who_is_imitated_take_back_their_own_silence_only() {
    let mut house = House::new().await;
    house.grim_imitates_ben();
    let (ben, mia, grims) = (house.by(house.ben), house.by(house.mia), [("personality", "grim")]);
    let is_silent =
        || async { house.settings().await.is_muted(&grim(), house.sim.clock().now_ms()) };
    mia.uses("mute", &grims).await.says("**Grim** is silent here.");
    ben.uses("unmute", &grims).await.says("somebody with the permission Manage Messages");
    assert!(is_silent().await, "a likeness gives no right over moderators");
    ben.uses("mute", &grims).await.says("**Grim** is silent here.");
    mia.uses("unmute", &grims).await.says("the person it imitates wants that");
    assert!(is_silent().await, "and moderators have none over a likeness");
    let resumed = house.by(house.ada).uses("den resume", &grims).await;
    resumed.says("the person it imitates wants it silent there");
    assert!(is_silent().await, "nor have admins");
    ben.uses("unmute", &grims).await.says("**Grim** may speak here again.");
    assert!(!is_silent().await);
}

#[tokio::test]
async fn who_moderates_one_channel_silences_nobody_in_the_whole_server() {
    let house = House::new().await;
    let sim = house.sim.world();
    let here = Permissions::MANAGE_MESSAGES;
    sim.set_permission(house.channel, Whom::User(house.ben), here, true).unwrap();
    let ben = house.by(house.ben);
    ben.uses("mute", &[("personality", "grim")])
        .await
        .says("**Grim** does not answer you any more")
        .says("Manage Messages in the whole server");
    let everybody = [("personality", "grim"), ("for", "everybody")];
    ben.uses("mute", &everybody).await.says("You need the permission Manage Messages for that.");
    assert!(house.settings().await.muted.is_empty());
    house.by(house.mia).uses("mute", &everybody).await.says("**Grim** is silent here.");
    ben.uses("unmute", &everybody).await.says("is silent here for everybody");
    assert!(house.settings().await.is_muted(&grim(), house.sim.clock().now_ms()));
}

#[tokio::test]
async fn silence_for_oneself_ends_when_it_was_to() {
    let house = House::new().await;
    let (ann, store) = (house.by(house.ann), &house.worker.store);
    let wants = || async { store.preferences(Id::new(house.ann.get())).await.unwrap() };
    let ten = [("personality", "grim"), ("minutes", "10"), ("for", "me")];
    ann.uses("mute", &ten).await.says("**Grim** does not answer you until <t:");
    ann.uses("personalities", &[]).await.says("**Grim** does not answer you until <t:");
    let (now_ms, minute) = (house.sim.clock().now_ms(), 60_000);
    assert!(wants().await.is_silenced(&grim(), now_ms + 9 * minute));
    assert!(!wants().await.is_silenced(&grim(), now_ms + 10 * minute));

    // Without an end it has none, and the other way round.
    ann.uses("mute", &[("personality", "grim"), ("for", "me")]).await.says("until you `/unmute`");
    assert!(wants().await.is_silenced(&grim(), store::FOREVER));
    ann.uses("mute", &ten).await;
    assert!(!wants().await.is_silenced(&grim(), now_ms + 11 * minute));
    ann.uses("unmute", &[("personality", "grim")]).await.says("**Grim** answers you again.");
    assert_eq!(wants().await, store::Preferences::default());
}

#[tokio::test]
async fn a_silence_delivered_twice_ends_at_the_same_time_and_is_one_act() {
    let house = House::new().await;
    let muted = [("personality", "grim"), ("minutes", "30")];
    let mia = house.by(house.mia).used("mute", &muted).await;
    let ann = house.by(house.ann).used("mute", &muted).await;
    let store = &house.worker.store;
    let mut ends = Vec::new();
    for _ in 0..2 {
        house.served(&mia).await;
        house.served(&ann).await;
        let wants = store.preferences(Id::new(house.ann.get())).await.unwrap();
        ends.push((house.settings().await.muted, wants.silenced_until));
    }
    assert_eq!(ends[0], ends[1]);
    assert_eq!(house.acts().await, ["mute grim for 30 minutes"]);
}
