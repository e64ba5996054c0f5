//! Every kind of 429: how many requests it costs, and how long we wait. And limits learnt without one.

use std::{sync::Arc, time::Duration};

use discord::{Discord, Error, Scope, Settings};
use tokio::sync::Barrier;

use crate::script::*;

const TENTH: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_ban_at_the_edge_costs_one_request_and_stops_everything() {
    let script = Script::always(banned).await;
    let discord = script.discord();
    let banned = discord.create_message(HALL, &hello("1")).await.unwrap_err();
    assert!(matches!(banned, Error::Suspended { .. }), "{banned:?}");
    let elsewhere = discord.execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap_err();
    assert!(matches!(elsewhere, Error::Suspended { .. }), "{elsewhere:?}");
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn a_ban_met_by_a_webhook_costs_one_request_and_stops_everything() {
    let script = Script::always(banned).await;
    let discord = script.discord();
    let banned = discord.execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap_err();
    assert!(matches!(banned, Error::Suspended { .. }), "{banned:?}");
    assert!(matches!(discord.me().await, Err(Error::Suspended { .. })));
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn a_global_limit_costs_one_more_request_after_the_wait() {
    let script =
        Script::start(
            |_, nth| async move { if nth == 0 { too_many("global", 0.1) } else { posted() } },
        )
        .await;
    script.discord().create_message(HALL, &hello("1")).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen[1].at - seen[0].at >= TENTH);
}

#[tokio::test]
async fn another_channel_waits_for_the_global_limit_too_and_a_webhook_does_not() {
    let script = Script::start(|_, nth| async move {
        if nth == 0 { too_many("global", 30.0) } else { posted() }
    })
    .await;
    let discord = script.discord().by(within(1_000));
    let limited = discord.create_message(HALL, &hello("1")).await.unwrap_err();
    assert!(matches!(limited, Error::RateLimited { scope: Scope::Global, .. }), "{limited:?}");
    let elsewhere = discord.create_message(YARD, &hello("2")).await.unwrap_err();
    assert!(matches!(elsewhere, Error::RateLimited { scope: Scope::Global, .. }), "{elsewhere:?}");
    assert_eq!(script.count(), 1);
    discord.execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap();
}

#[tokio::test]
async fn a_limit_of_our_own_costs_one_more_request_after_the_wait() {
    let script =
        Script::start(
            |_, nth| async move { if nth == 0 { too_many("user", 0.1) } else { posted() } },
        )
        .await;
    script.discord().execute_webhook(&webhook(), None, &GRIM, "Boo.").await.unwrap();
    let seen = script.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen[1].at - seen[0].at >= TENTH);
}

#[tokio::test]
async fn a_shared_limit_of_a_day_is_said_at_once_and_not_held_against_us() {
    let script = Script::start(|seen, _| async move {
        if seen.path.contains("/100/") { too_many("shared", 70_000.0) } else { posted() }
    })
    .await;
    let discord = Discord::new(Settings { invalid_cap: 1, ..script.settings() }).unwrap();
    for nonce in ["1", "2"] {
        let limited = discord.create_message(HALL, &hello(nonce)).await.unwrap_err();
        let Error::RateLimited { retry_after, scope: Scope::Shared } = limited else {
            panic!("{limited:?}")
        };
        assert!(retry_after > Duration::from_secs(69_990), "{retry_after:?}");
    }
    assert_eq!(script.count(), 1, "the second was told without asking");
    discord.create_message(YARD, &hello("3")).await.unwrap();
}

#[tokio::test]
async fn a_429_that_never_ends_costs_five_requests() {
    let script = Script::always(|| too_many("user", 0.01)).await;
    let limited = script.discord().create_message(HALL, &hello("1")).await.unwrap_err();
    assert!(matches!(limited, Error::RateLimited { scope: Scope::User, .. }), "{limited:?}");
    assert_eq!(script.count(), 5);
}

#[tokio::test]
async fn no_room_left_is_learnt_from_a_success() {
    let script = Script::always(|| room(posted(), 1, 0, 0.1)).await;
    let discord = script.discord();
    for nonce in ["1", "2", "3"] {
        discord.create_message(HALL, &hello(nonce)).await.unwrap();
    }
    let seen = script.seen();
    assert!(seen[1].at - seen[0].at >= TENTH && seen[2].at - seen[1].at >= TENTH);
}

#[tokio::test]
async fn what_cannot_go_before_the_deadline_is_told_so_without_a_request() {
    let script = Script::always(|| room(posted(), 5, 0, 60.0)).await;
    let discord = script.discord();
    discord.create_message(HALL, &hello("1")).await.unwrap();
    let limited = discord.by(within(500)).create_message(HALL, &hello("2")).await.unwrap_err();
    assert!(matches!(limited, Error::RateLimited { scope: Scope::User, .. }), "{limited:?}");
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn different_channels_do_not_wait_for_each_other() {
    let both = Arc::new(Barrier::new(2));
    let script = Script::start(move |_, _| {
        let both = Arc::clone(&both);
        async move {
            both.wait().await;
            posted()
        }
    })
    .await;
    let discord = script.discord().by(within(3_000));
    let (hall, yard) = (hello("1"), hello("2"));
    let (hall, yard) =
        tokio::join!(discord.create_message(HALL, &hall), discord.create_message(YARD, &yard));
    hall.unwrap();
    yard.unwrap();
}

#[tokio::test]
async fn one_bucket_takes_several_at_once_as_soon_as_its_room_is_known() {
    let three = Arc::new(Barrier::new(3));
    let script = Script::start(move |_, nth| {
        let three = Arc::clone(&three);
        async move {
            if nth > 0 {
                three.wait().await;
            }
            room(posted(), 5, 4, 5.0)
        }
    })
    .await;
    let discord = script.discord().by(within(3_000));
    discord.create_message(HALL, &hello("0")).await.unwrap();
    let (a, b, c) = (hello("1"), hello("2"), hello("3"));
    let (a, b, c) = tokio::join!(
        discord.create_message(HALL, &a),
        discord.create_message(HALL, &b),
        discord.create_message(HALL, &c)
    );
    for posted in [a, b, c] {
        posted.unwrap();
    }
}

#[tokio::test]
async fn before_the_first_answer_one_request_goes_ahead() {
    let script = Script::always(|| room(posted(), 2, 1, 0.1)).await;
    let discord = script.discord();
    let (a, b, c) = (hello("1"), hello("2"), hello("3"));
    let (a, b, c) = tokio::join!(
        discord.create_message(HALL, &a),
        discord.create_message(HALL, &b),
        discord.create_message(HALL, &c)
    );
    for posted in [a, b, c] {
        posted.unwrap();
    }
    assert_eq!(script.count(), 3);
}
