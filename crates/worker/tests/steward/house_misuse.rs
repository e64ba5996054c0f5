//! Commands in the wrong place, by people without the right, for nobody, with too much, too late.

use std::time::Duration;

use den_worker::Verdict;
use queue::Sign;

use crate::house::{House, NO_MESSAGE, Reads};

/// What only works in a guild, with a use that would be right there.
const OF_A_GUILD: [(&str, &[(&str, &str)]); 14] = [
    ("bind", &[("personality", "grim")]),
    ("unbind", &[]),
    ("persona chance", &[("percent", "5")]),
    ("persona default", &[("personality", "grim")]),
    ("persona default", &[("everywhere", "true")]),
    ("persona show", &[]),
    ("higherself on", &[("personality", "grim")]),
    ("den spend", &[]),
    ("den limits", &[("person", "2")]),
    ("den budget", &[("dollars", "1")]),
    ("den retention", &[("days", "30")]),
    ("den pause", &[]),
    ("den resume", &[]),
    ("den audit", &[]),
];

#[tokio::test]
async fn in_a_direct_message_what_is_about_a_server_says_so() {
    let house = House::new().await;
    let ann = house.by(house.ann).in_private();
    for (name, options) in OF_A_GUILD {
        ann.uses(name, options).await.says("That is about a server");
    }
    for name in
        ["den block", "den unblock", "den allow", "den disallow", "den allowlist", "den reports"]
    {
        ann.uses(name, &[("on", "true")]).await.says("Only the people who run this den");
    }
}

#[tokio::test]
async fn without_the_right_nothing_changes_and_the_right_is_named() {
    let house = House::new().await;
    let ann = house.by(house.ann);
    for (name, options) in OF_A_GUILD {
        ann.uses(name, options).await.says("You need the permission Manage ");
    }
    assert_eq!(house.settings().await, store::GuildRow::default());
    assert!(house.acts().await.is_empty());
}

#[tokio::test]
async fn a_personality_that_is_gone_or_was_never_there_is_named_plainly() {
    let house = House::new().await;
    let kim = house.by(house.kim);
    for name in ["mute", "unmute", "bind", "persona default", "higherself on"] {
        let refused = kim.uses(name, &[("personality", "ghost")]).await;
        refused.says("Nobody here is called “ghost”.");
        let long = "@everyone `".repeat(180);
        let refused = kim.uses(name, &[("personality", &long)]).await;
        refused.says("Nobody here is called “everyone").never_says("@").says("…”");
    }
    kim.uses("mute", &[]).await.says("Whom do you mean?");
    assert_eq!(house.settings().await, store::GuildRow::default());
}

#[tokio::test]
async fn two_thousand_characters_are_no_number_no_amount_and_no_channel() {
    let house = House::new().await;
    let all = house.by(house.olga);
    let long = "9".repeat(2_000);
    all.uses("mute", &[("personality", "grim"), ("minutes", &long)]).await.says("is no number");
    all.uses("persona chance", &[("percent", &long)]).await.says("is no number");
    all.uses("den limits", &[("person", &long)]).await.says("is no number");
    all.uses("den budget", &[("dollars", &long)]).await.says("is no amount");
    all.uses("den retention", &[("days", &long)]).await.says("is no number");
    all.uses("bind", &[("personality", "grim"), ("channel", &long)]).await.says("is no channel");
    assert_eq!(house.settings().await, store::GuildRow::default());
}

#[tokio::test]
async fn hostile_buttons_do_nothing() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    let far = house.sim.world().add_text_channel(house.guild, "far").unwrap();
    let ben = house.by(house.ben);
    let reason = [("reason", "spite")];
    for id in
        ["report", "report:", "report:0", "report:x", "report:1:2:3", "report:18446744073709551616"]
    {
        ben.forges(id, &reason).await.says("I do not find that reply");
    }
    let elsewhere = ben.over_there(far);
    let own = format!("report:{}", reply[0]);
    elsewhere.forges(&own, &reason).await.says("I do not find that reply");
    ben.forges(&own, &[("reason", " \u{200B} ")]).await.says("in a few words");
    ben.forges(&own, &[]).await.says("in a few words");
    for id in ["mute-everywhere", "mute-everywhere:", "mute-everywhere:ghost"] {
        ben.forges(id, &[]).await.says("Nobody of that name");
    }
    for id in ["den pause", "den allowlist", "mute", "unbind", "Delete", "Answer again"] {
        let fields = [("personality", "grim"), ("for", "everybody")];
        ben.forges(id, &fields).await.says("I do not know this one yet");
    }
    ben.forges(&"x".repeat(100), &[]).await.says("I do not know this one yet");
    assert_eq!(house.settings().await, store::GuildRow::default());
    assert!(house.acts().await.is_empty());
    assert_eq!(house.said().len(), 3);
}

#[tokio::test]
async fn delivered_twice_a_command_is_one_act() {
    let house = House::new().await;
    for (name, options) in OF_A_GUILD {
        let used = house.by(house.olga).used(name, options).await;
        let first = house.served(&used).await;
        let n_acts = house.acts().await.len();
        let second = house.served(&used).await;
        assert_eq!(house.acts().await.len(), n_acts, "{name}");
        assert_eq!(first.text, second.text, "{name}");
    }
}

#[tokio::test]
async fn what_comes_after_fifteen_minutes_is_done_although_nobody_can_be_told() {
    let house = House::new().await;
    let used = house.by(house.ada).used("den pause", &[]).await;
    house.sim.clock().advance(Duration::from_secs(16 * 60));
    house.done(&used.event).await;
    assert!(house.settings().await.paused.is_some());
}

#[tokio::test]
async fn who_waits_for_a_personality_that_is_gone_is_told_so() {
    let house = House::new().await;
    let question = [("personality", "ghost"), ("question", "are you there?")];
    let mut used = house.by(house.ann).used("ask", &question).await;
    used.event.personality = "ghost".parse().unwrap();
    let verdict = house.serve(&used.event).await;
    assert_eq!(verdict, Verdict::Dead { reason: "no personality is called ghost".to_owned() });
    house.answer(&used).says("ghost does not live here any more.");
    // Nobody can be told any more: it goes aside all the same.
    house.sim.clock().advance(Duration::from_secs(16 * 60));
    assert!(matches!(house.serve(&used.event).await, Verdict::Dead { .. }));
}

#[tokio::test]
async fn signs_on_messages_that_are_gone_or_in_other_channels_do_nothing() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    let far = house.sim.world().add_text_channel(house.guild, "far").unwrap();
    let far = house.by(house.ann).over_there(far);
    for sign in [Sign::Delete, Sign::Again, Sign::Why] {
        far.signs(sign, reply[0]).await;
        house.by(house.ann).signs(sign, NO_MESSAGE.into()).await;
    }
    assert_eq!(house.said().len(), 3);
    assert!(house.caused().is_empty());
}
