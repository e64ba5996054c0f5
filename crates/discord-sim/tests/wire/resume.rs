//! Sessions outlive connections and processes.

use std::time::Duration;

use discord_sim::{GatewayNews, GatewaySettings, Settings};
use serde_json::json;
use twilight_gateway::{CloseFrame, Event, Session};

use crate::den::{Den, INTENTS, PATIENCE, event, next_said, ready};

#[tokio::test]
async fn another_process_resumes_and_is_told_what_it_missed() {
    let den = Den::open().await;
    let mut shard = den.shard().await;
    den.world.say(den.ann, den.lobby, "before").unwrap();
    assert_eq!(next_said(&mut shard).await, "before");
    let session = shard.session().cloned().unwrap();
    drop(shard);

    for n in 0..3 {
        den.world.say(den.ann, den.lobby, &format!("missed {n}")).unwrap();
    }
    let mut shard = den.new_shard(INTENTS, Some(session));
    for n in 0..3 {
        assert_eq!(next_said(&mut shard).await, format!("missed {n}"));
    }
    event(&mut shard, |event| matches!(event, Event::Resumed).then_some(())).await;
    let log = den.world.gateway_log();
    let application_id = den.bot.application_id;
    let resumed = GatewayNews::Resumed { application_id, replayed: 3 };
    assert!(log.iter().any(|event| event.what == resumed), "{log:?}");
    assert_eq!(den.world.identifies_left(application_id), Some(999), "a resume costs nothing");
}

#[tokio::test]
async fn an_older_checkpoint_is_replayed_from_there() {
    let den = Den::open().await;
    let mut shard = den.shard().await;
    den.world.say(den.ann, den.lobby, "one").unwrap();
    assert_eq!(next_said(&mut shard).await, "one");
    let session = shard.session().cloned().unwrap();
    den.world.say(den.ann, den.lobby, "two").unwrap();
    assert_eq!(next_said(&mut shard).await, "two");
    drop(shard);

    let checkpoint = Session::new(session.sequence() - 1, session.id().to_owned());
    let mut shard = den.new_shard(INTENTS, Some(checkpoint));
    assert_eq!(next_said(&mut shard).await, "one");
    assert_eq!(next_said(&mut shard).await, "two");
}

#[tokio::test]
async fn a_session_closed_with_1000_is_gone_and_one_closed_with_4000_is_not() {
    for (frame, survives) in [(CloseFrame::RESUME, true), (CloseFrame::NORMAL, false)] {
        let den = Den::open().await;
        let mut shard = den.shard().await;
        shard.close(frame);
        event(&mut shard, |event| matches!(event, Event::GatewayClose(_)).then_some(())).await;
        den.world.wait_until(PATIENCE, |world| world.connections() == 0).await.unwrap();
        assert_eq!(den.world.sessions().len(), usize::from(survives));
    }
}

#[tokio::test]
async fn a_session_nobody_resumes_in_time_is_invalid() {
    let den = Den::open().await;
    let shard = den.shard().await;
    let session = shard.session().cloned().unwrap();
    drop(shard);
    den.world.wait_until(PATIENCE, |world| world.connections() == 0).await.unwrap();
    den.sim.clock().advance(Duration::from_secs(600));

    let mut raw = den.raw("v=10&encoding=json").await;
    assert_eq!(raw.json().await["op"], 10);
    raw.resume(session.id(), session.sequence()).await;
    let answer = raw.json().await;
    assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(false)));
}

#[tokio::test]
async fn a_resume_beyond_what_is_kept_is_invalid_and_one_from_the_future_is_an_error() {
    let gateway = GatewaySettings { replay: 5, ..Default::default() };
    let den = Den::open_with(Settings { gateway, ..Default::default() }).await;
    let raw = den.identified().await;
    let session = den.world.sessions()[0].id.clone();
    drop(raw);
    den.world.wait_until(PATIENCE, |world| world.connections() == 0).await.unwrap();
    for n in 0..20 {
        den.world.say(den.ann, den.lobby, &n.to_string()).unwrap();
    }

    let mut raw = den.raw("v=10&encoding=json").await;
    assert_eq!(raw.json().await["op"], 10);
    raw.resume(&session, 1000).await;
    assert_eq!(raw.close_code().await, Some(4007));

    let mut raw = den.raw("v=10&encoding=json").await;
    assert_eq!(raw.json().await["op"], 10);
    raw.resume(&session, 2).await;
    assert_eq!(raw.json().await["op"], 9);
}

#[tokio::test]
async fn the_newer_of_two_connections_has_the_session() {
    let den = Den::open().await;
    let mut first = den.identified().await;
    let session = den.world.sessions()[0].id.clone();
    let mut second = den.raw("v=10&encoding=json").await;
    assert_eq!(second.json().await["op"], 10);
    second.resume(&session, 2).await;
    assert_eq!(second.json().await["t"], "RESUMED");
    assert_eq!(first.close_code().await, Some(4000));
    den.world.say(den.ann, den.lobby, "who hears this").unwrap();
    assert_eq!(second.json().await["t"], "MESSAGE_CREATE");
}

#[tokio::test]
async fn twilight_identifies_anew_when_its_session_was_forgotten() {
    let gateway = GatewaySettings { identify_window: Duration::ZERO, ..Default::default() };
    let den = Den::open_with(Settings { gateway, ..Default::default() }).await;
    let mut shard = den.shard().await;
    den.sim.faults().forget_sessions();
    den.sim.faults().drop_connections();
    ready(&mut shard).await;
    den.world.say(den.ann, den.lobby, "again").unwrap();
    assert_eq!(next_said(&mut shard).await, "again");
}

#[tokio::test]
async fn dispatches_come_in_order_without_a_gap() {
    let den = Den::open().await;
    let mut raw = den.identified().await;
    for n in 0..500 {
        den.world.say(den.ann, den.lobby, &n.to_string()).unwrap();
    }
    for sequence in 3..503 {
        assert_eq!(raw.json().await["s"], sequence);
    }
}
